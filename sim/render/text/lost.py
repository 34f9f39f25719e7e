"""What faults cost as text, for each option: GPU-hours, and the lease of those that were lent."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from sim.findings.chances import Chances
from sim.render.text.layout import Names, justify_line
from sim.scenario.options import option_label
from sim.text.hours import format_hours


def lost_lines(names: Names, found: Chances) -> Iterator[Text]:
    """Return a line for each option whose scenario says what is done about faults."""
    for one in found.shown:
        if "hours_lost" not in one.amounts:
            continue
        hours, cost = (one.amounts[name].mean for name in ("hours_lost", "cost_lost"))
        about = {"hours": format_hours(hours, names.lang), "money": names.money(cost)}
        told = names.say("run.lost_hours_and_money" if cost else "run.lost_hours", **about)
        label = names.say("run.lost")
        if len(found.shown) > 1:
            label = names.say("run.lost_with", option=option_label(one.name, names.lang))
        yield justify_line(label, told)
