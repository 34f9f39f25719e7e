"""A report as one HTML file that asks for nothing else: style, drawings and letters travel in it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from sim.render.html.document import Document
from sim.render.html.fonts import embed_fonts
from sim.text import say

if TYPE_CHECKING:
    from jinja2 import Environment


def render_page(documents: Sequence[Document]) -> str:
    """Render a report, in one language or in several with a switch that needs no script.

    The same documents give the same bytes. Every text is escaped; all that is not was drawn by `svg`.
    """
    from markupsafe import Markup

    body = Markup(render_body(documents))
    page = _environment().get_template("page.html.j2")
    return page.render(documents=documents, body=body, style=Markup(report_style()), fonts=embed_fonts(body))


def render_body(documents: Sequence[Document]) -> str:
    """Render what stands in the body of a report; `report_style` is its style."""
    languages = {each.lang: say(each.lang, "report.language") for each in documents}
    return _environment().get_template("body.html.j2").render(documents=documents, languages=languages)


@cache
def report_style() -> str:
    """Return the style rules of reports."""
    return files("sim.render.html").joinpath("templates", "style.css").read_text("utf-8")


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    found = Environment(
        loader=PackageLoader("sim.render.html"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    found.filters["unbroken"] = lambda text: text.replace(" %", "\u00a0%")
    return found
