"""What is true at the end of the programme; what moves a team, and what is guessed."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from rich.text import Text

from sim.findings.run import Ending, Guesses, Moves, WhatIfShift
from sim.render.text.layout import justify_line, short
from sim.render.text.names import Names
from sim.scenario.names import block_name, input_name
from sim.scenario.options import option_label
from sim.stats.input_effects import Effect
from sim.stats.percent import margin
from sim.stats.responses import KRW_PER_EOK

MOST_EFFECTS = 3
"""Guesses that are told one by one; one fewer where options and what moves a team take their lines."""

_TENTH_OF_A_MILLION = 1e5


def ending_lines(names: Names, end: Ending, option: str) -> Iterator[Text]:
    """Return lines about the end under a heading, which names the default option if there is one."""
    label = option_label(option, names.lang)
    yield Text(names.say("run.at_end_with", option=label) if option else names.say("run.at_end"))
    yield justify_line(names.say("run.together"), _together(names, end))
    yield from _strength(names, end)
    yield from _money(names, end)


def _together(names: Names, end: Ending) -> str:
    members, chance, stands_out, nobody = end.together
    p = str(chance)
    if stands_out:
        key, teams = "run.set", " + ".join(names.teams[t] for t in members) or names.say("run.nobody")
    else:  # of the likeliest set: seen so rarely it has a bound, and nothing is "at most" that
        key, teams, p = "run.no_set_likely" if p.startswith("<") else "run.no_set", "", p.lstrip("<")
    if nobody is None:
        return names.say(key, teams=teams, p=p)
    return names.say(f"{key}_or_nobody", teams=teams, p=p, q=nobody)


def _strength(names: Names, end: Ending) -> Iterator[Text]:
    if end.behind is not None and end.behind_months is not None:
        # Whoever is ahead is told by how much, and not that it is less than 0 behind.
        sign = -1 if end.place == "ahead" else 1
        months = end.behind_months
        ends = sorted(sign * q for q in (months.q05, months.q95))
        low, high = map(_whole, ends)
        mean, gap = _whole(sign * months.mean), _whole(sign * end.behind.mean)
        key = "run.months_around" if end.place == "around" else "run.months"
        told = names.say(key, n=int(mean), months=mean, gap=gap, low=low, high=high)
        yield justify_line(names.say(f"run.place.{end.place}"), told)
    if end.target is not None:
        target, reached = end.target
        yield justify_line(
            names.say("run.target", target=f"{100 * target:g}"), names.say("run.target_chance", p=reached)
        )


def _money(names: Names, end: Ending) -> Iterator[Text]:
    """The programme's money: that of the stages ahead where some are known, or else of all; then own GPUs."""
    for lease in end.leases:
        about = {"n": round(lease.gpus), "gpus": f"{lease.gpus:,.0f}", "hours": _hours(lease.hours)}
        worth = names.say("run.money_of_stage", **_krw(lease.krw), total=_krw(end.lent_krw)["eok"])
        yield justify_line(names.say("run.lease_of_stage", stage=names.stages[lease.stage], **about), worth)
    if end.lent_krw and not end.leases:
        share = f"{100 * end.krw_of_leavers / end.lent_krw:.0f}"
        worth = names.say("run.money", **_krw(end.lent_krw), share=share)
        yield justify_line(names.say("run.lease", hours=_hours(end.lent_hours)), worth)
    if end.own is not None:
        hours, krw = end.own
        worth = names.say("run.worth", **_krw(krw)) if krw else names.say("run.unpriced")
        yield justify_line(names.say("run.own", hours=_hours(hours)), worth)


def _whole(number: float) -> str:
    return f"{round(number)}"  # an integer has no -0


def _krw(krw: float) -> dict[str, str]:
    return {"eok": f"{krw / KRW_PER_EOK:,.0f}", "billion": f"{krw / 1e9:,.1f}"}


def _hours(hours: float) -> str:
    """Millions of hours; in full where that would round to nothing."""
    return f"{hours / 1e6:,.1f}M" if hours >= _TENTH_OF_A_MILLION / 2 else f"{hours:,.0f}"


def move_lines(names: Names, moves: Moves) -> Iterator[str]:
    """Return what moves a team's chance of leaving, in points: paired differences from the default."""
    yield names.say("run.moves", team=names.teams[moves.team], p=moves.chance, dice=margin(moves.dice))
    told = (names.say("run.change", what=_cause(names, one), points=one.difference) for one in moves.changes)
    yield f"  {'; '.join(told)}"


def _cause(names: Names, change: WhatIfShift) -> str:
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
    yield from (f"  {_effect(names, each)}" for each in shown)
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


def _effect(names: Names, effect: Effect) -> str:
    on_team = effect.moves == "team"
    before, after = effect.selected if on_team else effect.strongest_dropped
    return names.say(
        "run.effect_on_team" if on_team else "run.effect_on_strongest",
        what=input_name(effect.path, names.lang, names.teams),
        low=short(effect.low),
        high=short(effect.high),
        team=names.teams[effect.team],
        before=before,
        after=after,
    )
