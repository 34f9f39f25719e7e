"""How fast the engines are, against what a person could write by hand: `python -m benchmarks`."""
