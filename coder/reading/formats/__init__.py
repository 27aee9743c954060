"""One module per family of file formats; each makes a `Document`."""
