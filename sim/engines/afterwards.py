"""Numbers and luck of what comes after leaving, as arrays; shapes as in `sim.engines.inputs`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from sim.engines.calendar import day_number
from sim.engines.lending import draw_gpu_table
from sim.model.draws import Floats, Key, Purpose
from sim.model.points import Bools
from sim.model.quantiles import Sample, whole
from sim.scenario.models.afterwards import Afterwards, Companies, Diffusion, Institutes, OnForeign
from sim.scenario.models.numbers import extremes
from sim.scenario.models.scenario import Scenario


@dataclass
class GoOnInputs:
    """How teams go on that are out."""

    share: Floats  # (.., teams) of their GPUs
    gpus: Floats  # (.., hardware, teams) of those that are named
    named: Bools  # (1, teams) whether they are; else a team's own GPUs count
    every: Floats  # (..,) days from one model to the next after the last stage
    luck: Floats  # (replications, models after the last stage, teams) standard normal


@dataclass
class DiffusionInputs:
    """How fast a model is taken up, and by how many; all (.., 1)."""

    count: Floats
    innovation: Floats
    imitation: Floats


@dataclass
class ForeignInputs:
    """Institutes that have built on a foreign model."""

    base: str  # the kind of model, whose closing is drawn for all who depend on it
    share: Floats  # (..,)
    delay: Floats  # (..,) whole days


@dataclass
class InstituteInputs:
    """When institutes begin, and what they share."""

    spread: DiffusionInputs
    needs: Floats | None  # (..,) share of the frontier's accuracy
    needs_strength: Floats | None  # (..,) ECI, in its place
    hub: Floats  # (..,) day on which it opens; infinity without one
    pace: Floats  # (..,) from then on, against before
    domain_share: Floats  # (..,) of those served that make a model of their own; 0 where none is asked
    domain_days: Floats  # (..,)
    foreign: ForeignInputs | None


@dataclass
class CompanyInputs:
    """When companies begin."""

    spread: DiffusionInputs
    after: Floats  # (..,) share of the institutes


@dataclass
class AfterwardsInputs:
    """All that `afterwards` says."""

    days: Floats  # (1, days) ends of the days of which it is told; the last is that of `until`
    share: Floats  # (..,) of the frontier's accuracy, from which on a domestic model counts
    level: Floats  # (..,) of the frontier, ECI, on day
    since: float
    growth: Floats  # (..,) of the frontier, ECI a year
    origin: float  # day of reference of strength
    go_on: GoOnInputs | None
    open_within: Bools  # (replications, models or 1, teams) whether a model is open that is handed in
    open_after: Bools  # the same of one by who is out
    institutes: InstituteInputs | None
    companies: CompanyInputs | None


def prepare_afterwards(scenario: Scenario, sample: Sample) -> AfterwardsInputs | None:
    """Draw what `afterwards` says; None where a scenario says nothing of it."""
    said = scenario.afterwards
    if said is None:
        return None
    line, further = scenario.frontier, models_after(scenario)
    open_within, open_after = _openness(scenario, said, sample, further)
    return AfterwardsInputs(
        days=np.array([[_end_of(day) for day in (*(said.dates or ()), said.until)]]),
        share=sample.one(said.share_of_frontier),
        level=sample.one(line.level),
        since=float(day_number(line.date)),
        growth=sample.one(line.growth_per_year),
        origin=float(day_number(scenario.capability.reference_date)),
        go_on=_go_on(scenario, sample, further),
        open_within=open_within,
        open_after=open_after,
        institutes=None if said.institutes is None else _institutes(said.institutes, sample),
        companies=None if said.companies is None else _companies(said.companies, sample),
    )


def _end_of(day: date) -> float:
    """The end of a day, as the engines count: the number of the day after it."""
    return float(day_number(day) + 1)


def models_after(scenario: Scenario) -> int:
    """How many models a team can make after the last stage that is held, by its day in the file."""
    said = scenario.afterwards
    if said is None or said.go_on is None or scenario.last_held is None:
        return 0
    days = (said.until - scenario.stages[scenario.last_held].decided).days
    return max(0, int(days // extremes(said.go_on.every)[0]))


def _go_on(scenario: Scenario, sample: Sample, further: int) -> GoOnInputs | None:
    go_on = scenario.afterwards and scenario.afterwards.go_on
    if not go_on:
        return None
    keys = [
        Key(Purpose.AFTER, team=t, item=str(number))
        for number in range(1, 1 + further)
        for t in scenario.teams
    ]
    teams = len(scenario.teams)
    luck = sample.normals(keys) if keys else np.empty((0, sample.size))
    return GoOnInputs(
        share=sample.row(go_on.share_of(t) for t in scenario.teams),
        gpus=draw_gpu_table(scenario, lambda t: scenario.gpus_to_go_on(t) or {}, sample),
        named=np.array([[scenario.gpus_to_go_on(t) is not None for t in scenario.teams]]),
        every=sample.one(go_on.every),
        luck=luck.reshape(further, teams, sample.size).transpose(2, 0, 1),
    )


def _openness(scenario: Scenario, said: Afterwards, sample: Sample, further: int) -> tuple[Bools, Bools]:
    """Whether models are open, (replications, models or 1, teams): of who is in the programme, and out."""
    teams, openly = list(scenario.teams), said.openly
    each = [Key(Purpose.OPEN)]
    if openly.drawn == "model":
        each = [Key(Purpose.OPEN, stage=s) for s in scenario.stages]
        each += [Key(Purpose.OPEN, item=str(number)) for number in range(1, 1 + further)]
    keys = [key._replace(team=t) for key in each for t in teams]
    luck = sample.uniforms(keys).reshape(len(each), len(teams), sample.size).transpose(2, 0, 1)
    within, after = (sample.one(chance)[:, None, None] for chance in (openly.within, openly.after))
    return luck < within, luck < after


def _spread(said: Diffusion, sample: Sample) -> DiffusionInputs:
    return DiffusionInputs(*(sample.row([n]) for n in (said.count, said.innovation, said.imitation)))


def _institutes(said: Institutes, sample: Sample) -> InstituteInputs:
    hub, domain = said.hub, said.domain_models
    opens = np.array([np.inf])
    if hub is not None:
        opens = day_number(hub.opens) + whole(sample.one(hub.delay))
    return InstituteInputs(
        spread=_spread(said, sample),
        needs=None if said.needs is None else sample.one(said.needs),
        needs_strength=None if said.needs_strength is None else sample.one(said.needs_strength),
        hub=opens,
        pace=sample.one(1.0 if hub is None else hub.pace),
        domain_share=sample.one(0.0 if domain is None else domain.share),
        domain_days=sample.one(0.0 if domain is None else domain.days),
        foreign=None if said.on_foreign is None else _foreign(said.on_foreign, sample),
    )


def _foreign(said: OnForeign, sample: Sample) -> ForeignInputs:
    return ForeignInputs(said.base, sample.one(said.share), whole(sample.one(said.delay)))


def _companies(said: Companies, sample: Sample) -> CompanyInputs:
    return CompanyInputs(_spread(said, sample), sample.one(said.after))
