"""Everything that is known before time passes: numbers and luck of a range of replications, as arrays.

Both engines start from here. The first axis of an array is the replication, or has length 1 where all
replications agree; the last is the team. Memory runs along the replications, which NumPy likes best.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from sim.model import points
from sim.model.capability import frontier, years_between
from sim.model.compute import TERA
from sim.model.draws import Floats, Key, Purpose, Source
from sim.model.points import Bools
from sim.model.quantiles import median, normal, quantile, standard_noise, whole
from sim.rules.gate import Mode, fails
from sim.scenario.numbers import Uncertain
from sim.scenario.scenario import Scenario
from sim.scenario.stages import Grants, Item, PointsBlock, Stage

_EPOCH = date(1970, 1, 1)

Named = Iterable[tuple[str, float | Uncertain]]
"""Numbers with their paths in the resolved scenario."""


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - _EPOCH).days


@dataclass
class BlockOfPoints:
    """Where a block's items stand on the item axis, and how its points are scaled."""

    start: int
    stop: int
    maximum: float
    to_leader: bool


@dataclass
class StageInputs:
    """One stage; see the module's first lines for the shapes."""

    id: str
    opens: int  # day on which the window opens
    closes: int  # end of its last day
    decided: int  # end of the result day
    years: float  # from the reference date to the close
    reference: float  # q_ref, ECI
    pool: Floats  # (.., hardware, 1)
    table: Floats | None  # (.., hardware, teams): what a fixed rule gives; None: equal shares
    among: Bools  # (1, teams)
    delay: Floats  # (.., teams) whole days
    strength_luck: Floats  # (.., teams) effect + a + h, ECI
    points_luck: Floats  # (.., items, teams)
    slope: Floats  # (.., items, 1)
    maximum: Floats  # (1, items, 1)
    blocks: tuple[BlockOfPoints, ...]
    round_to: float
    fails_gate: Bools  # (.., teams) whether it would fail
    gate_mode: Mode
    keep: Floats | None  # (.., 1)
    drop: Floats | None  # (.., 1)
    rungs: tuple[int, ...]  # positions of the blocks that break ties
    tie_luck: Callable[[], Floats]  # -> (replications, teams); drawn at the first call


@dataclass
class Inputs:
    """The programme; see the module's first lines for the shapes."""

    start: int
    stop: int
    teams: tuple[str, ...]
    own: Floats  # (.., hardware, teams) GPUs
    speed: Floats  # (.., hardware, teams) FLOP/s of one GPU that count
    per_node_day: Floats  # (.., teams)
    gpus_per_node: Floats  # (.., teams)
    restart: Floats  # (.., teams) hours
    write: Floats  # (.., teams) hours
    interval: Floats | None  # (.., teams) hours; None: Daly's optimum
    price: Floats  # (.., hardware, 1) KRW per GPU-hour
    level: Floats  # (.., 1)
    reference_compute: Floats  # (.., 1)
    per_tenfold: Floats  # (.., 1)
    per_year: Floats  # (.., 1)
    carry: Floats  # (.., 1)
    frontier: Floats  # (..,) at the close of the last window
    frontier_growth: Floats  # (..,)
    stages: tuple[StageInputs, ...]


class _Numbers:
    """Numbers of a scenario for a range of replications; the uncertain ones are drawn by their path."""

    def __init__(self, source: Source, start: int, stop: int) -> None:
        self.source, self.start, self.stop = source, start, stop

    def uniforms(self, keys: list[Key]) -> Floats:
        """(keys, replications)."""
        return self.source.columns(keys, self.start, self.stop)

    def one(self, path: str, number: float | Uncertain) -> Floats:
        """(replications or 1,)."""
        if isinstance(number, Uncertain):
            return quantile(number, self.uniforms([Key(Purpose.PARAMETER, item=path)])[0])
        return np.array([number])

    def row(self, named: Named) -> Floats:
        """(replications or 1, numbers), running along the replications in memory."""
        columns = [self.one(path, number) for path, number in named]
        size = max((column.size for column in columns), default=1)
        stacked = np.empty((len(columns), size))
        for target, column in zip(stacked, columns, strict=True):
            target[:] = column
        return stacked.T

    def table(self, rows: Iterable[Named]) -> Floats:
        """(replications or 1, rows, numbers)."""
        parts = [self.row(row) for row in rows]
        size = max(part.shape[0] for part in parts)
        stacked = np.empty((len(parts), parts[0].shape[1], size))
        for target, part in zip(stacked, parts, strict=True):
            target[:] = part.T
        return np.moveaxis(stacked, -1, 0)


def prepare(scenario: Scenario, source: Source, start: int, stop: int) -> Inputs:
    """The numbers and the luck of the replications from `start` to before `stop`."""
    numbers = _Numbers(source, start, stop)
    science, line, teams = scenario.capability, scenario.frontier, scenario.teams
    growth = numbers.one("frontier.growth_per_year", line.growth_per_year)
    last = list(scenario.stages.values())[-1]
    horizon = float(years_between(day_number(last.train.last) + 1, day_number(line.date)))
    return Inputs(
        start=start,
        stop=stop,
        teams=tuple(teams),
        own=numbers.table(
            [(f"teams.{t}.own.{h}", team.own.get(h, 0.0)) for t, team in teams.items()]
            for h in scenario.hardware
        ),
        speed=_speed(scenario, numbers),
        **_faults(scenario, numbers),
        price=numbers.table(
            [(f"hardware.{h}.price", hardware.price)] for h, hardware in scenario.hardware.items()
        ),
        level=numbers.row([("capability.level", science.level)]),
        reference_compute=numbers.row([("capability.reference_compute", science.reference_compute)]),
        per_tenfold=numbers.row([("capability.per_tenfold_compute", science.per_tenfold_compute)]),
        per_year=numbers.row([("capability.progress_per_year", science.progress_per_year)]),
        carry=numbers.row([("capability.carry", science.carry)]),
        frontier=frontier(horizon, numbers.one("frontier.level", line.level), growth),
        frontier_growth=growth,
        stages=_stages(scenario, numbers),
    )


def _speed(scenario: Scenario, numbers: _Numbers) -> Floats:
    peak, share, use = [], [], []
    for t, team in scenario.teams.items():
        own_share = team.main_run_share
        # The programme's share is one number for all; a team's own is drawn for that team.
        path = "training.main_run_share" if own_share is None else f"teams.{t}.main_run_share"
        share.append((path, scenario.training.main_run_share if own_share is None else own_share))
    for h, hardware in scenario.hardware.items():
        peak.append([(f"hardware.{h}.peak", hardware.peak)])
        use.append(
            [(f"teams.{t}.mfu.{h}", team.mfu.get(h, hardware.mfu)) for t, team in scenario.teams.items()]
        )
    return numbers.table(peak) * TERA * numbers.table(use) * numbers.row(share)[:, None, :]


def _faults(scenario: Scenario, numbers: _Numbers) -> dict[str, Any]:
    def each(field: str) -> list[tuple[str, Any]]:
        common = getattr(scenario.faults, field)
        own = [
            (f"teams.{t}.faults.{field}", getattr(team.faults, field)) for t, team in scenario.teams.items()
        ]
        return [(path, common if number is None else number) for path, number in own]

    interval = each("interval")
    best = [number == "best" for _, number in interval]
    return {
        "per_node_day": numbers.row(each("per_node_day")),
        "gpus_per_node": numbers.row(each("gpus_per_node")),
        "restart": numbers.row(each("restart")) / 60,
        "write": numbers.row(each("checkpoint")) / 3600,
        # nan stands for the optimum beside teams that keep to an interval of their own
        "interval": None
        if all(best)
        else numbers.row((p, np.nan if n == "best" else n) for p, n in interval),
    }


def _stages(scenario: Scenario, numbers: _Numbers) -> tuple[StageInputs, ...]:
    science, teams = scenario.capability, list(scenario.teams)
    effect = numbers.row((f"teams.{t}.effect", team.effect) for t, team in scenario.teams.items())
    lasting = normal(numbers.uniforms([Key(Purpose.TEAM, team=t) for t in teams])).T
    lasting = effect + numbers.row([("capability.team_spread", science.team_spread)]) * lasting
    passing = numbers.row([("capability.stage_spread", science.stage_spread)])
    follows = numbers.one("judging.follows_strength", scenario.judging.follows_strength)
    return tuple(
        _stage(scenario, s, stage, numbers, lasting, passing, follows) for s, stage in scenario.stages.items()
    )


def _stage(
    scenario: Scenario,
    s: str,
    stage: Stage,
    numbers: _Numbers,
    lasting: Floats,
    passing: Floats,
    follows: Floats,
) -> StageInputs:
    teams, science = list(scenario.teams), scenario.capability
    opens, closes = day_number(stage.train.first), day_number(stage.train.last) + 1
    years = float(years_between(closes, day_number(science.reference_date)))
    pool, table, among = _grants(scenario, s, stage.grants, numbers)
    shock = normal(numbers.uniforms([Key(Purpose.STAGE, s, t) for t in teams])).T
    luck, slope, maximum, blocks = _points(scenario, s, stage, numbers, follows)
    limits = {
        name: None if limit is None else whole(numbers.row([(f"stages.{s}.cut.{name}", limit)]))
        for name, limit in (("keep", stage.cut.keep), ("drop", stage.cut.drop))
    }
    return StageInputs(
        id=s,
        opens=opens,
        closes=closes,
        decided=day_number(stage.result) + 1,
        years=years,
        reference=reference_strength(scenario, stage, years),
        pool=pool,
        table=table,
        among=among,
        delay=whole(numbers.row((f"stages.{s}.grants.delay.{t}", stage.grants.delay) for t in teams)),
        strength_luck=lasting + passing * shock,
        points_luck=luck,
        slope=slope,
        maximum=maximum,
        blocks=blocks,
        round_to=stage.round_to,
        fails_gate=_gate(scenario, s, stage, numbers),
        gate_mode=stage.gate.mode if stage.gate else "first",
        keep=limits["keep"],
        drop=limits["drop"],
        rungs=tuple(list(stage.points).index(block) for block in stage.ties),
        tie_luck=_Late(lambda: numbers.uniforms([Key(Purpose.TIE, s, t) for t in teams]).T),
    )


class _Late:
    """A value worked out at the first call: ties are rare, and so are their draws."""

    def __init__(self, make: Callable[[], Floats]) -> None:
        self._make = make
        self._value: Floats | None = None

    def __call__(self) -> Floats:
        if self._value is None:
            self._value = self._make()
        return self._value


def reference_strength(scenario: Scenario, stage: Stage, years: float) -> float:
    """q_ref: strength at the stage's reference compute and common date, from central values, without luck."""
    science = scenario.capability
    compute = science.reference_compute if stage.reference_compute is None else stage.reference_compute
    decades = np.log10(median(compute) / median(science.reference_compute))
    return float(
        median(science.level)
        + median(science.per_tenfold_compute) * decades
        + median(science.progress_per_year) * years
    )


def _grants(
    scenario: Scenario, s: str, grants: Grants, numbers: _Numbers
) -> tuple[Floats, Floats | None, Bools]:
    hardware, teams, here = list(scenario.hardware), list(scenario.teams), f"stages.{s}.grants"
    among = np.array([[grants.among is None or t in grants.among for t in teams]])
    pool = numbers.table([(f"{here}.pool.{h}", grants.pool.get(h, 0.0))] for h in hardware)
    if grants.shares == "equal":
        return pool, None, among
    if grants.shares is not None:
        shares = grants.shares
        table = pool * numbers.table([_share(shares, here, t, h) for t in teams] for h in hardware)
        return pool, table, among
    table = numbers.table([_gpus(grants.gpus, here, t, h) for t in teams] for h in hardware)
    return points_sum(table), table, among


def points_sum(table: Floats) -> Floats:
    """The pool that a table of GPUs implies: its sum over the teams, (.., hardware, 1)."""
    total = table[..., :1]
    for t in range(1, table.shape[-1]):
        total = total + table[..., t : t + 1]
    return total


def _share(
    shares: Mapping[str, object], here: str, team: str, hardware: str
) -> tuple[str, float | Uncertain]:
    share = shares.get(team, shares.get("default", 0.0))
    path = f"{here}.shares.{team}"
    if isinstance(share, Mapping):
        return f"{path}.{hardware}", share.get(hardware, 0.0)
    assert isinstance(share, (float, Uncertain))
    return path, share


def _gpus(gpus: Mapping[str, object], here: str, team: str, hardware: str) -> tuple[str, float | Uncertain]:
    table = gpus.get(team, gpus.get("default", {}))
    number = table.get(hardware, 0.0) if isinstance(table, Mapping) else 0.0
    return f"{here}.gpus.{team}.{hardware}", number


def _gate(scenario: Scenario, s: str, stage: Stage, numbers: _Numbers) -> Bools:
    if stage.gate is None:
        return np.zeros((1, len(scenario.teams)), dtype=bool)
    risks: list[tuple[str, float | Uncertain]] = []
    for t, team in scenario.teams.items():
        own = team.gate_risk
        risks.append(
            (f"stages.{s}.gate.risk.{t}", stage.gate.risk) if own is None else (f"teams.{t}.gate_risk", own)
        )
    u = numbers.uniforms([Key(Purpose.GATE, s, t) for t in scenario.teams]).T
    return fails(u, numbers.row(risks))


def _points(
    scenario: Scenario, s: str, stage: Stage, numbers: _Numbers, follows: Floats
) -> tuple[Floats, Floats, Floats, tuple[BlockOfPoints, ...]]:
    """Luck (.., items, teams), slope (.., items, 1), maximum (1, items, 1) and where the blocks stand."""
    luck: list[Floats] = []
    slope: list[Floats] = []
    maximum: list[float] = []
    blocks: list[BlockOfPoints] = []
    for b, block in stage.points.items():
        start = len(luck)
        for part in _block(scenario, s, b, block, numbers, follows):
            luck.append(part[0])
            slope.append(part[1])
            maximum.append(part[2])
        blocks.append(BlockOfPoints(start, len(luck), block.max, block.rescale == "leader"))
    return (
        _stacked(luck),
        _stacked([x[:, None] for x in slope]),
        np.array(maximum)[None, :, None],
        tuple(blocks),
    )


def _stacked(parts: list[Floats]) -> Floats:
    """Arrays (replications or 1, n), one an item, as (replications or 1, items, n)."""
    size = max(part.shape[0] for part in parts)
    stacked = np.empty((len(parts), parts[0].shape[1], size))
    for target, part in zip(stacked, parts, strict=True):
        target[:] = part.T
    return np.moveaxis(stacked, -1, 0)


def _block(
    scenario: Scenario, s: str, b: str, block: PointsBlock, numbers: _Numbers, follows: Floats
) -> Iterable[tuple[Floats, Floats, float]]:
    """For each item of a block its luck (.., teams), its slope (..,) and its maximum."""
    teams, here = list(scenario.teams), f"stages.{s}.points.{b}"
    if block.follows_strength is not None:
        follows = numbers.one(f"{here}.follows_strength", block.follows_strength)
    x: Floats | float = 0.0
    if block.judged and not (follows.size == 1 and abs(follows[0]) == 1):
        x = normal(numbers.uniforms([Key(Purpose.IMPRESSION, s, t, b) for t in teams]))
    items = block.items or {b: Item(max=block.max)}
    whole_noise = np.sqrt(sum(item.max**2 for item in items.values()))
    for i, item in items.items():
        part, where = item.max / block.max, f"{here}.items.{i}"

        def number(
            name: str, of_block: float | Uncertain, share: float, item: Item = item, at: str = where
        ) -> Floats:
            own = getattr(item, name)
            return (
                share * numbers.one(f"{here}.{name}", of_block)
                if own is None
                else numbers.one(f"{at}.{name}", own)
            )

        luck = number("mean", block.mean, part)
        if block.judged:
            assert block.spread is not None
            spread = number("spread", block.spread, part)
            slope = points.judged_slope(spread, follows, strength_sd(scenario))
            luck = luck + points.impression(spread, follows, x)
        else:
            assert block.per_eci is not None
            slope = number("per_eci", block.per_eci, part)
        # Items' noises are independent; shared out like this their sum has the block's.
        sd = number("noise", block.noise, item.max / whole_noise)
        if sd.size > 1 or sd[0] > 0:
            u = numbers.uniforms([Key(Purpose.NOISE, s, t, f"{b}/{i}") for t in teams])
            luck = luck + sd * standard_noise(block.noise_shape, u)
        yield np.broadcast_to(luck, (len(teams), luck.shape[-1])).T, slope, item.max


def strength_sd(scenario: Scenario) -> float:
    """Central standard deviation of strength among teams at one stage, ECI."""
    science = scenario.capability
    return float(np.hypot(median(science.team_spread), median(science.stage_spread)))
