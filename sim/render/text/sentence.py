"""The first sentence: who stays or leaves most often, as far as the runs tell."""

from __future__ import annotations

from collections import Counter

from sim.render.text.telling import MOST_NAMED, Telling
from sim.scenario.options import condition, default_name
from sim.stats.groups import leading


def sentence(told: Telling) -> str:
    """One or two plain sentences about what matters most."""
    if told.by_option:
        return _of_option(told)
    return f"{_left(told)}{_who(told)}"


def _of_option(told: Telling) -> str:
    """Who leaves most often if the default is chosen."""
    chances = {t: told.rows["", t, "leaves_at_all"] for t in told.teams}
    opening = condition(default_name(told.scenario), told.lang)
    about = {"option": told.say("with", option=opening) if told.scenario.choices else ""}
    most, least = leading(chances), leading(chances, reverse=True)
    if max(e.all_low for e in chances.values()) <= min(e.all_high for e in chances.values()):
        few = len(told.teams) <= MOST_NAMED
        teams = told.listed(told.teams) if few else told.say("each_of", n=len(told.teams))
        return told.say("all_leave", **about, teams=teams, p=told.mean(told.teams, "leaves_at_all"))
    if not (most and least):
        low, high = (of(chances.values(), key=lambda e: e.p) for of in (min, max))
        return told.say("leave_unclear", **about, q=low, p=high)
    ends = {"teams": told.listed(most), "p": told.span(most, "leaves_at_all"), "last": told.listed(least)}
    return told.say("leave_most", **about, **ends, q=told.span(least, "leaves_at_all"))


def _who(told: Telling) -> str:
    selected = {t: told.rows["", t, "selected"] for t in told.teams}
    best, worst = leading(selected), leading(selected, reverse=True)
    if len(selected) == 1:
        (team,) = selected
        return told.say("alone", teams=told.names[team], p=selected[team])
    if max(e.all_low for e in selected.values()) <= min(e.all_high for e in selected.values()):
        return told.say("level", p=told.mean(told.teams, "selected"))
    if not (best and worst):
        low, high = (of(selected.values(), key=lambda e: e.p) for of in (min, max))
        return told.say("unclear", q=low, p=high)
    about = {"teams": told.listed(best), "p": told.span(best, "selected")}
    return told.say("leaders", **about, last=told.listed(worst), q=told.span(worst, "selected"))


def _left(told: Telling) -> str:
    """How many teams are left, most often."""
    sizes: Counter[int] = Counter()
    for bits, count in told.summary.tally.together.items():
        sizes[bits.bit_count()] += count
    (left, count), stage = sizes.most_common(1)[0], list(told.stages.values())[-1]
    about = {"left": left, "teams": len(told.names), "stage": stage}
    if count == told.summary.tally.runs:
        return told.say("left_always", **about)
    return told.say("left_mostly", **about, share=told.summary.estimate(count))
