"""What a scenario says of the points of its decided stages before anything is known of them.

Given the uncertain numbers, the points of all teams before they are clipped are jointly normal: a mean, and
loadings on standard normal numbers, each of which is one draw of the engines (`latents`). Only the means of
items are common to teams; here they are free, with a standard deviation of 15 % of an item's maximum, since
otherwise the points of all teams together would be read as strength.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sim.engines.batch import play_batch
from sim.engines.inputs import prepare
from sim.engines.scoring import judges_of, points_law
from sim.forecast.rows import PointsPlace, places
from sim.model.draws import Draws, Floats, Key, Purpose, SpySource
from sim.model.quantiles import Sample, median
from sim.scenario.evidence import without_facts
from sim.scenario.models.laws import Normal
from sim.scenario.models.numbers import Number, Uncertain
from sim.scenario.models.points import PointsBlock
from sim.scenario.models.scenario import Scenario
from sim.scenario.models.stages import Stage

MEAN_SD = 0.15
"""Standard deviation of an item's mean in a forecast, as a part of the item's maximum."""

_PROBED = 64
"""Replications by which it is found out which uncertain numbers the points of decided stages depend on."""


class ItemPlace(NamedTuple):
    """An item of a decided stage."""

    stage: str
    block: str
    item: str  # the block's id where it has no items

    @property
    def noise_item(self) -> str:
        """What its noise is keyed by."""
        return f"{self.block}/{self.item}"


class Law(NamedTuple):
    """The law of points given the uncertain numbers of each particle, but for the means of items."""

    mean: Floats  # (particles, teams, items)
    loadings: Floats  # (particles, items, latents): the same for all teams


class InputNames(NamedTuple):
    """The names of the uncertain numbers on which the points of decided stages depend."""

    all: tuple[str, ...]
    of_points: tuple[int, ...]  # positions of those that decide how points come about
    of_strength: tuple[int, ...]  # and of those that decide strength: these take the engine to evaluate


@dataclass(frozen=True)
class Grid:
    """Where places stand: teams by items of decided stages. Points of teams that were not there are 0."""

    teams: tuple[str, ...]
    items: tuple[ItemPlace, ...]
    team_of: np.ndarray  # (places,)
    item_of: np.ndarray  # (places,)
    maximum: Floats  # (items,)
    stage_of: np.ndarray  # (items,) position among the decided stages

    @property
    def mask(self) -> np.ndarray:
        """(teams, items): whether a team was evaluated."""
        found = np.zeros((len(self.teams), len(self.items)), dtype=bool)
        found[self.team_of, self.item_of] = True
        return found

    def flat(self, grid: Floats) -> Floats:
        """(.., teams, items) to (.., places)."""
        found: Floats = grid[..., self.team_of, self.item_of]
        return found

    def spread(self, flat: Floats) -> Floats:
        """(.., places) to (.., teams, items)."""
        found = np.zeros((*flat.shape[:-1], len(self.teams), len(self.items)))
        found[..., self.team_of, self.item_of] = flat
        return found


def grid_of(scenario: Scenario) -> Grid:
    """The grid of a scenario's decided stages."""
    stages = decided_stages(scenario)
    items = [
        ItemPlace(s, b, item)
        for s in stages
        for b, block in scenario.stages[s].points.items()
        for item in (block.items or (b,))
    ]
    teams = tuple(scenario.teams)
    found: tuple[PointsPlace, ...] = places(scenario)
    at = {item: i for i, item in enumerate(items)}
    maxima = [
        scenario.stages[i.stage].points[i.block].items[i.item].max
        if scenario.stages[i.stage].points[i.block].items
        else scenario.stages[i.stage].points[i.block].max
        for i in items
    ]
    return Grid(
        teams=teams,
        items=tuple(items),
        team_of=np.array([teams.index(p.team) for p in found]),
        item_of=np.array([at[ItemPlace(p.stage, p.block, p.item or p.block)] for p in found]),
        maximum=np.array(maxima),
        stage_of=np.array([stages.index(i.stage) for i in items]),
    )


def decided_stages(scenario: Scenario) -> list[str]:
    """The stages whose results are known: the first so many."""
    return [s for s, stage in scenario.stages.items() if stage.happened is not None]


def with_free_means(scenario: Scenario) -> Scenario:
    """The scenario with a normal mean for each item of its decided stages."""
    decided = decided_stages(scenario)
    stages = {
        s: _with_means(stage, s, _free) if s in decided else stage for s, stage in scenario.stages.items()
    }
    return scenario.model_copy(update={"stages": stages})


def mean_path(stage: str, block_id: str, block: PointsBlock, item: str) -> str:
    """The path of an item's mean, or of its block's where it has no items."""
    base = f"stages.{stage}.points.{block_id}"
    return f"{base}.items.{item}.mean" if block.items else f"{base}.mean"


def mean_paths(scenario: Scenario, grid: Grid) -> set[str]:
    """The paths of all means that are free in a forecast: particles hold them."""
    return {mean_path(i.stage, i.block, scenario.stages[i.stage].points[i.block], i.item) for i in grid.items}


_Mean = Callable[[str, float, float], Number]
"""An item's mean from its path, its centre and its maximum."""


def _centre(path: str, centre: float, maximum: float) -> Number:
    return centre


def _free(path: str, centre: float, maximum: float) -> Number:
    number = Uncertain(normal=Normal(mean=centre, sd=MEAN_SD * maximum))
    number.put_at(path)
    return number


def _with_means(stage: Stage, stage_id: str, mean: _Mean) -> Stage:
    points = {b: _with_block_means(stage_id, b, block, mean) for b, block in stage.points.items()}
    return stage.model_copy(update={"points": points})


def _with_block_means(stage: str, b: str, block: PointsBlock, mean: _Mean) -> PointsBlock:
    whole = median(block.mean)
    if not block.items:
        return block.model_copy(update={"mean": mean(mean_path(stage, b, block, b), whole, block.max)})
    items = dict(block.items)
    for i, item in block.items.items():
        if item.target is None:  # else its points have no mean: they are relative to a target
            centre = whole * item.max / block.max if item.mean is None else median(item.mean)
            items[i] = item.model_copy(update={"mean": mean(mean_path(stage, b, block, i), centre, item.max)})
    return block.model_copy(update={"items": items})


class Prior:
    """The law of points of decided stages, at any values of the uncertain numbers."""

    def __init__(self, scenario: Scenario, numbers: InputNames | None = None) -> None:
        """Work the law out; `numbers`, where they are known, are those that would be found out."""
        stages = decided_stages(scenario)
        self.scenario = scenario
        # What comes later takes time to play, and decides nothing of what was before.
        past = {s: _with_means(stage, s, _centre) for s, stage in scenario.stages.items() if s in stages}
        self._past = without_facts(scenario.model_copy(update={"stages": past, "afterwards": None}))
        self.grid = grid_of(scenario)
        self.mean_sd = MEAN_SD * self.grid.maximum
        self.latents = _latents(self.grid.items, scenario)
        inputs = prepare(self._past, _Given((), np.zeros((1, 0))), 0, 1)
        self._reference = np.array([stage.scoring.reference for stage in inputs.stages])
        self.numbers = self._numbers() if numbers is None else numbers

    def strength(self, uniforms: Floats) -> Floats:
        """Strength without luck above q_ref, (particles, stages, teams), ECI, at `uniforms` of numbers."""
        outcomes = play_batch(self._past, _Given(self.numbers.all, uniforms), 0, len(uniforms))
        found = np.stack([stage.capability for stage in outcomes.stages], axis=1)
        above: Floats = found - self._reference[:, None]
        return above

    def law(self, uniforms: Floats, strength: Floats) -> Law:
        """The law of points at `uniforms` of the numbers, (particles, numbers)."""
        sample = Sample(_Given(self.numbers.all, uniforms), 0, len(uniforms))
        return self._law(sample, strength)

    def _law(self, sample: Sample, strength: Floats) -> Law:
        scenario, size = self.scenario, sample.size
        judges = judges_of(scenario, sample)
        laws = [law for s in self._past.stages for law in points_law(scenario, s, sample, judges)]
        one = _column(size)
        slope = np.stack([one(law.slope) for law in laws], axis=1)
        above = strength[:, self.grid.stage_of, :]  # (particles, items, teams)
        mean = np.stack([one(law.mean) for law in laws], axis=1)[..., None] + slope[..., None] * above
        spreads = {
            Purpose.TEAM: one(sample.one(scenario.lasting_spread)),
            Purpose.STAGE: one(sample.one(scenario.passing_spread)),
        }
        agree = one(judges.agree)
        loadings = np.zeros((size, len(laws), len(self.latents)))
        for i, (item, law) in enumerate(zip(self.grid.items, laws, strict=True)):
            own, common = np.sqrt(1 - agree), np.sqrt(agree)
            parts = {
                Purpose.TASTE: one(law.impression) * np.sqrt(one(law.lasting)),
                Purpose.IMPRESSION: one(law.impression) * np.sqrt(1 - one(law.lasting)),
            }
            for j, latent in enumerate(self.latents):
                if latent.stage not in ("", item.stage):
                    continue
                if latent.purpose in spreads:
                    loadings[:, i, j] = slope[:, i] * spreads[latent.purpose]
                elif latent.purpose is Purpose.NOISE:
                    if latent.item == item.noise_item:
                        loadings[:, i, j] = one(law.noise)
                elif latent.item in ("", item.block):
                    loadings[:, i, j] = parts[latent.purpose] * (own if latent.item else common)
        return Law(np.nan_to_num(np.swapaxes(mean, 1, 2)), loadings)

    def _numbers(self) -> InputNames:
        """Find out which numbers matter, by drawing each anew while all others stay: all at once, in rows."""
        spy = SpySource(Draws(0))
        prepare(self._past, spy, 0, 1)
        self._law(Sample(spy, 0, 1), np.zeros((1, len(self._reference), len(self.grid.teams))))
        names = tuple(sorted(spy.asked))
        rng = np.random.default_rng(0)
        first, second = rng.random((2, _PROBED, len(names)))
        self.numbers = InputNames(names, (), ())
        worlds = np.repeat(first[None], 1 + len(names), axis=0)  # the first is as it was
        for k in range(len(names)):
            worlds[k + 1, :, k] = second[:, k]
        uniforms = worlds.reshape(len(worlds) * _PROBED, len(names))
        strength = self.strength(uniforms)
        still = np.tile(strength[:_PROBED], (len(worlds), 1, 1))
        of_points = _moved(self.law(uniforms, still), len(worlds))
        of_strength = _moved([strength], len(worlds))
        kept = sorted({*of_points, *of_strength})
        return InputNames(
            tuple(names[k] for k in kept),
            tuple(kept.index(k) for k in of_points),
            tuple(kept.index(k) for k in of_strength),
        )


class _Given:
    """A source with given uniforms of some numbers, (replications, numbers); all else is at its median."""

    def __init__(self, names: Sequence[str], uniforms: Floats) -> None:
        self._rows = dict(zip(names, uniforms.T, strict=True))

    def columns(self, keys: Sequence[Key], start: int, stop: int) -> Floats:
        found = np.full((len(keys), stop - start), 0.5)
        for row, key in zip(found, keys, strict=True):
            if key.purpose is Purpose.PARAMETER and key.item in self._rows:
                row[:] = self._rows[key.item][start:stop]
        return found

    def sequence(self, key: Key, index: int) -> Iterator[float]:
        # Faults that strike one by one ask for these, and are refused at decided stages.
        raise NotImplementedError(f"sequences of {key}")


def _latents(items: Sequence[ItemPlace], scenario: Scenario) -> tuple[Key, ...]:
    """The keys, without the team, of the normal numbers that points depend on."""
    judging = [i for i in items if scenario.stages[i.stage].points[i.block].judged]
    stages = list(dict.fromkeys(i.stage for i in items))
    agree = [""] if scenario.judging.agree is not None else []
    lasting = scenario.judging.lasting is not None or any(
        scenario.stages[i.stage].points[i.block].lasting is not None for i in judging
    )
    blocks = list(dict.fromkeys((i.stage, i.block) for i in judging))
    tastes = [*dict.fromkeys(b for _, b in blocks), *agree] if lasting and blocks else []
    impressions = blocks + [(s, "") for s in dict.fromkeys(s for s, _ in blocks) if agree]
    return (
        Key(Purpose.TEAM),
        *(Key(Purpose.STAGE, s) for s in stages),
        *(Key(Purpose.TASTE, item=b) for b in tastes),
        *(Key(Purpose.IMPRESSION, s, item=b) for s, b in impressions),
        *(Key(Purpose.NOISE, i.stage, item=i.noise_item) for i in items),
    )


def _column(size: int) -> Callable[[Floats], Floats]:
    """What brings a number, (size or 1,), to (size,)."""
    return lambda number: np.broadcast_to(number, (size,))


def _moved(found: Sequence[Floats], worlds: int) -> list[int]:
    """Which of so many worlds differ from the first, counted from the second; arrays have them in a row."""
    apart = [np.split(each, worlds) for each in found]
    return [
        k
        for k in range(worlds - 1)
        if not all(np.array_equal(of[0], of[k + 1], equal_nan=True) for of in apart)
    ]
