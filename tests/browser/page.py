"""Pages in the browser that is installed, for tests."""

import os
from pathlib import Path
from typing import Any

import pytest

from benchmarks.pages.browser import AXE, CHROMIUM

WIDE, NARROW = 1280, 390


def skip_without_browser():
    """Skip a test where something is missing; in CI, for which `.ci/run` installs it, fail it."""
    lacking = [name for name, path in (("chromium", CHROMIUM), ("axe-core", AXE)) if not path.exists()]
    if lacking and os.environ.get("CI"):
        pytest.fail(f"{' and '.join(lacking)} missing: .ci/run installs it")
    if lacking:
        pytest.skip(f"needs {' and '.join(lacking)}: apt-get install chromium, npm ci --prefix .ci/browser")


def open_page(browser: Any, path: Path, width: int = WIDE, **how: Any) -> tuple[Any, list[str]]:
    """Open a file; return its page, and a list of what it asks for or complains of, which grows."""
    context = browser.new_context(viewport={"width": width, "height": 844}, **how)
    page = context.new_page()
    noted: list[str] = []
    page.on("request", lambda request: noted.append(request.url) if request.url != path.as_uri() else None)
    page.on("console", lambda message: noted.append(message.text))
    page.on("pageerror", lambda error: noted.append(str(error)))
    page.goto(path.as_uri())
    return page, noted
