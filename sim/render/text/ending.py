"""The end of a run as text: who stays together, how far from the frontier, and what is lent and paid."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from sim.findings.run import Ending, Together
from sim.render.text.ecosystem import ecosystem_details
from sim.render.text.layout import Names, justify_line
from sim.scenario.options import option_label
from sim.text.hours import format_hours
from sim.text.money import format_money_briefly


def ending_lines(names: Names, end: Ending, option: str) -> Iterator[Text]:
    """Return lines about the end under a heading, which names the default option if there is one."""
    lines = [*_ending(names, end)]
    if not lines:
        return
    label = option_label(option, names.lang)
    if names.modelled:
        heading = names.say("run.at_end_with", option=label) if option else names.say("run.at_end")
    else:
        heading = (
            names.say("run.at_end_plain_with", option=label) if option else names.say("run.at_end_plain")
        )
    yield Text(heading)
    yield from lines


def _ending(names: Names, end: Ending) -> Iterator[Text]:
    if end.together is not None:
        yield justify_line(names.say("run.together"), _together(names, end.together))
    yield from _strength(names, end)
    yield from _money(names, end)
    yield from ecosystem_details(names, end.ecosystem)


def _together(names: Names, found: Together) -> str:
    members, chance, stands_out, nobody = found
    p = str(chance)
    if stands_out:
        key, teams = "run.set", " + ".join(names.teams[t] for t in members) or names.say("run.nobody")
    else:  # of the likeliest set: seen so rarely it has a bound, and nothing is "at most" that
        key, teams, p = "run.no_set_likely" if p.startswith("<") else "run.no_set", "", p.lstrip("<")
    if nobody is None:
        return names.say(key, teams=teams, p=p)
    return names.say(f"{key}_or_nobody", teams=teams, p=p, q=nobody)


def _strength(names: Names, end: Ending) -> Iterator[Text]:
    yield from months_line(names, end, "run.months")
    if end.target is not None:
        target, reached = end.target
        yield justify_line(
            names.say("run.target", target=f"{100 * target:g}"), names.say("run.target_chance", p=reached)
        )


def months_line(names: Names, end: Ending, sentence: str) -> Iterator[Text]:
    """Return how far the best that stays is behind the frontier, or ahead; nothing where it is not asked."""
    if end.behind is None or end.behind_months is None:
        return
    # Whoever is ahead is told by how much, and not that it is less than 0 behind.
    sign = -1 if end.place == "ahead" else 1
    months = end.behind_months
    ends = sorted(sign * q for q in (months.q05, months.q95))
    low, high = map(_whole, ends)
    mean, gap = _whole(sign * months.mean), _whole(sign * end.behind.mean)
    key = f"{sentence}_around" if end.place == "around" else sentence
    told = names.say(key, n=int(mean), months=mean, gap=gap, low=low, high=high)
    yield justify_line(names.say(f"run.place.{end.place}"), told)


def _money(names: Names, end: Ending) -> Iterator[Text]:
    """The programme's money: that of the stages ahead where some are known, or else of all; then own GPUs."""
    yield from lease_lines(names, end, "run.money_of_stage")
    if end.own is not None:
        hours, value = end.own
        since = end.own_since
        if value:
            key = "run.worth" if since is None else "run.worth_since"
            worth = names.say(key, money=names.money(value), day=since)
        else:
            worth = names.say("run.unpriced") if since is None else names.say("run.used_before", day=since)
        yield justify_line(names.say("run.own", hours=format_hours(hours, names.lang)), worth)
    yield from paid_line(names, end)
    yield from leak_line(names, end)
    yield from purse_lines(names, end)
    yield from place_lines(names, end)
    yield from supply_lines(names, end)


def lease_lines(names: Names, end: Ending, worth_of_stage: str) -> Iterator[Text]:
    """Return what is lent and what it costs: at the stages ahead where some are known, or else in all."""
    for lease in end.leases:
        about = {
            "n": round(lease.gpus),
            "gpus": f"{lease.gpus:,.0f}",
            "hours": format_hours(lease.hours, names.lang),
        }
        total = format_money_briefly(end.lent_cost, names.currency, names.lang)
        worth = names.say(worth_of_stage, money=names.money(lease.cost), total=total)
        yield justify_line(names.say("run.lease_of_stage", stage=names.stages[lease.stage], **about), worth)
    if end.lent_cost and not end.leases:
        share = f"{100 * end.cost_of_leavers / end.lent_cost:.0f}"
        worth = names.say("run.money", money=names.money(end.lent_cost), share=share)
        yield justify_line(names.say("run.lease", hours=format_hours(end.lent_hours, names.lang)), worth)


def paid_line(names: Names, end: Ending) -> Iterator[Text]:
    """Return what is paid that is not for GPUs, where there is such money."""
    if end.paid is None:
        return
    paid, to_leavers = end.paid
    share = f"{100 * to_leavers / paid:.0f}" if paid else "0"
    yield justify_line(names.say("run.paid"), names.say("run.money", money=names.money(paid), share=share))


def supply_lines(names: Names, end: Ending) -> Iterator[Text]:
    """Return what becomes of the supplies of each stage ahead that lends any."""
    for use in end.supplies:
        told = {key: f"{gpus:,.0f}" for key, gpus in use._asdict().items() if key != "stage"}
        yield justify_line(
            names.say("run.supply", stage=names.stages[use.stage]), names.say("run.supplied", **told)
        )


def leak_line(names: Names, end: Ending) -> Iterator[Text]:
    """Return what leaks through models that teams begin from, where anything can."""
    if end.leaked is not None:
        worth = names.say("run.worth", money=names.money(end.leaked))
        yield justify_line(names.say("run.leaked"), worth)


MOST_NUMBERS = 6
"""Numbers of places of which the chance is told; those beside them were seen less often."""


def purse_lines(names: Names, end: Ending) -> Iterator[Text]:
    """Return how many teams the budget of each stage pays for, and how much of it they cost."""
    return (justify_line(*each) for each in purse_sentences(names, end))


def purse_sentences(names: Names, end: Ending) -> Iterator[tuple[str, str]]:
    """Return the same as pairs: whose budget it is, and what it pays for."""
    for purse in end.purses:
        label = names.say("run.purse", stage=names.stages[purse.stage])
        most, chance = purse.likeliest
        money = {
            "used": format_money_briefly(purse.used.mean, names.currency, names.lang),
            "budget": format_money_briefly(purse.budget, names.currency, names.lang),
        }
        if len(purse.places) == 1:
            yield label, names.say("run.purse_one", n=most, **money)
        else:
            fewest, *_, greatest = purse.places
            told = names.say("run.purse_some", low=fewest, high=greatest, n=most, p=chance, **money)
            yield label, told


def place_lines(names: Names, end: Ending) -> Iterator[Text]:
    """Return the chance of each number of teams that a budget pays for, the likeliest numbers."""
    for purse in end.purses:
        if len(purse.places) > 1:
            ranked = sorted(purse.places, key=lambda n: -purse.places[n].count)[:MOST_NUMBERS]
            told = ", ".join(names.say("run.places_chance", n=n, p=purse.places[n]) for n in sorted(ranked))
            yield justify_line(names.say("run.places", stage=names.stages[purse.stage]), told)


def _whole(number: float) -> str:
    return f"{round(number)}"  # an integer has no -0
