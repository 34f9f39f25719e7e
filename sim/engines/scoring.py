"""The points of a stage as arrays: what does not depend on strength is worked out before time passes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.engines.blocks import AgainstTarget, BlockLuck, BlockNumbers, ItemLaw, Judges, StageBlock
from sim.engines.trained_model import points_of_models
from sim.model.draws import Floats
from sim.model.quantiles import Sample, median
from sim.scenario.models.scenario import Scenario
from sim.scenario.models.stages import Stage
from sim.scenario.wider import trains_on_tests


@dataclass
class BlockOfPoints:
    """Where a block's items stand on the item axis, and how its points are scaled."""

    start: int
    stop: int
    maximum: float
    to_leader: bool


@dataclass
class Scoring:
    """How a stage gives points; shapes as in `sim.engines.inputs`."""

    drawn: bool  # whether points are given at all: not where only the result is known
    reference: float  # q_ref, ECI
    luck: Floats  # (.., items, teams): the mean, the impression and the noise of an item's points
    slope: Floats  # (.., items, 1)
    maximum: Floats  # (1, items, 1)
    targets: tuple[AgainstTarget, ...]  # whose points depend on strength by more than a slope
    blocks: tuple[BlockOfPoints, ...]
    round_to: float
    added: Floats | None = None  # (.., items, teams) points for what a model is, whatever its strength
    by_heart: Floats | None = None  # (.., teams) points that training on tests brings, before any is clipped


def prepare_scoring(
    scenario: Scenario,
    stage_id: str,
    sample: Sample,
    judges: Judges,
    years: float,
    known: Mapping[str, Floats] | None = None,
) -> Scoring:
    """The points of a stage, `years` after the date of reference; `judges` are the programme's.

    Blocks of which the luck is `known`, (.., items, teams), have that.
    """
    known = known or {}
    stage = scenario.stages[stage_id]
    # Points of a stage that is decided are known to matter only where facts tell of them.
    drawn = stage.happened is None or stage.facts is not None
    # Teams that are known to be out by then have no luck here: it would be drawn for nothing.
    size, playing = sample.size if drawn else 1, scenario.in_play(stage_id)
    items = sum(max(len(block.items), 1) for block in stage.points.values())
    luck = np.empty((items, len(playing), size)) if drawn else np.zeros((items, len(playing), size))
    slopes: list[Floats] = []
    maxima: list[float] = []
    blocks: list[BlockOfPoints] = []
    targets: list[AgainstTarget] = []
    for one in _blocks_of(scenario, stage_id, sample, judges, playing):
        start, stop = len(slopes), len(slopes) + len(one.items)
        if one.name in known:
            at = [list(scenario.teams).index(t) for t in playing]
            luck[start:stop] = np.moveaxis(known[one.name][:, :, at], 0, -1)
        elif drawn:
            one.write_luck(luck[start:stop])
        slopes += one.slopes()
        maxima += [item.max for item in one.items]
        targets += one.targets(start)
        blocks.append(BlockOfPoints(start, stop, one.block.max, one.block.rescale == "leader"))
    widest = max((slope.size for slope in slopes), default=1)
    slope_of_items = np.empty((len(slopes), widest))
    for target, slope in zip(slope_of_items, slopes, strict=True):
        target[:] = slope
    return Scoring(
        drawn=drawn,
        reference=reference_strength(scenario, stage, years),
        luck=np.moveaxis(_luck_of_all(scenario, playing, luck), -1, 0),
        slope=slope_of_items.T[:, :, None],
        maximum=np.array(maxima)[None, :, None],
        targets=tuple(targets),
        blocks=tuple(blocks),
        round_to=stage.round_to,
        added=points_of_models(scenario, stage_id, sample) if drawn else None,
        by_heart=_gained_by_heart(scenario, stage, sample) if drawn else None,
    )


def _gained_by_heart(scenario: Scenario, stage: Stage, sample: Sample) -> Floats | None:
    """Points that teams gain by having trained on public tests, (.., teams); None where nobody has."""
    blocks = [(block, block.items.values() or [block.whole]) for block in stage.points.values()]
    public = sum(item.max for block, items in blocks for item in items if block.is_public(item))
    if not public or not trains_on_tests(scenario):
        return None
    return public * sample.row(map(scenario.gained_on_tests, scenario.teams))


def luck_of_blocks(scoring: Scoring, names: Sequence[str]) -> dict[str, Floats]:
    """The luck of each block of a stage, (.., items, teams), by the names of all blocks in order."""
    return {
        name: scoring.luck[:, block.start : block.stop]
        for name, block in zip(names, scoring.blocks, strict=True)
    }


def judges_of(scenario: Scenario, sample: Sample) -> Judges:
    """What the programme's judges go by."""
    judging = scenario.judging
    return Judges(
        follows=sample.one(judging.follows_strength),
        lasting=sample.one(0.0 if judging.lasting is None else judging.lasting),
        agree=sample.one(0.0 if judging.agree is None else judging.agree),
    )


def points_law(scenario: Scenario, stage_id: str, sample: Sample, judges: Judges) -> list[ItemLaw]:
    """How the points of a stage's items come about, in order; items with a target have no such law."""
    return [law for block in _blocks_of(scenario, stage_id, sample, judges) for law in block.laws()]


def points_numbers(scenario: Scenario, stage_id: str, sample: Sample, judges: Judges) -> list[BlockNumbers]:
    """Return the numbers of each block of a stage, in order; `prepare_scoring` has them put together."""
    return [block.numbers() for block in _blocks_of(scenario, stage_id, sample, judges)]


def points_luck(
    scenario: Scenario, stage_id: str, sample: Sample, judges: Judges, teams: list[str]
) -> list[BlockLuck]:
    """Return the luck of `teams` in each block of a stage, in order, before any number scales it."""
    return [block.luck() for block in _blocks_of(scenario, stage_id, sample, judges, teams)]


def _blocks_of(
    scenario: Scenario, stage_id: str, sample: Sample, judges: Judges, teams: Sequence[str] = ()
) -> Iterator[StageBlock]:
    """The blocks of a stage in order, with the luck of some `teams`."""
    for name in scenario.stages[stage_id].points:
        yield StageBlock(scenario, stage_id, name, list(teams), sample, judges)


def reference_strength(scenario: Scenario, stage: Stage, years: float) -> float:
    """q_ref: strength at the stage's reference compute and common date, from central values, without luck.

    It is a number of the scenario and never of the sample: points must not depend on who else was drawn.
    """
    if not scenario.hardware:
        return 0.0
    science = scenario.capability
    compute = science.reference_compute if stage.reference_compute is None else stage.reference_compute
    decades = np.log10(median(compute) / median(science.reference_compute))
    return float(
        median(science.level)
        + median(science.per_tenfold_compute) * decades
        + median(science.progress_per_year) * years
    )


def _luck_of_all(scenario: Scenario, playing: list[str], luck: Floats) -> Floats:
    """Luck of all teams, (items, teams, replications), from that of those who may be there."""
    teams = list(scenario.teams)
    if playing == teams:
        return luck
    whole = np.zeros((luck.shape[0], len(teams), luck.shape[2]))
    whole[:, [teams.index(t) for t in playing]] = luck
    return whole
