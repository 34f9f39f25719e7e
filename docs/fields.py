"""Write the tables of keys in docs/scenario.md from the models: python docs/fields.py.

A table stands between two comments, `<!-- keys of stages.*.cut -->` and `<!-- end -->`; a test checks that
it is current.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "scenario.md"
TABLE = re.compile(r"(<!-- keys of (\S+) -->\n).*?(<!-- end -->)", re.DOTALL)

sys.path.insert(0, str(ROOT))

from sim.scenario.language.catalogue import ScenarioKey, keys, keys_inside  # noqa: E402  # from this checkout
from sim.scenario.models.quantities import format_bound  # noqa: E402
from sim.scenario.problems import ANY  # noqa: E402


def written(text: str) -> str:
    """The page with every table of keys as the models have it now."""
    return TABLE.sub(lambda found: f"{found[1]}{table(found[2])}{found[3]}", text)


def table(dotted: str) -> str:
    """The keys of a block as a Markdown table; `top` stands for those of the file itself."""
    lines = ["| key | meaning | write | default |", "|---|---|---|---|"]
    return "\n".join([*lines, *(row(key) for key in keys_of(dotted))]) + "\n"


def keys_of(dotted: str) -> list[ScenarioKey]:
    """The keys of a block, or of the file."""
    if dotted == "top":
        return [key for key in keys() if len(key.path) == 1]
    path = tuple(dotted.removesuffix(f".{ANY}").split("."))
    (block,) = (key for key in keys() if key.path == path)
    return keys_inside(block)


def row(key: ScenarioKey) -> str:
    """One key: its name, meaning and symbol, what may be written, and its default."""
    symbol = f" (_{key.symbol}_)" if key.symbol else ""
    unit = f", {key.unit}" if key.unit else ""
    return f"| `{key.path[-1]}` | {key.meaning}{symbol} | {kind(key)}{unit} | {default(key)} |"


def kind(key: ScenarioKey) -> str:
    """What may be written, and from where to where."""
    kinds = (
        " or ".join(key.kinds).replace("a number or a distribution", "number").replace("a number", "number")
    )
    limits = key.allowed
    if limits is None:
        return kinds
    low = f"{'> ' if limits.above else ''}{format_bound(limits.low)}"
    return f"{kinds} {low} to {format_bound(limits.high)}"


def default(key: ScenarioKey) -> str:
    """What holds if the key is left out; a star for a guess."""
    if key.required:
        return "**required**"
    if key.default in (None, {}, ()):
        return ""
    shown = f"{key.default:g}" if isinstance(key.default, float) else str(key.default)
    return f"{shown} *" if key.guess else shown


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
