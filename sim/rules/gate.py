"""The gate: a decision apart from points."""

from __future__ import annotations

from typing import Literal

from sim.model.draws import Floats
from sim.model.points import Bools

Mode = Literal["first", "apart"]


def fails(u: Floats, risk: Floats) -> Bools:
    """Whether each team would fail, (..., teams): its uniform is below its risk."""
    return u < risk


def cut_field(present: Bools, failed: Bools, mode: Mode) -> Bools:
    """Whom the cut ranks: `first`, those who passed; `apart`, all present, and nobody is moved up."""
    return present & ~failed if mode == "first" else present
