"""One figure of every kind, of made-up teams, for what must hold of all of them."""

import datetime
from dataclasses import replace

import numpy as np
import pandas as pd

from sim.findings.growth import find_growth
from sim.findings.strength import StrengthBand, Strengths
from sim.findings.totals import Totals
from sim.render.figures.briefing import draw_briefing
from sim.render.figures.ends import draw_ends
from sim.render.figures.forest import draw_forest
from sim.render.figures.growth import draw_growth
from sim.render.figures.holdings import draw_holdings
from sim.render.figures.labels import InputCount, Labels
from sim.render.figures.leaving import draw_leaving
from sim.render.figures.strength import draw_strength
from sim.render.figures.survival import draw_survival
from sim.render.figures.sweep import Cost, DoubtBand, FactorWords, draw_curves, draw_dots
from sim.render.figures.sweep_map import draw_map
from sim.render.figures.tornado import draw_tornado
from sim.render.figures.totals import draw_totals
from sim.render.figures.words import write_number
from tests.render.figures import conftest, test_sweep, test_tornado

TITLE = {
    "en": "If two are kept, most likely to leave: {0} and {1} (42 to 43 %), least: {2} (24 %)",
    "ko": "2개 팀을 남길 경우 탈락 확률은 {0}, {1} 42~43%로 가장 높고, {2} 24%로 가장 낮다",
}
POOLS = (100.0, 300.0, 1000.0, 3000.0)
MOST_WITH_LINES = 8


class Cast:
    """Teams t0, t1, ... of a file, of which some are shown, under names of a length."""

    def __init__(self, teams=5, lang="en", stages=3, shown=None, letters=0, runs=400):
        made = conftest.make(teams, stages, lang, runs=runs)
        self.lang, self.order = lang, tuple(made.labels.teams)
        self.shown = self.order if shown is None else shown
        names = {team: self._name(name, letters) for team, name in made.labels.teams.items()}
        self.chances = made.chances[made.chances.team.isin(self.shown)].reset_index(drop=True)
        self.names = [names[team] for team in self.shown]
        self.labels: Labels = replace(
            made.labels,
            teams={team: names[team] for team in self.shown},
            order=self.order,
            inputs=InputCount(169, 105, 64),
            out=(
                "Out: NC AI and Motif (points)."
                if lang == "en"
                else "탈락: NC AI, 모티프테크놀로지스 (점수)."
            ),
        )

    @staticmethod
    def _name(name, letters):
        return f"{name} {'the national consortium for models ' * 3}"[:letters].strip() if letters else name

    @property
    def title(self):
        return TITLE[self.lang].format(*[self.names[k % len(self.names)] for k in range(3)])

    @property
    def few(self):
        """Teams of a figure that shows at most so many."""
        return self.shown[:MOST_WITH_LINES]

    def ranges(self):
        kinds = ("leaves", "kept")
        return {(s, t, kind): (0.2, 0.6) for s in self.labels.stages for t in self.shown for kind in kinds}


def briefing(cast):
    teams = cast.shown[:12]
    rows = [
        {
            "team": team, "team_en": cast.labels.teams[team], "team_ko": cast.labels.teams[team],
            "option": option, "option_en": option, "option_ko": option, "default": k == 0,
            "p": 0.1 + 0.3 * k, "low": 0.05 + 0.3 * k, "high": 0.15 + 0.3 * k, "certain": "",
            "range_low": 0.02, "range_high": 0.2 + 0.3 * k,
        }
        for team in teams
        for k, option in enumerate(("keep 2", "keep 1", "keep 3"))
    ]  # fmt: skip
    return draw_briefing(pd.DataFrame(rows), cast.labels, cast.title, 1 / 3)


def ends(cast):
    return draw_ends(cast.chances, cast.labels, cast.title, cast.shown)


def leaving(cast):
    return draw_leaving(cast.chances, cast.labels, cast.title, cast.ranges())


def survival(cast):
    return draw_survival(cast.chances, cast.labels, cast.title, cast.ranges())


def totals(cast):
    rng = np.random.default_rng(1)
    values = {team: rng.normal(70 + k, 4, 300) for k, team in enumerate(cast.shown)}
    return draw_totals(
        Totals("s0", values, rng.normal(69, 3, 300), np.abs(rng.normal(2, 1, 300))), cast.labels
    )


def strength(cast):
    stages = tuple(cast.labels.stages)
    days = tuple(datetime.date(2026, 1, 1) + datetime.timedelta(days=180 * k) for k in range(len(stages)))
    at = [StrengthBand(130.0 + 5 * k, 136.0 + 5 * k, 142.0 + 5 * k) for k in range(len(stages))]
    best = tuple(StrengthBand(155.0 + 8 * k, 160.0 + 8 * k, 163.0 + 8 * k) for k in range(len(stages)))
    teams: dict[str, tuple[StrengthBand | None, ...]] = {team: tuple(at) for team in cast.few}
    found = Strengths(stages, days, teams, best, 0.95, tuple(each.low - 2 for each in best))
    return draw_strength(found, cast.labels, cast.title, len(cast.shown))


def growth(cast):
    rng = np.random.default_rng(2)
    rows = pd.DataFrame(
        [
            (replication, "s0", team, "out-by-points" if rng.random() < 0.1 * (1 + k) else "kept")
            for replication in range(300)
            for k, team in enumerate(cast.few)
        ],
        columns=["replication", "stage", "team", "fate"],
    )
    final = {team: (0.1 * (1 + k), 0.08 * (1 + k), 0.12 * (1 + k)) for k, team in enumerate(cast.few)}
    found = find_growth(rows, cast.few)
    assert found is not None
    return draw_growth(found, final, cast.labels, len(cast.shown))


def words(now=1000.0):
    return FactorWords("B200 lent to every team, Stage 3", write_number, now)


def sweep(cast):
    table = test_sweep.chances(list(cast.few), pool=POOLS)
    table["range_low"], table["range_high"] = 0.5 * table.p, table.p + 0.1
    band = DoubtBand(cast.few[0], 5, 2000)
    cost = Cost("cost of the leases, 억 (KRW 100 million)", POOLS, (1411.0, 1522.0, 2353.0, 11772.0))
    return draw_curves(table, "pool", words(), cast.labels, "A finding", cost, band)


def dots(cast):
    table = test_sweep.chances(list(cast.few), pool=(100.0, 300.0, 100.0, 3000.0), keep=(1, 2, 3, 4))
    return draw_dots(table, "pool", words(), cast.labels, "A finding", ["Teams that stay"])


def map_(cast):
    table = test_sweep.chances(list(cast.few), keep=(1, 1, 2, 2), pool=(500, 1000, 500, 1000))
    pair = words(1000), FactorWords("Teams that stay, Stage 3", str, 1)
    return draw_map(table, ("pool", "keep"), pair, cast.few[0], cast.labels, "A finding")


def forest(cast):
    rows = [
        (team, j, 0.3, 0.3 + sign * 0.1, sign * 0.1, sign * 0.1 - 0.04, sign * 0.1 + 0.04)
        for team in cast.shown
        for j, sign in ((1, 1), (2, -1))
    ]
    columns = ["team", "scenario", "first", "second", "estimate", "low", "high"]
    given = [
        "k-ai",
        "“GPUs for each team (LG AI Research), Stage 3” at 2,000 B200",
        "“Teams that stay, Stage 3” at 1",
    ]
    return draw_forest(pd.DataFrame(rows, columns=columns), given, cast.labels)


def tornado(cast):
    team = cast.shown[0]
    asked = ("leaves_at_all", "", team)
    rows = [
        test_tornado.row(k, 0.5 / (k + 1), 0.2, 0.5, asked, name_en=f"GPUs of {name}", name_ko=f"{name} GPU")
        for k, name in enumerate(cast.names[:10])
    ]
    return draw_tornado(pd.DataFrame(rows), [asked], replace(cast.labels, indistinct=(cast.shown[:3],)))


def holdings(cast):
    day = datetime.date(2026, 1, 1)
    later = day + datetime.timedelta(days=60)
    rows = [
        row
        for team in cast.shown
        for row in (
            (team, day, 0.0, 300.0, 1.0, 1, "window opens"),
            (team, day, 512.0, 300.0, 1.0, 1, "delivery"),
            (team, later, 512.0, 300.0, 0.5, 1, "slow"),
            (team, later + datetime.timedelta(days=2), 768.0, 300.0, 1.0, 1, "delivery"),
            (team, later + datetime.timedelta(days=90), 768.0, 300.0, 1.0, 1, "window closes"),
        )
    ]
    changes = pd.DataFrame(rows, columns=["team", "day", "granted", "own", "speed", "own_speed", "what"])
    of = [("s0", day, later, later + datetime.timedelta(days=100))]
    stages = pd.DataFrame(of, columns=["stage", "opens", "closes", "decided"])
    return draw_holdings(changes, stages, cast.labels, 7)


OF_TEAMS = {
    draw.__name__: draw
    for draw in (briefing, ends, leaving, survival, totals, strength, growth, sweep, dots, forest, holdings)
}
"""Figures in which teams have a look of their own."""

ALL = {**OF_TEAMS, "map": map_, "tornado": tornado}
