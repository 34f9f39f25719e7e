"""`sim scenario show`: a scenario as it is resolved, and where each value comes from."""

from __future__ import annotations

from pathlib import Path

from rich.cells import cell_len

from sim.cli.options import SetOptions
from sim.scenario import read_overrides
from sim.scenario.language.load import load_with_places
from sim.scenario.language.provenance import write_lines

_COLUMN = 52


def show(
    scenario: Path,
    /,
    *,
    set_: SetOptions = (),
) -> None:
    """Print a scenario as it is resolved: every value, and where it comes from.

    The output is a scenario file itself, with the file and line of each value, "default" or "--set", and
    "guess" for what is one.

    Parameters
    ----------
    scenario
        A scenario file, or the name of a bundled scenario such as k-ai.
    set_
        Change a value, PATH=VALUE, as in stages.stage-1.cut.keep=3; may be repeated.
    """
    found, tree = load_with_places(scenario, read_overrides(set_))
    for text, comment in write_lines(found, tree):
        gap = " " * max(2, _COLUMN - cell_len(text))
        print(f"{text}{gap}# {comment}" if comment else text)
