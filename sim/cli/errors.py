"""What the user can put right, said in one line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sim.scenario.problems import ScenarioError


class BadInputError(Exception):
    """Something that the user can put right; the text is the line to print."""


@contextmanager
def plainly(folder: Path | None) -> Iterator[None]:
    """Turn what a request can run into (an impossible one, a full disk) into a plain line about `folder`."""
    try:
        yield
    except ScenarioError:
        raise  # which has a line for each problem, with its place
    except ValueError as error:
        raise BadInputError(str(error)) from None
    except OSError as error:
        where = error.filename or folder
        raise BadInputError(f"{where}: {(error.strerror or str(error)).lower()}") from None
