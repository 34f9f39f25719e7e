"""Islands of particles in files: what was inferred once is read the next time, byte for byte the same.

An island that is read is the one that was written, to the last bit.
"""

from __future__ import annotations

import io
import os
import shutil
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from sim.folder.files import atomic_file
from sim.forecast.island import POINT, UNIFORM, Island

CACHE = "evalsched"


def cache_folder() -> Path:
    """Return where particles are kept from one run to the next; it may be deleted at any time."""
    if given := os.environ.get("EVALSCHED_CACHE"):
        return Path(given)
    if local := os.environ.get("LOCALAPPDATA"):  # Windows
        return Path(local) / CACHE / "cache"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / CACHE


def write_islands(path: Path, islands: Sequence[Island]) -> None:
    """Write islands, whole or not at all. Raises `OSError`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_file(path) as partial, zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in Island._fields:
            buffer = io.BytesIO()
            np.save(buffer, _packed(name, np.stack([np.asarray(getattr(one, name)) for one in islands])))
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
        found = read_islands(self._file(number))
        return found[0] if found else None

    def write(self, number: int, island: Island) -> None:
        """Keep an island. Raises `OSError`."""
        write_islands(self._file(number), [island])

    def remove(self) -> None:
        """Delete the folder and all that is in it; what cannot be deleted stays."""
        shutil.rmtree(self.path, ignore_errors=True)

    def _file(self, number: int) -> Path:
        return self.path / f"{number}.npz"


def read_islands(path: Path) -> list[Island] | None:
    """Read islands; None where there are none, or a file that holds no islands."""
    try:
        with np.load(path, allow_pickle=False) as found:
            columns = [found[name] for name in Island._fields]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    whole, steps, combinations, *told = columns
    uniforms, points = (whole + 0.5) * UNIFORM, steps * POINT
    scalars = zip(*(column.tolist() for column in told), strict=True)
    arrays = zip(uniforms, points, combinations, strict=True)
    return [Island(*each, *rest) for each, rest in zip(arrays, scalars, strict=True)]
