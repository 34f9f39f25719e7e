"""What a sweep varies, `PATH=START:STOP:COUNT`, and the points of its design."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import ceil, log2, prod
from typing import Any, Literal

import numpy as np

from sim.model.draws import Floats
from sim.scenario.language.yamltree import parse_value
from sim.scenario.models.laws import LARGEST
from sim.scenario.models.scenario import Scenario
from sim.scenario.problems import Problem, ScenarioError

FILE = "FILE"
"""Stands for the path of a factor whose values are whole scenario files."""

_NUMBER = r"\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*"
_RANGE = re.compile(rf"{_NUMBER}:{_NUMBER}:\s*(\d{{1,9}})\s*(log)?\s*")
_DIGITS = 12
"""Significant digits of a value between the ends, so that 0.1 x 3 is 0.3."""

_THOUSANDS = re.compile(r"(^|,)\d{1,3},0\d\d(,|$)")
"""A comma inside a number, as in 1,000: no list is meant that has 000 or 050 in it."""

_NUMBERS = re.compile(r"[-+\d.eE,]+")
"""Nothing but numbers and commas."""

MOST_LEVELS = 10_000


@dataclass(frozen=True)
class Factor:
    """One thing that varies: a path of the scenario and its values, or the ends between which it lies."""

    path: str
    levels: tuple[Any, ...]
    ends: tuple[float, float] | None = None  # of a range
    log: bool = False

    def at(self, u: Floats) -> list[Any]:
        """The values at uniforms: between the ends, or one level after another."""
        if self.ends is None:
            return [
                self.levels[i] for i in np.minimum((u * len(self.levels)).astype(int), len(self.levels) - 1)
            ]
        return _between(self.ends, u, log=self.log)


def parse_factor(text: str) -> Factor:
    """Read a factor from a text such as `stages.stage-3.grants.pool.B200=100:10000:9 log`.

    Raises `ScenarioError` for a text that names none.
    """
    path, equals, values = text.partition("=")
    path = path.strip()
    if equals and path and not values.split("#")[0].strip(" ,"):
        raise wrong_factor(path, "no value", "values; null removes what the file has there")
    if not equals or not path:
        raise wrong_factor(text, "no factor", "PATH=START:STOP:COUNT or PATH=one,two,three")
    found = _RANGE.fullmatch(values)
    if found:
        low, high, count = float(found[1]), float(found[2]), int(found[3])
        log = found[4] is not None
        if not (abs(low) <= LARGEST and abs(high) <= LARGEST):
            raise wrong_factor(
                text, "a range without end", f"two numbers within {LARGEST:g} and how many values"
            )
        if log and not (low > 0 and high > 0):
            raise wrong_factor(text, f"a logarithmic range from {low:g} to {high:g}", "ends above 0")
        if not 1 <= count <= MOST_LEVELS:
            raise wrong_factor(text, f"{count} values", f"1 to {MOST_LEVELS:,}")
        levels = tuple(_between((low, high), np.linspace(0, 1, count), log=log))
        return Factor(path, levels, (low, high), log)
    return Factor(path, _listed(text, path, values))


def _listed(text: str, path: str, values: str) -> tuple[Any, ...]:
    """The values of a factor that are written one by one."""
    if values.strip().endswith(","):
        raise wrong_factor(path, "an empty value after the last comma", "a value, or no comma")
    if ":" in values and values.strip()[0] not in "{[\"'":
        raise wrong_factor(
            text, f"'{values}'", "START:STOP:COUNT of two numbers and a whole one, as in 500:3000:6"
        )
    if _THOUSANDS.search(values):
        raise wrong_factor(text, f"'{values}'", "1000 without a comma, which parts values")
    # In a file 100,150 in brackets may be one number with a comma in it; here a comma parts numbers.
    parted = values.replace(",", ", ") if _NUMBERS.fullmatch(values) else values
    listed = parse_value(f"[{parted}]")
    if not isinstance(listed, list) or not listed:
        raise wrong_factor(text, f"'{values}'", "START:STOP:COUNT or values with commas between them")
    return tuple(listed)


def _between(ends: tuple[float, float], share: Floats, *, log: bool) -> list[Any]:
    low, high = ends
    values = low * (high / low) ** share if log else low + (high - low) * share
    return [float(f"{value:.{_DIGITS}g}") for value in values]


def wrong_factor(text: str, found: str, expected: str) -> ScenarioError:
    """Return the error for a factor, named by its text or its path, that cannot vary."""
    return ScenarioError([Problem("--vary", 0, 0, text, found, expected)])


def refuse_repeated_paths(factors: Sequence[Factor]) -> None:
    """Raise `ScenarioError` for a path that two factors vary."""
    paths = [factor.path for factor in factors]
    for path in paths:
        if paths.count(path) > 1:
            raise wrong_factor(path, "the same path twice", "one factor for each path")


Design = Literal["grid", "lhs", "sobol"]

MOST_POINTS = 100_000

Point = tuple[Any, ...]
"""A value of each factor."""


@dataclass(frozen=True)
class DesignPoint:
    """One option of a scenario's choices at one point of the design, and the scenario there."""

    number: int  # of the point, from 0
    point: Point
    option: str
    default: bool  # whether it is the first option, by which a scenario is told
    scenario: Scenario


def make_points(factors: Sequence[Factor], design: Design, seed: int) -> list[Point]:
    """Make the points of a design, in order; the same seed gives the same ones.

    A grid crosses all levels. A Latin hypercube and a Sobol' design have as many points as the factor with
    the most levels (a Sobol' design the next power of two) and take values between the ends of ranges.
    Raises `ValueError` for more points than anybody could wait for.
    """
    number = _number(factors, design)
    if number > MOST_POINTS:
        raise ValueError(f"{number:,} points, expected at most {MOST_POINTS:,}")
    if design == "grid":
        return list(product(*(factor.levels for factor in factors)))
    # scipy.stats takes a second to import, which a grid need not wait for.
    from scipy.stats import qmc

    sampler = qmc.LatinHypercube if design == "lhs" else qmc.Sobol
    sample = sampler(d=len(factors), rng=seed).random(number)
    return list(
        zip(*(factor.at(column) for factor, column in zip(factors, sample.T, strict=True)), strict=True)
    )


def _number(factors: Sequence[Factor], design: Design) -> int:
    if design == "grid":
        return prod(len(factor.levels) for factor in factors)
    most = max(len(factor.levels) for factor in factors)
    return 2 ** ceil(log2(most)) if design == "sobol" else most
