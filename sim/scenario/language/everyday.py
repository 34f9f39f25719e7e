"""Words that people use for keys of the language, and short forms that they write in the place of blocks.

None of them is a key: messages and `sim scenario explain` say which key is meant.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from sim.scenario.models.base import is_number

_WORDS: dict[str, str] = {
    "points": "jury judge judges vote votes voting score scores marks exam test panel criteria ratings",
    "minimum": "min pass pass_mark passing threshold cutoff pass_score least",
    "keep": "max top stays survive survivors winners_count select selected qualify advance",
    "drop": "eliminate eliminated elimination out leave leaves leavers losers remove knockout bottom",
    "within": "distance gap time_limit behind",
    "places": "quota quotas seats slots at_least minimum_per_group min_per_group guaranteed",
    "at_most": "cap limit maximum_per_group",
    "result": "date day when deadline on",
    "teams": "contestants participants players candidates applicants competitors couples members entrants",
    "stages": "rounds round phases phase weeks week steps heats",
    "groups": "tracks track categories category panels regions kinds pools",
    "name": "title label",
    "pays": "prize prizes money reward rewards payment payments funding grant_money milestone milestones",
    "by_rank": "prize_by_rank",
    "awards": "award winner winners medal medals honours runner-up alternate alternates finalist finalists",
    "entry": "wildcard wild_card newcomer newcomers late_entry repechage",
    "returning": "comeback come_back return returns reentry re-entry",
    "points_carried": "carry carry_over carried cumulative accumulate aggregate",
    "budget": "purse total_budget fund",
    "asks": "bid bids request requests price_per_team costs_per_team",
    "effect": "strength_of_team skill ability handicap strong stronger",
    "mean": "average avg",
    "spread": "sd stdev std deviation variance",
    "luck": "chance randomness random",
    "risk": "fail failure probability fails",
    "happened": "known_result outcome eliminated_teams",
    "as_of": "today now known_until",
}
"""By the key that is meant."""

MEANT = {word: key for key, words in _WORDS.items() for word in words.split()}
"""The key that is meant by a word."""

_OF_CUT = ("keep", "drop", "minimum", "within", "places", "at_most", "budget", "asks")

_OF_TEAMS = ("keep", "drop")
_OF_POINTS = ("minimum", "within", "max", "mean")


def hint_of_word(word: str, node: Any, known: Collection[str]) -> str:
    """Return which of the `known` keys is meant by an unknown one, if people use the word for one."""
    key = MEANT.get(word.lower().replace(" ", "_"), word)
    if key == "result" and key not in known:
        key = "day"  # as an entry calls it
    if key in known and key != word:
        return f"`{key}` says that"
    if "cut" in known and key in _OF_CUT:
        value = f"{node:g}" if is_number(node) else "..."
        return f"in the cut of the stage: cut: {{{key}: {value}}}"
    if "pays" in known and key in ("start", "stay", "by_rank"):
        return f"in `pays` of the stage: pays: {{{key}: ...}}"
    return ""


def hint_of_short_form(path: tuple[str, ...], node: Any) -> str:
    """Return how a block is written for which a number, a word or a list stands; "" where it is not known."""
    if "reported" in path:
        return ""  # a table of points by team, whose ids may be anything
    last = path[-1] if path else ""
    number = f"{node:g}" if is_number(node) else "1"
    if path[-2:-1] == ("points",) and is_number(node):
        return (
            f"as in {{max: {number}, mean: {0.6 * node:g}}}: the most there is, and what an average team gets"
        )
    forms = {
        "cut": f"as in {{keep: {number}}} or {{drop: {number}}}",
        "strength": f"as in {{spread: {number}, luck: {number}}}",
        "gate": "as in {risk: 0.1}",
        "pays": "as in {stay: ...} to each team that stays, or {by_rank: [..., ...]}",
        "awards": "for how many each, as in {gold: 1, silver: 1}",
    }
    if last == "points" and is_number(node):
        return f"by name, as in {{jury: {{max: {number}, mean: {0.6 * node:g}}}}}"
    if last == "points":
        return "by name, as in {jury: {max: 10, mean: 6}}"
    if last == "teams" and isinstance(node, list):
        names = [str(name) for name in node[:2] if isinstance(name, str)]
        return f"each as a key, as in {{{', '.join(f'{name}: {{}}' for name in names)}}}" if names else ""
    return forms.get(last, "")


def hint_of_percent(path: tuple[str, ...], text: str) -> str | None:
    """Return what stands in the place of a percentage where that is no share; None where it may be one."""
    if not re.fullmatch(r"\s*\d+(\.\d+)?\s*%\s*", text):
        return None
    if path[-1] in _OF_TEAMS or path[-2:-1] in (("places",), ("at_most",)):
        return "a number of teams: of 40, 30 % are 12"
    return "in points" if path[-1] in _OF_POINTS else None


def as_id(text: str) -> str:
    """Return an id that is like a text."""
    return re.sub(r"[\s.,=:/+]+", "-", text.strip()).strip("-")
