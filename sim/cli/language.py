"""In which language help and messages about bad input are: that of `--lang`, or else of the locale."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from sim.scenario.problems import Problem, printable
from sim.text import LANGS, Lang
from sim.text.messages import frame, translate

_OPTION = "--lang"
_LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")
"""The variables that name the language of messages; the first that is set counts, as POSIX has it."""


def language_of(arguments: Sequence[str], environment: Mapping[str, str] = os.environ) -> Lang:
    """Return the language that a command line asks for, also where the rest of it is no good."""
    for word, after in pairwise([*arguments, ""]):
        if word == "--":
            break
        asked = after if word == _OPTION else word.removeprefix(f"{_OPTION}=")
        if asked in LANGS and word.startswith(_OPTION):
            return asked
    locale = next((environment[name] for name in _LOCALE if environment.get(name)), "")
    return "ko" if locale.lower().startswith("ko") else "en"


def format_problems(problems: Iterable[Problem], lang: Lang) -> list[str]:
    """Return a line for each problem of a scenario: where, what, and what to do."""
    return [_in_korean(each) if lang == "ko" else str(each) for each in problems]


def format_message(text: str, lang: Lang) -> str:
    """Return what is wrong with a command."""
    return translate(text) if lang == "ko" else text


def say_more(number: int, lang: Lang) -> str:
    """Return the line that stands for problems that are not printed."""
    return frame("more", n=number) if lang == "ko" else f"... and {number} more"


def point_to_help(text: str, lang: Lang) -> str:
    """Return a message with where to look."""
    return frame("help", text=text) if lang == "ko" else f"{text} (sim --help shows what there is)"


def _in_korean(problem: Problem) -> str:
    place = f"{problem.file}:{problem.line}:{problem.column}" if problem.line else problem.file
    told = translate(problem.found)
    if problem.expected:
        told = frame("expected", found=told, expected=translate(problem.expected))
    if problem.hint:
        told = frame("hint", text=told, hint=translate(problem.hint))
    return printable(f"{place}:{f' {problem.path}:' if problem.path else ''} {told}")
