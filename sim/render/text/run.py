"""The text that `sim run` prints: a plain sentence first, then tables, then what is guessed.

It comes in three parts, for people wait for the first while the others are still played.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from sim.findings.chances import Chances
from sim.findings.evidence import FactEffect, FactFindings
from sim.findings.headline import FieldSize, Headline, TeamGroup
from sim.findings.run import Ending, Guesses, KnownResults, Moves, RunFacts
from sim.render.text.chances import chance_tables, error_lines
from sim.render.text.ending import ending_lines, guess_lines, move_lines
from sim.render.text.evidence import each_fact_lines, evidence_lines, forecast_lines
from sim.render.text.names import MOST_NAMED, Names
from sim.scenario.options import condition


def opening(
    names: Names,
    file: str,
    played: RunFacts,
    headline: Headline,
    known: KnownResults,
    evidence: FactFindings | None = None,
) -> RenderableType:
    """Return the first sentence, of what it is said, and what is fixed."""
    first = [first_sentence(names, headline)] if evidence is None else list(forecast_lines(names, evidence))
    facts = 0 if evidence is None else evidence.facts
    lines = [*first, *_about(names, file, played), *_known(names, known, facts), ""]
    return Group(*(Text(line) for line in lines))


def answer(
    names: Names, chances: Chances, ending: Ending, evidence: FactFindings | None = None
) -> RenderableType:
    """Return the text from the table of chances to the cost."""
    option = chances.default.name if len(chances.options) > 1 else ""
    without = None if evidence is None else evidence.without
    return Group(
        *chance_tables(names, chances, without),
        *(Text(line) for line in error_lines(names, chances)),
        *(Text(line) for line in (evidence_lines(names, evidence) if evidence else ())),
        *ending_lines(names, ending, option),
    )


def without_each(names: Names, effects: Sequence[FactEffect]) -> RenderableType:
    """Return how chances change without each fact."""
    return Group(*each_fact_lines(names, effects))


def rest(names: Names, moves: Moves | None, guesses: Guesses, *, few: bool) -> RenderableType:
    """Return what moves a team and what is guessed, one line fewer of that where the text is long: `few`."""
    lines = [*(move_lines(names, moves) if moves else ()), *guess_lines(names, guesses, few=few)]
    return Group(*(Text(line, overflow="fold") for line in lines))


def first_sentence(names: Names, headline: Headline) -> str:
    """Return one or two plain sentences about what matters most."""
    return names.say(f"run.headline.{_family(headline)}.{_standing(headline)}", **_values(names, headline))


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
    return names.say(f"run.title.{'leave_if' if headline.option else 'leave'}.{standing}", **values)


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
    return {"stage": names.stages[size.stage], "left": size.left, "n": size.teams, "share": size.share}


def _all_of(names: Names, teams: Sequence[str], *, first: bool) -> str:
    """Teams by name, or how many where they are many; `first` in a sentence or not."""
    if len(teams) <= MOST_NAMED:
        return names.list_teams(teams)
    return names.say("run.All_teams" if first else "run.all_teams", n=len(teams))


def _span(names: Names, group: TeamGroup) -> str:
    """The chances of a group: from its least to its greatest, or one number where they print alike."""
    low, high = str(group.lowest), str(group.highest)
    return low if low == high else names.say("run.from_to", low=low, high=high)


def _about(names: Names, file: str, played: RunFacts) -> Iterator[str]:
    """What was run and how, and what of it is not as usual."""
    yield names.say(
        "run.about_events" if played.engine == "event" else "run.about",
        file=file,
        hash=played.scenario.digest()[:8],
        n=played.runs,
        runs=f"{played.runs:,}",
        seed=played.seed,
        date=played.scenario.as_of,
    )
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
    ways: dict[str, list[str]] = {}
    for team, how in known.out.items():
        ways.setdefault(how, []).append(team)
    told = [names.say(f"run.out_by_{how}", teams=names.list_teams(teams)) for how, teams in ways.items()]
    if told:
        yield names.say("run.out", out=", ".join(told))
