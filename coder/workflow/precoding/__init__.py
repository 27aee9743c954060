"""Pre-coding of transcripts and tables, in one process or many."""
