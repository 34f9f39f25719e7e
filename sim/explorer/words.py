"""The sentences of the page, in one language, as its script takes them."""

from __future__ import annotations

from sim.text import sentences

_OF_PAGE = "explore.page."


def page_words(lang: str) -> dict[str, object]:
    """Return them by key, with {names} in braces for what the script fills in."""
    return {
        key.removeprefix(_OF_PAGE): forms
        for key, forms in sentences(lang).items()
        if key.startswith(_OF_PAGE)
    }
