"""Tables of what people coded: excerpts, ratings and passages, read in one way by every command."""
