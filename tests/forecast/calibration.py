"""Simulation-based calibration of the sampler (Talts et al. 2018): `python -m tests.forecast.calibration`.

Programmes are drawn from the prior, and what would be published of them is told to the sampler. If it draws
from the law given the facts, what is true is ranked evenly among its particles, for whatever quantity.
"""

import argparse
import multiprocessing
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from unittest.mock import patch

import numpy as np

from sim.engines.blocks import StageBlock
from sim.forecast import island as islands
from sim.forecast import moves
from sim.forecast.island import Effort, StuckError, play_island
from sim.forecast.past import past_of
from sim.forecast.posterior import Posterior
from sim.forecast.prior import Prior
from sim.forecast.rows import evidence
from sim.model.draws import Key, Purpose
from sim.model.quantiles import normal
from tests.forecast.synthetic import PARTS, TEAMS, draw, published, scenario_of

RANKS = 63
"""Particles among which what is true is ranked: 64 ranks."""

CELLS = 16
LEAST_P = 0.001

NUMBERS = {
    "rho": "judging.follows_strength",
    "tau": "judging.lasting",
    "s_A": "capability.team_spread",
    "s_H": "capability.stage_spread",
    "p": "shared:slope",
}
STRENGTH = {"a of a": {"a": 1.0}, "a of b - a of c": {"b": 1.0, "c": -1.0}}
TASTE = ("taste of a", Key(Purpose.TASTE, team="a", item="users"))
HIDDEN = {
    "nia of c - nia of d, stage 1": {("c", 0): 1.0, ("d", 0): -1.0},
    "nia of b, stage 2": {("b", 5): 1.0},
}
MEAN = ("mean of experts, stage 2", 6)
"""What is ranked: hidden points are those before clipping, of which some programmes publish some."""

QUANTITIES = (*NUMBERS, *STRENGTH, TASTE[0], *HIDDEN, MEAN[0])


def true_values(programme):
    """The quantities of a programme, in order."""
    strengths = {team: programme.normal(Key(Purpose.TEAM, team=team)) for team in TEAMS}
    return np.array(
        [
            *(programme.uniforms[Key(Purpose.PARAMETER, item=name)] for name in NUMBERS.values()),
            *(sum(w * strengths[t] for t, w in weights.items()) for weights in STRENGTH.values()),
            programme.normal(TASTE[1]),
            *(
                sum(w * programme.raw[TEAMS.index(t), i] for (t, i), w in each.items())
                for each in HIDDEN.values()
            ),
            programme.normal(Key(Purpose.PARAMETER, item=PARTS[MEAN[1]].path)),
        ]
    )


def drawn_values(prior, island, seed):
    """The same of the particles of an island, (particles, quantities)."""
    held, grid = past_of(prior, seed, [island]).uniforms, prior.grid
    strengths = {team: normal(held[Key(Purpose.TEAM, team=team)]) for team in TEAMS}

    def points(team, part):
        at = (grid.team_of == TEAMS.index(team)) & (grid.item_of == part)
        return island.points[:, np.flatnonzero(at)[0]]

    columns = [
        *(held[Key(Purpose.PARAMETER, item=name)] for name in NUMBERS.values()),
        *(sum(w * strengths[t] for t, w in weights.items()) for weights in STRENGTH.values()),
        normal(held[TASTE[1]]),
        *(sum(w * points(*where) for where, w in each.items()) for each in HIDDEN.values()),
        normal(held[Key(Purpose.PARAMETER, item=PARTS[MEAN[1]].path)]),
    ]
    return np.stack(columns, axis=-1)


def rank_truth(number, seed, effort, plant):
    """The ranks of one programme, (quantities,), and seconds; None for a sampler that got stuck."""
    rng = np.random.default_rng([seed, number])
    programme = draw(rng)
    facts, last = published(programme)
    scenario = scenario_of(facts, last)
    began = time.process_time()
    with PLANTS[plant]():
        try:
            prior = Prior(scenario)
            posterior = Posterior(prior, evidence(scenario))
            island = play_island(posterior, number, 0, effort)
        except StuckError:
            return None, time.process_time() - began
        drawn = drawn_values(prior, island, number)
    thinned = drawn[rng.choice(len(drawn), RANKS, replace=False)]
    ranks = (thinned < true_values(programme)).sum(0)
    return ranks, time.process_time() - began


# --- bugs that are planted, each of which calibration has to find


@contextmanager
def nothing():
    """The sampler as it is."""
    yield


@contextmanager
def unmixed():
    """No moves after the last level."""
    with patch.object(islands, "_mix", lambda posterior, population, directions, luck, effort: population):
        yield


@contextmanager
def own_directions():
    """Directions that are taken from the particles that they move."""
    right_along, right_between = moves.move_along, moves.move_between

    def own(population, luck):
        direction = np.zeros_like(population.points)
        for each in np.unique(population.combination):
            at = population.combination == each
            apart = population.points[at] - population.points[at].mean(0)
            direction[at] = luck.normal((len(apart),)) @ apart / np.sqrt(len(apart))
        return direction

    def wrong_along(posterior, population, direction, cell, luck, *slack):
        if not slack:  # with all facts exact; on the way to them directions are as they should be
            direction = own(population, luck)
        return right_along(posterior, population, direction, cell, luck, *slack)

    def wrong_between(posterior, population, direction, luck):
        return right_between(posterior, population, own(population, luck), luck)

    with (
        patch.object(islands, "move_along", wrong_along),
        patch.object(islands, "move_between", wrong_between),
    ):
        yield


@contextmanager
def noisy():
    """The sampler takes noise to be 1.5 times as large as it is; the engine does not."""
    right = StageBlock._noises

    def wrong(self):
        return [1.5 * each for each in right(self)]

    with patch.object(StageBlock, "_noises", wrong):
        yield


PLANTS = {"none": nothing, "unmixed": unmixed, "own-directions": own_directions, "noisy": noisy}


# --- the verdict


def uniformity(ranks):
    """p of three tests that ranks, (programmes,), are even: chi-square in cells, their mean, their spread."""
    from scipy.stats import chisquare, norm

    counts = np.bincount(ranks * CELLS // (RANKS + 1), minlength=CELLS)
    share = (ranks + 0.5) / (RANKS + 1)
    # Standard errors of the mean and of the mean square of an even law.
    mean = (share.mean() - 0.5) * np.sqrt(12 * len(share))
    spread = (((share - 0.5) ** 2).mean() - 1 / 12) * np.sqrt(180 * len(share))
    return float(chisquare(counts).pvalue), *(float(2 * norm.sf(abs(z))) for z in (mean, spread))


def table(ranks):
    """The verdict, in Markdown: ranks of all programmes, (programmes, quantities)."""
    share = (ranks + 0.5) / (RANKS + 1)
    ps = [uniformity(each) for each in ranks.T]
    lines = [
        "| quantity | mean rank | spread of ranks | p of cells | of mean | of spread |",
        "|---|---|---|---|---|---|",
    ]
    for name, column, each in zip(QUANTITIES, share.T, ps, strict=True):
        told = " | ".join(f"{p:.2g}" for p in each)
        lines.append(f"| {name} | {column.mean():.3f} | {column.std() * np.sqrt(12):.3f} | {told} |")
    least = np.min(ps)
    lines.append(f"| all, Bonferroni | | | {min(1.0, least * np.size(ps)):.2g} | | |")
    return "\n".join(lines), bool(least > LEAST_P)


def calibrate(programmes, seed, effort, plant="none", jobs=1, report=print):
    """Ranks of a range of programmes, (programmes, quantities), without those at which the sampler got stuck.

    Also returns how many these are, and seconds of a core for each programme.
    """
    began, found, stuck, spent = time.monotonic(), [], 0, []
    work = [(number, seed, effort, plant) for number in programmes]
    for ranks, seconds in _played(work, jobs):
        spent.append(seconds)
        if ranks is None:
            stuck += 1
        else:
            found.append(ranks)
        if report and len(spent) % 50 == 0:
            report(f"{len(spent)} programmes, {time.monotonic() - began:,.0f} s", file=sys.stderr, flush=True)
    return np.array(found), stuck, float(np.mean(spent))


def _played(work, jobs):
    if jobs == 1:
        yield from (rank_truth(*each) for each in work)
        return
    os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(rank_truth, *zip(*work, strict=True))


def main():
    """The command line; 1 if what is true is not ranked evenly."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programmes", type=int, default=500, help="how many programmes to draw")
    parser.add_argument("--first", type=int, default=0, help="the number of the first")
    parser.add_argument("--particles", type=int, default=150, help="of the one island of each")
    parser.add_argument("--lines", type=int, default=1_000, help="moves after the last level")
    parser.add_argument("--numbers", type=int, default=100, help="moves of uncertain numbers")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0, help="by which programmes are drawn")
    parser.add_argument("--plant", choices=PLANTS, default="none", help="a bug to be found")
    parser.add_argument("--save", help="a file of NumPy for the ranks")
    options = parser.parse_args()
    effort = Effort(1, options.particles, options.lines, options.lines // 2, options.numbers)
    programmes = range(options.first, options.first + options.programmes)
    ranks, stuck, seconds = calibrate(programmes, options.seed, effort, options.plant, options.jobs)
    if options.save:
        np.save(options.save, ranks)
    text, even = table(ranks)
    print(text)
    print(f"{len(ranks)} programmes, {stuck} at which the sampler got stuck, {seconds:.1f} s of a core each.")
    print("What is true is ranked evenly." if even and not stuck else "What is true is not ranked evenly.")
    return 0 if even and not stuck else 1


if __name__ == "__main__":
    sys.exit(main())
