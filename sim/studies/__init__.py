"""Studies: a request, the cases that it takes, counts that add in any order, tables, findings."""

# Here, so that the command line can name them in --help without importing anything that plays.
DEFAULT_RUNS = 10_000
DEFAULT_SEED = 1
DEFAULT_POINTS = 512  # of a sensitivity analysis: of A and of B, its two samples
