"""What the page draws: chances at some settings, beside those at a baseline, over the same replications."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from sim.execute.case import Case, engine_for, fastest
from sim.execute.group import Group, Worlds, noise_numbers
from sim.execute.inference import with_scenario
from sim.execute.runner import Runner
from sim.explorer.facts import FactTeller
from sim.explorer.settings import Playground, SettingError, Settings
from sim.findings.headline import Judged, headline_of_leaving
from sim.forecast.island import FULL
from sim.render.json import round_fractions
from sim.render.text.layout import Names
from sim.render.text.run import first_sentence
from sim.stats.differences import PairedDifference
from sim.stats.summary import Estimate, Summary
from sim.stats.tally import PairedTally, empty_paired_tally, pair, tally_fates
from sim.text import Lang

MOST_RUNS = 20_000
"""Runs that a page may ask for."""

FEW_RUNS = 2_000
"""Runs while a slider is dragged, or when many pages wait."""

MOST_NUMBERS = 8 * 10**6
"""Random numbers of one answer, which take about two seconds: a scenario may have many teams and stages."""

MOST_SECONDS = 2.0


class TooSlowError(RuntimeError):
    """An answer that would take longer than a page waits."""


@dataclass(frozen=True)
class Asked:
    """What a page asks for."""

    settings: Settings
    baseline: Settings
    runs: int


class Answers:
    """Answers to one scenario's page. Not for two threads at once: luck and courses are kept by thread."""

    def __init__(self, playground: Playground, seed: int, lang: Lang) -> None:
        self.playground, self.lang = playground, lang
        scenario = playground.scenario_of({})
        self._runner = Runner(jobs=1)
        case = fastest(Case(scenario, seed, engine_for(scenario)))
        self._case = self._runner.inform(case)

    @property
    def teams(self) -> list[str]:
        """The teams of which it is not known that they are out, by id."""
        scenario = self._case.scenario
        return scenario.contenders or list(scenario.teams)

    @cached_property
    def facts(self) -> FactTeller:
        """What the facts moved, with everything as the file has it."""
        return FactTeller(self._case, self.teams, self._runner, self.lang, self.playground.file.name)

    def answer(self, asked: Asked) -> dict[str, Any]:
        """Return what is drawn, as plain data for JSON.

        Raises `SettingError` and `ScenarioError` for what cannot be played, `TooSlowError`.
        """
        if not 0 < asked.runs <= MOST_RUNS:
            raise SettingError(f"{asked.runs} runs, expected 1 to {MOST_RUNS:,}")
        base, case = (self.case_of(each) for each in (asked.baseline, asked.settings))
        runs = max(1, min(asked.runs, MOST_NUMBERS // max(1, noise_numbers(case.scenario))))
        counted = self._play(base, case, runs)
        summary = Summary(case.scenario, counted.tally)
        found = headline_of_leaving(summary)
        said = {
            "runs": runs,
            "sentence": first_sentence(Names.of(case.scenario, self.lang), found),
            "judged": found.judged,
            "teams": list(_of_teams(summary, counted, self.teams, found.judged)),
        }
        rounded: dict[str, Any] = round_fractions(said)  # as `sim run --json` writes them
        return rounded

    def case_of(self, settings: Settings) -> Case:
        """Return what is played with some values moved. Raises `SettingError` and `ScenarioError`."""
        scenario = self.playground.scenario_of(settings)
        case = with_scenario(self._case, scenario, FULL)
        if case.past is None and scenario.has_facts:
            raise SettingError(
                "facts would have to be believed anew, which takes minutes: sim run --set does it"
            )
        return replace(case, engine=engine_for(scenario))

    def _play(self, base: Case, case: Case, runs: int) -> PairedTally:
        """Count the same replications of both, a stretch at a time as long as there is time."""
        nothing = empty_paired_tally(case.scenario)
        nothing = replace(nothing, tally=replace(nothing.tally, chances={}, measures={}))
        found, started, done = nothing, time.monotonic(), 0
        while done < runs:
            if done and (time.monotonic() - started) * runs / done > MOST_SECONDS:
                raise TooSlowError(
                    f"{runs:,} runs of this scenario take longer than {MOST_SECONDS:g} seconds"
                )
            stop = min(runs, done + _STRETCH)
            (played,) = self._runner.play([Group((base, case), ((done, stop),), _count, nothing)])
            if played.failures:
                raise SettingError(str(played.failures[0]))
            found, done = found + played.counts, stop
        return found


def _of_teams(
    summary: Summary, counted: PairedTally, teams: Sequence[str], judged: Judged
) -> Iterator[dict[str, Any]]:
    """The chance of each team, and by how much that of leaving differs from the baseline's."""
    chances = {row.team: row.estimate for row in summary.rows() if row.chance == judged and not row.stage}
    for team in teams:
        # Of who may never come in there is no such difference: who was never there does not leave.
        change = _change(counted.change_in_leaving(team)) if judged == "leaves_at_all" else None
        yield {"id": team, "chance": _chance(chances[team]), "change": change}


_STRETCH = 10_000
"""Replications of which a stretch is played before the clock is looked at."""


def _count(cases: tuple[Case, ...], worlds: Worlds) -> PairedTally:
    return pair(cases[1].scenario, worlds[1], worlds[0], tally_fates(worlds[1]))


def _chance(estimate: Estimate) -> dict[str, Any]:
    return {
        "p": estimate.p,
        "low": estimate.low,
        "high": estimate.high,
        "certain": estimate.certain,
        "text": str(estimate),
    }


def _change(difference: PairedDifference) -> dict[str, Any]:
    return {
        "p": difference.estimate,
        "low": difference.low,
        "high": difference.high,
        "text": str(difference) if difference.is_seen else "0",
        "beyond_dice": difference.is_beyond_dice,
    }
