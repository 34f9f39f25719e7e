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

from sim.explorer.answers import Answers, Asked
from sim.explorer.page_data import page_data
from sim.explorer.settings import FACTS
from sim.live.data import kernel_data, luck_bytes
from sim.live.export import MOST_RUNS, Exported, export
from sim.live.judge import are_alike, intervals, judge_data
from sim.live.taken import NotTakenError
from sim.render.html.page import report_style
from sim.render.text.layout import Names
from sim.scenario.evidence import fact_names
from sim.text import say

_SCRIPTS = (
    ("sim.live", "kernel.js"),
    ("sim.live", "stats.js"),
    ("sim.live", "judge.js"),
    ("sim.live", "live.js"),
    ("sim.explorer", "draw.js"),
    ("sim.explorer", "many.js"),
    ("sim.explorer", "page.js"),
)

_WORDS = "live.page."


@dataclass(frozen=True)
class Still:
    """What a live page is without a script, and on paper: HTML, and its style."""

    html: str
    style: str


@dataclass(frozen=True)
class LiveParts:
    """What a page with sliders is made of, each as it stands between its tags."""

    data: str  # of <script type="application/json" id="data">
    luck: str  # of <script type="application/octet-stream" id="luck">
    script: str
    styles: tuple[str, str, str]  # of what is still; of what moves, once it does; of both
    page: Mapping[str, Any]  # what the script begins with: names, words, controls, chances
    runs: int

    @property
    def policy(self) -> str:
        """The policy of a page with this script and these styles, and nothing else."""
        styles = " ".join(f"'{content_hash(each)}'" for each in self.styles)
        return (
            f"default-src 'none'; script-src '{content_hash(self.script)}'; style-src {styles}; "
            "img-src data:; font-src data:; base-uri 'none'; form-action 'none'"
        )

    @property
    def controls(self) -> int:
        """How many things can be moved."""
        return sum(control["fixed"] is None for control in self.page["controls"])


Fonts = Callable[[str], str]
"""Style rules with the letters of some HTML that a reader's machine may lack; see `live_page`."""


def _no_fonts(_: str) -> str:
    return ""


def live_page(
    answers: Answers, most_runs: int = MOST_RUNS, fonts: Fonts = _no_fonts, still: Still | None = None
) -> tuple[str, LiveParts]:
    """Return a live page, and its parts; its style has `fonts` for all that it may show.

    Without a script it is what is `still`, else the chances as the file has them, as a table. Raises
    `NotTakenError` for what its kernel does not take.
    """
    exported = export(answers, most_runs)
    answer = answers.answer(Asked({}, {}, exported.runs))
    if answer["judged"] != "leaves_at_all" or answer["runs"] != exported.runs:
        raise NotTakenError("chances of being in at the end")
    lang = answers.lang
    page = _without_what_is_left_out(page_data(answers, answer, _WORDS), exported)
    bare = _without_facts(answers, exported.runs)
    still = still or Still(_still(page, exported.runs, bare), report_style())
    no_script = escape(say(lang, "live.no_script"))
    kernel = {
        **kernel_data(exported),
        "interval": intervals(exported, len(answers.playground.scenario.teams)),
    }
    judged = judge_data(answers, exported)
    letters = f"{still.html}{no_script}{_every_letter([page, bare, judged])}"
    parts = LiveParts(
        data=_inline({"page": page, "kernel": kernel, "judge": judged}),
        luck=base64.b64encode(luck_bytes(exported)).decode(),
        script="\n".join(_read(*each) for each in _SCRIPTS),
        styles=(
            still.style,
            _read("sim.explorer", "page.css"),
            _read("sim.live", "live.css") + fonts(letters),
        ),
        page=page,
        runs=exported.runs,
    )
    return _template("live.html").substitute(
        lang=lang,
        policy=escape(parts.policy),
        title=escape(page["name"]),
        still_style=parts.styles[0],
        page_style=parts.styles[1],
        style=parts.styles[2],
        still=still.html,
        no_script=no_script,
        bare=_bare(bare),
        data=parts.data,
        luck=parts.luck,
        script=parts.script,
    ), parts


def _still(page: Mapping[str, Any], runs: int, bare: str) -> str:
    """The chances as the file has them, for who has no script, and for paper."""
    return _template("still.html").substitute(
        programme=escape(page["name"]),
        sentence=escape(page["answer"]["sentence"].replace(" %", "\u00a0%")),
        table=_table(page, runs),
        bare=_bare(bare),
    )


def _bare(sentence: str) -> str:
    return f"<p>{escape(sentence)}</p>" if sentence else ""


def _template(name: str) -> Template:
    return Template(_read("sim.live", name))


def _without_facts(answers: Answers, runs: int) -> str:
    """The chances without facts as a sentence; empty where there are none.

    A switch would need what each run has from its particle once more, as it is drawn without facts: a page
    has room for either.
    """
    scenario, lang = answers.playground.scenario, answers.lang
    if not scenario.has_facts:
        return ""
    found = answers.answer(Asked({FACTS: False}, {}, runs))
    names, facts = Names.of(scenario, lang), len(fact_names(scenario))
    texts = {each["id"]: each["chance"]["text"] for each in found["teams"]}
    if are_alike(answers.case_of({FACTS: False}).scenario, answers.teams):
        return say(lang, "live.bare_alike", n=facts, p=texts[answers.teams[0]])
    told = (say(lang, "run.forecast.other", team=names.teams[team], p=p) for team, p in texts.items())
    return say(lang, "live.bare", n=facts, chances=", ".join(told))


def _every_letter(page: Any) -> str:
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


def _inline(data: object) -> str:
    """Data as JSON that can stand in a script: no text can end it."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")


def _read(package: str, name: str) -> str:
    return files(package).joinpath("page", name).read_text("utf-8")


def _table(page: Mapping[str, Any], runs: int) -> str:
    lang, names = page["lang"], {team["id"]: team["name"] for team in page["teams"]}
    heads = (say(lang, f"explore.page.column_{key}") for key in ("team", "leaves_at_all", "interval"))
    caption = say(lang, "live.table", n=f"{runs:,}", date=page["date"])
    percent = page["words"]["percent"]
    rows = (_row(percent, names[each["id"]], each["chance"]) for each in page["answer"]["teams"])
    return (
        f"<table><caption>{escape(caption)}</caption>"
        f"<thead><tr>{''.join(_cell('th', text, 'col') for text in heads)}</tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def _row(percent: str, name: str, chance: Mapping[str, Any]) -> str:
    ends = f"{100 * chance['low']:.0f}–{100 * chance['high']:.0f}"
    cells = (_cell("td", text) for text in (percent.format(p=chance["text"]), ends))
    return f"<tr>{_cell('th', name, 'row')}{''.join(cells)}</tr>"


def _cell(tag: str, text: str, scope: str = "") -> str:
    return f"<{tag}{f' scope={scope}' if scope else ''}>{escape(text)}</{tag}>"
