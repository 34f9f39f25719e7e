"""A scenario and keyed luck to the inputs of both engines."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np

from sim.engines.days import StageDays, calendar, day_number
from sim.engines.inputs import Inputs, StageInputs
from sim.engines.lookup import Numbers
from sim.engines.prepare_entry import entry_inputs
from sim.engines.prepare_grants import Slow, gpu_table, grant_inputs, slow_periods
from sim.engines.prepare_points import point_inputs
from sim.model.capability import frontier, strength_without_compute, years_between
from sim.model.compute import SECONDS_PER_DAY, TERA
from sim.model.draws import Floats, Key, Purpose, Source
from sim.model.normal import normal
from sim.model.points import Bools
from sim.model.quantiles import median, whole
from sim.model.reliability import fault_rate
from sim.rules.fates import Codes, Fate
from sim.rules.gate import fails
from sim.scenario.models.grants import GpuTable
from sim.scenario.models.numbers import Uncertain
from sim.scenario.models.scenario import Scenario
from sim.scenario.models.stages import Stage

_SHORTEST = 1e-30
"""Hours that stand for a checkpoint without cost; see `sim.model.reliability.availability`."""


def prepare(scenario: Scenario, source: Source, start: int, stop: int) -> Inputs:
    """The numbers and the luck of the replications from `start` to before `stop`, at least one."""
    if start >= stop:
        raise ValueError(f"replications {start}:{stop}, expected at least one")
    numbers = Numbers(source, start, stop)
    science, line, teams = scenario.capability, scenario.frontier, scenario.teams
    from_start = np.array([[t not in scenario.candidates for t in teams]])
    growth = numbers.one("frontier.growth_per_year", line.growth_per_year)
    days = calendar(scenario, numbers)
    horizon = years_between(days[-1].common_close, day_number(line.date))
    return Inputs(
        start=start,
        stop=stop,
        teams=tuple(teams),
        from_start=from_start,
        waiting=~from_start if scenario.candidates else None,
        speed=_speed(scenario, numbers),
        **_faults(scenario, numbers),
        single_faults=scenario.faults.mode == "each",
        price=_price(scenario, numbers, "price"),
        own_price=_price(scenario, numbers, "own_price"),
        reference_compute=numbers.row([("capability.reference_compute", science.reference_compute)]),
        per_tenfold=numbers.row([("capability.per_tenfold_compute", science.per_tenfold_compute)]),
        carry=numbers.row([("capability.carry", science.carry)]),
        frontier=frontier(horizon, numbers.one("frontier.level", line.level), growth),
        frontier_growth=growth,
        stages=_stages(scenario, numbers, days),
    )


def _price(scenario: Scenario, numbers: Numbers, kind: str) -> Floats:
    return numbers.table([(f"hardware.{h}.{kind}", getattr(t, kind))] for h, t in scenario.hardware.items())


def _speed(scenario: Scenario, numbers: Numbers) -> Floats:
    peak, share, use = [], [], []
    for t, team in scenario.teams.items():
        common, own_share = scenario.training.main_run_share, team.main_run_share
        share.append((f"teams.{t}.main_run_share", common if own_share is None else own_share))
    for h, hardware in scenario.hardware.items():
        peak.append([(f"hardware.{h}.peak", hardware.peak)])
        use.append(
            [(f"teams.{t}.mfu.{h}", team.mfu.get(h, hardware.mfu)) for t, team in scenario.teams.items()]
        )
    return (
        numbers.table(peak) * (TERA * SECONDS_PER_DAY) * numbers.table(use) * numbers.row(share)[:, None, :]
    )


def _faults(scenario: Scenario, numbers: Numbers) -> dict[str, Any]:
    def each(field: str) -> list[tuple[str, Any]]:
        common = getattr(scenario.faults, field)
        own = [
            (f"teams.{t}.faults.{field}", getattr(team.faults, field)) for t, team in scenario.teams.items()
        ]
        return [(path, common if number is None else number) for path, number in own]

    interval = each("interval")
    best = [number == "best" for _, number in interval]
    return {
        "fault_rate": fault_rate(1 / numbers.row(each("gpus_per_node")), numbers.row(each("per_node_day"))),
        "restart": numbers.row(each("restart")) / 60,
        "write": np.maximum(numbers.row(each("checkpoint")) / 3600, _SHORTEST),
        # nan stands for the optimum beside teams that keep to an interval of their own
        "interval": None
        if all(best)
        else numbers.row((p, np.nan if n == "best" else n) for p, n in interval),
    }


def _stages(scenario: Scenario, numbers: Numbers, days: list[StageDays]) -> tuple[StageInputs, ...]:
    science, teams = scenario.capability, list(scenario.teams)
    effect = numbers.row((f"teams.{t}.effect", team.effect) for t, team in scenario.teams.items())
    lasting = normal(numbers.uniforms([Key(Purpose.TEAM, team=t) for t in teams])).T
    own = {t: team.own for t, team in scenario.teams.items()}
    common = _Common(
        own=gpu_table(scenario, lambda t: (f"teams.{t}.own", own[t]), numbers),
        slow=slow_periods(scenario, numbers),
        lasting=effect + numbers.row([("capability.team_spread", science.team_spread)]) * lasting,
        passing=numbers.row([("capability.stage_spread", science.stage_spread)]),
        level=numbers.row([("capability.level", science.level)]),
        per_year=numbers.row([("capability.progress_per_year", science.progress_per_year)]),
        follows=numbers.one("judging.follows_strength", scenario.judging.follows_strength),
    )
    stages = scenario.stages.items()
    return tuple(
        _stage(scenario, s, stage, numbers, common, d) for (s, stage), d in zip(stages, days, strict=True)
    )


class _Common(NamedTuple):
    """What all stages share."""

    own: Floats  # (.., hardware, teams) own GPUs
    slow: dict[str, list[Slow]]  # slow periods by supplier
    lasting: Floats  # (.., teams) effect + a, ECI
    passing: Floats  # (.., 1) spread of the luck of a stage, ECI
    level: Floats  # (.., 1) ECI
    per_year: Floats  # (.., 1) ECI
    follows: Floats  # (..,) rho


def _stage(
    scenario: Scenario, s: str, stage: Stage, numbers: Numbers, common: _Common, days: StageDays
) -> StageInputs:
    teams, origin = list(scenario.teams), day_number(scenario.capability.reference_date)
    shock = normal(numbers.uniforms([Key(Purpose.STAGE, s, t) for t in teams])).T
    grants = grant_inputs(scenario, s, stage.grants, numbers, common.slow)
    scoring = point_inputs(scenario, s, stage, numbers, common.follows)
    return StageInputs(
        id=s,
        starts=days.starts,
        opens=days.opens,
        closes=days.closes,
        scored=days.scored,
        decided=days.decided,
        own=_own(scenario, s, stage, numbers, common.own) if stage.own else common.own,
        grants=grants,
        at_once=not grants.delay.any() and days.one_window(),
        reference=reference_strength(scenario, stage, float(years_between(days.reference, origin))),
        without_compute=strength_without_compute(
            years_between(days.closes, origin),
            common.level,
            common.per_year,
            common.lasting + common.passing * shock,
        ),
        points_luck=scoring.luck,
        slope=scoring.slope,
        maximum=scoring.maximum,
        targets=scoring.targets,
        blocks=scoring.blocks,
        round_to=stage.round_to,
        fails_gate=_gate(scenario, s, stage, numbers),
        gate_mode=stage.gate.mode if stage.gate else "first",
        **_limits(s, stage, numbers),
        rungs=tuple(list(stage.points).index(block) for block in stage.ties),
        tie_luck=cache(lambda: numbers.uniforms([Key(Purpose.TIE, s, t) for t in teams]).T),
        happened=_happened(scenario, stage),
        entry=entry_inputs(scenario, s, stage.entry, numbers, days, common.lasting, common.follows),
    )


def _own(scenario: Scenario, s: str, stage: Stage, numbers: Numbers, of_teams: Floats) -> Floats:
    """Own GPUs used in a stage: by its own table where that names a team, or else the team's."""
    named = {t: stage.own.get(t, stage.own.get("default")) for t in scenario.teams}

    def of(team: str) -> tuple[str, GpuTable]:
        gpus = named[team]
        return f"stages.{s}.own.{team}", {} if gpus is None or gpus == "none" else gpus

    says = np.array([gpus is not None for gpus in named.values()])
    return np.where(says, gpu_table(scenario, of, numbers), of_teams)


def _limits(s: str, stage: Stage, numbers: Numbers) -> dict[str, Floats | None]:
    """Keep and drop as whole numbers, and the minimum of points, (.., 1)."""
    cut = {"keep": stage.cut.keep, "drop": stage.cut.drop, "minimum": stage.cut.minimum}
    drawn = {
        name: None if limit is None else numbers.row([(f"stages.{s}.cut.{name}", limit)])
        for name, limit in cut.items()
    }
    return {n: x if x is None or n == "minimum" else whole(x) for n, x in drawn.items()}


def _happened(scenario: Scenario, stage: Stage) -> Codes | None:
    """The fates of a known result, (1, teams): who is not named stayed."""
    if stage.happened is None:
        return None
    codes = {"out-by-points": Fate.OUT_BY_POINTS, "out-at-gate": Fate.OUT_AT_GATE}
    known = {team: codes[how] for team, how in stage.happened.items()}
    return np.array([[known.get(t, Fate.KEPT) for t in scenario.teams]], dtype=np.int8)


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


def _gate(scenario: Scenario, s: str, stage: Stage, numbers: Numbers) -> Bools:
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
