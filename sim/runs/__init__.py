"""Replications in ranges, workers, and what is written while they run."""
