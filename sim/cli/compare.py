"""`sim compare`: scenarios set beside one another, run by run."""

from __future__ import annotations

import datetime
import shlex
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from sim.cli.cluster import Address, check_place, open_cluster
from sim.cli.errors import BadInputError, plainly
from sim.cli.options import (
    OUTPUT,
    FigureLang,
    FromStart,
    GivenKnowledge,
    GivenScenario,
    OutputFolder,
    RangeText,
    Seed,
    Whole,
    read_day,
    read_extent,
)
from sim.scenario import Scenario
from sim.studies import DEFAULT_SEED
from sim.text import say

_MOST = 6
"""Scenarios that fit into one text."""


def compare(
    a: str,
    b: str,
    /,
    *more: str,
    runs: Whole | None = None,
    replications: RangeText = None,
    seed: Seed = DEFAULT_SEED,
    from_start: FromStart = False,
    cluster: Address = None,
    out: OutputFolder = None,
    lang: Annotated[FigureLang, Parameter(group=OUTPUT)] = "en",
) -> None:
    """Play scenarios with the same luck and print how each differs from the first.

    Parameters
    ----------
    a
        A scenario file or the name of a bundled scenario, or such a name with changes in quotes:
        "k-ai --set stages.stage-3.cut.keep=1".
    b
        Another one.
    more
        Further ones.
    runs
        How many times each is played. [default: 10,000]
    out
        Folder for a table of every difference, an Excel workbook, a figure and a manifest.
    """
    given = (a, b, *more)
    if len(given) > _MOST:
        raise BadInputError(f"{len(given)} scenarios, expected at most {_MOST}")
    check_place(cluster, None)
    scenarios = [_read(one, from_start=from_start) for one in given]
    from sim import api
    from sim.folder.files import without_companions
    from sim.render.text.comparison import render_comparison
    from sim.render.text.layout import print_text

    extent = read_extent(runs, replications)
    with open_cluster(cluster) as executor, plainly(out):
        found = api.compare(
            scenarios, seed=seed, executor=executor, out=out, tables=lang, given=given, **extent
        )
        files = [] if out is None else found.write_tables(out, lang)
    print_text(render_comparison(found.findings(), lang))
    if files:
        names = " ".join(path.name for path in without_companions(files))
        print(say(lang, "results.saved", files=names, folder=out))


def _read(given: str, *, from_start: bool) -> Scenario:
    """The scenario that a file, or `FILE --set PATH=VALUE ... --without FACT ... --as-of DAY`, names."""
    try:
        file, *rest = shlex.split(given)
    except ValueError:
        told = "no scenario" if not given.strip() else "a quotation mark without its fellow"
        raise BadInputError(f"'{given}': {told}") from None
    changes: list[str] = []
    without: list[str] = []
    day: datetime.date | None = None
    nothing = False
    while rest:
        option, *rest = rest
        if option == "--without-facts":
            nothing = True
        elif option in ("--set", "--without") and rest:
            (changes if option == "--set" else without).append(rest.pop(0))
        elif option == "--as-of" and rest:
            day = _read_day(given, rest.pop(0))
        else:
            hint = "; a value with blanks in quotes of its own" if rest else ""
            raise BadInputError(f"'{given}': expected FILE --set PATH=VALUE ...{hint}")
    return GivenScenario(Path(file), changes, GivenKnowledge(day, nothing, tuple(without)), from_start).load()


def _read_day(given: str, text: str) -> datetime.date:
    try:
        return read_day(text)
    except ValueError as error:
        raise BadInputError(f"'{given}': --as-of {error}") from None
