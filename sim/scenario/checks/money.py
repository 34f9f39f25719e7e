"""What is odd about money: prices in another unit, budgets that decide nothing, prizes for nobody."""

from __future__ import annotations

from collections.abc import Iterator

from sim.scenario.checks.cuts import count_of_teams, feasible_counts, range_paid
from sim.scenario.models.numbers import Number, extremes
from sim.scenario.models.scenario import Scenario
from sim.scenario.problems import Diagnostic
from sim.text.money import CurrencyCode

_LEAST_KRW, _MOST_KRW = 100.0, 1e6
"""An hour of a GPU costs some thousand won; outside of this it is in 만원, or of a whole cluster."""

_ROUGHLY_KRW: dict[CurrencyCode, float] = {"KRW": 1, "JPY": 10, "INR": 15, "USD": 1_500, "EUR": 1_500}
"""What a unit of each currency is worth, near enough to tell a slip by a factor of some hundred."""


def warn_of_prices(scenario: Scenario) -> Iterator[Diagnostic]:
    """Find prices of an hour that no GPU has."""
    code, unit = scenario.money, _ROUGHLY_KRW[scenario.money]
    expected = "a unit, as in 1.2만원" if code == "KRW" else f"a price in {code}, as published for an hour"
    for name, hardware in scenario.hardware.items():
        for key in ("price", "own_price"):
            if price := outside(getattr(hardware, key), _LEAST_KRW / unit, _MOST_KRW / unit):
                found = f"a price of {price:,.10g} {code} an hour"
                yield Diagnostic(("hardware", name, key), found, expected)


def warn_of_budgets(scenario: Scenario) -> Iterator[Diagnostic]:
    """Find budgets that pay for nobody, or for everybody who can be there, whatever is drawn."""
    counts = feasible_counts(scenario)
    for s in scenario.to_come:
        stage, most = scenario.stages[s], counts[s].most
        if stage.cut.budget is None or not most:
            continue
        fewest, greatest = range_paid(scenario, stage, most)
        path = ("stages", s, "cut", "budget")
        if greatest == 0:
            yield Diagnostic(path, "less than any team asks: nobody stays", "a budget above what a team asks")
        elif fewest >= most:
            found = f"enough for all of at most {count_of_teams(most)}: nobody leaves by it"
            yield Diagnostic(path, found, "`budget` and `asks` in the same unit")


def warn_of_prizes(scenario: Scenario) -> Iterator[Diagnostic]:
    """Find more prizes by rank than teams that can be ranked."""
    counts = feasible_counts(scenario)
    for s in scenario.to_come:
        pays, most = scenario.stages[s].pays, counts[s].most
        if pays is not None and pays.by_rank is not None and 0 < most < len(pays.by_rank):
            found = f"{len(pays.by_rank)} prizes, and at most {count_of_teams(most)} for them"
            yield Diagnostic(("stages", s, "pays", "by_rank"), found, f"{most}, or more teams left before")


def outside(number: Number, low: float, high: float) -> float | None:
    """The end of a number that is nearest to a range, if no value of it lies within; else None."""
    least, greatest = extremes(number)
    return greatest if greatest < low else least if least > high else None
