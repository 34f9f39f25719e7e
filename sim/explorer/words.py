"""The sentences of the page, in one language, as its script takes them."""

from __future__ import annotations

from sim.text import sentences

OF_PAGE = "explore.page."
"""How the keys of these sentences begin."""


def page_words(lang: str, *prefixes: str) -> dict[str, object]:
    """Return them by key, with {names} in braces for what the script fills in.

    Keys begin with `OF_PAGE`, or with one of the `prefixes`, whose sentences stand in for others of that key.
    """
    return {
        key.removeprefix(prefix): forms
        for prefix in (OF_PAGE, *prefixes)
        for key, forms in sentences(lang).items()
        if key.startswith(prefix)
    }
