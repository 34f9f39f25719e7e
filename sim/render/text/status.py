"""What is certain because it has happened: the results that are fixed, who is in and who is out."""

from __future__ import annotations

from collections.abc import Iterator

from sim.render.text.telling import Telling


def status(told: Telling) -> Iterator[str]:
    """Lines about what is fixed; none if nothing has happened yet."""
    known = [stage for stage in told.scenario.stages.values() if stage.happened is not None]
    if not known:
        return
    days = [stage.decided for stage in known]
    days += [stage.entry.day.day for stage in known if stage.entry and stage.entry.happened is not None]
    yield told.say("fixed", days=", ".join(str(day) for day in sorted(days)))
    by_how: dict[str, list[str]] = {}
    for team, how in _out(told).items():
        by_how.setdefault(how, []).append(team)
    if by_how:
        yield told.say(
            "out", out=", ".join(f"{told.listed(teams)} ({told.say(how)})" for how, teams in by_how.items())
        )


def _out(told: Telling) -> dict[str, str]:
    """Teams that are known to be out, by the word for how."""
    words = {"out-by-points": "by_points", "out-at-gate": "at_gate"}
    found = dict.fromkeys(told.scenario.out, "not_chosen")
    for stage in told.scenario.stages.values():
        found |= {team: words[how] for team, how in (stage.happened or {}).items()}
    return found
