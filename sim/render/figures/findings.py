"""Which team may be said to stand out, if any: only where the intervals are apart."""

from dataclasses import dataclass

import numpy as np

from sim.render.figures.labels import Labels, Lang
from sim.render.figures.tables import Bools, Cells, Floats
from sim.render.figures.words import percent_text, words
from sim.stats.intervals import bonferroni_wilson


@dataclass(frozen=True)
class Whole:
    """One chance a team, in 0..1, with intervals that hold for all teams at once with 95 %."""

    teams: tuple[str, ...]
    p: Floats
    low: Floats
    high: Floats

    def text(self, i: int, lang: Lang) -> str:
        """The chance of the i-th team as it is printed."""
        return percent_text(float(self.p[i]), float(self.low[i]), float(self.high[i]), lang)


def over_stages(leaves: Cells) -> Whole:
    """The chance of leaving at any stage: leaving is exclusive, so the counts add.

    Raises ValueError if a team's stages do not rest on the same number of runs.
    """
    count, of = np.nansum(leaves.count, axis=1), np.nanmax(leaves.of, axis=1)
    if (np.nanmin(leaves.of, axis=1) != of).any() or (count > of).any():
        raise ValueError("chance 'leaves' must rest on the same runs at every stage of a team")
    return _whole(leaves.teams, count, of)


def at_end(kept: Cells) -> Whole:
    """The chance of being in after the last stage."""
    return _whole(kept.teams, kept.count[:, -1], kept.of[:, -1])


def _whole(teams: tuple[str, ...], count: Floats, of: Floats) -> Whole:
    low, high = bonferroni_wilson(np.nan_to_num(count), np.nan_to_num(of), len(teams))
    p = np.divide(count, of, out=np.full_like(of, np.nan), where=of > 0)
    return Whole(teams, p, low, high)


def finding(whole: Whole, compared: Bools, labels: Labels, most: str, least: str) -> str:
    """A sentence that names a team only if its interval is apart from every other's.

    `compared` says which teams it is fair to compare; `most` and `least` are the words to fill.
    """
    said = words(labels.lang)
    at = [int(i) for i in np.flatnonzero(compared & ~np.isnan(whole.p))]
    if not at:
        return ""
    if len(at) == 1:
        text = said.one_team.format(_named(whole, at[0], labels))
    else:
        text = _standing_out(whole, at, labels, (most, least))
    return text if compared.all() else f"{text} ({said.compared})"


def _standing_out(whole: Whole, at: list[int], labels: Labels, words_for: tuple[str, str]) -> str:
    top, bottom = max(at, key=lambda i: whole.p[i]), min(at, key=lambda i: whole.p[i])
    found = []
    if all(whole.low[top] > whole.high[i] for i in at if i != top):
        found.append(words_for[0].format(_named(whole, top, labels)))
    if all(whole.high[bottom] < whole.low[i] for i in at if i != bottom):
        found.append(words_for[1].format(_named(whole, bottom, labels)))
    if found:
        return "; ".join(found[:1] + [_continued(text) for text in found[1:]])
    said = words(labels.lang)
    if whole.low[at].max() <= whole.high[at].min():
        return said.overlap
    ends = (whole.text(i, labels.lang) for i in (bottom, top))
    return said.groups.format(*ends)


def _continued(text: str) -> str:
    return text[:1].lower() + text[1:]


def _named(whole: Whole, i: int, labels: Labels) -> str:
    return f"{labels.team(whole.teams[i])} ({whole.text(i, labels.lang)})"
