"""The report of a study: tables, pictures, methods, from values to HTML, Word and Excel."""
