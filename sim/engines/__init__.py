"""The two places where time passes: `event` (SimPy, one replication at a time) and `batch` (NumPy, many)."""
