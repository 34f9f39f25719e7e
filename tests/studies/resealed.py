"""Manifests that somebody edited with care: sealed again, as if they had been written so."""

import hashlib
import json


def manifest(folder):
    """What the manifest of a folder says."""
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


def reseal(folder, change):
    """Let `change` edit the manifest of a folder, and put the checksum that fits what it says then."""
    data = manifest(folder)
    change(data)
    said = {key: value for key, value in data.items() if key not in ("command", "checksum")}
    text = json.dumps({"parts": {}, "files": {}} | said, sort_keys=True, separators=(",", ":"))
    data["checksum"] = hashlib.sha256(text.encode()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(data), encoding="utf-8")


def unseal(folder):
    """Leave the manifest as that of a study which was killed before it was done."""
    later = ("parts", "files", "checksum")
    kept = {key: value for key, value in manifest(folder).items() if key not in later}
    (folder / "manifest.json").write_text(json.dumps(kept), encoding="utf-8")
