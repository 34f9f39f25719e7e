"""Write docs/api.md, every public function and class, from docstrings: python docs/api.py.

A test checks that it is current.
"""

import inspect
import sys
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, get_args

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "api.md"

sys.path.insert(0, str(ROOT))

import sim  # noqa: E402  # from this checkout
from sim.execute.case import EngineChoice  # noqa: E402
from sim.render.figures.run import RunKind  # noqa: E402
from sim.stats.design import Design  # noqa: E402
from sim.studies.request import Keep  # noqa: E402
from sim.studies.study import Result  # noqa: E402
from sim.text import Lang  # noqa: E402

OPENING = """\
# Everything that `import sim` gives

Written from the docstrings by `python docs/api.py`; [python.md](python.md) shows how it is used. Tables are
pandas frames, whose columns are those of [output.md](output.md).
"""

WORDS = {"EngineChoice": EngineChoice, "Design": Design, "Keep": Keep, "Lang": Lang, "RunKind": RunKind}
"""Types of which the values are words."""

OTHERS = {
    "Rules": 'functions by name, `"rank"`, `"cut"` or `"grants"`',
    "Progress": "a function that is told (done, of)",
    "UserProcess": "a generator function that is given the world",
    "Range": "replications from (start) to before (stop)",
    "Tables": "pandas frames by the name of their file",
}

WIDEST = 100


def page() -> str:
    """The whole page."""
    public = {name: getattr(sim, name) for name in sim.__all__}
    functions = {name: each for name, each in public.items() if not inspect.isclass(each)}
    errors = {name: each for name, each in public.items() if is_error(each)}
    classes = {name: each for name, each in public.items() if name not in functions and name not in errors}
    parts = [
        OPENING,
        "## Functions\n",
        *(function(f"sim.{name}", each, "###") for name, each in functions.items()),
        "## Results and scenarios\n",
        "Results of all studies have these in common:\n",
        members(Result),
        *(described(name, each) for name, each in classes.items()),
        "## Errors and warnings\n",
        "".join(f"- **`sim.{name}`**: {flat(each)}\n" for name, each in errors.items()),
        "## Words in signatures\n",
        "\n".join(words()) + "\n",
    ]
    return "\n".join(parts)


def is_error(found: Any) -> bool:
    """Whether it is raised or warned with."""
    return inspect.isclass(found) and issubclass(found, Exception)


def function(name: str, found: Any, heading: str) -> str:
    """A function with its signature and docstring."""
    return f"{heading} `{name}`\n\n```text\n{signature(name, found)}\n```\n\n{inspect.getdoc(found)}\n"


def signature(name: str, found: Any) -> str:
    """A signature in a line, or a parameter a line where that is too long."""
    plain = inspect.signature(found)
    told = []
    for each in plain.parameters.values():
        if each.kind is each.KEYWORD_ONLY and "*" not in told:
            told.append("*")
        if each.name != "self":
            told.append(parameter(each))
    after = f") -> {as_written(plain.return_annotation)}"
    line = f"{name}({', '.join(told)}{after}"
    return (
        line
        if len(line) <= WIDEST
        else "\n    ".join([f"{name}(", *(f"{each}," for each in told)]) + f"\n{after}"
    )


def parameter(found: inspect.Parameter) -> str:
    """A parameter with its type and default."""
    default = "" if found.default is found.empty else f" = {found.default!r}"
    return f"{found.name}: {as_written(found.annotation)}{default}"


def as_written(annotation: Any) -> str:
    """A type as it stands in the code."""
    return annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)


def described(name: str, found: type) -> str:
    """A class with its docstring and what is its own."""
    return f"### `sim.{name}`\n\n{inspect.getdoc(found)}\n\n{members(found)}"


def members(found: type) -> str:
    """The public methods and properties of a class that say what they do, beside those of all results."""
    return "".join(f"- **`{told}`**: {flat(member)}\n" for told, member in _members(found))


def _members(found: type) -> Iterator[tuple[str, Any]]:
    for name, member in vars(found).items():
        if name.startswith("_") or not is_told(member) or is_like_that_of_all(found, name, member):
            continue
        if isinstance(member, (property, cached_property)):
            yield name, member
        else:
            yield signature(name, getattr(found, name)), member


def is_told(member: Any) -> bool:
    """Whether it is a method or property of our own."""
    inner = getattr(member, "__func__", member)
    ours = inspect.isfunction(inner) or isinstance(inner, (property, cached_property))
    return ours and bool(inspect.getdoc(inner))


def is_like_that_of_all(found: type, name: str, member: Any) -> bool:
    """Whether results have it in common, and this one says no more of it."""
    common = vars(Result).get(name)
    return found is not Result and common is not None and flat(common) == flat(member)


def flat(found: Any) -> str:
    """A docstring in a line."""
    return " ".join((inspect.getdoc(found) or "").split())


def words() -> Iterator[str]:
    """What stands behind the names of types."""
    yield "| name | stands for |"
    yield "|---|---|"
    for name, kind in WORDS.items():
        yield f"| `{name}` | {', '.join(f'`{value}`' for value in get_args(kind))} |"
    for name, meaning in OTHERS.items():
        yield f"| `{name}` | {meaning} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
