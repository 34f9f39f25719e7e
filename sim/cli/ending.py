"""What is true at the end of the programme: who is left together, how far behind, what it cost."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from sim.cli.layout import spread
from sim.cli.telling import Telling
from sim.model.compute import HOURS_PER_DAY
from sim.scenario.models.windows import common_window
from sim.stats.responses import KRW_PER_EOK


def ending(told: Telling) -> Iterator[Text]:
    """Lines about the end, under a heading."""
    yield Text(_heading(told))
    for label, value in _rows(told):
        yield spread(label, value)


def _heading(told: Telling) -> str:
    if not told.scenario.choices:
        return told.say("at_end")
    return told.say("at_end_with", option=told.alternatives[0].option.label(told.lang))


def _rows(told: Telling) -> Iterator[tuple[str, str]]:
    summary = told.summary
    yield told.say("together"), _together(told)
    behind = summary.measure("behind_frontier_months")
    if behind.size:
        low, high = (f"{behind.quantile(p):.0f}" for p in (0.05, 0.95))
        gap = f"{summary.measure('behind_frontier').mean():.0f}"
        yield told.say("behind"), told.say("months", mean=f"{behind.mean():.0f}", low=low, high=high, gap=gap)
    if "target_reached" in summary.tally.chances:
        target = f"{100 * (told.scenario.frontier.target or 0):g}"
        yield told.say("target", target=target), f"{summary.chance('target_reached')!s} %"
    yield from _cost(told)
    yield from _own(told)


def _together(told: Telling) -> str:
    (members, first), *others = told.summary.together()
    if others and others[0][1].high >= first.low:
        sets = told.say("together_level", p=str(first))
    else:
        sets = f"{' + '.join(told.names[t] for t in members) or told.say('nobody')}: {first!s} %"
    nobody = told.summary.chance("nobody_selected")
    settled = nobody.certain is not None or not members
    return sets if settled else f"{sets}; {told.say('nobody')} {nobody!s} %"


def _cost(told: Telling) -> Iterator[tuple[str, str]]:
    """The programme's money: that of the stages ahead where some are known, or else of all."""
    measures = told.summary.tally.measures
    total = measures["cost"].mean()
    ahead = [s for s in told.ahead if f"cost.{s}" in measures and measures[f"cost.{s}"].mean()]
    for s in ahead:
        spent, lent = measures[f"cost.{s}"].mean(), measures[f"gpu_hours.{s}"].mean()
        days = common_window(told.scenario.stages[s].train).days()
        about = {"gpus": f"{lent / days / HOURS_PER_DAY:,.0f}", "hours": _millions(lent)}  # over the window
        worth = told.say("worth_of", **_money(spent), total=_money(total)["eok"])
        yield told.say("cost_of", stage=told.stages[s], **about), worth
    if total and not ahead:
        share = f"{100 * measures['cost_of_leavers'].mean() / total:.0f}"
        hours = _millions(measures["gpu_hours"].mean())
        yield told.say("cost", hours=hours), told.say("krw", **_money(total), share=share)


def _own(told: Telling) -> Iterator[tuple[str, str]]:
    """The teams' own GPUs, apart from the programme's money."""
    measures = told.summary.tally.measures
    if "own_gpu_hours" not in measures:
        return
    worth = measures["own_cost"].mean()
    hours = _millions(measures["own_gpu_hours"].mean())
    yield told.say("own", hours=hours), told.say("worth", **_money(worth)) if worth else told.say("unpriced")


def _money(krw: float) -> dict[str, str]:
    return {"eok": f"{krw / KRW_PER_EOK:,.0f}", "billion": f"{krw / 1e9:,.1f}"}


def _millions(hours: float) -> str:
    return f"{hours / 1e6:,.1f}M"
