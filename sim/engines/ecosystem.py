"""What becomes of teams and models beside the programme and after it, from what stages came to.

Both engines hand over the outcomes of all stages, and what comes after leaving is worked out from those and
the inputs, by one function: nothing of it acts on the programme.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from sim.engines.afterwards import AfterwardsInputs, DiffusionInputs, GoOnInputs, InstituteInputs
from sim.engines.evaluation import rate_of_training
from sim.engines.inputs import CommonInputs, Inputs, StageInputs
from sim.engines.outcomes import AfterwardsOutcome, Outcomes, StageOutcome
from sim.model.capability import (
    DAYS_PER_YEAR,
    basket_accuracy,
    capability,
    frontier,
    strength_without_compute,
    years_between,
)
from sim.model.compute import effective_compute, fold, gpu_hours
from sim.model.diffusion import bass_share, bass_years, paced_years, unpaced_years
from sim.model.draws import Floats
from sim.model.points import Bools
from sim.rules.decisions import Fate


class Models(NamedTuple):
    """The models of a stage, or of a day after the last; (replications, teams) unless said otherwise."""

    day: Floats  # (replications,) on which they are there
    strength: Floats  # ECI; nan for none
    outside: Bools  # whether a team was out when it made its own
    is_open: Bools
    hours: Floats  # GPU-hours of who was out


def add_afterwards(inputs: Inputs, outcomes: Outcomes) -> Outcomes:
    """Return the outcomes with what comes after leaving, where the scenario says anything of it."""
    if inputs.afterwards is None:
        return outcomes
    models = list(_models(inputs, inputs.afterwards, outcomes))
    found = _ecosystem(inputs.afterwards, models, outcomes.frontier.size, inputs.common)
    return replace(outcomes, afterwards=found)


def _models(inputs: Inputs, said: AfterwardsInputs, outcomes: Outcomes) -> Iterator[Models]:
    """All models in the order of time: of every stage that is held, and of every day after the last."""
    shape = outcomes.stages[0].fate.shape
    effective, last = np.zeros(shape), None
    for k, (stage, outcome) in enumerate(zip(inputs.stages, outcomes.stages, strict=True)):
        if stage.held:
            effective, found = _of_stage(inputs, said, k, outcome, effective)
            yield found
            last = found.day, outcome
    if last is not None and said.go_on is not None:
        yield from _after_last(inputs, said, said.go_on, *last, effective)


def _of_stage(
    inputs: Inputs, said: AfterwardsInputs, k: int, outcome: StageOutcome, before: Floats
) -> tuple[Floats, Models]:
    """The models of a stage, of who takes part and of who is out; and the FLOP that count then."""
    stage, fate = inputs.stages[k], outcome.fate
    outside = fate == Fate.GONE
    there = ~outside & (fate != Fate.NOT_ENTERED)
    own, hours = _go_on_in(inputs, said.go_on, stage)
    effective = np.where(there, outcome.effective, before)
    # Where nobody trains, strength is that of a team, and nobody has a new model.
    strength = outcome.capability if stage.trains else np.full(fate.shape, np.nan)
    spent = np.zeros(fate.shape)
    if stage.trains and said.go_on is not None:
        alone = effective_compute(own, before, inputs.carry)
        effective = np.where(outside, alone, effective)
        usual = stage.without_compute if stage.beyond is None else stage.without_compute - stage.beyond
        made = capability(alone, inputs.reference_compute, inputs.per_tenfold, usual)
        strength, spent = np.where(outside, made, strength), np.where(outside, hours, 0.0)
    day = np.broadcast_to(stage.days.decided, len(fate))
    return effective, Models(day, strength, outside, _is_open(said, k, outside), spent)


def _go_on_in(inputs: Inputs, go_on: GoOnInputs | None, stage: StageInputs) -> tuple[Floats, Floats]:
    """FLOP and GPU-hours of teams that go on by themselves in the window of a stage, (.., teams)."""
    days = stage.days.closes - stage.days.opens
    return (days, days) if go_on is None else _train_alone(inputs, go_on, stage.own, days)


def _train_alone(inputs: Inputs, go_on: GoOnInputs, own: Floats, days: Floats) -> tuple[Floats, Floats]:
    """FLOP and GPU-hours of teams on their own GPUs, or on those that are named, for so many days."""
    gpus = np.where(go_on.named[:, None, :], go_on.gpus, own) * go_on.share[:, None, :]
    rate = rate_of_training(inputs, gpus, np.zeros_like(gpus))
    return rate * days, fold(gpu_hours(gpus, days[:, None, :]))


def _is_open(said: AfterwardsInputs, k: int, outside: Bools) -> Bools:
    """Whether the model that a team makes at a place in time is open."""
    within, after = (luck[:, min(k, luck.shape[1] - 1)] for luck in (said.open_within, said.open_after))
    return np.where(outside, after, within)


def _after_last(
    inputs: Inputs,
    said: AfterwardsInputs,
    go_on: GoOnInputs,
    decided: Floats,
    outcome: StageOutcome,
    effective: Floats,
) -> Iterator[Models]:
    """The models after the last stage: the programme is over, and whoever was in it goes on alone."""
    common, never = inputs.common, outcome.fate == Fate.NOT_ENTERED
    outside = outcome.fate != Fate.KEPT
    days = np.broadcast_to(go_on.every[:, None], (go_on.every.size, len(inputs.teams)))
    compute, hours = _train_alone(inputs, go_on, common.own, days)
    for number in range(go_on.luck.shape[1]):
        day = decided + (number + 1) * go_on.every
        effective = effective_compute(compute, effective, inputs.carry)
        luck = common.lasting + common.passing * go_on.luck[:, number]
        years = years_between(day, said.origin)[:, None]
        usual = strength_without_compute(years, common.level, common.per_year, luck)
        made = capability(effective, inputs.reference_compute, inputs.per_tenfold, usual)
        in_time = ~never & (day <= said.days[0, -1])[:, None]
        yield Models(
            day,
            np.where(in_time, made, np.nan),
            outside,
            _is_open(said, len(inputs.stages) + number, outside),
            np.where(in_time & outside, hours, 0.0),
        )


def _ecosystem(
    said: AfterwardsInputs, models: list[Models], size: int, common: CommonInputs
) -> AfterwardsOutcome:
    """What models come to: how many are good enough on each day, and who takes them up."""
    days = np.broadcast_to(said.days, (size, said.days.shape[1]))
    teams = said.open_within.shape[2]
    best = np.full((size, days.shape[1], teams), -np.inf)
    begins, outside, last = np.full(size, np.inf), list[Floats](), days[0, -1]
    for one in models:
        strength = np.where(np.isnan(one.strength), -np.inf, one.strength)
        known = one.day[:, None] <= days
        in_time = one.outside & (one.day <= last)[:, None]
        outside.append(np.where(in_time, one.strength, np.nan))
        best = np.maximum(best, np.where(known[..., None], strength[:, None, :], -np.inf))
        if said.institutes is not None:
            begins = np.minimum(begins, _day_taken_up(said, said.institutes, one, strength, common))
    counts = _accuracy_of_frontier(said, days, common) * said.share[:, None]
    domestic = (basket_accuracy(best) >= counts[..., None]) & np.isfinite(best)
    strongest = best.max(axis=-1)
    return AfterwardsOutcome(
        outside=_stacked(outside, (size, 0, teams)),
        made=_stacked([one.day for one in models], (size, 0)),
        hours=sum((one.hours for one in models), np.zeros((size, teams))),
        strongest=np.where(np.isfinite(strongest), strongest, np.nan),
        domestic=np.count_nonzero(domestic, axis=-1).astype(float),
        begins=begins,
        **_diffusion(said, begins, days, common.closings),
    )


def _stacked(arrays: list[Floats], empty: tuple[int, ...]) -> Floats:
    """Arrays side by side, as the second axis."""
    return np.stack(arrays, axis=1) if arrays else np.empty(empty)


def _accuracy_of_frontier(said: AfterwardsInputs, days: Floats, common: CommonInputs) -> Floats:
    """Accuracy of the world's best model on days, (replications, days)."""
    line = frontier(years_between(days, said.since), said.level[:, None], said.growth[:, None])
    for one in common.breakthroughs:
        if one.frontier is not None:
            line = line + np.where(one.found < days, one.frontier[:, None], 0.0)
    return basket_accuracy(line)


def _day_taken_up(
    said: AfterwardsInputs,
    institutes: InstituteInputs,
    models: Models,
    strength: Floats,
    common: CommonInputs,
) -> Floats:
    """The day of these models if one of them is open and good enough for institutes, else infinity."""
    if institutes.needs_strength is not None:
        enough = strength >= institutes.needs_strength[:, None]
    else:
        assert institutes.needs is not None
        needed = institutes.needs * _accuracy_of_frontier(said, models.day[:, None], common)[:, 0]
        enough = basket_accuracy(strength) >= needed[:, None]
    found = np.any(enough & np.isfinite(strength) & models.is_open, axis=-1)
    return np.where(found & (models.day <= said.days[0, -1]), models.day, np.inf)


class Users(NamedTuple):
    """A group of institutes that take a domestic model up."""

    weight: Floats  # (..,) share of all institutes
    begins: Floats  # (replications,) day from which on they may; infinity for never


def _diffusion(
    said: AfterwardsInputs, begins: Floats, days: Floats, closings: Mapping[str, Floats]
) -> dict[str, Floats]:
    """Who is served on days once institutes begin, and when half of them are, and when companies begin."""
    never, nobody = np.full(begins.size, np.inf), np.zeros(days.shape)
    found = {"half": never, "follow": never, "institutes": nobody, "domain_models": nobody}
    found |= {"companies": nobody, "on_foreign": nobody, "stranded": nobody}
    institutes, companies = said.institutes, said.companies
    if institutes is None:
        return found
    groups = _groups(institutes, begins, closings)
    found["half"] = _day_of_share(institutes, groups, np.array([0.5]))
    found["institutes"] = _all_served(institutes, groups, days)
    earlier = _all_served(institutes, groups, days - institutes.domain_days[:, None])
    found["domain_models"] = institutes.domain_share[:, None] * earlier
    if institutes.foreign is not None:
        built, closed = groups[1].weight[:, None] * institutes.spread.count, closings[institutes.foreign.base]
        found["on_foreign"] = np.where(days <= closed, built, 0.0)
        found["stranded"] = np.where(days <= closed, 0.0, built - _all_served(institutes, groups[1:], days))
    if companies is not None:
        found["follow"] = _day_of_share(institutes, groups, companies.after)
        found["companies"] = _served(companies.spread, _years_since(found["follow"], days))
    return found


def _groups(institutes: InstituteInputs, begins: Floats, closings: Mapping[str, Floats]) -> list[Users]:
    """All institutes, or those without a foreign model and those that have built on one.

    These begin as the others do, but not before their model has closed and some days have gone by.
    """
    foreign = institutes.foreign
    if foreign is None:
        return [Users(np.ones(1), begins)]
    falls_back = np.maximum(begins, closings[foreign.base][:, 0] + foreign.delay)
    return [Users(1 - foreign.share, begins), Users(foreign.share, falls_back)]


def _all_served(institutes: InstituteInputs, groups: Sequence[Users], days: Floats) -> Floats:
    """Institutes of some groups that are served on days, (replications, days)."""
    served = [
        one.weight[:, None] * _served(institutes.spread, _paced(institutes, one.begins, days))
        for one in groups
    ]
    return sum(served[1:], served[0])


def _served(spread: DiffusionInputs, years: Floats) -> Floats:
    return spread.count * bass_share(years, spread.innovation, spread.imitation)


def _years_since(begins: Floats, days: Floats) -> Floats:
    """Years from when something begins to days, (replications, days); 0 before."""
    return np.maximum(days - begins[:, None], 0.0) / DAYS_PER_YEAR


def _before_hub(institutes: InstituteInputs, begins: Floats) -> Floats:
    """Years from when institutes begin until their hub opens; infinite without one, 0 where it is open."""
    begins = np.where(np.isfinite(begins), begins, 0.0)  # of who never begins no year counts anyhow
    return np.maximum(institutes.hub - begins, 0.0) / DAYS_PER_YEAR


def _paced(institutes: InstituteInputs, begins: Floats, days: Floats) -> Floats:
    """Years that count, from when institutes begin to days, (replications, days)."""
    before = _before_hub(institutes, begins)[:, None]
    return paced_years(_years_since(begins, days), before, institutes.pace[:, None])


def _day_of_share(institutes: InstituteInputs, groups: Sequence[Users], share: Floats) -> Floats:
    """The day on which a share of the institutes is served, (replications,); infinity for never."""
    first, *others = groups
    if not others:
        return _day_of_group(institutes, first.begins, share)
    # Where the others never begin, the first have to make up the share alone.
    alone = share / np.maximum(first.weight, np.finfo(float).tiny)
    reached = _day_of_group(institutes, first.begins, np.minimum(alone, _NEARLY_ALL))
    alone_day = np.where(alone < 1, reached, np.inf)
    low = _day_of_group(institutes, first.begins, share)  # as if all had begun with the first
    high = np.minimum(_day_of_group(institutes, others[0].begins, share), alone_day)  # or with the last
    return _bisect(
        lambda day: _all_served(institutes, groups, day[:, None])[:, 0], low, high, share, institutes
    )


def _bisect(
    served: Callable[[Floats], Floats], low: Floats, high: Floats, share: Floats, institutes: InstituteInputs
) -> Floats:
    """The day between two, (replications,), on which so many are served; infinity where `high` is."""
    wanted = share * institutes.spread.count[:, 0]
    some = np.isfinite(high)
    low, ends = np.where(some, low, 0.0), np.where(some, high, 0.0)
    for _ in range(_HALVINGS):
        middle = (low + ends) / 2
        enough = served(middle) >= wanted
        low, ends = np.where(enough, low, middle), np.where(enough, middle, ends)
    return np.where(some, ends, np.inf)


_HALVINGS = 60
"""Between two days that are a century apart, to far below a second."""

_NEARLY_ALL = 1 - 1e-12
"""Stands for shares that are never reached, which have no day."""


def _day_of_group(institutes: InstituteInputs, begins: Floats, share: Floats) -> Floats:
    """The day on which a share of those is served who all begin on a day, (replications,)."""
    spread = institutes.spread
    paced = bass_years(share, spread.innovation[:, 0], spread.imitation[:, 0])
    years = unpaced_years(paced, _before_hub(institutes, begins), institutes.pace)
    return begins + years * DAYS_PER_YEAR
