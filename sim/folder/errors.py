"""What can be wrong with a folder of results, in one line each."""

from __future__ import annotations


class ResultsError(ValueError):
    """A folder that cannot be written to or read from as results; one line says why."""


class ResultsWarning(UserWarning):
    """Something about results that is put right, or that whoever asked for them should know."""


def describe_os_error(error: OSError, folder: object) -> str:
    """Return one line that says what the system refused, and where."""
    return f"{error.filename or folder}: {(error.strerror or str(error)).lower()}"
