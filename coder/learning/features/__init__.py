"""What a model computes of a text: vectors without topic, words, cues, closeness to the codebook."""
