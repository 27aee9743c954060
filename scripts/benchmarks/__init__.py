"""Benchmarks of `coder`; run by scripts/bench."""
