"""What a YAML parser complains of, in plain words and with the remedy.

A parser says where it could not go on, which is often a line below the mistake. Each rule here looks at the
lines around that place for one frequent mistake; what no rule knows is told as the parser tells it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from ruamel.yaml.error import MarkedYAMLError

from sim.scenario.problems import Problem


class _Spot(NamedTuple):
    """A line and a column, from 0."""

    line: int
    column: int


class _Trouble(NamedTuple):
    """A complaint of the parser: its words, where it stopped, where what it was reading begins, all lines."""

    words: str
    at: _Spot
    since: _Spot
    lines: list[str]

    def line(self, number: int) -> str:
        return self.lines[number] if 0 <= number < len(self.lines) else ""

    @property
    def before(self) -> str:
        """What stands before the place on its line."""
        return self.line(self.at.line)[: self.at.column]

    @property
    def here(self) -> str:
        """The character at the place; empty at the end of a line."""
        return self.line(self.at.line)[self.at.column : self.at.column + 1]

    def above(self, number: int) -> int:
        """The nearest line above that says something; -1 if none does."""
        spoken = (n for n in range(number - 1, -1, -1) if self.lines[n].split("#")[0].strip())
        return next(spoken, -1)


_Told = tuple[_Spot, str, str] | None
"""Where, what was found, what was expected."""


def syntax_problem(error: MarkedYAMLError, text: str, file: str) -> Problem:
    """The complaint of the parser about `text` as one problem of `file`."""
    mark = error.problem_mark or error.context_mark
    at = _Spot(mark.line, mark.column) if mark else _Spot(0, 0)
    since = error.context_mark or mark
    words = " ".join(part for part in (error.context, error.problem) if part)
    trouble = _Trouble(
        words, at, _Spot(since.line, since.column) if since else at, re.split(r"\r\n|[\n\r]", text)
    )
    told = next((told for rule in _RULES if (told := rule(trouble))), (at, f"not YAML: {words}", ""))
    (line, column), found, expected = told
    return Problem(file, line + 1, column + 1, "", found, expected)


def control_problem(character: int, text: str, file: str) -> Problem:
    """A character that no text file may have."""
    at = max(text.find(chr(character)), 0)
    line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
    found = f"a character that no text has (U+{character:04X})"
    return Problem(file, line, column, "", found, "plain text saved as UTF-8")


def _tab(t: _Trouble) -> _Told:
    for number in dict.fromkeys((t.at.line, t.since.line)):
        line = t.line(number)
        if "\t" in line[: _indent(line)]:
            return _Spot(number, line.index("\t")), "a tab", "blanks, with which YAML indents"
    if t.here == "\t":
        return t.at, "a tab", "a blank"
    return None


def _first_character(t: _Trouble) -> _Told:
    column = t.at.column if t.here in set("@`%") else t.since.column
    special = t.line(t.at.line)[column : column + 1]
    openings = ("cannot start any token", "undefined alias", "scanning an alias", "scanning an anchor")
    others = ("scanning a tag", "scanning a block scalar", "scanning a directive")
    if special not in set("@`%*&!|>") or not any(words in t.words for words in (*openings, *others)):
        return None
    return _Spot(t.at.line, column), f"a text that begins with '{special}'", "quotes around it"


def _no_colon(t: _Trouble) -> _Told:
    """A key without `: `, found out at the end of its line or only in the next."""
    if "could not find expected ':'" in t.words:
        return _key_alone(t, t.since.line)
    if "mapping values are not allowed" in t.words:
        before = t.above(t.at.line)
        if ": " not in t.before and not re.search(r":\s|:$", t.line(before)):
            return _key_alone(t, before)
    return None


def _key_alone(t: _Trouble, number: int) -> _Told:
    at = _Spot(number, _indent(t.line(number)))
    said = t.line(number).split(" #")[0].strip()
    key, value = re.split("[:=]", f"{said}:", maxsplit=1)  # the colon added stands where there is none
    value = value.removesuffix(":")
    if key.strip() and value.strip():
        return at, f"'{_short(said)}'", f"a colon and a blank, as in `{key.strip()}: {_short(value.strip())}`"
    return at, f"'{_short(said)}'", "a key and a colon, as in `key: value`"


def _second_colon(t: _Trouble) -> _Told:
    if "mapping values are not allowed" not in t.words:
        return None
    if re.search(r":\s", t.before):
        return t.at, "a second colon in a line", "quotes around a text with a colon"
    found = f"a line indented under line {t.above(t.at.line) + 1}, which has a value already"
    return _Spot(t.at.line, _indent(t.line(t.at.line))), found, "the indentation of that line"


def _indentation(t: _Trouble) -> _Told:
    if "but found" not in t.words or "parsing a block" not in t.words or t.before.strip():
        return None
    line = t.line(t.at.line)
    beside_list = "parsing a block collection" in t.words and t.at.column == t.since.column
    if beside_list and "but found '?'" in t.words:
        found = f"a key beside the list that begins in line {t.since.line + 1}"
        return t.at, found, "keys, or a list, not both"
    if "but found '-'" in t.words or "but found '?'" in t.words:
        return t.at, f"a '{t.here}' among keys", "`key: value`, or a list under a key of its own"
    if re.match(r"[\]})]", line.lstrip()):
        return None
    open_ones = [indent for indent in _open_indents(t) if indent != t.at.column]
    near = sorted(sorted(open_ones, key=lambda indent: abs(indent - t.at.column))[:2])
    expected = " or ".join(map(str, near)) + ", as in the lines above" if near else "no other than above"
    word = _short(re.split(r"[:\s]", line.strip())[0])
    return t.at, f"{t.at.column} blanks before '{word}'", expected


def _open_indents(t: _Trouble) -> list[int]:
    """The indentations of the blocks that are open above the place, the innermost first."""
    found: list[int] = []
    number = t.above(t.at.line)
    while number >= 0 and (not found or found[-1] > 0):
        indent = _indent(t.line(number))
        if not found or indent < found[-1]:
            found.append(indent)
        number = t.above(number)
    return found


def _after_the_end(t: _Trouble) -> _Told:
    if "parsing a block" not in t.words or "but found" not in t.words:
        return None
    before = t.before.rstrip()
    if t.here in ("}", "]"):
        return t.at, f"a '{t.here}' that closes nothing", "as many brackets opened as closed"
    if before.endswith(('"', "'")):
        return t.at, "text after the closing quote", "quotes around the whole text"
    if before.endswith(("}", "]")):
        return t.at, "text after the closing bracket", "nothing more on this line"
    return None


def _unclosed_quote(t: _Trouble) -> _Told:
    if "scanning a quoted scalar" not in t.words and "scanning a double-quoted scalar" not in t.words:
        return None
    if "escape" in t.words or "hexdecimal" in t.words or "hexadecimal" in t.words:
        said = t.line(t.at.line)[max(t.at.column - 1, 0) : t.at.column + 1]
        at = _Spot(t.at.line, t.at.column - 1)
        return at, f"'{said}' in double quotes", "single quotes, or two backslashes for one"
    quote = t.line(t.since.line)[t.since.column : t.since.column + 1]
    return t.since, "a quote that is not closed", f"another {quote} at the end of the text"


def _brackets(t: _Trouble) -> _Told:
    flow = re.search(r"parsing a flow (mapping|sequence)", t.words)
    if "parsing a flow node" in t.words:
        if "'<stream end>'" in t.words:
            return t.at, "the end of the file inside brackets", "} or ] to close them"
        return t.at, f"a '{t.here}' with nothing before it", "a value"
    if flow is None:
        return None
    opening, closing = ("{", "}") if flow[1] == "mapping" else ("[", "]")
    if t.at.line != t.since.line or t.here in ("}", "]") or "'<stream end>'" in t.words:
        return t.since, f"a '{opening}' that is not closed", f"a '{closing}'"
    return t.at, "no comma between two entries", "a comma, or quotes around a text with a colon"


def _stray_line(t: _Trouble) -> _Told:
    """A line of text before the first key: YAML takes it for the whole document."""
    if "expected '<document start>'" not in t.words:
        return None
    first = next((n for n in range(t.at.line) if t.line(n).split("#")[0].strip()), 0)
    return _key_alone(t, first)


def _others(t: _Trouble) -> _Told:
    if "sequence entries are not allowed" in t.words:
        return t.at, "a '-' behind a key", "the list on lines of its own below, or in brackets: [a, b]"
    if "expected a single document" in t.words:
        return t.at, "a second document (---)", "one scenario in a file"
    if "incompatible YAML" in t.words or "version" in t.words:
        return t.at, "another version of YAML", "YAML 1.2, which needs no such line"
    return None


_RULES: tuple[Callable[[_Trouble], _Told], ...] = (
    _tab,
    _first_character,
    _no_colon,
    _second_colon,
    _indentation,
    _after_the_end,
    _unclosed_quote,
    _brackets,
    _stray_line,
    _others,
)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:37]}..."
