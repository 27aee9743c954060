"""Models on disk: files, cards, look-up by name, fingerprints of what was learned from."""
