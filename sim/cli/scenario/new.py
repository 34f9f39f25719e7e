"""`sim scenario new`: a commented scenario file to begin with."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from shlex import quote

from sim.cli.errors import BadInputError, plainly
from sim.cli.options import TextLang
from sim.scenario.language.files import SUFFIX
from sim.scenario.problems import printable
from sim.text import say


def new(name: Path, /, *, lang: TextLang = "en") -> None:
    """Write a commented scenario file to begin with.

    Parameters
    ----------
    name
        What the file is to be called; .yaml is added.
    """
    if not name.name.strip():
        raise BadInputError("a file needs a name, as in `sim scenario new my-programme`")
    path = name if name.suffix == SUFFIX else name.with_name(f"{name.name}{SUFFIX}")
    text = files("sim.scenario.language").joinpath("starter.yaml").read_text("utf-8")
    with plainly(path):
        try:
            with path.open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)
        except FileExistsError:
            raise BadInputError(f"{path}: is there already; choose another name") from None
    print(say(lang, "scenario.started", file=quote(printable(str(path)))))
