"""Zip archives: some mail gateways drop attachments that end in .html."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from sim.folder.files import SavedFiles, put_aside, write_bytes_atomically

ENDING = ".zip"

_READABLE = 0o644 << 16


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return an archive of files by name; the same files are the same bytes, whenever it is made."""
    archive = BytesIO()
    with ZipFile(archive, "w", ZIP_DEFLATED) as opened:
        for name, data in files.items():
            about = ZipInfo(name)  # dated 1980, the first day that there is
            about.compress_type, about.external_attr = ZIP_DEFLATED, _READABLE
            opened.writestr(about, data)
    return archive.getvalue()


def pack_files(paths: Sequence[Path]) -> SavedFiles:
    """Write an archive of files beside the first of them, under its name; another file there is renamed."""
    target = paths[0].with_suffix(ENDING)
    data = zipped({path.name: path.read_bytes() for path in paths})
    kept = put_aside(target, data)
    write_bytes_atomically(target, data)
    return SavedFiles([target], [kept] if kept else [])
