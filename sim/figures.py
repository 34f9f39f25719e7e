"""The figures of a run, from its tables alone; tables come from memory or from a folder of results."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from sim.runs import manifest as manifests
from sim.runs.lock import locked
from sim.runs.problems import ResultsError
from sim.runs.saved import scenario_of, stored
from sim.scenario import Scenario
from sim.scenario.options import condition

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from sim.engines.record import Happening
    from sim.render.figures.labels import Labels

Kind = Literal["leaving", "survival", "briefing"]
Lang = Literal["en", "ko"]


def saved_figures(out: str | Path, langs: Sequence[Lang] = ("en", "ko"), x: str | None = None) -> list[Path]:
    """Draw the figures of a folder of results from its tables, PNG and SVG, and return the files.

    `x` is the column of a sweep that is to be its axis, such as `cost_eok`; a factor if left out.

    Raises `ResultsError` where the folder holds no results.
    """
    folder = Path(out)
    known = manifests.read(folder)
    kind = known.get("kind")
    if x is not None and kind != "sweep":
        raise ResultsError(f"{folder}: no sweep, which alone has an axis to choose")
    if kind is None:
        return _of_run(folder, known, langs)
    if kind == "sweep":
        with _spoilt(folder):
            return [path for lang in langs for path in _of_sweep(folder, x, lang)]
    draw = saved_forest if kind == "comparison" else saved_tornado
    if drawn := [path for lang in langs for path in draw(folder, lang)]:
        return drawn
    why = "no number moves a chance so far that it can be told"
    why = "no team is in the first scenario and in another one" if kind == "comparison" else why
    raise ResultsError(f"{folder}: {why}; nothing to draw")


def sealed_figures(out: Path, lang: Lang) -> list[Path]:
    """Draw the figures of a comparison or a sensitivity analysis, PNG and SVG, and return the files.

    Their checksums go into its manifest, so that they belong to what is verified and repeated.
    """
    draw = saved_forest if manifests.read(out)["kind"] == "comparison" else saved_tornado
    with locked(out):
        files = draw(out, lang)
        manifests.seal_tables(out, lang, files)
    return files


def _of_run(folder: Path, known: dict[str, Any], langs: Sequence[Lang]) -> list[Path]:
    """The figures of a run, all drawn before the first is written."""
    from sim.render.figures.save import save

    scenario = scenario_of(folder, known)
    start, stop = known["replications"]
    with _spoilt(folder):
        drawn = [
            (kind, lang, figure(_table_of(folder, kind), scenario, stop - start, kind, lang))
            for lang in langs
            for kind in _kinds(scenario)
        ]
    written: list[Path] = []
    for kind, lang, picture in drawn:
        written += save(picture, folder / f"{kind}-{lang}", _labels(scenario, stop - start, lang))
    return written


@contextmanager
def _spoilt(folder: Path) -> Iterator[None]:
    """Say of tables that are missing or hold what they should not that they do."""
    try:
        yield
    except FileNotFoundError as error:
        missing = Path(str(error.filename)).name
        raise ResultsError(
            f"{folder}: no {missing}, the run did not finish; sim resume {folder} goes on"
        ) from None
    except ResultsError:
        raise
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        said = " ".join(str(error).split())
        raise ResultsError(f"{folder}: spoilt results: {type(error).__name__}: {said}") from None


def _of_sweep(folder: Path, x: str | None, lang: Lang) -> list[Path]:
    """Chances against what varies, or against `x`; over a grid of two a map for the team they move most."""
    from sim.render.figures import sweep as draw
    from sim.render.figures.save import save
    from sim.render.figures.words import words
    from sim.runs import sweep_store
    from sim.stats.factors import FILE, parsed

    known, table = sweep_store.read(folder)
    scenario = stored(folder, known["scenario"])
    start, stop = known["replications"]
    told = table[(table.chance == "leaves_at_all") & table.default]
    told = told[told.team.isin(told.team[told.certain == ""])]  # whose chance the rules alone never decide
    if told.empty:
        raise ResultsError(f"{folder}: the rules alone decide every chance of leaving; nothing to draw")
    paths = [parsed(text).path for text in known["request"]["vary"]]
    names = dict(zip(told.team, told[f"team_{lang}"], strict=True))
    labels = replace(_labels(scenario, stop - start, lang), teams=names)
    if FILE in paths:
        labels = replace(labels, title=words(lang).sweep_files)
    each = told.option.unique()
    given = condition(each[0], lang) if len(each) == 1 and table.option.nunique() > 1 else ""
    if x is not None and x not in (*paths, "gpu_hours", "cost_eok"):
        axes = " or ".join((*paths, "gpu_hours", "cost_eok"))
        raise ResultsError(f"{folder}: no '{x}' to draw against, expected {axes}")
    by, several = x or paths[0], told.groupby("team").size().max()
    if x is None and len(paths) == 2 and several == told[paths[0]].nunique() * told[paths[1]].nunique():
        spans = told.groupby("team").p.agg(lambda p: p.max() - p.min())
        figure = draw.over_two(told, paths[1], paths[0], str(spans.idxmax()), labels, given)
        return save(figure, folder / f"map-{lang}", labels)
    others = [path for path in paths if path != by] if len(paths) > 1 else []
    curves = _is_numeric(table[by]) and FILE not in paths and not others and told[by].nunique() == several
    made = draw.against(told, by, labels, given) if curves else draw.dots(told, by, labels, given, others)
    return save(made, folder / f"sweep-{lang}", labels)


def saved_forest(out: Path, lang: Lang) -> list[Path]:
    """Draw how the scenarios of a saved comparison differ, PNG and SVG; return the files.

    None where no team is in the first scenario and in another one.
    """
    from sim.render.figures.forest import forest
    from sim.render.figures.save import save
    from sim.runs.compare_store import read

    known, first, table = read(out)
    start, stop = known["replications"]
    labels = _labels(first, stop - start, lang)
    with _spoilt(out):
        selected = table[(table.what == "selected") & table.team.isin(first.contenders)]
        if selected.empty:
            return []
        return save(forest(selected, known["given"], labels), out / f"forest-{lang}", labels)


def saved_tornado(out: Path, lang: Lang) -> list[Path]:
    """Draw what the uncertain numbers of a saved analysis do, PNG and SVG, and return the files.

    None where no chance moves so far that it can be told from the dice.
    """
    from sim.render.figures.save import save
    from sim.render.figures.tornado import tornado
    from sim.runs import sensitivity_store
    from sim.stats.targets import DROPPED

    known, table = sensitivity_store.read(out)
    scenario = scenario_of(out, known)
    if "team" not in known or "runs" not in known:
        raise ResultsError(f"{out}: not complete; sim resume {out} first")
    with _spoilt(out):
        ours = (table.team == (known["team"] or "")) | (table.target == DROPPED)
        told = table[table.told & ours & table.of.notna()]
        asked = list(told[["target", "stage", "team"]].drop_duplicates().itertuples(index=False, name=None))
        if not asked:
            return []
        labels = _labels(scenario, known["runs"], lang)
        return save(tornado(table, asked, labels), out / f"tornado-{lang}", labels)


def _is_numeric(column: pd.Series[Any]) -> bool:
    return column.dtype.kind in "if"


def saved_holdings(
    scenario: Scenario, happenings: Sequence[Happening], replication: int, out: Path, lang: Lang
) -> list[Path]:
    """Draw who holds which GPUs as time passes in one replication, PNG and SVG, and return the files."""
    from sim.render.figures.holdings import holdings
    from sim.render.figures.save import save
    from sim.stats.holdings import holdings_table

    labels = _labels(scenario, 1, lang)
    out.mkdir(parents=True, exist_ok=True)
    changes, stages = holdings_table(scenario, happenings)
    most = (changes.granted + changes.own).groupby(changes.team).transform("max")
    drawn = holdings(
        changes[most > 0], stages, labels, replication
    )  # a team that never holds any has no strip
    return save(drawn, out / f"holdings-{replication}-{lang}", labels)


def _kinds(scenario: Scenario) -> list[Kind]:
    """The figures that say something about a scenario; a briefing is about the one stage ahead."""
    from sim.render.figures.options import MOST_OPTIONS, MOST_TEAMS

    options = 1 + sum(len(values) - 1 for values in scenario.choices.values())
    told = bool(scenario.choices or scenario.doubts) and len(scenario.ahead) == 1
    fits = options <= MOST_OPTIONS and len(scenario.contenders) <= MOST_TEAMS
    return ["briefing", "leaving", "survival"] if told and fits else ["leaving", "survival"]


_WORDS = ("stage", "team", "chance", "option", "certain")
_TEXT = dict.fromkeys(
    (*_WORDS, *(f"{x}_{lang}" for x in ("team", "stage", "option") for lang in ("en", "ko"))), str
)
"""Columns of saved tables that are words, whatever they look like."""


def _table_of(folder: Path, kind: Kind) -> pd.DataFrame:
    """The saved table from which a figure is drawn."""
    import pandas as pd

    name = "options.csv" if kind == "briefing" else "chances.csv"
    missing = {column: [""] for column in ("p", "range_low", "range_high")}
    return pd.read_csv(folder / name, dtype=_TEXT, keep_default_na=False, na_values=missing)


def figure(table: pd.DataFrame, scenario: Scenario, runs: int, kind: Kind, lang: Lang) -> Figure:
    """The figure of one kind from its table: that of options for a briefing, else that of chances."""
    from sim.findings.headline import headline_of_options
    from sim.render.figures.briefing import briefing
    from sim.render.figures.leaving import leaving
    from sim.render.figures.survival import survival
    from sim.render.text.names import Names
    from sim.render.text.run import title

    if kind not in get_args(Kind):
        raise ValueError(f"figure '{kind}', expected one of {', '.join(get_args(Kind))}")
    labels = _labels(scenario, runs, lang)
    if kind == "briefing":
        found = headline_of_options(table, scenario, runs)
        return briefing(table, labels, title(Names.of(scenario, lang), found), found.equal)
    draw = leaving if kind == "leaving" else survival
    return draw(table, labels)


def _labels(scenario: Scenario, runs: int, lang: Lang) -> Labels:
    from sim.render.figures.labels import Labels

    fixed = [s for s in scenario.stages if s not in scenario.ahead]
    return Labels(
        title=scenario.name.get(lang),
        teams={t: team.name.get(lang) for t, team in scenario.teams.items()},
        stages={s: stage.name.get(lang) if stage.name else s for s, stage in scenario.stages.items()},
        runs=runs,
        scenario_hash=scenario.digest()[:8],
        known_until=str(scenario.as_of),
        lang=lang,
        known=frozenset((s, t) for s in fixed for t in scenario.teams),
    )
