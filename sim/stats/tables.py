"""Outcomes and chances as tables: plain columns, and pandas data frames, which are imported where needed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.engines.outcomes import Outcomes
from sim.rules.decisions import Fate, code_type
from sim.scenario.models.base import Name
from sim.scenario.models.scenario import Scenario
from sim.scenario.wider import pays_at
from sim.stats.differences import PairedDifference
from sim.stats.input_effects import LEAVES, Target, TornadoCounts, UncertainInput
from sim.stats.intervals import HIGH, LOW, MEDIAN, wilson
from sim.stats.sobol import Indices, VarianceShare
from sim.stats.summary import Count, Summary

if TYPE_CHECKING:
    import pandas as pd


FATES = {
    Fate.GONE: "gone",
    Fate.KEPT: "kept",
    Fate.OUT_BY_POINTS: "out-by-points",
    Fate.OUT_AT_GATE: "out-at-gate",
    Fate.NOT_ENTERED: "not-entered",
}

Column = NDArray[Any]


class Labelled(NamedTuple):
    """A column of words: positions in `names`."""

    codes: Column
    names: list[str]


_OF_HARDWARE = ("gpu_hours", "cost", "own_gpu_hours", "own_cost")


def columns(scenario: Scenario, outcomes: Outcomes) -> dict[str, Column | Labelled]:
    """The columns by name, as docs/output.md describes them; floats are nan where there is nothing to say."""
    shape = (outcomes.stop - outcomes.start, len(scenario.stages), len(scenario.teams))

    def every_stage(name: str) -> Column:
        return np.stack([getattr(stage, name) for stage in outcomes.stages], axis=1).ravel()

    def along(axis: int, values: Column) -> Column:
        across = [1] * len(shape)
        across[axis] = shape[axis]
        return np.broadcast_to(values.reshape(across), shape).ravel()

    found: dict[str, Column | Labelled] = {
        "replication": along(0, np.arange(outcomes.start, outcomes.stop, dtype=np.int64)),
        "stage": Labelled(along(1, np.arange(shape[1], dtype=np.int8)), list(scenario.stages)),
        "team": Labelled(along(2, np.arange(shape[2], dtype=code_type(shape[2]))), list(scenario.teams)),
        "fate": Labelled(every_stage("fate"), list(FATES.values())),
    }
    for name in ("rank", "compute", "effective", "capability", "total", *_OF_HARDWARE):
        if scenario.hardware or name not in ("compute", "effective", *_OF_HARDWARE):
            found[name] = every_stage(name)
    found |= {name: every_stage(name) for name in _where_used(scenario)}
    if any(stage.awards for stage in scenario.stages.values()):
        found["award"] = _awards(scenario, outcomes)
    for block in dict.fromkeys(b for stage in scenario.stages.values() for b in stage.points):
        found[f"points_{block}"] = _block(scenario, outcomes, block)
    return found


def _where_used(scenario: Scenario) -> list[str]:
    """Columns that only a scenario has which uses what they tell of."""
    stages = scenario.stages.values()
    used = {
        "hours_lost": scenario.tells_losses and bool(scenario.hardware),
        "equivalent": any(stage.model for stage in stages),
        "paid": any(pays_at(scenario, s) for s in scenario.stages),
        "leaked": scenario.openness is not None,
        "budget_used": any(stage.cut.budget is not None for stage in stages),
    }
    return [name for name, is_used in used.items() if is_used]


def concatenated(tables: Sequence[Mapping[str, Column | Labelled]]) -> dict[str, Column | Labelled]:
    """Tables with the same columns, one below the other."""
    first, *more = tables
    if not more:
        return dict(first)
    found: dict[str, Column | Labelled] = {}
    for name, column in first.items():
        same: list[Any] = [table[name] for table in tables]
        if isinstance(column, Labelled):
            found[name] = Labelled(np.concatenate([each.codes for each in same]), column.names)
        else:
            found[name] = np.concatenate(same)
    return found


def _awards(scenario: Scenario, outcomes: Outcomes) -> Labelled:
    """Each team's award at every stage, by its id; empty for none."""
    names = ["", *dict.fromkeys(award for stage in scenario.stages.values() for award in stage.awards or ())]
    codes = []
    for stage, played in zip(scenario.stages.values(), outcomes.stages, strict=True):
        number = np.array([0, *(names.index(award) for award in stage.awards or ())], dtype=np.int8)
        codes.append(number[played.award])
    return Labelled(np.stack(codes, axis=1).ravel(), names)


def _block(scenario: Scenario, outcomes: Outcomes, block: str) -> Column:
    """Points of a block at every stage; nan at stages that do not have it."""
    parts = []
    for rules, stage in zip(scenario.stages.values(), outcomes.stages, strict=True):
        names = list(rules.points)
        parts.append(
            stage.points[:, names.index(block), :] if block in names else np.full_like(stage.total, np.nan)
        )
    return np.stack(parts, axis=1).ravel()


def chances_table(summaries: Sequence[Summary]) -> pd.DataFrame:
    """A row a chance: stage ('' for the whole programme), team, chance, count, of, p, low, high, certain.

    Names of teams and stages, in both languages, come last. Intervals are 95 %: Wilson's, or by the islands
    of a forecast. The index is the position of the summary.
    """
    import pandas as pd

    numbered: list[tuple[int, Count]] = []
    places: list[slice] = []  # of each summary among them
    for i, summary in enumerate(summaries):
        numbered += [(i, count) for count in summary.counts()]
        places.append(slice(places[-1].stop if places else 0, len(numbered)))
    counts = [count for _, count in numbered]
    teams = [summaries[i].scenario.teams[count.team].name for i, count in numbered]
    stages = [_stage_name(summaries[i].scenario, count.stage) for i, count in numbered]
    certain = [count.certain for count in counts]
    holds, of = np.array([c.holds for c in counts]), np.array([c.of for c in counts])
    low, high = wilson(holds, of)
    for summary, at in zip(summaries, places, strict=True):
        if summary.islands:
            low[at], high[at] = np.array([(e.low, e.high) for *_, e in summary.rows()]).T
    sure = np.array([c is not None for c in certain])
    value = np.array([c or 0.0 for c in certain])
    columns = {
        "stage": [count.stage for count in counts],
        "team": [count.team for count in counts],
        "chance": [count.chance for count in counts],
        "count": holds,
        "of": of,
        "p": np.divide(holds, of, out=np.full(of.shape, np.nan), where=of > 0),
        "low": np.where(sure, value, low),
        "high": np.where(sure, value, high),
        "certain": ["" if c is None else str(c) for c in certain],
        "team_en": [name.en for name in teams],
        "team_ko": [name.ko for name in teams],
        "stage_en": [name.en for name in stages],
        "stage_ko": [name.ko for name in stages],
    }
    return pd.DataFrame(columns, index=[i for i, _ in numbered])


def _stage_name(scenario: Scenario, stage: str) -> Name:
    # Unchecked, for a row about all stages has an empty name, as no file could give it.
    return (stage and scenario.stages[stage].name) or Name.model_construct(en=stage, ko=stage)


def responses_table(summaries: Sequence[Summary]) -> pd.DataFrame:
    """A row a response: name, unit, of, mean (or chance), its interval, and the 5, 50 and 95 % quantiles.

    low and high are sampling error; the quantiles are the spread from run to run (missing for a chance).
    The index is the position of the summary.
    """
    import pandas as pd

    numbered = [(i, row) for i, summary in enumerate(summaries) for row in _responses(summary)]
    return pd.DataFrame([row for _, row in numbered], index=[i for i, _ in numbered])


def _responses(summary: Summary) -> Iterator[dict[str, Any]]:
    for name in summary.tally.chances:
        e = summary.chance(name)
        yield {"response": name, "unit": "chance", "of": e.of, "mean": e.p, "low": e.low, "high": e.high}
    for name, unit in summary.units().items():
        values = summary.measure(name)
        low, high = summary.mean_interval(name)
        spread = {f"q{round(100 * p):02d}": values.quantile(p) for p in (LOW, MEDIAN, HIGH)}
        mean = {"mean": values.mean(), "low": low, "high": high}
        yield {"response": name, "unit": unit, "of": values.size, **mean, **spread}


def outcomes_table(scenario: Scenario, outcomes: Outcomes) -> pd.DataFrame:
    """A row per replication, stage and team; the columns are described in docs/output.md."""
    import pandas as pd

    return pd.DataFrame(
        {
            name: pd.Categorical.from_codes(column.codes, pd.Index(column.names))
            if isinstance(column, Labelled)
            else column
            for name, column in columns(scenario, outcomes).items()
        }
    )


SENSITIVITY_NUMBERS = (
    "low",
    "high",
    *(f"{name}{end}" for name in ("variance", "first", "total") for end in ("", "_low", "_high")),
    *("drawn", "at_low", "at_high", "swing", "swing_low", "swing_high", "of", "dice"),
)
SENSITIVITY_FLAGS = ("guess", "told")
_SENSITIVITY_COLUMNS = (
    *("factor", "name_en", "name_ko", "meaning", "unit", "law", "guess", "low", "high"),
    *("target", "stage", "team", "told"),
    *SENSITIVITY_NUMBERS[2:],
)


def sensitivity_table(
    scenario: Scenario,
    inputs: Sequence[UncertainInput],
    targets: Sequence[Target],
    indices: Sequence[Indices],
    leaving: Indices | None,
    ends: TornadoCounts | None,
) -> pd.DataFrame:
    """Return a row for each target and input; the chances of leaving as one come first, without a team.

    `low` and `high` are the input's values at its 5 and 95 % quantiles, `at_low` and `at_high` the chances
    there, `swing` their paired difference, `dice` the larger half-width of the 95 % intervals of the two.
    Indices and variances are raw: they may be below 0.
    """
    import pandas as pd

    rows: list[dict[str, Any]] = []
    if leaving is not None:
        rows += [_index_row(scenario, each, Target(LEAVES), leaving, i) for i, each in enumerate(inputs)]
    for t, (target, found) in enumerate(zip(targets, indices, strict=False)):
        assert ends is not None
        rows += [
            _index_row(scenario, each, target, found, i) | _at_ends(ends, i, t)
            for i, each in enumerate(inputs)
        ]
    return pd.DataFrame(rows, columns=_SENSITIVITY_COLUMNS)


def _index_row(
    scenario: Scenario, each: UncertainInput, target: Target, found: Indices, i: int
) -> dict[str, Any]:
    return {
        "factor": each.name,
        "name_en": each.called("en", scenario),
        "name_ko": each.called("ko", scenario),
        "meaning": each.meaning,
        "unit": each.unit,
        "law": each.law,
        "guess": each.widened,
        "low": each.low,
        "high": each.high,
        "target": target.what,
        "stage": target.stage,
        "team": target.team,
        "told": found.told,
        **_interval("variance", found.variance),
        **_interval("first", found.first[i]),
        **_interval("total", found.total[i]),
    }


def _interval(name: str, share: VarianceShare | PairedDifference) -> dict[str, float]:
    return {name: share.estimate, f"{name}_low": share.low, f"{name}_high": share.high}


def _at_ends(ends: TornadoCounts, i: int, t: int) -> dict[str, float]:
    between, runs = ends.between(i, t), ends.runs
    return {
        "drawn": ends.drawn[t] / runs,
        "at_low": between.first / runs,
        "at_high": between.second / runs,
        **_interval("swing", between),
        "of": runs,
        "dice": between.half_width_of_chances,
    }
