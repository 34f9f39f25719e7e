"""Numbers that are legal and yet odd, mostly because a unit, a sign or a percent sign has been forgotten."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sim.scenario.models.numbers import Number, extremes
from sim.scenario.models.points import Item, PointsBlock
from sim.scenario.models.scenario import Scenario
from sim.scenario.problems import Diagnostic, KeyPath

LEAST_TFLOPS, MOST_TFLOPS = 10.0, 100_000.0
"""A GPU of 2025 does 2,250 TFLOP/s; outside of this the number is meant in GFLOPS or PFLOPS."""

LEAST_KRW, MOST_KRW = 100.0, 1e6
"""An hour of a GPU costs some thousand won; outside of this it is in 만원, or of a whole cluster."""

LEAST_MFU, MOST_MFU = 0.02, 0.8
"""No published run of a large model is near either end: 0.23 % is meant as 23 %, and 1 as the peak itself."""


def _warn_of_low_peaks(scenario: Scenario) -> Iterator[Diagnostic]:
    for name, hardware in scenario.hardware.items():
        peak = extremes(hardware.peak)[1]
        if peak < LEAST_TFLOPS:
            found = f"a peak of {peak:g} TFLOPS, less than any such GPU has"
            yield Diagnostic(("hardware", name, "peak"), found, "a unit, as in 2.25 PFLOPS")


def _warn_of_high_peaks(scenario: Scenario) -> Iterator[Diagnostic]:
    for name, hardware in scenario.hardware.items():
        peak = extremes(hardware.peak)[0]
        if peak > MOST_TFLOPS:
            found = f"a peak of {peak:,.0f} TFLOPS, more than any GPU has"
            yield Diagnostic(("hardware", name, "peak"), found, "a unit, as in 2250 TFLOPS")


def _warn_of_prices(scenario: Scenario) -> Iterator[Diagnostic]:
    for name, hardware in scenario.hardware.items():
        for key in ("price", "own_price"):
            least, greatest = extremes(getattr(hardware, key))
            if 0 < greatest < LEAST_KRW or least > MOST_KRW:
                price = greatest if greatest < LEAST_KRW else least
                found = f"a price of {price:,.10g} KRW an hour"
                yield Diagnostic(("hardware", name, key), found, "a unit, as in 1.2만원")


def _warn_of_mfu(scenario: Scenario) -> Iterator[Diagnostic]:
    """Shares of peak that no training reaches, or falls to."""
    shares: dict[KeyPath, Number] = {
        ("hardware", name, "mfu"): hardware.mfu for name, hardware in scenario.hardware.items()
    }
    for team_id, team in scenario.teams.items():
        shares |= {("teams", team_id, "mfu", name): share for name, share in team.mfu.items()}
    for path, share in shares.items():
        least, greatest = extremes(share)
        if greatest < LEAST_MFU or least > MOST_MFU:
            found = f"{100 * (greatest if greatest < LEAST_MFU else least):.3g} % of the peak"
            yield Diagnostic(path, found, "some 10 to 45 %, as published runs have; 0.23 is 23 %")


def _warn_of_means(scenario: Scenario) -> Iterator[Diagnostic]:
    """Means that lie above what can be given: everybody gets the maximum, or nearly."""
    for path, part in _parts(scenario):
        if part.mean is not None and (least := extremes(part.mean)[0]) > part.max:
            found = f"a mean of {least:g} points: most teams get all {part.max:g}"
            yield Diagnostic((*path, "mean"), found, f"at most {part.max:g}")


def _warn_of_negative_slopes(scenario: Scenario) -> Iterator[Diagnostic]:
    """Benchmarks on which the weaker get more."""
    for path, part in _parts(scenario):
        if part.per_eci is not None and (least := extremes(part.per_eci)[0]) < 0:
            found = f"{least:g} points per ECI: the stronger get fewer points"
            yield Diagnostic((*path, "per_eci"), found, "a number above 0")


def _warn_of_wide_spreads(scenario: Scenario) -> Iterator[Diagnostic]:
    """Spreads and noise beyond all points that can be given: everybody gets 0 or the maximum."""
    for path, part in _parts(scenario):
        widths: dict[KeyPath, Number | None] = {("spread",): part.spread, ("noise",): part.noise}
        if part.raters is not None:
            widths["raters", "sd"] = part.raters.sd
        for key, width in widths.items():
            if width is not None and (least := extremes(width)[0]) > part.max:
                found = f"a standard deviation of {least:g} points, of {part.max:g} in all"
                yield Diagnostic((*path, *key), found, f"less than {part.max:g}")


def _parts(scenario: Scenario) -> Iterator[tuple[KeyPath, PointsBlock | Item]]:
    """The blocks of points that are still to be given, and their items."""
    for stage_id in scenario.to_come:
        for block_id, block in scenario.stages[stage_id].points.items():
            here = ("stages", stage_id, "points", block_id)
            yield here, block
            for item_id, item in block.items.items():
                yield (*here, "items", item_id), item


NUMBER_RULES: tuple[Callable[[Scenario], Iterator[Diagnostic]], ...] = (
    _warn_of_low_peaks,
    _warn_of_high_peaks,
    _warn_of_prices,
    _warn_of_mfu,
    _warn_of_means,
    _warn_of_negative_slopes,
    _warn_of_wide_spreads,
)
"""Each finds one kind of thing."""
