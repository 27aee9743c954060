"""What the review page does with a study: sessions, gestures, codebook edits."""
