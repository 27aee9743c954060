"""Texts to vectors: the encoder protocol, the lean default and the torch reference, the vector cache.

    encoder = get_encoder()
    vectors = encoder.encode(["the clinic is too far away"])   # (1, 384), float32, length 1

A text has the same vector to the last bit whatever it is encoded together with, in which order, and with
how many threads.
"""

from coder.encoding.encoder import Advance, Encoder
from coder.encoding.transformer import answer, get_encoder, weights_of, whole

__all__ = ["Advance", "Encoder", "answer", "get_encoder", "weights_of", "whole"]
