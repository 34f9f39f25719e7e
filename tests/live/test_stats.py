"""Chances, differences and how they are printed: the page's own arithmetic against the program's."""

import json

import numpy as np
import pytest
from scipy.special import stdtrit

from sim.stats.differences import PairedDifference
from sim.stats.intervals import LEVEL, chance_interval, reach
from sim.stats.percent import percent
from tests.live.node import PAGE, node, skip_without_node

STATS = PAGE.parents[2] / "tests/live/stats.js"
ISLANDS = 20


def interval(islands):
    return {"z": reach(), "t": float(stdtrit(islands - 1, 0.5 + LEVEL / 2))}


@pytest.fixture
def of_page(tmp_path):
    """What the page makes of counts."""
    skip_without_node()

    def ask(asked):
        (tmp_path / "asked.json").write_text(json.dumps(asked), encoding="utf-8")
        return json.loads(node(STATS, tmp_path / "asked.json", PAGE))

    return ask


def close(here, low, high):
    assert here["low"] == pytest.approx(low, abs=1e-12)
    assert here["high"] == pytest.approx(high, abs=1e-12)


def test_chances_of_independent_runs(of_page):
    sizes = [1, 7, 100, 2000, 10_000, 1_000_000]
    counts = [(k, n) for n in sizes for k in {0, 1, n // 3, n // 2, n - 1, n}]
    asked = [{"b": k, "n": n, "islands": [], "interval": interval(2)} for k, n in counts]
    for here, (k, n) in zip(of_page(asked), counts, strict=True):
        low, high = chance_interval(k, n)
        close(here, low, high)
        assert here["text"] == percent(k / n, low, high)


def test_changes_of_independent_runs(of_page):
    rng = np.random.default_rng(1)
    counts = [(0, 0, 10_000), (10_000, 0, 10_000), (0, 300, 300), (1, 1, 50), (1_000_000, 0, 1_000_000)]
    for n in (50, 2000, 10_000):
        counts += [(int(now), int(before), n) for now, before in rng.integers(0, n // 2, (60, 2))]
        counts += [(now, 0, n) for now in range(25)]
    asked = [{"b": b, "c": c, "n": n, "islands": [], "interval": interval(2)} for b, c, n in counts]
    for here, (now, before, runs) in zip(of_page(asked), counts, strict=True):
        there = PairedDifference(now, before, runs, first=before, second=now)
        close(here, there.low, there.high)
        assert here["text"] == (str(there) if there.is_seen else "0")
        assert here["beyond_dice"] == there.is_beyond_dice


def test_of_a_forecast_both_go_by_islands(of_page):
    rng = np.random.default_rng(2)
    each = 500
    chances, changes, asked = [], [], []
    for p in (0.0, 0.002, 0.3, 0.97):
        k = rng.binomial(each, p, ISLANDS)
        chances.append(k)
        asked.append(
            {
                "b": int(k.sum()),
                "n": each * ISLANDS,
                "islands": (k / each).tolist(),
                "interval": interval(ISLANDS),
            }
        )
    for p, q in ((0, 0), (0.1, 0.1), (0.3, 0.01)):
        b, c = rng.binomial(each, p, ISLANDS), rng.binomial(each, q, ISLANDS)
        changes.append((b, c))
        asked.append(
            {
                **{"b": int(b.sum()), "c": int(c.sum()), "n": each * ISLANDS},
                **{"islands": ((b - c) / each).tolist(), "interval": interval(ISLANDS)},
            }
        )
    found = of_page(asked)
    for here, k in zip(found[: len(chances)], chances, strict=True):
        low, high = chance_interval(int(k.sum()), each * ISLANDS, [(int(one), each) for one in k])
        close(here, low, high)
        assert here["text"] == percent(k.sum() / each / ISLANDS, low, high)
    for here, (ahead, behind) in zip(found[len(chances) :], changes, strict=True):
        of_islands = [
            PairedDifference(int(one), int(other), each, int(other), int(one))
            for one, other in zip(ahead, behind, strict=True)
        ]
        x, y = int(ahead.sum()), int(behind.sum())
        there = PairedDifference(x, y, each * ISLANDS, y, x, tuple(of_islands))
        close(here, there.low, there.high)
        assert here["text"] == (str(there) if there.is_seen else "0")
