"""Performance against human codes: metrics, reports, comparisons, baselines, learning curves."""
