"""Who stays or leaves most often, in a sentence and as the title of a figure."""

from __future__ import annotations

from collections.abc import Sequence

from sim.findings.headline import FieldSize, Headline, TeamGroup
from sim.render.text.names import MOST_NAMED, Names
from sim.scenario.options import condition


def first_sentence(names: Names, headline: Headline) -> str:
    """Return one or two plain sentences about what matters most."""
    return names.say(f"headline.{_family(headline)}.{_standing(headline)}", **_values(names, headline))


def title(names: Names, headline: Headline) -> str:
    """Return the same about leaving, as the title of a figure that shows the teams by name."""
    standing = _standing(headline)
    if standing in ("nobody", "everybody"):
        standing = "settled"
    everybody = headline.everybody
    values = _values(names, headline) | {
        "q": everybody.lowest,
        "p": everybody.highest,
        "n": len(everybody.teams),
    }
    return names.say(f"title.{'leave_if' if headline.option else 'leave'}.{standing}", **values)


def _family(headline: Headline) -> str:
    if headline.size is not None:
        return "always" if headline.size.share is None else "mostly"
    verb = "leave" if headline.judged == "leaves_at_all" else "stay"
    return f"{verb}_if" if headline.option else verb


def _standing(headline: Headline) -> str:
    """Which of the sentences of a family is true: one team alone has some of its own."""
    undecided = headline.standing not in ("nobody", "everybody", "settled")
    return "alone" if undecided and len(headline.everybody.teams) == 1 else headline.standing


def _values(names: Names, headline: Headline) -> dict[str, object]:
    """Everything that some sentence asks for."""
    everybody, most, least = headline.everybody, headline.most, headline.least
    values: dict[str, object] = {
        "option": condition(headline.option, names.lang) if headline.option else "",
        "teams": _all_of(names, everybody.teams, first=not headline.option),
        "chance": names.share(headline.common),
        "most": names.list_teams(most.teams) if most else "",
        "least": names.list_teams(least.teams) if least else "",
        "q": _span(names, least) if least else everybody.lowest,
        "p": _span(names, most) if most else everybody.highest,
        "n": len(most.teams) if most else len(everybody.teams),
    }
    return values | (_size(names, headline.size) if headline.size else {})


def _size(names: Names, size: FieldSize) -> dict[str, object]:
    last = list(names.stages.values())[-1]
    return {"stage": last, "left": size.left, "n": size.teams, "share": size.share}


def _all_of(names: Names, teams: Sequence[str], *, first: bool) -> str:
    """Teams by name, or how many where they are many; `first` in a sentence or not."""
    if len(teams) <= MOST_NAMED:
        return names.list_teams(teams)
    return names.say("All_teams" if first else "all_teams", n=len(teams))


def _span(names: Names, group: TeamGroup) -> str:
    """The chances of a group: from its least to its greatest, or one number where they print alike."""
    low, high = str(group.lowest), str(group.highest)
    return low if low == high else names.say("from_to", low=low, high=high)
