"""The work of a study: import, suggest, decide, retrain, merge, status."""
