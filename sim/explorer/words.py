"""The sentences of the page, in one language, as its script takes them."""

from __future__ import annotations

from sim.text import sentences

_OF_PAGE = "explore.page."


def page_words(lang: str) -> dict[str, object]:
    """Return them by key, with {names} in braces for what the script fills in."""
    told = sentences(lang)
    keys = [key.removeprefix(_OF_PAGE) for key in told if key.startswith(_OF_PAGE)]
    return {key: told[f"explore.page.{key}"] for key in keys}
