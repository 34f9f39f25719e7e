"""What the user can put right, said in one line."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sim.folder.errors import ResultsWarning, describe_os_error
from sim.scenario.problems import ScenarioError, printable


class BadInputError(Exception):
    """Something that the user can put right; the text is the line to print."""


def at_least_one(option: str, number: int | None) -> None:
    """Refuse a number below 1."""
    if number is not None and number < 1:
        raise BadInputError(f"{option} {number}: expected at least 1")


@contextmanager
def warnings_as_lines() -> Iterator[None]:
    """Print each warning about results as a plain line on stderr."""

    def line(message: Warning | str, *_: Any, **__: Any) -> None:
        print(printable(f"sim: {message}"), file=sys.stderr)

    with warnings.catch_warnings():
        warnings.simplefilter("always", ResultsWarning)
        warnings.showwarning = line
        yield


@contextmanager
def plainly(folder: Path | None) -> Iterator[None]:
    """Turn what a request can run into (an impossible one, a full disk) into a plain line about `folder`.

    Warnings about folders of results are plain lines on stderr, too.
    """
    from sim.execute.cluster import ClusterError
    from sim.execute.pool import WorkerError  # late: it starts processes

    try:
        with warnings_as_lines():
            yield
    except ScenarioError:
        raise  # which has a line for each problem, with its place
    except (ValueError, WorkerError, ClusterError) as error:
        raise BadInputError(str(error)) from None
    except OSError as error:
        raise BadInputError(describe_os_error(error, folder)) from None
