"""The help of the command line in Korean: what cyclopts prints in English, by a table of its texts."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from cyclopts.help import HelpEntry, HelpPanel, InlineText
from cyclopts.help.formatters import DefaultFormatter
from rich.console import Console, ConsoleOptions


class KoreanHelp(DefaultFormatter):
    """A formatter of help that looks every text up; what is not in the table stays in English."""

    def __call__(self, console: Console, options: ConsoleOptions, panel: HelpPanel) -> None:
        """Print one panel."""
        title = _read()["title"].get(plain(panel.title), panel.title)
        super().__call__(
            console, options, panel.copy(title=title, entries=[_translate(each) for each in panel.entries])
        )

    def render_usage(self, console: Console, options: ConsoleOptions, usage: Any) -> None:
        """Print the line that shows how a verb is written."""
        told = plain(usage)
        for english, korean in _read()["usage"].items():
            told = told.replace(english, korean)
        console.print(_read()["frame"]["usage"].format(usage=told), markup=False, highlight=False)

    def render_description(self, console: Console, options: ConsoleOptions, description: Any) -> None:
        """Print what a verb does, paragraph by paragraph."""
        for paragraph in plain(description).split("\n\n"):
            console.print(f"{translate_help(paragraph)}\n", markup=False, highlight=False)


def translate_help(text: str) -> str:
    """Return a text of the help in Korean; as it is where the table does not have it."""
    return _read()["help"].get(" ".join(text.split()), text)


def plain(text: Any) -> str:
    """Return the words of a text as cyclopts hands it out: a string, or something of rich."""
    text = text.primary_renderable if isinstance(text, InlineText) else text
    return "" if text is None else getattr(text, "plain", str(text))


def _translate(entry: HelpEntry) -> HelpEntry:
    """An entry with all that is said of it in its description, for cyclopts would say choices in English."""
    told = [translate_help(plain(entry.description))]
    frame = _read()["frame"]
    if entry.choices:
        told.append(frame["choices"].format(choices=", ".join(entry.choices)))
    if entry.default is not None:
        told.append(frame["default"].format(default=entry.default))
    if entry.required:
        told.append(frame["required"])
    description = InlineText.from_format(" ".join(told), format="plaintext")
    return entry.copy(description=description, choices=None, default=None, required=False)


@cache
def _read() -> dict[str, dict[str, str]]:
    return tomllib.loads(files("sim.text").joinpath("help.ko.toml").read_text("utf-8"))
