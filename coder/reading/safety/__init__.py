"""Untrusted files within limits: archives, XML, file types, text encodings."""
