"""What can be wrong with a run or its folder, told in one line each."""

from __future__ import annotations


class ResultsError(ValueError):
    """A folder that cannot be written to or read from as results; one line says why."""


class WorkerError(RuntimeError):
    """Ranges that end every worker they are given; one line names them."""


class ResultsWarning(UserWarning):
    """Something about results that is put right, or that whoever asked for them should know."""
