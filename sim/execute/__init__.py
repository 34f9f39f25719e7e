"""Playing: cases, groups of them over the same replications, and the one runner that plays them all."""
