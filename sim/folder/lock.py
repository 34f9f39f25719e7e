"""One process at a time in a folder of results. The lock ends with its process, however that ends."""

from __future__ import annotations

import errno
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sim.folder.errors import ResultsError, ResultsWarning, describe_os_error

LOCK = ".lock"

_TAKEN = (errno.EAGAIN, errno.EACCES, errno.EDEADLK)
"""How systems say that somebody else holds a lock; any other error is that there are no locks here."""


@contextmanager
def lock_folder(out: Path) -> Iterator[None]:
    """Keep other processes from writing to the folder `out`; it is made if need be.

    Raises `ResultsError` if another one does now, or if the folder cannot be written to.
    """
    path = out / LOCK
    try:
        out.mkdir(parents=True, exist_ok=True)
        file = _open_locked(out, path)
    except FileExistsError:
        raise ResultsError(f"{out}: a file, expected a folder or a new name") from None
    except OSError as error:
        raise ResultsError(describe_os_error(error, out)) from None
    try:
        yield
    finally:
        _unlock(path, file)


def _open_locked(out: Path, path: Path) -> int:
    """Open the lock file, and return it once it is ours and still the one that others find by its name."""
    while True:
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            _lock(file)
        except OSError as error:
            if error.errno in _TAKEN:
                os.close(file)
                raise ResultsError(
                    f"{out}: another process is writing here; let it end, or choose another folder"
                ) from None
            warnings.warn(
                f"{out}: this file system has no locks; see that no other process writes here",
                ResultsWarning,
                stacklevel=2,
            )
        if _is_same_file(file, path):
            return file
        os.close(file)  # whoever held it removed it just now


def _is_same_file(file: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file), path.stat())
    except FileNotFoundError:
        return False


def _unlock(path: Path, file: int) -> None:
    if sys.platform == "win32":  # an open file cannot be removed there
        os.close(file)
        path.unlink(missing_ok=True)
    else:  # while it is ours: later it might be another's
        path.unlink(missing_ok=True)
        os.close(file)


if sys.platform == "win32":
    import msvcrt

    def _lock(file: int) -> None:
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
