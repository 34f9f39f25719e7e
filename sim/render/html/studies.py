"""Which report a study gets, by what it has found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sim.findings.comparison import ComparisonFindings
from sim.findings.run import RunFindings
from sim.findings.sensitivity import SensitivityFindings
from sim.findings.sweep import SweepFindings
from sim.render.html.comparison import comparison_document
from sim.render.html.document import Document, Origin
from sim.render.html.run import run_document
from sim.render.html.sensitivity import sensitivity_document
from sim.render.html.sweep import sweep_document

_DOCUMENTS: dict[type, Callable[[Any, str, Origin], Document]] = {
    RunFindings: run_document,
    ComparisonFindings: comparison_document,
    SweepFindings: sweep_document,
    SensitivityFindings: sensitivity_document,
}


def render_documents(found: object, langs: Sequence[str], origin: Origin) -> list[Document]:
    """Return the report of a study in each language."""
    make = _DOCUMENTS[type(found)]
    return [make(found, lang, origin) for lang in langs]
