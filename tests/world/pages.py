"""The examples of the pages of docs/world."""

import re
from pathlib import Path

from ruamel.yaml import YAML

PAGES = Path(__file__).parents[2] / "docs" / "world"


def example_of(page):
    """The one example of a page, as plain data."""
    (text,) = re.findall(r"```yaml\n(.*?)```", (PAGES / f"{page}.md").read_text(encoding="utf-8"), re.DOTALL)
    return YAML(typ="safe").load(text)
