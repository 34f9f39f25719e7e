"""Islands of particles in files: what was inferred once is read the next time, byte for byte the same.

An island that is read is the one that was written, to the last bit. Beside the islands of a past stand the
names of the numbers that their particles have, and the answers with which its facts can hold: to find these
out anew takes longer than to read everything.
"""

from __future__ import annotations

import io
import os
import shutil
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from sim.folder.files import atomic_file
from sim.forecast.island import POINT, UNIFORM, Island
from sim.forecast.prior import InputNames

CACHE = "evalsched"


def cache_folder() -> Path:
    """Return where particles are kept from one run to the next; it may be deleted at any time."""
    if given := os.environ.get("EVALSCHED_CACHE"):
        return Path(given)
    if local := os.environ.get("LOCALAPPDATA"):  # Windows
        return Path(local) / CACHE / "cache"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / CACHE


class KeptPast(NamedTuple):
    """What is kept of a past."""

    islands: Sequence[Island]
    numbers: InputNames  # that are the columns of their uniforms
    answers: np.ndarray  # with which its facts can hold, as `Evidence` has them


def write_past(path: Path, past: KeptPast) -> None:
    """Write a past, whole or not at all. Raises `OSError`."""
    numbers = {_NUMBERS[field]: np.array(value) for field, value in past.numbers._asdict().items()}
    _write(path, {**_columns(past.islands), **numbers, _ANSWERS: past.answers})


_NUMBERS = {"all": "numbers", "of_points": "of_points", "of_strength": "of_strength"}
"""Fields of `InputNames` and how they are called in a file."""

_ANSWERS = "answers"


def _columns(islands: Sequence[Island]) -> dict[str, np.ndarray]:
    stacked = {name: np.stack([np.asarray(getattr(one, name)) for one in islands]) for name in Island._fields}
    return {name: _packed(name, values) for name, values in stacked.items()}


def _write(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_file(path) as partial, zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, values in arrays.items():
            buffer = io.BytesIO()
            np.save(buffer, values)
            # No time in it: the same islands are the same bytes.
            archive.writestr(zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0)), buffer.getvalue())


def _packed(name: str, values: np.ndarray) -> np.ndarray:
    """Uniforms and points as the whole numbers that they were rounded to: half the size."""
    if name == "uniforms":
        return np.floor(values / UNIFORM).astype(np.uint16)
    if name == "points":
        steps = np.rint(values / POINT)
        return steps.astype(np.int32 if np.abs(steps).max(initial=0) < _MOST_32 else np.int64)
    return values


_MOST_32 = 2**31


class IslandFolder:
    """Where islands are kept one by one until all are there, so that a kill loses none that was finished."""

    def __init__(self, past: Path) -> None:
        self.path = past.with_name(f"{past.stem}.islands")

    def read(self, number: int) -> Island | None:
        """Return an island; None if it is not there, or damaged."""
        found = _read(self._file(number), Island._fields)
        return None if found is None else _islands(found)[0]

    def write(self, number: int, island: Island) -> None:
        """Keep an island. Raises `OSError`."""
        _write(self._file(number), _columns([island]))

    def remove(self) -> None:
        """Delete the folder and all that is in it; what cannot be deleted stays."""
        shutil.rmtree(self.path, ignore_errors=True)

    def _file(self, number: int) -> Path:
        return self.path / f"{number}.npz"


def read_past(path: Path) -> KeptPast | None:
    """Read a past; None where there is none, or a file that holds none."""
    found = _read(path, (*Island._fields, *_NUMBERS.values(), _ANSWERS))
    if found is None:
        return None
    *numbers, answers = found[len(Island._fields) :]
    names, *positions = (tuple(values.tolist()) for values in numbers)
    return KeptPast(_islands(found[: len(Island._fields)]), InputNames(names, *positions), answers)


def _read(path: Path, names: Sequence[str]) -> list[np.ndarray] | None:
    try:
        with np.load(path, allow_pickle=False) as found:
            return [found[name] for name in names]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def _islands(columns: Sequence[np.ndarray]) -> list[Island]:
    whole, steps, combinations, *told = columns
    uniforms, points = (whole + 0.5) * UNIFORM, steps * POINT
    scalars = zip(*(column.tolist() for column in told), strict=True)
    arrays = zip(uniforms, points, combinations, strict=True)
    return [Island(*each, *rest) for each, rest in zip(arrays, scalars, strict=True)]
