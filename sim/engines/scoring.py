"""The points of a stage as arrays: what does not depend on strength is worked out before time passes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from sim.engines.blocks import AgainstTarget, BlockLuck, BlockNumbers, ItemLaw, Judges, StageBlock
from sim.engines.trained_model import points_of_models
from sim.model.capability import basket_accuracy
from sim.model.compute import fold
from sim.model.draws import Floats
from sim.model.points import Bools, item_points, rescale_to_leader
from sim.model.quantiles import Sample, median
from sim.scenario.models.scenario import Scenario
from sim.scenario.models.stages import Stage
from sim.scenario.wider import trains_on_tests


@dataclass
class BlockOfPoints:
    """How a block gives points; what is of items has these in the order of the block."""

    maximum: float
    to_leader: bool
    luck: Floats  # (.., items, teams): the mean, the impression and the noise of an item's points
    slope: Floats  # (.., items, 1)
    most: Floats  # (1, items, 1)
    targets: tuple[AgainstTarget, ...]  # items whose points depend on strength by more than a slope
    asked: frozenset[str]  # the names under which the numbers are drawn on which `luck` depends
    added: Floats | None = None  # (.., items, teams) points for what a model is, whatever its strength

    def points(self, strength: Floats, reference: float, present: Bools) -> Floats:
        """Points of teams by their strength, (.., teams); `reference` as of `Scoring`."""
        luck = self.luck if self.added is None else self.luck + self.added
        for target in self.targets:
            luck = luck.copy()
            luck[..., target.item, :] += target.full * basket_accuracy(strength)
        given = fold(item_points(strength - reference, luck, self.slope, self.most))
        return rescale_to_leader(given, self.maximum, present) if self.to_leader else given

    def gives_as(self, other: BlockOfPoints) -> bool:
        """Whether it is known to give the same points as another, to whatever strength.

        Where luck was taken from the other one, both say the same; but a slope may have been drawn apart, or
        go by what the other blocks of the stage can give.
        """
        same_luck = self.luck is other.luck and np.array_equal(self.slope, other.slope)
        return same_luck and self.added is other.added is None and not self.targets


@dataclass
class Scoring:
    """How a stage gives points; shapes as in `sim.engines.inputs`."""

    drawn: bool  # whether points are given at all: not where only the result is known
    reference: float  # q_ref, ECI
    blocks: tuple[BlockOfPoints, ...]
    round_to: float
    by_heart: Floats | None = None  # (.., teams) points that training on tests brings, before any is clipped

    def same_points(self, before: Scoring, given: Sequence[Floats]) -> list[Floats | None]:
        """Return, for each block, the points that were given before if it gives the same; else None.

        Strength and who takes part are as before.
        """
        if not (self.drawn and before.drawn and self.reference == before.reference and given):
            return []
        return [
            next((p for block, p in zip(before.blocks, given, strict=True) if one.gives_as(block)), None)
            for one in self.blocks
        ]


def prepare_scoring(
    scenario: Scenario,
    stage_id: str,
    sample: Sample,
    judges: Judges,
    years: float,
    known: Mapping[str, BlockOfPoints] | None = None,
) -> Scoring:
    """The points of a stage, `years` after the date of reference; `judges` are the programme's.

    The luck of blocks that are `known` is taken from there.
    """
    stage = scenario.stages[stage_id]
    # Points of a stage that is decided are known to matter only where facts tell of them.
    drawn = stage.happened is None or stage.facts is not None
    blocks = [
        _prepare_block(
            scenario,
            stage_id,
            name,
            sample,
            judges,
            known.get(name) if known and drawn else None,
            drawn=drawn,
        )
        for name in stage.points
    ]
    added = points_of_models(scenario, stage_id, sample) if drawn else None
    if added is not None:
        ends = accumulate(block.most.size for block in blocks)
        for block, end in zip(blocks, ends, strict=True):
            block.added = added[:, end - block.most.size : end]
    return Scoring(
        drawn=drawn,
        reference=reference_strength(scenario, stage, years),
        blocks=tuple(blocks),
        round_to=stage.round_to,
        by_heart=_gained_by_heart(scenario, stage, sample) if drawn else None,
    )


def _prepare_block(
    scenario: Scenario,
    stage_id: str,
    name: str,
    sample: Sample,
    judges: Judges,
    known: BlockOfPoints | None,
    *,
    drawn: bool,
) -> BlockOfPoints:
    """A block of points but for what models add to it; with the luck that is `known`, if it is."""
    # Teams that are known to be out by then have no luck here: it would be drawn for nothing.
    playing = scenario.in_play(stage_id)
    with sample.noting() as asked:
        one = StageBlock(scenario, stage_id, name, playing, sample, judges)
        luck = _luck_of_all(scenario, one, drawn=drawn) if known is None else known.luck
    if one.block.judged:
        asked |= judges.asked
    slopes = one.slopes()
    slope = np.empty((len(slopes), max(each.size for each in slopes)))
    for target, each in zip(slope, slopes, strict=True):
        target[:] = each
    return BlockOfPoints(
        maximum=one.block.max,
        to_leader=one.block.rescale == "leader",
        luck=luck,
        slope=slope.T[:, :, None],
        most=np.array([item.max for item in one.items])[None, :, None],
        targets=tuple(one.targets()),
        asked=frozenset(asked) if known is None else known.asked,
    )


def _gained_by_heart(scenario: Scenario, stage: Stage, sample: Sample) -> Floats | None:
    """Points that teams gain by having trained on public tests, (.., teams); None where nobody has."""
    blocks = [(block, block.items.values() or [block.whole]) for block in stage.points.values()]
    public = sum(item.max for block, items in blocks for item in items if block.is_public(item))
    if not public or not trains_on_tests(scenario):
        return None
    return public * sample.row(map(scenario.gained_on_tests, scenario.teams))


def judges_of(scenario: Scenario, sample: Sample) -> Judges:
    """What the programme's judges go by."""
    judging = scenario.judging
    with sample.noting() as asked:
        found = Judges(
            follows=sample.one(judging.follows_strength),
            lasting=sample.one(0.0 if judging.lasting is None else judging.lasting),
            agree=sample.one(0.0 if judging.agree is None else judging.agree),
        )
    return found._replace(asked=frozenset(asked))


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


def _luck_of_all(scenario: Scenario, block: StageBlock, *, drawn: bool) -> Floats:
    """Luck of all teams, (.., items, teams), from that of those who may be there."""
    items, teams = len(block.items), list(scenario.teams)
    if not drawn:
        return np.zeros((1, items, len(teams)))
    luck = np.empty((items, len(block.teams), block.sample.size))
    block.write_luck(luck)
    if block.teams != teams:
        whole = np.zeros((items, len(teams), block.sample.size))
        whole[:, [teams.index(t) for t in block.teams]] = luck
        luck = whole
    return np.moveaxis(luck, -1, 0)
