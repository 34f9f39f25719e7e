"""The points of a stage as arrays: what does not depend on strength is worked out before time passes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from sim.engines.inputs import AgainstTarget, BlockOfPoints
from sim.engines.lookup import Numbers
from sim.model import points
from sim.model.draws import Floats, Key, Purpose
from sim.model.eci import basket_accuracy
from sim.model.normal import normal
from sim.model.quantiles import median, standard_noise
from sim.scenario.models.points import Item, PointsBlock, Raters
from sim.scenario.models.scenario import Scenario
from sim.scenario.models.stages import Stage


class Scoring(NamedTuple):
    """How a stage gives points; shapes as in `sim.engines.inputs`."""

    luck: Floats  # (.., items, teams)
    slope: Floats  # (.., items, 1)
    maximum: Floats  # (1, items, 1)
    targets: tuple[AgainstTarget, ...]
    blocks: tuple[BlockOfPoints, ...]


def point_inputs(scenario: Scenario, s: str, stage: Stage, numbers: Numbers, follows: Floats) -> Scoring:
    """The points of stage `s`; `follows` is the programme's rho, (..,)."""
    parts = {b: block.items or {b: Item(max=block.max)} for b, block in stage.points.items()}
    known = stage.happened is not None  # then nobody asks for points
    size, playing = 1 if known else numbers.stop - numbers.start, scenario.in_play(s)
    luck = np.zeros((sum(len(items) for items in parts.values()), len(playing), size))
    slopes: list[Floats] = []
    blocks: list[BlockOfPoints] = []
    targets: list[AgainstTarget] = []
    for b, block in stage.points.items():
        start, stop = len(slopes), len(slopes) + len(parts[b])
        one = _Block(scenario, s, b, block, parts[b], playing, numbers, follows)
        if not known:
            one.write_luck(luck[start:stop])
        slopes += one.slopes()
        targets += one.targets(start)
        blocks.append(BlockOfPoints(start, stop, block.max, block.rescale == "leader"))
    maximum = np.array([item.max for items in parts.values() for item in items.values()])
    widest = max(slope.size for slope in slopes)
    slope = np.stack([np.broadcast_to(slope, widest) for slope in slopes]).T[:, :, None]
    return Scoring(
        np.moveaxis(_of_all(scenario, playing, luck), -1, 0),
        slope,
        maximum[None, :, None],
        tuple(targets),
        tuple(blocks),
    )


def _of_all(scenario: Scenario, playing: list[str], luck: Floats) -> Floats:
    """Luck of all teams, (items, teams, replications), from that of those who may be there."""
    teams = list(scenario.teams)
    if playing == teams:
        return luck
    whole = np.zeros((luck.shape[0], len(teams), luck.shape[2]))
    whole[:, [teams.index(t) for t in playing]] = luck
    return whole


class _Block:
    """A block of points of a stage: numbers of its items, in order, and their luck."""

    def __init__(
        self,
        scenario: Scenario,
        stage: str,
        name: str,
        block: PointsBlock,
        items: Mapping[str, Item],
        teams: list[str],
        numbers: Numbers,
        follows: Floats,
    ) -> None:
        self.stage, self.name, self.block, self.items, self.numbers = stage, name, block, items, numbers
        self.path = f"stages.{stage}.points.{name}"
        self.teams = teams
        self.strength_sd = strength_sd(scenario)
        own = block.follows_strength
        self.follows = follows if own is None else numbers.one(f"{self.path}.follows_strength", own)
        self.shares = [item.max / block.max for item in items.values()]

    def slopes(self) -> list[Floats]:
        """Points that one ECI brings, for each item, (..,)."""
        if self.block.judged:
            return [points.judged_slope(spread, self.follows, self.strength_sd) for spread in self._spreads()]
        items = self.items.values()
        each = self._each("per_eci", self.shares)
        return [
            slope if item.target is None else np.zeros(1) for slope, item in zip(each, items, strict=True)
        ]

    def targets(self, start: int) -> list[AgainstTarget]:
        """The items whose points are relative to a target model; `start` is the place of the first item."""
        found = []
        for i, (name, item) in enumerate(self.items.items()):
            if item.target is not None:
                strength = self.numbers.one(f"{self.path}.items.{name}.target", item.target)
                found.append(AgainstTarget(start + i, (item.max / basket_accuracy(strength))[:, None]))
        return found

    def write_luck(self, luck: Floats) -> None:
        """Put mean, impression and noise of each item into `luck`, (items, teams, replications)."""
        self._write_noise(luck)
        for i, (mean, item) in enumerate(
            zip(self._each("mean", self.shares), self.items.values(), strict=True)
        ):
            if item.target is None:
                luck[i] += mean
        if self.block.judged:
            keys = [Key(Purpose.IMPRESSION, self.stage, t, self.name) for t in self.teams]
            x = normal(self.numbers.uniforms(keys))
            for i, spread in enumerate(self._spreads()):
                luck[i] += points.impression(spread, self.follows, x)

    def _write_noise(self, luck: Floats) -> None:
        rated = [i for i, item in enumerate(self.items.values()) if self._raters(item) is not None]
        for i in rated:
            luck[i] = self._ratings(i)
        sds = self._each("noise", self._noise_shares())
        noisy = [i for i, sd in enumerate(sds) if sd.any() and i not in rated]
        if noisy:
            self._write_measured_noise(luck, noisy, sds)
        luck[[i for i in range(len(luck)) if i not in rated and i not in noisy]] = 0.0

    def _raters(self, item: Item) -> Raters | None:
        """Who rates an item: its own raters, or the block's unless the item has noise of its own."""
        return item.raters or (self.block.raters if item.noise is None else None)

    def _ratings(self, i: int) -> Floats:
        """Error of the trimmed mean of an item's raters, (teams, replications), in points."""
        name, item = list(self.items.items())[i]
        raters = self._raters(item)
        assert raters is not None
        if item.raters is None:
            sd = self._noise_shares()[i] * self.numbers.one(f"{self.path}.raters.sd", raters.sd)
        else:
            sd = self.numbers.one(f"{self.path}.items.{name}.raters.sd", raters.sd)
        keys = [
            Key(Purpose.NOISE, self.stage, t, f"{self.name}/{name}", n)
            for n in range(raters.n)
            for t in self.teams
        ]
        u = self.numbers.uniforms(keys)
        u = u.reshape(raters.n, len(self.teams), u.shape[-1])
        return sd * points.trimmed_mean(normal(u, out=u), raters.trim)

    def _noise_shares(self) -> list[float]:
        # Items' noises are independent; shared out like this their sum has the block's.
        whole_noise = float(np.sqrt(sum(item.max**2 for item in self.items.values())))
        return [item.max / whole_noise for item in self.items.values()]

    def _write_measured_noise(self, luck: Floats, noisy: list[int], sds: list[Floats]) -> None:
        names = list(self.items)
        keys = [
            Key(Purpose.NOISE, self.stage, t, f"{self.name}/{names[i]}") for i in noisy for t in self.teams
        ]
        u = self.numbers.uniforms(keys).reshape(len(noisy), *luck.shape[1:])
        noise = standard_noise(self.block.noise_shape, u)
        for i, z in zip(noisy, noise, strict=True):
            np.multiply(z, sds[i], out=luck[i])

    def _spreads(self) -> list[Floats]:
        return self._each("spread", self.shares)

    def _each(self, name: str, shares: list[float]) -> list[Floats]:
        """A number of each item: its own, or its share of the block's."""
        found = []
        for share, (i, item) in zip(shares, self.items.items(), strict=True):
            own, whole_block = getattr(item, name), getattr(self.block, name)
            if own is None and whole_block is None:
                found.append(np.zeros(1))  # an item with raters, in a block without noise of its own
            elif own is None:
                found.append(share * self.numbers.one(f"{self.path}.{name}", whole_block))
            else:
                found.append(self.numbers.one(f"{self.path}.items.{i}.{name}", own))
        return found


def strength_sd(scenario: Scenario) -> float:
    """Central standard deviation of strength among teams at one stage, ECI."""
    science = scenario.capability
    return float(np.hypot(median(science.team_spread), median(science.stage_spread)))
