"""Who speaks in a document: labels, headers, roles, and the turns made of them."""
