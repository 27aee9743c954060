"""Agreement between coders, from tables or from a study."""
