"""What a run is set beside: its options and doubts, what moves a team, and its guesses, one at a time."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Generic, Literal, NamedTuple

from sim.execute.case import Case, fastest, with_mean_faults
from sim.execute.group import Group, Worlds, noise_numbers
from sim.execute.inference import with_scenario
from sim.execute.runner import Runner
from sim.findings.waiting import Wait, find_days_waited
from sim.folder.errors import ResultsWarning
from sim.folder.rows import Range
from sim.forecast.island import BRIEF, FULL
from sim.forecast.past import lies_ahead
from sim.model.draws import Purpose
from sim.model.quantiles import at
from sim.render.text.layout import Names
from sim.render.text.run import name_cause
from sim.scenario.language.load import with_values
from sim.scenario.models.inputs import Input, inputs
from sim.scenario.models.numbers import Uncertain
from sim.scenario.models.scenario import Scenario
from sim.scenario.names import over_stages
from sim.scenario.options import Option, doubt_options, options, what_ifs
from sim.stats.alternatives import Alternative, PlayedWhatIf, Shift
from sim.stats.counts import C, add_fields
from sim.stats.input_effects import Effect
from sim.stats.intervals import HIGH, LOW
from sim.stats.summary import Estimate, Summary
from sim.stats.tally import PairedTally, Tally, empty_paired_tally, nothing, paired_tallies, tally

if TYPE_CHECKING:
    import pandas as pd

DOUBT_RUNS = 2_000
"""Replications, the first ones, in which a doubt is compared with the scenario itself."""

MOST_RUNS, LEAST_RUNS = 1_000, 200
"""Replications at each end of an input: enough to tell what matters, fewer for huge scenarios."""

_NUMBERS = 10_000_000
"""Random numbers that all effects together may draw, about: people are waiting."""


@dataclass(frozen=True)
class Several(Generic[C]):
    """Counts side by side; adds up in any order, each to its like."""

    of: tuple[C, ...]

    def __add__(self, other: Several[C]) -> Several[C]:
        return add_fields(self, other)


def count_paired(cases: tuple[Case, ...], worlds: Worlds) -> Several[PairedTally]:
    """Count every case beside the first, and so the first beside itself."""
    scenarios = [case.scenario for case in cases]
    return Several(paired_tallies([scenarios[0], *scenarios], [worlds[0], *worlds]))


def count_rows(
    cases: tuple[Case, ...], worlds: Worlds, rows: tuple[tuple[int, ...], ...]
) -> Several[Several[PairedTally]]:
    """Count rows of cases, which are told by their positions: in each row the others beside the first."""
    return Several(
        tuple(count_paired(tuple(cases[i] for i in row), tuple(worlds[i] for i in row)) for row in rows)
    )


def count_each(cases: tuple[Case, ...], worlds: Worlds) -> Several[Tally]:
    """Count every case by itself."""
    return Several(tuple(tally(case.scenario, world) for case, world in zip(cases, worlds, strict=True)))


def play_paired(
    case: Case, variants: Sequence[Case], ranges: Sequence[Range], runner: Runner
) -> tuple[PairedTally, ...]:
    """Play a case and variants of it, over the same replications with the same random numbers.

    The variants have the teams of the case's scenario, in the same order. Returns the counts of the case,
    beside itself, and then those of the variants; nothing where there are none.
    """
    if not variants:
        return ()
    cases = (case, *variants)
    zero = Several(tuple(empty_paired_tally(each.scenario) for each in cases))
    (played,) = runner.play([Group(cases, tuple(ranges), count_paired, zero)])
    _warn(len(played.failures), _BESIDE)
    return played.counts.of


_BESIDE = "options, doubts or what moves a team"


def _warn(failed: int, where: str) -> None:
    if failed:
        text = f"{failed:,} replications failed beside {where} and are not counted there"
        warnings.warn(text, ResultsWarning, stacklevel=3)


def play_alternatives(
    case: Case, ranges: Sequence[Range], counted: Tally, runner: Runner
) -> list[Alternative]:
    """Play every option of the choices, the default first; `counted` is the tally of the default."""
    default, *others = options(case.scenario)
    found = [_as_counted(default, case, counted)]
    case = runner.inform(case)
    variants = [with_scenario(case, option.scenario, FULL) for option in others]
    played = play_paired(case, variants, ranges, runner)
    for option, one in zip(others, played[1:], strict=True):
        found.append(Alternative(option, Summary(option.scenario, one.tally, case.is_by_the_file), one, ()))
    few = first_replications(ranges, DOUBT_RUNS)
    shifts = _play_doubts(case, [one.option for one in found], few, runner)
    return [replace(one, shifts=of) for one, of in zip(found, shifts, strict=True)]


def default_alone(case: Case, counted: Tally) -> list[Alternative]:
    """Return the default option as it was counted, where no other is to be played."""
    return [_as_counted(options(case.scenario)[0], case, counted)]


def _as_counted(default: Option, case: Case, counted: Tally) -> Alternative:
    return Alternative(default, Summary(default.scenario, counted, case.is_by_the_file), None, ())


def _play_doubts(
    case: Case, of_options: Sequence[Option], few: Sequence[Range], runner: Runner
) -> list[tuple[Shift, ...]]:
    """Play each doubt under each option, beside the option itself: all together, for they share most."""
    if not case.scenario.doubts:
        return [()] * len(of_options)
    rows = []
    for option in of_options:
        here = runner.inform(with_mean_faults(with_scenario(case, option.scenario, FULL)))
        rows.append(doubt_cases(here, doubt_options(here.scenario)))
    (found,) = play_doubts([rows], few, runner)
    return found


class DoubtedCases(NamedTuple):
    """A case, and the cases of each value of its doubts."""

    doubts: list[Option]
    cases: list[Case]  # the case itself first


def doubt_cases(here: Case, doubts: list[Option]) -> DoubtedCases:
    """Return an informed case with each value of its doubts, which are made of its scenario."""
    # A doubt about what facts bear on is believed in their light: it has a past of its own.
    return DoubtedCases(doubts, [here, *(with_scenario(here, doubt.scenario, BRIEF) for doubt in doubts)])


def play_doubts(
    groups: Sequence[Sequence[DoubtedCases]], few: Sequence[Range], runner: Runner
) -> list[list[tuple[Shift, ...]]]:
    """Play cases with their doubts, group by group, and return by how much each doubt changes chances."""
    played = runner.play([_rows_group([row.cases for row in rows], few) for rows in groups])
    _warn(sum(len(one.failures) for one in played), _BESIDE)
    return [
        [_shifts(row, counted) for row, counted in zip(rows, one.counts.of, strict=True)]
        for rows, one in zip(groups, played, strict=True)
    ]


def _shifts(row: DoubtedCases, counted: Several[PairedTally]) -> tuple[Shift, ...]:
    by_the_file = row.cases[0].is_by_the_file
    itself, *others = counted.of
    base = Summary(row.cases[0].scenario, itself.tally, by_the_file)
    return tuple(
        Shift(doubt, Summary(doubt.scenario, one.tally, by_the_file), base)
        for doubt, one in zip(row.doubts, others, strict=True)
    )


def _rows_group(
    rows: Sequence[Sequence[Case]], ranges: Sequence[Range]
) -> Group[Several[Several[PairedTally]]]:
    """Rows of cases in one group; in each row the others are counted beside the first.

    Cases are played column by column: a doubt under all options, which share most, before the next doubt.
    """
    order = sorted((j, r) for r, row in enumerate(rows) for j in range(len(row)))
    cases = tuple(rows[r][j] for j, r in order)
    positions = tuple(tuple(order.index((j, r)) for j in range(len(row))) for r, row in enumerate(rows))
    zero = Several(tuple(Several(tuple(empty_paired_tally(each.scenario) for each in row)) for row in rows))
    return Group(cases, tuple(ranges), partial(count_rows, rows=positions), zero)


def first_replications(ranges: Sequence[Range], most: int) -> list[Range]:
    """Return so many replications from the beginning of ranges, or all that there are."""
    found, left = [], most
    for start, stop in ranges:
        if left > 0:
            found.append((start, min(stop, start + left)))
            left -= stop - start
    return found


def play_moves(case: Case, team: str, ranges: Sequence[Range], runner: Runner) -> list[PlayedWhatIf]:
    """Play what may move a team's chance of leaving, paired with the default; faults by their mean.

    A change is one that is made from now on: what is known of the past stays as it is.
    """
    base = runner.inform(fastest(with_scenario(case, case.scenario.settled(), FULL)))
    changes = what_ifs(base.scenario, team)
    variants = [replace(base, scenario=change.scenario) for change in changes]
    itself, *others = play_paired(base, variants, ranges, runner) or (None,)
    return [
        PlayedWhatIf(
            change,
            one.change_in_leaving(team),
            _change_in_mean("cost", one, itself),
            _change_in_mean("behind_frontier_months", one, itself),
        )
        for change, one in zip(changes, others, strict=True)
        if itself is not None
    ]


def play_wait(case: Case, ranges: Sequence[Range], runner: Runner) -> Wait | None:
    """Play the scenario without shifts of its stages ahead, paired with itself; None where there are none."""
    scenario = case.scenario.settled()
    stages = {
        s: stage.model_copy(update={"shift": 0.0}) if s in scenario.to_come else stage
        for s, stage in scenario.stages.items()
    }
    still = scenario.model_copy(update={"stages": stages})
    days = find_days_waited(still, scenario)
    if not days:
        return None
    base = runner.inform(fastest(with_scenario(case, scenario, FULL)))
    shifted, unshifted = play_paired(base, [replace(base, scenario=still)], ranges, runner)
    months = _change_in_mean("behind_frontier_months", shifted, unshifted)
    differs = bool(unshifted.only_here.any() or unshifted.only_there.any())
    return None if months is None else Wait(days, months, not differs)


def _change_in_mean(response: str, changed: PairedTally, base: PairedTally) -> float | None:
    """By how much greater the mean of a response is; None where it is not asked."""
    pair = [one.tally.measures.get(response) for one in (changed, base)]
    here, there = (None if one is None or not one.size else one.mean() for one in pair)
    return None if here is None or there is None else here - there


def moves_table(played: Sequence[PlayedWhatIf], names: Mapping[str, Names]) -> pd.DataFrame:
    """Return a row for each change, with the names of changes in each language of `names`."""
    import pandas as pd

    rows = [
        {
            "kind": what_if.kind,
            "what": what_if.what,
            "factor": what_if.factor,
            "estimate": change.estimate,
            "low": change.low,
            "high": change.high,
            "gained": change.b,
            "lost": change.c,
            "of": change.n,
            "cost": cost,
            "months": months,
            **{f"name_{lang}": name_cause(of, what_if) for lang, of in names.items()},
        }
        for what_if, change, cost, months in played
    ]
    columns = ["kind", "what", "factor", "estimate", "low", "high", "gained", "lost", "of", "cost", "months"]
    return pd.DataFrame(rows, columns=[*columns, *(f"name_{lang}" for lang in names)])


def play_effects(case: Case, runner: Runner) -> list[Effect]:
    """Play each guessed or uncertain input at its low and high end; those that move a chance most come first.

    Choices stay at their default, faults are taken at their mean. In a forecast only what the past does not
    depend on can be moved while everything else stays: of a number that all stages have, that of those ahead.
    """
    case = runner.inform(fastest(with_scenario(case, case.scenario.settled(), FULL)))
    by_name: dict[str, list[Input]] = {}
    for each in inputs(case.scenario):
        if _ends(each) is not None:
            by_name.setdefault(_name_of(each), []).append(each)
    numbers = 2 * max(1, len(by_name)) * max(1, noise_numbers(case.scenario))
    runs = min(MOST_RUNS, max(LEAST_RUNS, _NUMBERS // numbers))
    if case.past is not None:
        by_name = dict(_that_lie_ahead(case, by_name))
    groups = [_group(case, members, runs) for members in by_name.values()]
    played = runner.play(groups)
    _warn(sum(len(one.failures) for one in played), "a guess at its low and high end")
    found = [
        _effect(case.scenario, path, members, one.counts)
        for (path, members), one in zip(by_name.items(), played, strict=True)
    ]
    return sorted(found, key=lambda effect: (-effect.strength, effect.path))


def _that_lie_ahead(case: Case, by_name: Mapping[str, list[Input]]) -> Iterator[tuple[str, list[Input]]]:
    """What can be moved together while the past stays, by its name."""
    for name, members in by_name.items():
        if not _bears_on_past(case, members):
            yield name, members
            continue
        ahead = [each for each in members if lies_ahead(case.scenario, each.path)]
        if ahead and not _bears_on_past(case, ahead):
            yield (ahead[0].path if len(ahead) == 1 else name), ahead


def _bears_on_past(case: Case, members: Sequence[Input]) -> bool:
    """Tell whether what facts say depends on an input, so that moving it alone would belie them."""
    assert case.past is not None
    held = {key.item for key in case.past.uniforms if key.purpose is Purpose.PARAMETER}
    if any(isinstance(each.value, Uncertain) and each.value.draw_name in held for each in members):
        return True
    low = _at_end(case, members, 0)
    return with_scenario(case, low.scenario, FULL).past is None


def _name_of(each: Input) -> str:
    """Return what is moved together: the numbers of one draw, or the same number of every stage."""
    name = each.value.draw_name if isinstance(each.value, Uncertain) else each.path
    return over_stages(name)


def _ends(each: Input) -> tuple[float, float] | None:
    if isinstance(each.value, Uncertain):
        low, high = at(each.value, LOW), at(each.value, HIGH)
        return (low, high) if low < high else None
    return each.plausible if each.guess else None


def _group(case: Case, members: Sequence[Input], runs: int) -> Group[Several[Tally]]:
    """The two ends of an input over the same replications."""
    ends = _at_end(case, members, 0), _at_end(case, members, 1)
    zero = Several(tuple(nothing(end.scenario) for end in ends))
    return Group(ends, ((0, runs),), count_each, zero, label=members[0].path)


def _at_end(case: Case, members: Sequence[Input], end: Literal[0, 1]) -> Case:
    """All members at their low (0) or high (1) end: the uncertain ones pinned there, the others set."""
    pinned, values = {}, {}
    for each in members:
        if isinstance(each.value, Uncertain):
            pinned[each.value.draw_name] = (LOW, HIGH)[end]
        elif (ends := _ends(each)) is not None:
            values[each.path] = ends[end]
    scenario = with_values(case.scenario.resolved(), values) if values else case.scenario
    return replace(case, scenario=scenario, pinned=pinned)


def _effect(scenario: Scenario, path: str, members: Sequence[Input], counted: Several[Tally]) -> Effect:
    ends = _ends(members[0])
    assert ends is not None
    low, high = counted.of
    before, after = Summary(scenario, low, by_the_file=False), Summary(scenario, high, by_the_file=False)
    t = int(abs(high.kept[-1] / high.runs - low.kept[-1] / low.runs).argmax())
    dropped = f"most_capable_dropped.{scenario.to_come[-1]}" if scenario.to_come else ""

    def at_both(ask: Callable[[Tally], tuple[int, int]]) -> tuple[Estimate, Estimate]:
        return before.estimate(ask), after.estimate(ask)

    return Effect(
        path,
        members[0].meaning,
        *ends,
        list(scenario.teams)[t],
        at_both(lambda tally: (int(tally.kept[-1, t]), tally.runs)),
        at_both(lambda tally: tally.chances.get(dropped, (0, 0))),  # not asked where no stage is to come
        low.runs,
    )
