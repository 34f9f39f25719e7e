"""The text that `sim run` prints: a plain sentence first, then tables, then what is guessed.

It comes in three parts, for people wait for the first while the others are still played.
"""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.text import Text

from sim.findings.headline import Headline
from sim.findings.run import Chances, Ending, Guesses, Known, Moves, Played
from sim.render.text.chances import chance_tables, error_lines
from sim.render.text.ending import ending_lines, guess_lines, move_lines
from sim.render.text.headline import first_sentence
from sim.render.text.names import Names


def opening(names: Names, file: str, played: Played, headline: Headline, known: Known) -> RenderableType:
    """Return the first sentence, of what it is said, and what is fixed."""
    lines = [first_sentence(names, headline), *_about(names, file, played), *_known(names, known), ""]
    return Group(*(Text(line) for line in lines))


def answer(names: Names, chances: Chances, ending: Ending) -> RenderableType:
    """Return the text from the table of chances to the cost."""
    option = chances.default.name if len(chances.options) > 1 else ""
    return Group(
        *chance_tables(names, chances),
        *(Text(line) for line in error_lines(names, chances)),
        *ending_lines(names, ending, option),
    )


def rest(names: Names, moves: Moves | None, guesses: Guesses, *, few: bool) -> RenderableType:
    """Return what moves a team and what is guessed, one line fewer of that where the text is long: `few`."""
    lines = [*(move_lines(names, moves) if moves else ()), *guess_lines(names, guesses, few=few)]
    return Group(*(Text(line, overflow="fold") for line in lines))


def _about(names: Names, file: str, played: Played) -> Iterator[str]:
    """What was run and how, and what of it is not as usual."""
    yield names.say(
        "about_events" if played.engine == "event" else "about",
        file=file,
        hash=played.digest[:8],
        n=played.runs,
        runs=f"{played.runs:,}",
        seed=played.seed,
        date=played.as_of,
    )
    if played.failed:
        of = played.runs + played.failed
        yield names.say("failed", n=of, failed=f"{played.failed:,}", of=f"{of:,}")
    if played.single_faults:
        yield names.say("single_faults")
    if played.mean_faults:
        yield names.say("mean_faults")


def _known(names: Names, known: Known) -> Iterator[str]:
    """What is certain because it has happened; nothing if nothing has."""
    if known.days:
        yield names.say("fixed", days=", ".join(map(str, known.days)))
    ways: dict[str, list[str]] = {}
    for team, how in known.out.items():
        ways.setdefault(how, []).append(team)
    told = [names.say(f"out_by_{how}", teams=names.list_teams(teams)) for how, teams in ways.items()]
    if told:
        yield names.say("out", out=", ".join(told))
