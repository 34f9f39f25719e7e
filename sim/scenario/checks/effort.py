"""Can teams do what the file says of their effort, of compute that they keep, and of tests trained on?"""

from __future__ import annotations

from collections.abc import Iterator

from sim.scenario.models.numbers import extremes
from sim.scenario.models.points import PointsBlock
from sim.scenario.models.scenario import Scenario
from sim.scenario.problems import Diagnostic, KeyPath
from sim.scenario.wider import saves, saves_at, trains_on_tests


def effort_errors(scenario: Scenario) -> Iterator[Diagnostic]:
    """Effort without compute, places that no rule counts, and public tests where people judge."""
    yield from _check_compute(scenario)
    yield from _check_places(scenario)
    for stage_id, stage in scenario.stages.items():
        for block_id, block in stage.points.items():
            if block.judged:
                yield from _check_judged(block, ("stages", stage_id, "points", block_id))


def _check_compute(scenario: Scenario) -> Iterator[Diagnostic]:
    """Effort acts on compute: without hardware there is none; `field` only says where `rivals` begins."""
    effort = scenario.effort
    if effort is not None and effort.field is not None and effort.rivals is None:
        yield Diagnostic(("effort", "field"), "`field` without `rivals`", "`rivals` beside it")
    if scenario.hardware:
        return
    expected = "`hardware`, since effort acts on compute, or no such key"
    for key in ("rivals", "stakes", "saved"):
        if effort is not None and getattr(effort, key) is not None:
            yield Diagnostic(("effort", key), f"`{key}` without hardware", expected)
    for team_id, team in scenario.teams.items():
        if team.saves is not None:
            yield Diagnostic(("teams", team_id, "saves"), "`saves` without hardware", expected)


def _check_places(scenario: Scenario) -> Iterator[Diagnostic]:
    """Effort by the number that stays, where nobody knows beforehand how many will."""
    if scenario.effort is None or scenario.effort.stakes is None:
        return
    for stage_id, stage in scenario.stages.items():
        cut = stage.cut
        if cut.has_rule and cut.keep is None and cut.drop is None and scenario.trains(stage_id):
            found = "a cut by no number of teams, beside `effort.stakes`"
            yield Diagnostic(("stages", stage_id, "cut"), found, "`keep` or `drop`, or no `effort.stakes`")


def _check_judged(block: PointsBlock, here: KeyPath) -> Iterator[Diagnostic]:
    expected = "it in a benchmark, whose tests can be trained on"
    if block.public is not None:
        yield Diagnostic((*here, "public"), "`public` in a judged block", expected)
    for item_id, item in block.items.items():
        if item.public is not None:
            yield Diagnostic((*here, "items", item_id, "public"), "`public` in a judged block", expected)


def unfit_for_facts(scenario: Scenario, stage_id: str) -> Iterator[tuple[KeyPath, str, str]]:
    """Where points of a decided stage are not normal: what is gained on public tests is never below 0."""
    if not trains_on_tests(scenario):
        return
    for block_id, block in scenario.stages[stage_id].points.items():
        public = [name for name, item in block.items.items() if block.is_public(item)]
        if public or (block.public and not block.items):
            yield ("points", block_id), "public tests that teams trained on", "`public: false`"


_MOST_EXPONENT = 1.0
"""With it, two teams would do half each of what one does; contests have found a tenth or two."""

_MOST_GAIN = 0.2
"""Of a benchmark's maximum; contamination was found to be worth some percentage points."""


def warn_of_effort(scenario: Scenario) -> Iterator[Diagnostic]:
    """Find effort that says nothing, or more than any contest has shown."""
    effort = scenario.effort
    if effort is None:
        return
    said = (effort.rivals, effort.stakes, effort.saved, effort.tests)
    if all(number is None for number in said):
        yield Diagnostic(("effort",), "an empty block", "`rivals`, `stakes`, `saved` or `tests`")
    if effort.rivals is not None and (least := extremes(effort.rivals)[0]) > _MOST_EXPONENT:
        found = f"an exponent of {least:g}: twice the teams, less than half the effort of each"
        yield Diagnostic(("effort", "rivals"), found, "0 to 0.2, as studies of contests have found")


def warn_of_tests(scenario: Scenario) -> Iterator[Diagnostic]:
    """Find tests that are trained on and none of which is public, and gains of most of the points."""
    if not trains_on_tests(scenario):
        return
    effort = scenario.effort
    paths: dict[KeyPath, float] = {
        ("teams", team_id, "trains_on_tests"): extremes(team.trains_on_tests)[0]
        for team_id, team in scenario.teams.items()
        if team.trains_on_tests is not None
    }
    if effort is not None and effort.tests is not None:
        paths["effort", "tests"] = extremes(effort.tests)[0]
    for path, least in paths.items():
        if least > _MOST_GAIN:
            found = f"{100 * least:.3g} % of the points by training on tests"
            yield Diagnostic(path, found, "some percentage points; 3 points of 100 are 0.03")
    blocks = [block for stage in scenario.stages.values() for block in stage.points.values()]
    if not any(block.public or any(item.public for item in block.items.values()) for block in blocks):
        expected = "`public: true` in a benchmark or an item of it"
        yield Diagnostic(next(iter(paths)), "tests trained on, and none of them is public", expected)


def warn_of_saving(scenario: Scenario) -> Iterator[Diagnostic]:
    """Find compute that is to be kept where no stage comes after in which it could count."""
    if not saves(scenario) or any(saves_at(scenario, s) for s in scenario.stages):
        return
    path: KeyPath = ("effort", "saved")
    if scenario.effort is None or scenario.effort.saved is None:
        path = next(("teams", t, "saves") for t, team in scenario.teams.items() if team.saves is not None)
    yield Diagnostic(
        path, "compute kept for a stage after, and there is none", "two stages that train, or more"
    )
