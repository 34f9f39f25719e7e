"""What a live page says of chances once something is moved: sentences, names, and who is told apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scipy.special import stdtrit

from sim.explorer.answers import Answers
from sim.live.export import Exported, Move, three_values
from sim.render.text.layout import Names
from sim.render.text.run import name_all
from sim.scenario.comparison import indistinguishable_teams
from sim.scenario.models.scenario import Scenario
from sim.stats.intervals import LEVEL, for_all_of, reach
from sim.text import sentences

MOST_TEAMS = 8
"""Of more teams the page judges nobody: the names of every group of them travel in it."""

_FORMS = "run.headline.leave."
_PARTS = ("from_to", "about_chance", "below_chance", "above_chance")


def judge_data(answers: Answers, exported: Exported) -> dict[str, Any] | None:
    """Return what `judge.js` reads, as plain data for JSON; None where there are too many teams."""
    teams, scenario = answers.teams, answers.case_of({}).scenario
    if len(teams) > MOST_TEAMS:
        return None
    names, said = Names.of(scenario, answers.lang), sentences(answers.lang)
    forms = {key.removeprefix(_FORMS): forms for key, forms in said.items() if key.startswith(_FORMS)}
    groups = [
        names.list_many([team for t, team in enumerate(teams) if bits >> t & 1])
        for bits in range(2 ** len(teams))
    ]
    return {
        "forms": forms | {key: said[f"run.{key}"] for key in _PARTS},
        "groups": [*groups[:-1], name_all(names, teams, first=True)],
        "alike": are_alike(scenario, teams),
        "unlike": [move.control.path for move in exported.moves if _tells_apart(answers, move)],
    }


def are_alike(scenario: Scenario, teams: Sequence[str]) -> bool:
    """Tell whether no input tells any of the teams apart."""
    return any(set(teams) <= set(group) for group in indistinguishable_teams(scenario))


def _tells_apart(answers: Answers, move: Move) -> bool:
    """Whether teams that are alike are so no longer once something is moved."""
    values = move.control.values if move.control.kind == "choice" else three_values(move.control)
    return any(
        not are_alike(answers.case_of({move.control.path: value}).scenario, answers.teams) for value in values
    )


def intervals(exported: Exported, teams: int) -> dict[str, Any]:
    """Return how many standard errors intervals reach, of independent runs and of islands.

    Those of `all` hold for so many teams at once.
    """
    freedom = max(1, (exported.islands or 2) - 1)

    def reaches(level: float) -> dict[str, float]:
        return {"z": reach(level), "t": round(float(stdtrit(freedom, 0.5 + level / 2)), 12)}

    return {**reaches(LEVEL), "all": reaches(for_all_of(teams))}
