"""Do candidates and known results agree with the rules and with one another?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sim.scenario.nonsense import Nonsense, unknown
from sim.scenario.scenario import Scenario
from sim.scenario.stages import Entry, Stage


def results(scenario: Scenario) -> Iterator[Nonsense]:
    """Known fates of teams that are not there, results after one that is open, entries nobody can win."""
    yield from _candidates(scenario)
    present = set(scenario.teams) - scenario.candidates
    unknown_since: str | None = None
    before: Stage | None = None
    for stage_id, stage in scenario.stages.items():
        here = ("stages", stage_id)
        if before is not None and before.happened is not None and stage.grants.by_results:
            found = "shares by results of a stage whose scores are not known"
            yield Nonsense((*here, "grants", "shares"), found, "`equal`, or a table")
        before = stage
        if stage.happened is None:
            unknown_since = unknown_since or stage_id
        elif unknown_since is not None:
            found = f"a known result after '{unknown_since}', whose result is not known"
            yield Nonsense((*here, "happened"), found, "results known in order")
        else:
            yield from _happened(stage, present, here)
            present -= set(stage.happened)
        entry = stage.entry
        if entry is not None and entry.happened is not None:
            if unknown_since is not None:
                found = "a known entry after a stage whose result is not known"
                yield Nonsense((*here, "entry", "happened"), found)
            else:
                yield from _entered(entry, len(present), (*here, "entry"))
            present |= set(entry.happened) if entry.happened != "nobody" else set()
        elif entry is not None:
            unknown_since = unknown_since or f"{stage_id}.entry"


def _candidates(scenario: Scenario) -> Iterator[Nonsense]:
    times: Counter[str] = Counter()
    for stage_id, stage in scenario.stages.items():
        if stage.entry is not None:
            here = ("stages", stage_id, "entry", "candidates")
            yield from unknown(here, "team", stage.entry.candidates, scenario.teams)
            times.update(stage.entry.candidates)
            for team in set(stage.entry.candidates):
                if times[team] > 1:
                    yield Nonsense(here, f"'{team}' a second time", "each team a candidate once")
    if scenario.teams and set(scenario.teams) <= set(times):
        yield Nonsense(("teams",), "nobody who is there from the start", "a team that is no candidate")


def _happened(stage: Stage, present: set[str], here: tuple[str, ...]) -> Iterator[Nonsense]:
    assert stage.happened is not None
    for team, how in stage.happened.items():
        path = (*here, "happened", team)
        if team not in present:
            yield Nonsense(
                path, f"'{team}', which is not there at this stage", "one of " + ", ".join(sorted(present))
            )
        elif how == "out-at-gate" and stage.gate is None:
            yield Nonsense(
                path, "a team out at the gate of a stage without a gate", "`gate`, or out-by-points"
            )
        elif how == "out-by-points" and stage.cut.keep is stage.cut.drop is stage.cut.minimum is None:
            yield Nonsense(path, "a team out by points of a stage without a cut", "`cut`")


def _entered(entry: Entry, remain: int, here: tuple[str, ...]) -> Iterator[Nonsense]:
    names = () if entry.happened == "nobody" or entry.happened is None else entry.happened
    yield from unknown((*here, "happened"), "candidate", names, entry.candidates)
    if len(names) > entry.places:
        yield Nonsense((*here, "happened"), f"{len(names)} entrants", f"at most {entry.places}, its places")
    if names and entry.when_fewer_than is not None and remain >= entry.when_fewer_than:
        found = f"an entry although {remain} teams remained"
        yield Nonsense((*here, "happened"), found, f"fewer than {entry.when_fewer_than}")
