"""The width of printed text, what stands in it by name, and how names are made to fit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import takewhile
from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sim.scenario.models.scenario import Scenario
from sim.stats.percent import percent
from sim.text import say
from sim.text.money import CurrencyCode, format_money

if TYPE_CHECKING:
    from sim.findings.headline import Common
    from sim.findings.waiting import Wait

WIDTH = 80
NAME_WIDTH, STAGE_WIDTH = 22, 10
"""Cells for names of teams and of stages in a table; longer names lose their middle."""


ECI = "ECI"
"""The unit of strength where models are trained."""

MOST_NAMED = 4
"""Teams that a sentence names one by one."""


@dataclass(frozen=True)
class Names:
    """The language of a text, and the names in it of teams and stages, by id; strength and money."""

    lang: str
    teams: dict[str, str]
    stages: dict[str, str]
    unit: str = ECI  # of strength
    currency: CurrencyCode = "KRW"
    awards: Mapping[tuple[str, str], str] = field(default_factory=dict)  # by stage and id
    gate: str = ""  # what the programme calls its gate; "" where it has no one name for it

    @classmethod
    def of(cls, scenario: Scenario, lang: str) -> Names:
        """Return the names of a scenario; a stage without one is called by its id."""
        teams = {t: team.name.get(lang) for t, team in scenario.teams.items()}
        stages = {s: stage.name.get(lang) if stage.name else s for s, stage in scenario.stages.items()}
        gates = {
            stage.gate.name.get(lang) if stage.gate.name else ""
            for stage in scenario.stages.values()
            if stage.gate
        }
        gate = gates.pop() if len(gates) == 1 else ""
        awards = {
            (s, award_id): award.name.get(lang)
            for s, stage in scenario.stages.items()
            for award_id, award in (stage.awards or {}).items()
            if award.name is not None
        }
        return cls(lang, teams, stages, scenario.strength_unit.get(lang), scenario.money, awards, gate)

    def say(self, key: str, **values: object) -> str:
        """Return a sentence with its values filled in, and what its gate is called where it names one."""
        return say(self.lang, key, gate=self.gate or say(self.lang, "run.gate"), **values)

    @property
    def modelled(self) -> bool:
        """Whether strength is that of models, on a scale that needs a word."""
        return self.unit == ECI

    def money(self, amount: float) -> str:
        """Return an amount of money in a sentence."""
        return format_money(amount, self.currency, self.lang)

    @cached_property
    def short_teams(self) -> dict[str, str]:
        """The names of teams as heads of rows; different names stay different."""
        return fit_named(self.teams, NAME_WIDTH)

    @cached_property
    def short_stages(self) -> dict[str, str]:
        """The names of stages as heads of columns, likewise."""
        return fit_named(self.stages, STAGE_WIDTH)

    def list_teams(self, teams: Sequence[str]) -> str:
        """Return the names of teams in a sentence: `A, B and C`; nothing where there are none."""
        return self._listed([self.teams[t] for t in teams])

    def list_many(self, teams: Sequence[str]) -> str:
        """Return the same, or the first and how many more where they are many."""
        if len(teams) <= MOST_NAMED:
            return self.list_teams(teams)
        return self.say("run.many_teams", first=self.teams[teams[0]], n=len(teams) - 1)

    def list_stages(self, stages: Sequence[str]) -> str:
        """Return the names of stages in a sentence."""
        return self._listed([self.stages[s] for s in stages])

    def _listed(self, names: Sequence[str]) -> str:
        if len(names) < 2:
            return "".join(names)
        return self.say("run.and", first=", ".join(names[:-1]), last=names[-1])

    def share(self, common: Common) -> str:
        """Return about which chance several teams have: `about 40 %`, `below 2 %` of what never happened."""
        number = percent(*common)
        key = {"<": "run.below_chance", ">": "run.above_chance"}.get(number[0], "run.about_chance")
        return self.say(key, p=number.lstrip("<>"))


def origin(scenario: Scenario, file: str) -> dict[str, object]:
    """Return what a line says of a scenario: its file and hash, and until when its results are known."""
    return {"file": file, "hash": scenario.digest()[:8], "date": scenario.as_of}


def fitted(text: str, cells: int) -> str:
    """The text within so many terminal cells; of a longer one the middle goes, where names differ least."""
    if cell_len(text) <= cells:
        return text
    end = ""
    for letter in reversed(text):
        if cell_len(letter + end) > cells // 2:
            break
        end = letter + end
    return set_cell_size(text, cells - 1 - cell_len(end)).rstrip() + "…" + end


def fit_names(names: Sequence[str], cells: int) -> list[str]:
    """Return the names, each within so many terminal cells, and different wherever the names are.

    A name is shortened by itself (`fitted`) unless another one would then read the same: then those keep
    their first letters and the words by which they differ.
    """
    distinct = list(dict.fromkeys(names))
    fits = _tell_apart(distinct, [fitted(name, cells) for name in distinct], cells)
    shown = dict(zip(distinct, _numbered(fits, cells), strict=True))
    return [shown[name] for name in names]


def fit_named(names: Mapping[str, str], cells: int) -> dict[str, str]:
    """Return the same of names by id."""
    return dict(zip(names, fit_names([*names.values()], cells), strict=True))


def _tell_apart(names: Sequence[str], fits: list[str], cells: int) -> list[str]:
    """Shorten those names again that read the same, and of these again those that still do."""
    for shown, count in Counter(fits).items():
        alike = [i for i, fit in enumerate(fits) if fit == shown]
        if count == 1:
            continue
        group = [names[i] for i in alike]
        again = _from_difference(group, cells)
        if len(set(again)) > 1:
            again = _tell_apart(group, again, cells)
        for i, fit in zip(alike, again, strict=True):
            fits[i] = fit
    return fits


def _from_difference(names: Sequence[str], cells: int) -> list[str]:
    """The first letters that names have in common, and what follows where they begin to differ."""
    # A third of the room is enough to know whose names they are; the rest is for what tells them apart.
    same = sum(1 for _ in takewhile(lambda letters: len(set(letters)) == 1, zip(*names, strict=False)))
    # From the beginning of the word, which a reader knows again ("…red team…", not "…d team…"), unless that
    # would take the place of the difference.
    word = names[0].rfind(" ", 0, same) + 1
    start = word if cell_len(names[0][word:same]) <= cells // 4 else same
    head = set_cell_size(names[0][:start], cells // 3).rstrip()
    return [f"{head}…{_beginning(name[start:], cells - cell_len(head) - 1)}" for name in names]


def _beginning(text: str, cells: int) -> str:
    return text if cell_len(text) <= cells else set_cell_size(text, cells - 1).rstrip() + "…"


def _numbered(fits: Sequence[str], cells: int) -> Iterator[str]:
    """Add numbers where different names still read the same."""
    taken: set[str] = set()
    for fit in fits:
        number, shown = 1, fit
        while shown in taken:
            number += 1
            shown = f"{_beginning(fit, cells - 1 - len(str(number)))} {number}"
        taken.add(shown)
        yield shown


def print_text(text: RenderableType) -> None:
    """Print it at most as wide as the text, without codes: the same in a terminal and in a pipe."""
    console = Console(width=WIDTH, highlight=False, soft_wrap=False, emoji=False, markup=False)
    with console.capture() as printed:
        console.print(text)
    if lines := printed.get().splitlines():
        print("\n".join(line.rstrip() for line in lines), flush=True)


def plain_table(*, width: int | None = WIDTH, show_header: bool = True) -> Table:
    """Return a table without lines, as wide as the text; of the width of its own cells without `width`."""
    return Table(
        box=None,
        padding=(0, 1, 0, 0),
        show_edge=False,
        pad_edge=False,
        header_style="",
        show_header=show_header,
        width=width,
    )


def add_numbers(table: Table, *titles: str) -> None:
    """Add a column for each title whose cells stand at the right, each on one line."""
    for title in titles:
        table.add_column(title, justify="right", no_wrap=True)


def indented(text: str) -> Padding:
    """Return a paragraph of which every line begins two cells further right."""
    return Padding(Text(text), (0, 0, 0, 2))


def packed(phrases: Iterable[str], indent: int = 0) -> Iterator[str]:
    """Phrases on as few lines as their order allows."""
    line = ""
    for phrase in phrases:
        if line and indent + cell_len(line) + 1 + cell_len(phrase) > WIDTH:
            yield " " * indent + line
            line = phrase
        else:
            line = f"{line} {phrase}".lstrip()
    if line:
        yield " " * indent + line


def justify_line(label: str, value: str) -> Text:
    """A label at the left and its value at the right, on two lines if one is too short."""
    gap = WIDTH - cell_len(label) - cell_len(value) - 2
    between = " " * gap if gap > 0 else "\n" + " " * max(0, WIDTH - cell_len(value))
    return Text(f"  {label}{between}{value}", overflow="fold")


def short(number: float) -> str:
    """A number in three digits, thousands with commas, without an exponent where that reads better."""
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"


def format_wait(wait: Wait) -> dict[str, object]:
    """Return the values of a sentence about a result on another day: signed days and months."""
    months = round(wait.months, 1) + 0.0  # + 0.0: never -0
    return {"n": abs(wait.days), "days": f"{wait.days:+d}", "months": f"{months:+.1f}"}
