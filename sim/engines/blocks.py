"""The numbers of a block of points and of its items, and the luck that is drawn for them.

`sim.engines.scoring` puts the blocks of a stage together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from sim.model import points
from sim.model.capability import basket_accuracy
from sim.model.draws import Floats, Key, Numbers, Purpose
from sim.model.quantiles import Sample, as_normal, median
from sim.scenario.models.points import Item, Raters
from sim.scenario.models.scenario import Scenario


class Judges(NamedTuple):
    """What judges go by, each number (..,)."""

    follows: Floats  # rho: how closely they follow strength
    lasting: Floats  # tau: share of all else they see that a team keeps from stage to stage
    agree: Floats  # how far blocks of a stage agree in it
    asked: frozenset[str] = frozenset()  # the names under which these numbers are drawn


@dataclass
class AgainstTarget:
    """An item whose points are its maximum times own accuracy over that of a target model."""

    item: int  # position in its block
    full: Floats  # (.., 1) points for each unit of accuracy: the maximum over the target's accuracy


class ItemLaw(NamedTuple):
    """How an item's points come about before they are clipped; each number (..,).

    mean + slope (q - q_ref) + impression x + noise z, where x is what lasts of a team and what passes
    (`Judges`). Raters count as one normal number with the spread of their trimmed mean.
    """

    mean: Floats
    slope: Floats  # points for each ECI
    impression: Floats  # points
    noise: Floats  # points
    lasting: Floats  # tau: the share of x that a team keeps


class ItemNumbers(NamedTuple):
    """The numbers of which an item's points are put together; each (..,)."""

    maximum: float
    mean: Floats
    slope: Floats  # points for each ECI
    spread: Floats  # points; of judged blocks alone
    noise: Floats  # points


class BlockNumbers(NamedTuple):
    """The numbers of a block of points, before any luck is drawn."""

    judges: Judges
    items: tuple[ItemNumbers, ...]


class BlockLuck(NamedTuple):
    """The luck of a block of points before any number scales it."""

    impressions: Floats | None  # (teams, ..), x of judged blocks
    noises: tuple[Floats, ...]  # of each item, (teams, ..): standard noise, or the mean of standard ratings


class StageBlock:
    """A block of points of a stage: numbers of its items, in order, and their luck.

    A block without items is one item.
    """

    def __init__(
        self, scenario: Scenario, stage_id: str, name: str, teams: list[str], sample: Sample, judges: Judges
    ) -> None:
        self.stage, self.name, self.teams, self.sample = stage_id, name, teams, sample
        self.block = block = scenario.stages[stage_id].points[name]
        items = block.items or {name: block.whole}
        self.names, self.items = list(items), list(items.values())
        self.strength_sd = strength_sd(scenario)
        # Strength that is in points is in those of all blocks together.
        self.own_share = block.max / sum(each.max for each in scenario.stages[stage_id].points.values())
        own = {"follows": block.follows_strength, "lasting": block.lasting}
        drawn: dict[str, Any] = {w: sample.one(number) for w, number in own.items() if number is not None}
        self.judges = judges._replace(**drawn)
        self.shares = [item.max / block.max for item in self.items]
        # Items' noises are independent, so their squares add up: shared out like this, to the block's.
        whole_noise = float(np.sqrt(sum(item.max**2 for item in self.items)))
        self.noise_shares = [item.max / whole_noise for item in self.items]
        # Who rates an item: its own raters, or the block's unless the item has noise of its own.
        self.raters = [item.raters or (block.raters if item.noise is None else None) for item in self.items]
        self.gains = [scenario.gained_on_tests(t) for t in teams]

    def slopes(self) -> list[Floats]:
        """Points that one ECI brings, for each item, (..,)."""
        if self.block.judged:
            return [
                points.judged_slope(spread, self.judges.follows, self.strength_sd)
                for spread in self._spreads()
            ]
        whole = self.own_share if self.block.slope is None else self.block.slope
        return [
            np.zeros(1)
            if item.target is not None or self._goes_by_size(item)
            else share * self.sample.one(whole)
            if item.slope is None
            else self.sample.one(item.slope)
            for share, item in zip(self._shares_of_slope(), self.items, strict=True)
        ]

    def _goes_by_size(self, item: Item) -> bool:
        """Whether an item is about how small a model is and not how strong."""
        own = item.slope is not None or item.per_eci_share is not None
        return item.efficiency is not None or (self.block.efficiency is not None and not own)

    def _shares_of_slope(self) -> Sequence[Numbers]:
        """Each item's share of the block's slope, (..,): its own, or by its maximum of what those leave."""
        own = [item.per_eci_share for item in self.items]
        given = [self.sample.one(share) for share in own if share is not None]
        if not given:
            return self.shares
        left = 1 - sum(given)
        among = sum(item.max for item in self.items if item.per_eci_share is None)
        return [
            left * (item.max / among) if share is None else self.sample.one(share)
            for share, item in zip(own, self.items, strict=True)
        ]

    def laws(self) -> list[ItemLaw]:
        """How the points of each item come about; see `points_law` of `scoring`."""
        means, spreads, noises = self._each("mean", self.shares), self._spreads(), self._noises()
        impressions = [points.impression(spread, self.judges.follows, 1.0) for spread in spreads]
        rows = zip(means, self.slopes(), impressions, noises, strict=True)
        return [ItemLaw(*row, self.judges.lasting) for row in rows]

    def numbers(self) -> BlockNumbers:
        """The numbers of each item; see `points_numbers` of `scoring`."""
        means, noises = self._each("mean", self.shares), self._each("noise", self.noise_shares)
        for i, raters in enumerate(self.raters):
            if raters is not None:
                noises[i] = self._rater_sd(i, raters)
        spreads = self._spreads() if self.block.judged else [np.zeros(1)] * len(self.items)
        rows = zip(self.items, means, self.slopes(), spreads, noises, strict=True)
        return BlockNumbers(self.judges, tuple(ItemNumbers(item.max, *row) for item, *row in rows))

    def luck(self) -> BlockLuck:
        """What is drawn for each item; see `points_luck` of `scoring`."""
        noises = []
        for i, name in enumerate(self.names):
            keys = [Key(Purpose.NOISE, self.stage, t, f"{self.name}/{name}") for t in self.teams]
            is_rated = self.raters[i] is not None
            noises.append(self._ratings(i) if is_rated else self.sample.noise(self.block.noise_shape, keys))
        return BlockLuck(self._impressions() if self.block.judged else None, tuple(noises))

    def _noises(self) -> list[Floats]:
        """Standard deviation of each item's noise, (..,)."""
        found = self._each("noise", self.noise_shares)
        for i, raters in enumerate(self.raters):
            if raters is not None:
                found[i] = self._rater_sd(i, raters) * points.trimmed_mean_sd(raters.n, raters.trim)
        return found

    def targets(self) -> list[AgainstTarget]:
        """The items whose points are relative to a target model."""
        return [
            AgainstTarget(i, (item.max / basket_accuracy(self.sample.one(item.target)))[:, None])
            for i, item in enumerate(self.items)
            if item.target is not None
        ]

    def write_luck(self, luck: Floats) -> None:
        """Put mean, impression and noise of each item into `luck`, (items, teams, replications)."""
        # Numbers are asked for in this order, by which a sensitivity analysis lays out its design.
        rated = {i: self._rater_sd(i, raters) for i, raters in enumerate(self.raters) if raters is not None}
        noises = self._measured_noises()
        means, spreads = self._each("mean", self.shares), self._spreads()
        x = self._impressions() if self.block.judged else None
        # Item by item, since one fits in the processor's cache.
        for i, (mean, spread) in enumerate(zip(means, spreads, strict=True)):
            if i in rated:
                luck[i] = rated[i] * self._ratings(i)
            elif i in noises:
                np.multiply(*noises[i], out=luck[i])
            else:
                luck[i] = 0.0
            if self.items[i].target is None:
                luck[i] += mean
            if x is not None:
                luck[i] += points.impression(spread, self.judges.follows, x)
            if any(gain != 0 for gain in self.gains) and self.block.is_public(self.items[i]):
                luck[i] += self.items[i].max * self.sample.row(self.gains).T

    def _impressions(self) -> Floats:
        """What the block's judges see besides strength, x, (teams, replications), each N(0, 1).

        One a team and block: its items are judged by the same people of the same model.
        """
        own, agree = self._lasting_and_passing(self.name), self.judges.agree
        if not agree.any():
            return own
        return np.sqrt(agree) * self._lasting_and_passing("") + np.sqrt(1 - agree) * own

    def _lasting_and_passing(self, item: str) -> Floats:
        """sqrt(tau) u + sqrt(1 - tau) v: u is a team's at all stages, v at this one."""
        passing = self.sample.normals([Key(Purpose.IMPRESSION, self.stage, t, item) for t in self.teams])
        lasting = self.judges.lasting
        if not lasting.any():
            return passing
        taste = self.sample.normals([Key(Purpose.TASTE, team=t, item=item) for t in self.teams])
        return np.sqrt(lasting) * taste + np.sqrt(1 - lasting) * passing

    def _ratings(self, i: int) -> Floats:
        """Trimmed mean of an item's raters, (teams, replications), each of whom errs by N(0, 1)."""
        raters = self.raters[i]
        assert raters is not None
        keys = [
            Key(Purpose.NOISE, self.stage, t, f"{self.name}/{self.names[i]}", n)
            for n in range(raters.n)
            for t in self.teams
        ]
        return self.sample.made(_trimmed_means, keys, raters.n, raters.trim)

    def _rater_sd(self, i: int, raters: Raters) -> Floats:
        """How far an item's raters differ, (..,): what its own say, or its share of what the block's say."""
        share = self.noise_shares[i] if self.items[i].raters is None else 1.0
        return share * self.sample.one(raters.sd)

    def _measured_noises(self) -> dict[int, tuple[Floats, Floats]]:
        """Standard noise, (teams, replications), and its sd of each item that has noise of its own."""
        sds = self._each("noise", self.noise_shares)
        noisy = [i for i, sd in enumerate(sds) if sd.any() and self.raters[i] is None]
        if not noisy:
            return {}
        keys = [
            Key(Purpose.NOISE, self.stage, t, f"{self.name}/{self.names[i]}")
            for i in noisy
            for t in self.teams
        ]
        noise = self.sample.noise(self.block.noise_shape, keys)
        noise = noise.reshape(len(noisy), len(self.teams), noise.shape[-1])
        return {i: (z, sds[i]) for i, z in zip(noisy, noise, strict=True)}

    def _spreads(self) -> list[Floats]:
        return self._each("spread", self.shares)

    def _each(self, name: str, shares: Sequence[Numbers]) -> list[Floats]:
        """A number of each item: its own, or its share of the block's.

        A share of the block's is the same draw for all items, in proportion: it is one number of the file.
        """
        found = []
        for share, item in zip(shares, self.items, strict=True):
            own, whole_block = getattr(item, name), getattr(self.block, name)
            if own is None and whole_block is None:
                found.append(np.zeros(1))  # an item with raters, in a block without noise of its own
            elif own is None:
                found.append(share * self.sample.one(whole_block))
            else:
                found.append(self.sample.one(own))
        return found


def _trimmed_means(uniforms: Floats, raters: int, trim: int) -> Floats:
    """Trimmed means of standard normal ratings, (teams, replications), each team's by so many raters."""
    teams = uniforms.shape[0] // raters
    ratings = as_normal(uniforms).reshape(raters, teams, uniforms.shape[1])
    return points.trimmed_mean(ratings, trim)


def strength_sd(scenario: Scenario) -> float:
    """Central standard deviation of strength among teams at one stage, in units of strength."""
    return float(np.hypot(median(scenario.lasting_spread), median(scenario.passing_spread)))
