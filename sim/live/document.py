"""A live page as one HTML file that asks for nothing: style, script, numbers and luck travel in it."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from string import Template
from typing import Any

from scipy.special import stdtrit

from sim.explorer.answers import Answers, Asked
from sim.explorer.page_data import page_data
from sim.live.data import kernel_data, luck_bytes
from sim.live.export import MOST_RUNS, Exported, export
from sim.live.taken import NotTakenError
from sim.stats.intervals import LEVEL, reach
from sim.text import say

_SCRIPTS = (
    ("sim.live", "kernel.js"),
    ("sim.live", "stats.js"),
    ("sim.live", "live.js"),
    ("sim.explorer", "draw.js"),
    ("sim.explorer", "many.js"),
    ("sim.explorer", "page.js"),
)
_STYLES = (("sim.explorer", "page.css"), ("sim.live", "live.css"))

_WORDS = "live.page."


@dataclass(frozen=True)
class LiveParts:
    """What a page with sliders is made of, each as it stands between its tags."""

    data: str  # of <script type="application/json" id="data">
    luck: str  # of <script type="application/octet-stream" id="luck">
    script: str
    style: str
    page: Mapping[str, Any]  # what the script begins with: names, words, controls, chances
    runs: int

    @property
    def policy(self) -> str:
        """The policy of a page with this script and this style, and nothing else."""
        return (
            f"default-src 'none'; script-src '{content_hash(self.script)}'; "
            f"style-src '{content_hash(self.style)}'; img-src data:; font-src data:; "
            "base-uri 'none'; form-action 'none'"
        )

    @property
    def controls(self) -> int:
        """How many things can be moved."""
        return sum(control["fixed"] is None for control in self.page["controls"])


Fonts = Callable[[str], str]
"""Style rules with the letters of some HTML that a reader's machine may lack; see `live_parts`."""


def _no_fonts(_: str) -> str:
    return ""


def live_parts(answers: Answers, most_runs: int = MOST_RUNS, fonts: Fonts = _no_fonts) -> LiveParts:
    """Return the parts of a live page, whose style has `fonts` for all that the page may show.

    Raises `NotTakenError` for what its kernel does not take.
    """
    exported = export(answers, most_runs)
    answer = answers.answer(Asked({}, {}, exported.runs))
    if answer["judged"] != "leaves_at_all" or answer["runs"] != exported.runs:
        raise NotTakenError("chances of being in at the end")
    page = _without_what_is_left_out(page_data(answers, answer, _WORDS), exported)
    kernel = {**kernel_data(exported), "interval": _intervals(exported)}
    return LiveParts(
        data=_inline({"page": page, "kernel": kernel}),
        luck=base64.b64encode(luck_bytes(exported)).decode(),
        script="\n".join(_read(*each) for each in _SCRIPTS),
        style="\n".join([*(_read(*each) for each in _STYLES), fonts(_every_letter(page))]),
        page=page,
        runs=exported.runs,
    )


def live_page(
    answers: Answers, most_runs: int = MOST_RUNS, fonts: Fonts = _no_fonts
) -> tuple[str, LiveParts]:
    """Return a live page by itself, and its parts. Raises as `live_parts` does."""
    parts, lang = live_parts(answers, most_runs, fonts), answers.lang
    template = Template(_read("sim.live", "live.html"))
    return template.substitute(
        lang=lang,
        policy=escape(parts.policy),
        title=escape(parts.page["name"]),
        style=parts.style,
        programme=escape(parts.page["name"]),
        sentence=escape(parts.page["answer"]["sentence"].replace(" %", "\u00a0%")),
        table=_table(parts, lang),
        no_script=escape(say(lang, "live.no_script")),
        data=parts.data,
        luck=parts.luck,
        script=parts.script,
    ), parts


def _every_letter(page: Mapping[str, Any]) -> str:
    """HTML with all letters of a page, as text and as titles."""
    letters = escape("".join(sorted(set(json.dumps(page, ensure_ascii=False)))))
    return f"<p>{letters}</p><h1>{letters}</h1>"


def content_hash(text: str) -> str:
    """Return the source by which a policy allows an inline script or style."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _without_what_is_left_out(page: dict[str, Any], exported: Exported) -> dict[str, Any]:
    """The page with what the kernel does not move as what cannot be moved here."""
    left_out = {control.path for control in exported.left_out}
    controls = [{**each, "fixed": "live"} if each["path"] in left_out else each for each in page["controls"]]
    return {**page, "controls": controls}


def _intervals(exported: Exported) -> dict[str, float]:
    """How many standard errors intervals reach: of independent runs, and of islands."""
    freedom = max(1, (exported.islands or 2) - 1)
    return {"z": reach(), "t": round(float(stdtrit(freedom, 0.5 + LEVEL / 2)), 12)}


def _inline(data: object) -> str:
    """Data as JSON that can stand in a script: no text can end it."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")


def _read(package: str, name: str) -> str:
    return files(package).joinpath("page", name).read_text("utf-8")


def _table(parts: LiveParts, lang: str) -> str:
    """The chances as the file has them, for who has no script, and for paper."""
    names = {team["id"]: team["name"] for team in parts.page["teams"]}
    heads = (say(lang, f"explore.page.column_{key}") for key in ("team", "leaves_at_all", "interval"))
    caption = say(lang, "live.table", n=f"{parts.runs:,}", date=parts.page["date"])
    rows = (_row(names[each["id"]], each["chance"]) for each in parts.page["answer"]["teams"])
    return (
        f"<table><caption>{escape(caption)}</caption>"
        f"<thead><tr>{''.join(_cell('th', text, 'col') for text in heads)}</tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def _row(name: str, chance: Mapping[str, Any]) -> str:
    ends = f"{100 * chance['low']:.0f}–{100 * chance['high']:.0f}"
    cells = (_cell("td", text) for text in (f"{chance['text']} %", ends))
    return f"<tr>{_cell('th', name, 'row')}{''.join(cells)}</tr>"


def _cell(tag: str, text: str, scope: str = "") -> str:
    return f"<{tag}{f' scope={scope}' if scope else ''}>{escape(text)}</{tag}>"
