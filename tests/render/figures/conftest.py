"""Tables of chances made from drawn fates, and the labels to go with them."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

import numpy as np
import pandas as pd
import pytest

from sim.render.figures.labels import Calendar, Labels
from sim.text import Lang

REAL = {
    "en": ("LG AI Research", "Upstage", "SK Telecom", "Naver Cloud", "NC AI"),
    "ko": ("LG AI연구원", "업스테이지", "SK텔레콤", "네이버클라우드", "NC AI"),
}


def wilson(count: int, of: int) -> tuple[float, float, float]:
    """p, low and high; p is NaN on no runs."""
    if of == 0:
        return float("nan"), 0.0, 1.0
    z = 1.959963984540054
    p, d = count / of, 1 + z * z / of
    half = z * sqrt(p * (1 - p) / of + z * z / (4 * of * of))
    return p, (p + z * z / (2 * of) - half) / d, (p + z * z / (2 * of) + half) / d


def table(fates: np.ndarray, enters: np.ndarray | None = None) -> pd.DataFrame:
    """The long table of fates (runs by teams): the stage number at which a team left, or -1 for selected.

    `enters` is, by team, the stage number at which it enters: 0, or later for a late entrant.
    """
    runs, teams = fates.shape
    stages = max(int(fates.max()) + 1, 1)
    enters = np.zeros(teams, dtype=int) if enters is None else enters
    rows: list[tuple[object, ...]] = []

    def add(stage: str, team: int, chance: str, count: int, of: int) -> None:
        rows.append((stage, f"t{team}", chance, count, of, *wilson(count, of)))

    for s in range(stages):
        for t in range(teams):
            fate = fates[:, t]
            entered = s >= enters[t]
            left = int((fate == s).sum())
            present = int(((fate >= s) | (fate == -1)).sum()) if entered else 0
            kept = int(((fate > s) | (fate == -1)).sum()) if entered else 0
            add(f"s{s}", t, "leaves", left, runs)
            add(f"s{s}", t, "by_points", left - left // 4, runs)
            add(f"s{s}", t, "by_gate", left // 4, runs)
            add(f"s{s}", t, "given_present", left, present)
            add(f"s{s}", t, "not_entered", 0 if entered else runs, runs)
            add(f"s{s}", t, "kept", kept, runs)
    for t in range(teams):
        add("", t, "selected", int((fates[:, t] == -1).sum()), runs)
        add("", t, "never_entered", 0, runs)
        add("", t, "leaves_at_all", int((fates[:, t] >= 0).sum()), runs)
    return pd.DataFrame(rows, columns=["stage", "team", "chance", "count", "of", "p", "low", "high"])


@dataclass(frozen=True)
class Case:
    """A table and its labels."""

    chances: pd.DataFrame
    labels: Labels


def play(strength: np.ndarray, stages: int, runs: int, drop: int, seed: int = 1) -> np.ndarray:
    """Fates: at each stage the `drop` weakest of those left leave, by strength and luck."""
    rng = np.random.default_rng(seed)
    fates = np.full((runs, len(strength)), -1)
    for s in range(stages):
        points = strength + rng.normal(size=fates.shape)
        points[fates >= 0] = np.inf
        for i in np.argsort(points, axis=1)[:, :drop].T:
            at = (np.arange(runs), i)
            fates[at] = np.where(np.isfinite(points[at]) & (s >= 0), s, fates[at])
    return fates


def labels_for(teams: int, stages: int, lang: Lang, runs: int) -> Labels:
    """Real names for up to five teams, made-up ones beyond."""
    more = "후보 팀" if lang == "ko" else "Team"
    names = [*REAL[lang], *(f"{more} {k + 1}" for k in range(5, teams))][:teams]
    stage = "{}차 평가" if lang == "ko" else "Stage {}"
    return Labels(
        title="독자 AI 파운데이션 모델" if lang == "ko" else "Independent AI Foundation Model",
        teams={f"t{k}": name for k, name in enumerate(names)},
        stages={f"s{k}": stage.format(k + 1) for k in range(stages)},
        runs=runs,
        scenario_hash="4f1c9a02be7788d1",
        known_until="2026-11-22",
        lang=lang,
        calendar=calendar_for(stages),
    )


def calendar_for(stages: int) -> Calendar:
    """A result each half year, of which none is known; somebody may come in a month after each."""
    first = datetime.date(2026, 11, 22)
    decided = {f"s{k}": first + datetime.timedelta(days=180 * (k + 1)) for k in range(stages)}
    enters = {stage: day + datetime.timedelta(days=30) for stage, day in decided.items()}
    return Calendar(first, first, decided, enters)


@pytest.fixture
def case() -> Callable[..., Case]:
    """A factory: teams, stages, language, runs, how far apart the teams' strengths are, seed."""
    return make


def make(
    teams: int = 5,
    stages: int = 3,
    lang: Lang = "en",
    runs: int = 10_000,
    apart: float = 1.0,
    seed: int = 1,
) -> Case:
    """A case in which about two thirds of the field leave; strengths fall along the file."""
    strength = np.linspace(apart, -apart, teams)
    drop = max(1, round(teams * 0.65 / stages)) if teams > 1 else 1
    runs_of_one = np.where(np.random.default_rng(seed).random((runs, 1)) < 0.3, 0, -1)
    fates = play(strength, stages, runs, drop, seed) if teams > 1 else runs_of_one
    fates[0, 0] = stages - 1  # so that the last stage exists whatever was drawn
    return Case(table(fates), labels_for(teams, stages, lang, runs))
