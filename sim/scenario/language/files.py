"""Scenario files: those that come with the program, and files that extend others.

All files that are extended are read, and each is laid over those before it.
"""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from sim.scenario.language.compose import lay
from sim.scenario.language.keywords import write_inline
from sim.scenario.language.yamltree import MAX_BYTES, MAX_NODES, Tree, parse
from sim.scenario.problems import Problem, ScenarioError, did_you_mean, raise_if_any

_PACKAGE = Path(__file__).resolve().parents[2]

SUFFIX = ".yaml"


def bundled_folder() -> Path:
    """Where they are: inside an installed package, or beside it in a checkout."""
    installed = _PACKAGE / "bundled"
    return installed if installed.is_dir() else _PACKAGE.parent / "scenarios"


PROGRAMMES = "programmes"
"""The folder of those that are about other programmes than Korea's."""


def bundled_names() -> list[str]:
    """Their bare names, in the order of the alphabet; those of other programmes come last."""
    folder = bundled_folder()
    return [path.stem for where in (folder, folder / PROGRAMMES) for path in sorted(where.glob(f"*{SUFFIX}"))]


def find_file(path: str | os.PathLike[str]) -> Path:
    """The path itself if it names a file, or else the bundled scenario of that bare name, if there is one."""
    given, name = Path(path), os.fspath(path)
    return given if os.path.lexists(given) or "/" in name else bundled_file(name) or given


def bundled_file(name: str) -> Path | None:
    """The bundled file of a name such as `k-ai` or `parts/gpus.yaml`, which leads nowhere above."""
    folder = bundled_folder()
    names = (name, f"{name}{SUFFIX}")
    for path in (where / each for where in (folder, folder / PROGRAMMES) for each in names):
        if _is_file(path):
            return path
    return None


def _is_file(path: str | Path) -> bool:
    return os.path.isfile(path)  # noqa: PTH113  # pathlib's raises for a name that is too long


MAX_FILES = 20
MAX_FOLLOWED = 10


def read(path: Path) -> Tree:
    """The file at `path` laid over the files that it extends, and these over those that they extend.

    A file that is extended by several counts once, where it is met first. Raises `ScenarioError` with the
    problems of all files.
    """
    files = _Files(path.parent)
    files.add(path, ())
    for tree in files.trees:
        files.problems += write_inline(tree, new_ids=len(files.trees) > 1)
    raise_if_any(files.problems)
    merged, *others = files.trees
    for tree in others:
        merged, wrong = lay(merged, tree)
        files.problems += wrong
    raise_if_any(files.problems)
    return merged


class _Files:
    """The trees of a file and of all that it extends, in the order in which they are laid over each other."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.trees: list[Tree] = []
        self.problems: list[Problem] = []
        self.seen: set[str] = set()
        self.bytes = MAX_BYTES  # left
        self.nodes = MAX_NODES  # left

    def add(self, file: Path, chain: tuple[Path, ...]) -> None:
        """Read a file and all that it extends; `chain` are the files that led to it."""
        try:
            raw = _read_bytes(file, self.bytes)
            self.seen.add(os.path.realpath(file))
            self.bytes -= len(raw)
            tree = parse(_decode(raw, file), str(file), self.nodes)
        except ScenarioError as error:
            self.problems += error.problems
            return
        self.nodes -= tree.nodes
        for name in self.names(tree):
            self.follow(tree, name, (*chain, file))
        self.trees.append(tree)

    def names(self, tree: Tree) -> list[str]:
        """The files that a file says it extends."""
        given: Any = tree.data.pop("extends", [])
        names = [given] if isinstance(given, str) else given
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            self.refuse(tree, "no file name", "the name of a file or a list of them, as in k-ai.yaml")
            return []
        if len(names) > MAX_FILES:
            self.refuse(tree, f"{len(names)} files", f"at most {MAX_FILES} in all")
            return []
        return names

    def follow(self, tree: Tree, name: str, chain: tuple[Path, ...]) -> None:
        """Add the file called `name` in the last file of `chain`, if it may be used and is not there yet."""
        folder = chain[-1].parent
        if not _is_below(folder, name):
            expected = "a file in the same folder or below, as in parts/k-ai.yaml"
            self.refuse(tree, f"'{name}' leads out of the file's folder", expected)
            return
        file = folder / name
        if not _is_file(file):
            file = bundled_file(name) or file
        real = os.path.realpath(file)
        met = [os.path.realpath(before) for before in chain]
        if real in met:
            circle = [*chain[met.index(real) :], file]
            told = " -> ".join(one.relative_to(self.root).as_posix() for one in circle)
            self.refuse(tree, f"a circle: {told}", "files that do not extend each other")
        elif real in self.seen:
            return
        elif len(chain) > MAX_FOLLOWED:
            self.refuse(tree, f"'{name}', one file too deep", f"at most {MAX_FOLLOWED} below each other")
        elif len(self.seen) >= MAX_FILES:
            self.refuse(tree, f"'{name}', one file too many", f"at most {MAX_FILES} in all")
        elif not _is_file(real):
            self.refuse(tree, f"no file '{name}'", hint=_near(file))
        else:
            self.add(file, chain)

    def refuse(self, tree: Tree, found: str, expected: str = "", hint: str = "") -> None:
        self.problems.append(tree.problem(("extends",), found, expected, hint))


def _is_below(folder: Path, name: str) -> bool:
    """Whether a name in a file leads to its folder or below, here and on any other system."""
    if "\0" in name or "\\" in name or PureWindowsPath(name).anchor or ".." in PurePosixPath(name).parts:
        return False
    real = Path(os.path.realpath(folder / name))
    return real.parent.is_relative_to(os.path.realpath(folder))


def _near(path: Path) -> str:
    """A suggestion for a file that is not there."""
    if not os.path.isdir(path.parent):  # noqa: PTH112  # as in `_is_file`
        return ""
    # The file itself may be a link to nothing.
    files = sorted({file.name for file in path.parent.glob("*.yaml")} - {path.name})
    bare = path.name == str(path) and not path.suffix
    return did_you_mean(path.name, [*(bundled_names() if bare else ()), *files])


def _read_bytes(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            raw = file.read(most + 1)
    except FileNotFoundError:
        raise ScenarioError([Problem(str(path), 0, 0, "", "no such file", hint=_near(path))]) from None
    except (OSError, ValueError) as error:  # ValueError: a path with a zero byte
        found = f"cannot be read: {(getattr(error, 'strerror', None) or str(error)).lower()}"
        raise ScenarioError([Problem(str(path), 0, 0, "", found, "a scenario file")]) from None
    if len(raw) > most:
        found = f"more than {MAX_BYTES // 1000} kB in all"
        raise ScenarioError([Problem(str(path), 1, 1, "", found, "a scenario of a few pages")])
    return raw


def _decode(raw: bytes, path: Path) -> str:
    # Without a mark at its beginning, too, UTF-16 shows: of every Latin letter one byte is 0.
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff") or raw[:200].count(0) > min(len(raw), 200) // 3:
        raise ScenarioError([Problem(str(path), 1, 1, "", "text saved as UTF-16", _SAVED)])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8-sig")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        raise ScenarioError([Problem(str(path), line, column, "", _encoding(raw), _SAVED)]) from None


_SAVED = "a file saved as UTF-8"


def _encoding(raw: bytes) -> str:
    """What a file that is not UTF-8 may be instead."""
    try:
        text = raw.decode("cp949")
    except UnicodeDecodeError:
        return "a byte that is not UTF-8"
    korean = "\0" not in text and any("가" <= c <= "힣" for c in text)
    return "text saved as CP949 (EUC-KR)" if korean else "a byte that is not UTF-8"
