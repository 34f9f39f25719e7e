"""Which page of the documentation has the equation in which the symbol of a key stands."""

from __future__ import annotations

from sim.scenario.problems import KeyPath

_MODEL = "docs/model.md"

_BY_BLOCK = {
    "supply": "supply",
    "scaling": "model",
    "openness": "openness",
    "breakthroughs": "breakthroughs",
    "afterwards": "afterwards",
    "data": "data",
    "talent": "data",
    "effort": "effort",
}
"""Pages of docs/world by the first step of a path."""

_BY_KEY = {
    **dict.fromkeys(("detection", "regroup", "repair", "spares", "bad_nodes"), "faults"),
    "model": "model",
    "people": "data",
    **dict.fromkeys(("saves", "trains_on_tests"), "effort"),
}
"""The same by a later step."""


def page_of(path: KeyPath) -> str:
    """Return the page with the equations of the key at a path, from the root of the repository."""
    pages = [_BY_BLOCK.get(path[0]), *(_BY_KEY.get(step) for step in path[1:])]
    found = next((page for page in pages if page is not None), None)
    return _MODEL if found is None else f"docs/world/{found}.md"
