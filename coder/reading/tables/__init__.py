"""Tables of any format as rows and columns: read whole or as a stream."""
