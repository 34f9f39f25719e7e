"""The sizes and hashes of the pages to mail that docs/live.md tells are those of this version."""

import runpy
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def test_the_table_is_current():
    script = runpy.run_path(str(DOCS / "live_page.py"))
    text = (DOCS / "live.md").read_text("utf-8")
    assert script["with_table"](text, script["table"](script["pages"]())) == text, "run docs/live_page.py"
