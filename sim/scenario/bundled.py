"""The scenarios that come with the program, which can be used by their bare names."""

from __future__ import annotations

import os
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent

SUFFIX = ".yaml"


def folder() -> Path:
    """Where they are: inside an installed package, or beside it in a checkout."""
    installed = _PACKAGE / "bundled"
    return installed if installed.is_dir() else _PACKAGE.parent / "scenarios"


def names() -> list[str]:
    """Their bare names, in the order of the alphabet."""
    return sorted(path.stem for path in folder().glob(f"*{SUFFIX}"))


def found(path: str | os.PathLike[str]) -> Path:
    """The path itself if it names a file, or else the bundled scenario of that bare name, if there is one."""
    given, name = Path(path), os.fspath(path)
    return given if os.path.lexists(given) or "/" in name else shipped(name) or given


def shipped(name: str) -> Path | None:
    """The bundled file of a name such as `k-ai` or `parts/gpus.yaml`, which leads nowhere above."""
    for path in (folder() / name, folder() / f"{name}{SUFFIX}"):
        if os.path.isfile(path):  # noqa: PTH113  # pathlib's raises for a name that is too long
            return path
    return None
