"""The text that `sim run --details` prints: a plain sentence first, then tables, then what is guessed.

It comes in parts, for people wait for the first while the others are still played. The short text is in
`sim.render.text.brief`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil
from typing import NamedTuple

from rich.console import Group, RenderableType
from rich.text import Text

from sim.findings.chances import Chances
from sim.findings.evidence import FactEffect, FactFindings
from sim.findings.headline import Headline, TeamGroup
from sim.findings.run import Ending, Guesses, KnownResults, Moves, RunFacts, WhatIfShift
from sim.findings.waiting import Wait
from sim.render.text.chances import award_tables, chance_tables, error_lines, group_tables, model_tables
from sim.render.text.ending import ending_lines
from sim.render.text.evidence import (
    each_fact_lines,
    evidence_lines,
    forecast_sentence,
    level_lines,
    without_facts_sentence,
)
from sim.render.text.known import known_table, list_by_way, what_happened
from sim.render.text.layout import MOST_NAMED, Names, format_wait, origin, packed, short
from sim.render.text.lost import lost_lines
from sim.scenario.names import block_name, input_name_at, key_at
from sim.scenario.options import WhatIf, condition, option_label
from sim.stats.input_effects import Effect
from sim.stats.percent import margin
from sim.text.money import format_money_briefly

MOST_EFFECTS = 3
"""Guesses that are told one by one; one fewer where options and what moves a team take their lines."""


class WhereSaved(NamedTuple):
    """Where a run is saved, by the names of its files, and a command to look closer."""

    folder: str | None  # None: nothing is saved
    files: tuple[str, ...]
    command: str


class DetailedText(NamedTuple):
    """The parts of the full text; `BriefText` has the same."""

    names: Names
    played: RunFacts

    def opening(self, headline: Headline, evidence: FactFindings | None) -> RenderableType:
        """Return the first sentence, and what of the run is not as usual."""
        told = [lead(self.names, headline, evidence)]
        if evidence is not None and not headline.is_decided:
            told.append(without_facts_sentence(self.names, evidence))
        lines = [" ".join(told), *unusual_lines(self.names, self.played)]
        return Group(*(Text(line) for line in lines), *known_table(self.names, self.played.scenario))

    def answer(
        self, chances: Chances, ending: Ending, _: Guesses, evidence: FactFindings | None
    ) -> RenderableType:
        """Return the text from the table of chances to the cost."""
        return chances_and_cost(self.names, chances, ending, evidence)

    def rest(self, moves: Moves | None, guesses: Guesses, chances: Chances) -> RenderableType:
        """Return what moves a team and what is guessed, one line fewer of that where options take theirs."""
        guessed = guess_lines(self.names, guesses, few=chances.undecided)
        lines = [*(move_lines(self.names, moves) if moves else ()), *guessed]
        return Group(*(Text(line, overflow="fold") for line in lines))

    def closing(self, file: str, saved: WhereSaved) -> RenderableType:
        """Return what was played and how, where it is saved, and a command to look closer."""
        about = about_line(self.names, file, self.played)
        command = self.names.say("results.next", command=saved.command)
        if saved.folder is None:
            lines = [about, *packed([self.names.say("results.unsaved"), command])]
        else:
            files = self.names.say("results.saved", files=" ".join(saved.files), folder=saved.folder)
            lines = [about, files, command]
        return Group(*(Text(line, overflow="fold") for line in lines))


def fixed(names: Names, known: KnownResults, evidence: FactFindings | None) -> RenderableType:
    """Return what is certain because it has happened, and an empty line."""
    facts = 0 if evidence is None else evidence.facts
    return Group(*(Text(line) for line in (*_known(names, known, facts), "")))


def lead(names: Names, headline: Headline, evidence: FactFindings | None) -> str:
    """Return the first sentence, of a forecast or of a run without facts."""
    if evidence is None or headline.is_decided:
        return first_sentence(names, headline)  # where the rules decide, no evidence matters
    return forecast_sentence(names, evidence)


def chances_and_cost(
    names: Names, chances: Chances, ending: Ending, evidence: FactFindings | None = None
) -> RenderableType:
    """Return the text from the table of chances to the cost."""
    if chances.is_over:
        return Group(
            *(Text(line) for line in (evidence_lines(names, evidence) if evidence else ())),
            *ending_lines(names, ending, ""),
            *lost_lines(names, chances),
        )
    option = chances.default.name if len(chances.options) > 1 else ""
    without = None if evidence is None else evidence.without
    return Group(
        *chance_tables(names, chances, without),
        *group_tables(names, chances),
        *award_tables(names, chances),
        *model_tables(names, chances),
        *(Text(line) for line in error_lines(names, chances)),
        *(Text(line) for line in (_evidence(names, chances, evidence) if evidence else ())),
        *ending_lines(names, ending, option),
        *lost_lines(names, chances),
    )


def _evidence(names: Names, chances: Chances, found: FactFindings) -> Iterator[str]:
    yield from level_lines(names, chances.teams, found.level(chances))
    yield from evidence_lines(names, found)


def wait_line(names: Names, wait: Wait) -> RenderableType:
    """Return what shifts changed and what they did not."""
    key = "run.waits_alike" if wait.same_fates else "run.waits"
    return Text(names.say(key, **format_wait(wait)))


def without_each(names: Names, effects: Sequence[FactEffect]) -> RenderableType:
    """Return how chances change without each fact."""
    return Group(*each_fact_lines(names, effects))


def first_sentence(names: Names, headline: Headline) -> str:
    """Return one or two plain sentences about what matters most."""
    if headline.standing == "known":
        return what_happened(names, headline)
    return names.say(f"run.headline.{_family(headline)}.{_standing(headline)}", **_values(names, headline))


def title(names: Names, headline: Headline) -> str:
    """Return the same about leaving, as the title of a figure that shows the teams by name."""
    if headline.standing == "known":
        return what_happened(names, headline)
    standing = _standing(headline)
    if standing in ("nobody", "everybody"):
        standing = "settled"
    everybody = headline.everybody
    values = _values(names, headline) | {
        "q": everybody.lowest,
        "p": everybody.highest,
        "n": len(everybody.teams),
    }
    return names.say(f"run.title.{'leave_if' if headline.option else 'leave'}.{standing}", **values)


def _family(headline: Headline) -> str:
    if headline.size is not None:
        return "always" if headline.size.share is None else "mostly"
    verb = "leave" if headline.judged == "leaves_at_all" else "stay"
    return f"{verb}_if" if headline.option else verb


def _standing(headline: Headline) -> str:
    """Which of the sentences of a family is true: one team alone has some of its own."""
    return "alone" if not headline.is_decided and len(headline.everybody.teams) == 1 else headline.standing


def _values(names: Names, headline: Headline) -> dict[str, object]:
    """Everything that some sentence asks for."""
    everybody, most, least = headline.everybody, headline.most, headline.least
    values: dict[str, object] = {
        "option": condition(headline.option, names.lang) if headline.option else "",
        "teams": name_all(names, everybody.teams, first=not headline.option),
        "chance": names.share(headline.common),
        "most": names.list_many(most.teams) if most else "",
        "least": names.list_many(least.teams) if least else "",
        "q": _span(names, least) if least else everybody.lowest,
        "p": _span(names, most) if most else everybody.highest,
        "n": len(most.teams) if most else len(everybody.teams),
    }
    if size := headline.size:
        left, share = str(size.left), size.share
        if size.range is not None:
            left = names.say("run.from_to", low=size.range.low, high=size.range.high)
            share = size.range.share
        values |= {"stage": names.stages[size.stage], "left": left, "n": size.teams, "share": share}
    return values


def name_all(names: Names, teams: Sequence[str], *, first: bool) -> str:
    """Return all teams by name, or how many there are; `first` in a sentence or not."""
    if len(teams) <= MOST_NAMED:
        return names.list_teams(teams)
    return names.say("run.All_teams" if first else "run.all_teams", n=len(teams))


def _span(names: Names, group: TeamGroup) -> str:
    """The chances of a group: from its least to its greatest, or one number where they print alike."""
    low, high = str(group.lowest), str(group.highest)
    return low if low == high else names.say("run.from_to", low=low, high=high)


def about_line(names: Names, file: str, played: RunFacts) -> str:
    """Return what was run and how."""
    key = "run.about_events" if played.engine == "event" else "run.about"
    return names.say(key, **about_values(file, played))


def about_values(file: str, played: RunFacts) -> dict[str, object]:
    """Return what such a sentence asks for."""
    runs = {"n": played.runs, "runs": f"{played.runs:,}", "seed": played.seed}
    return origin(played.scenario, file) | runs


def unusual_lines(names: Names, played: RunFacts) -> Iterator[str]:
    """Return what of a run is not as usual: replications that failed, and how faults are played."""
    if played.failed:
        of = played.runs + played.failed
        yield names.say("run.failed", n=of, failed=f"{played.failed:,}", of=f"{of:,}")
    if played.single_faults:
        yield names.say("run.single_faults")
    if played.mean_faults:
        yield names.say("run.mean_faults")


def _known(names: Names, known: KnownResults, facts: int) -> Iterator[str]:
    """What is certain because it has happened; nothing if nothing has."""
    if known.days:
        key = "run.fixed_and_facts" if facts else "run.fixed"
        yield names.say(key, days=", ".join(map(str, known.days)), n=facts)
    if told := list_by_way(names, known.out):
        yield names.say("run.out", out=", ".join(told))


def move_lines(names: Names, moves: Moves) -> Iterator[str]:
    """Return what moves a team's chance of leaving, in points: paired differences from the default."""
    yield names.say("run.moves", team=names.teams[moves.team], p=moves.chance, dice=margin(moves.dice))
    yield f"  {'; '.join(_change(names, one) for one in moves.changes)}"


def _change(names: Names, one: WhatIfShift) -> str:
    beside = ", ".join(cost_and_months(names, one))
    key = "run.change_beside" if beside else "run.change"
    return names.say(key, what=name_cause(names, one), points=one.difference, beside=beside)


def cost_and_months(names: Names, one: WhatIfShift) -> Iterator[str]:
    """Return what a change costs, and by how much it changes the gap of the best that stays."""
    if one.cost:
        sign = "+" if one.cost > 0 else "-"
        yield sign + format_money_briefly(abs(one.cost), names.currency, names.lang)
    if one.months and (shown := f"{one.months:+.1f}")[1:] != "0.0":
        yield names.say("run.gap", months=shown)


def name_cause(names: Names, change: WhatIfShift | WhatIf) -> str:
    """Return what a change is called: an option, or `GPUs ×2 for it alone`."""
    if change.factor is None:
        return option_label(change.what, names.lang)
    factor = "×2" if change.factor > 1 else "×½"
    return names.say(f"run.change_{change.kind}", factor=factor, block=block_name(change.what, names.lang))


def guess_lines(names: Names, found: Guesses, *, few: bool) -> Iterator[str]:
    """Return how many inputs are guesses, and which of them matter most."""
    key = "run.guessed" if found.guesses else "run.not_guessed"
    count = {"n": found.inputs, "inputs": found.inputs, "guesses": found.guesses}
    if not found.effects:
        yield names.say(f"{key}_unmoved" if found.effects is not None else f"{key}_only", **count)
        return
    yield names.say(key, **count, runs=f"{found.effects[0].runs:,}")
    shown = [each for each in found.effects if each.notable][: MOST_EFFECTS - few]
    yield from (f"  {name_effect(names, each)}" for each in shown)
    others = [each.strength for each in found.effects if each not in shown]
    less = []
    if others:
        # Two points are the least that is said: so few runs do not tell less.
        points = ceil(100 * max(*others, 0.02))
        less.append(names.say("run.little" if shown else "run.all_little", n=len(others), points=points))
    if found.unranged:
        less.append(names.say("run.unranged", n=found.unranged))
    if less:
        yield f"  {'; '.join(less)}"


def name_effect(names: Names, effect: Effect) -> str:
    """Return what an input does between its low and its high end."""
    return names.say(f"run.effect_on_{effect.moves}", **effect_values(names, effect))


def effect_values(names: Names, effect: Effect) -> dict[str, object]:
    """Return what sentences about an effect ask for."""
    before, after = effect.selected if effect.moves == "team" else effect.strongest_dropped
    return {
        "what": input_name_at(effect.path, names.lang, names.teams, names.stages),
        "low": _value_at(names, effect.path, effect.low),
        "high": _value_at(names, effect.path, effect.high),
        "team": names.teams[effect.team],
        "before": before,
        "after": after,
    }


def _value_at(names: Names, path: str, value: float) -> str:
    """A value of an input as people write it: money in the programme's currency."""
    key = key_at(path)
    if key is None or key[0].unit != "money":
        return short(value)
    return format_money_briefly(value, names.currency, names.lang)
