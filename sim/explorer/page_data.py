"""What a page begins with: names, words, controls, and the chances before anything is moved."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sim.explorer.answers import Answers
from sim.explorer.words import page_words


def page_data(answers: Answers, answer: dict[str, Any], *words: str) -> dict[str, Any]:
    """Return it as plain data for JSON; `answer` has the chances, `words` are prefixes as in `page_words`."""
    scenario, lang = answers.playground.scenario, answers.lang
    places = {team: place for place, team in enumerate(scenario.teams)}
    return {
        "name": scenario.name.get(lang),
        "date": str(scenario.as_of),
        "hash": scenario.digest(),
        "lang": lang,
        "words": page_words(lang, *words),
        "teams": [
            {"id": team, "name": scenario.teams[team].name.get(lang), "place": places[team]}
            for team in answers.teams
        ],
        "controls": [
            {**asdict(each), "name": each.names[lang], "labels": [one[lang] for one in each.labels]}
            for each in answers.playground.controls
        ],
        "answer": answer,
    }
