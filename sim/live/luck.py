"""The luck of the stages ahead, as columns of one number a run, and where each stands in the file.

What nothing scales, because its number is 0 and no control moves it, is not written.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sim.engines.scoring import judges_of, points_luck
from sim.live.columns import Columns, Leaf
from sim.live.moves import Way
from sim.live.plan import Field, Plan
from sim.model.draws import Floats, Key, Purpose
from sim.model.quantiles import Sample
from sim.scenario.models.scenario import Scenario

Places = dict[str, Any]
"""Columns by what they are: a list with the column of each team, or None where there is no such luck."""


def write_luck(
    scenario: Scenario, sample: Sample, field: Field, plan: Plan, moved: Collection[Way], columns: Columns
) -> Places:
    """Add the luck of all stages of a plan to `columns`; `moved` are the leaves that controls move."""

    def matters(*way: str | int) -> bool:
        part: Any = plan
        for step in way:
            part = part[step]
        return way in moved or part != Leaf(0.0)

    def each_team(values: Floats) -> list[int]:
        return [columns.add(column) for column in values]

    def normals(purpose: Purpose, s: str = "") -> list[int]:
        return each_team(sample.normals([Key(purpose, s, t) for t in field.teams]))

    summed = has_summed_strength(moved)

    def of_stage(k: int, s: str) -> Places:
        at, teams = ("stages", k), list(field.teams)
        lucks = points_luck(scenario, s, sample, judges_of(scenario, sample), teams)
        blocks = []
        for b, (block, luck) in enumerate(zip(plan["stages"][k]["blocks"], lucks, strict=True)):
            items = range(len(block["items"]))
            is_judged = block["judged"] and any(
                matters(*at, "blocks", b, "items", i, "spread") for i in items
            )
            blocks.append(
                {
                    "impression": each_team(luck.impressions)
                    if is_judged and luck.impressions is not None
                    else None,
                    "noise": [
                        each_team(noise) if matters(*at, "blocks", b, "items", i, "noise") else None
                        for i, noise in enumerate(luck.noises)
                    ],
                }
            )
        has_gate = plan["stages"][k]["gate"] is not None
        gates = has_gate and any(matters(*at, "gate", "risk", t) for t in range(len(teams)))
        return {
            "passing": each_team(_strengths(scenario, sample, s, field))
            if summed
            else normals(Purpose.STAGE, s),
            "blocks": blocks,
            "gate": each_team(sample.uniforms([Key(Purpose.GATE, s, t) for t in teams])) if gates else None,
            "tie": each_team(sample.uniforms([Key(Purpose.TIE, s, t) for t in teams])),
        }

    return {
        "lasting": None if summed else normals(Purpose.TEAM),
        "stages": [of_stage(k, s) for k, s in enumerate(field.stages)],
    }


def has_summed_strength(moved: Collection[Way]) -> bool:
    """Whether what lasts of teams' strength and what passes can be one column: nothing moves them."""
    return ("lasting",) not in moved and ("passing",) not in moved


def with_summed_strength(plan: Plan) -> Plan:
    """Return the plan in which the luck of a stage is all there is of strength, in its units."""
    return {**plan, "lasting": Leaf(0.0), "passing": Leaf(1.0)}


def _strengths(scenario: Scenario, sample: Sample, s: str, field: Field) -> Floats:
    """What lasts and what passes of each team's strength at a stage, (teams, runs)."""
    a, h = (
        sample.normals([Key(purpose, stage, t) for t in field.teams])
        for purpose, stage in ((Purpose.TEAM, ""), (Purpose.STAGE, s))
    )
    lasting, passing = (sample.one(each) for each in (scenario.lasting_spread, scenario.passing_spread))
    strengths: Floats = lasting * a + passing * h
    return strengths
