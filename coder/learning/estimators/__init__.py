"""Linear heads, their ensemble, calibration, codability and the smoothing by neighbouring utterances."""
