"""What each fact moved, as the page tells it: from pasts that are at hand.

Without one fact the past is another one. `sim run --each-fact` infers these pasts, which takes minutes, and
keeps them; here they are only read. To play one takes about a second, so one fact is played each time the
page asks, and whoever moves a slider meanwhile need not wait for all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

from sim.execute.case import Case
from sim.execute.inference import infer, is_inferred_again
from sim.execute.runner import Runner
from sim.findings.evidence import FAR, Change, FactEffect
from sim.render.text.evidence import (
    MOST_NUMBERS,
    fact_titles,
    format_fact_change,
    format_moved_numbers,
    most_changed,
)
from sim.render.text.layout import MOST_NAMED, Names
from sim.scenario.evidence import fact_names
from sim.studies import DEFAULT_SEED
from sim.studies.evidence import (
    moved_numbers,
    play_without,
    rank_effects,
    rank_surprises,
    without_each_fact,
)
from sim.text import Lang


class FactTeller:
    """What the facts of a case moved, told in one language. Not for two threads at once."""

    def __init__(self, case: Case, teams: Sequence[str], runner: Runner, lang: Lang, file: str) -> None:
        self._case, self._teams, self._runner, self._file = case, list(teams), runner, file
        self._names = Names.of(case.scenario, lang)
        self._effects: list[FactEffect] = []
        self._has_told = False

    def tell(self) -> dict[str, Any]:
        """Return what is known, as plain data for JSON: sentences, then, where pasts are at hand, a table.

        `done` of the facts `of` are played, one more each time but the first; `of` is 0 where pasts are not
        at hand. Sentences stand in `lines`, and once all are played the table in `rows`.
        """
        of, has_told = len(self._less), self._has_told
        self._has_told = True
        if has_told and len(self._effects) < of:
            fact = list(self._less)[len(self._effects)]
            self._effects.append(play_without(self._case, fact, self._less[fact], self._teams, self._runner))
        is_done = 0 < len(self._effects) == of
        return {
            "done": len(self._effects),
            "of": of,
            "lines": self._lines,
            "heads": self._heads if is_done else [],
            "rows": list(self._rows()) if is_done else [],
        }

    @cached_property
    def _less(self) -> dict[str, Case]:
        """The case without each fact, if the pasts of all are at hand."""
        if not self._case.scenario.has_facts:
            return {}
        known, less = infer(self._case, self._runner), without_each_fact(self._case)
        return less if all(is_inferred_again(known, each) for each in less.values()) else {}

    @cached_property
    def _lines(self) -> list[str]:
        return list(self._told()) if self._case.scenario.has_facts else []

    def _told(self) -> Iterator[str]:
        """Numbers that facts moved, facts that the others do not predict, and what would tell more."""
        names, scenario = self._names, self._case.scenario
        known, facts = infer(self._case, self._runner), fact_names(scenario)
        stages = [s for s, stage in scenario.stages.items() if stage.facts]
        yield names.say("report.facts_used", n=len(facts), stages=names.list_stages(stages))
        numbers = list(moved_numbers(known))
        moved = [each for each in numbers[:MOST_NUMBERS] if each.is_moved]
        if moved:
            yield names.say("explore.facts_moved", numbers="; ".join(format_moved_numbers(names, moved)))
        elif numbers:
            yield names.say("explore.facts_unmoved", n=len(numbers))
        titles = fact_titles(names, scenario)
        for one in rank_surprises(known):
            if one.sd >= FAR:
                yield names.say("report.far_fact", fact=titles[one.fact].told(names))
        if not self._less and len(facts) > 1:
            seed = "" if self._case.seed == DEFAULT_SEED else f" --seed {self._case.seed}"
            yield names.say("explore.facts_ask", command=f"sim run {self._file}{seed} --each-fact")

    @property
    def _heads(self) -> list[str]:
        """The teams that have a column each; none where they are many."""
        return [self._names.teams[team] for team in self._teams] if len(self._teams) <= MOST_NAMED else []

    def _rows(self) -> Iterator[list[str]]:
        """A row a fact: title, source, and how chances change; of many teams that which changes most."""
        titles = fact_titles(self._names, self._case.scenario)
        for effect in rank_effects(self._effects):
            title = list(titles[effect.fact])
            if self._heads:
                yield [*title, *(_format_change(effect.changes[team]) for team in self._teams)]
            else:
                team = most_changed(effect)
                yield [*title, f"{self._names.teams[team]} {_format_change(effect.changes[team])}"]


def _format_change(change: Change) -> str:
    return format_fact_change(change).replace("-", "−")
