"""A figure as a study hands it out, and what figures of a scenario are labelled with."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import NamedTuple

from sim.findings.chances import groups_of
from sim.findings.run import known_results
from sim.findings.sources import sourced_inputs
from sim.folder.files import SavedFiles
from sim.render.figures.frame import SourcedFigure
from sim.render.figures.labels import Calendar, InputCount, Labels
from sim.render.figures.save import save, save_beside_others
from sim.render.text.known import list_by_way
from sim.render.text.layout import Names
from sim.scenario.models.scenario import Scenario
from sim.scenario.models.windows import each_window
from sim.text import Lang, say


class Drawing(NamedTuple):
    """A figure, which knows what it says and where it comes from."""

    figure: SourcedFigure

    def save(self, path_without_suffix: Path) -> list[Path]:
        """Write it as PNG and SVG, what it says as text, its numbers as CSV; return the files.

        Raises `OSError`.
        """
        return save(self.figure, path_without_suffix)

    def save_beside_others(self, path_without_suffix: Path) -> SavedFiles:
        """Write it likewise, and keep other files of these names under new ones. Raises `OSError`."""
        return save_beside_others(self.figure, path_without_suffix)


def labels_of(scenario: Scenario, runs: int, lang: Lang) -> Labels:
    """Return what figures of a scenario are labelled with, in one language."""
    fixed, names = [s for s in scenario.stages if s not in scenario.ahead], Names.of(scenario, lang)
    sourced = sourced_inputs(scenario)
    found = InputCount(
        len(sourced),
        sum(bool(each.source) and not each.input.guess for each in sourced),
        sum(each.input.guess for each in sourced),
    )
    out = list_by_way(names, known_results(scenario).out)
    return Labels(
        title=scenario.name.get(lang),
        teams=names.teams,
        stages=names.stages,
        runs=runs,
        scenario_hash=scenario.digest()[:8],
        known_until=str(scenario.as_of),
        lang=lang,
        known=frozenset((s, t) for s in fixed for t in scenario.teams),
        currency=scenario.money,
        groups=groups_of(scenario, scenario.contenders or list(scenario.teams)),
        order=tuple(scenario.teams),
        inputs=found,
        calendar=calendar_of(scenario),
        out=say(lang, "run.out", out=", ".join(out)) if out and not scenario.is_over else "",
    )


def calendar_of(scenario: Scenario) -> Calendar:
    """Return the days of a programme, as planned where they lie ahead."""
    stages = scenario.stages
    windows = [window for stage in stages.values() for window in each_window(stage.train)]
    decided = {s: stage.decided for s, stage in stages.items()}
    days = [*(window.first for window in windows), *decided.values()]
    # Of a programme without windows nothing is known of its first day; it is there before the first result.
    starts = min(days) if windows else min(days) - datetime.timedelta(days=30)
    enters = {s: stage.entry.day.day for s, stage in stages.items() if stage.entry is not None}
    return Calendar(starts, scenario.as_of, decided, enters)
