"""A browser for tests: the chromium that is installed, and the rules of accessibility of axe-core."""

import os
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / ".ci/browser/node_modules/axe-core/axe.min.js"
CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")

WIDE, NARROW = 1280, 390


def skip_without_browser():
    """Skip a test where something is missing; in CI, for which `.ci/run` installs it, fail it."""
    lacking = [name for name, path in (("chromium", CHROMIUM), ("axe-core", AXE)) if not path.exists()]
    if lacking and os.environ.get("CI"):
        pytest.fail(f"{' and '.join(lacking)} missing: .ci/run installs it")
    if lacking:
        pytest.skip(f"needs {' and '.join(lacking)}: apt-get install chromium, npm ci --prefix .ci/browser")


@contextmanager
def a_browser() -> Any:
    """Start a browser without a network."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


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


def violations(page: Any) -> list[str]:
    """Return what axe-core finds wrong, each with the elements that it concerns."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run().then(result => result.violations)")
    return [f"{one['id']}: {[node['html'][:90] for node in one['nodes'][:3]]}" for one in found]
