"""Pure functions from outcome arrays to tables: chances with intervals, responses, their spread."""
