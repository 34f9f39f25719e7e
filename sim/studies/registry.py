"""The kinds of study: which request is played by which study."""

from __future__ import annotations

from typing import Any

from sim.folder.errors import ResultsError
from sim.rules.book import Rulebook
from sim.studies.comparison import ComparisonStudy
from sim.studies.request import (
    AnyRequest,
    ComparisonRequest,
    RunRequest,
    SensitivityRequest,
    StudyRequest,
    SweepRequest,
)
from sim.studies.run import RunStudy
from sim.studies.sensitivity import SensitivityStudy
from sim.studies.study import NO_CODE, OwnCode, Study
from sim.studies.sweep import SweepStudy

STUDIES: dict[type[StudyRequest], type[Study]] = {
    RunRequest: RunStudy,
    SweepRequest: SweepStudy,
    ComparisonRequest: ComparisonStudy,
    SensitivityRequest: SensitivityStudy,
}


def study_of(request: AnyRequest, code: OwnCode | None = None) -> Study:
    """Return the study that plays a request.

    Functions of a user's own that are not at hand stand for themselves in what is told, and cannot be played.
    """
    has_own = bool(request.own_rules or request.own_processes)
    return STUDIES[type(request)](request, code or (_NOT_SAVED if has_own else NO_CODE))


def _not_saved(*_: Any) -> Any:
    raise ResultsError("played with rules or processes of one's own, which are not saved")


_NOT_SAVED = OwnCode(Rulebook(rank=_not_saved))
