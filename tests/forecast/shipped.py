"""Particles of the pasts of bundled scenarios: infer them anew, compare every byte with what is shipped.

    python -m tests.forecast.shipped          compares
    python -m tests.forecast.shipped --write  writes them, after whatever changes particles

They are those that `sim run SCENARIO` asks for, with its options, the ends of its doubts and what each
stage adds to the evidence, and those of `sim score SCENARIO`.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import pytest

import sim
import sim.cli.app  # which takes one thread for small matrices
from sim.execute import inference
from sim.scenario.language.files import bundled_folder, bundled_names
from sim.studies import DEFAULT_SEED

SHIPPED = bundled_folder() / inference.SHIPPED


def infer_anew(folder: Path) -> dict[str, bytes]:
    """Infer all pasts that the bundled scenarios ask for into an empty folder; return the files."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EVALSCHED_CACHE", str(folder))
        patch.setattr(inference, "SHIPPED", "nowhere")
        patch.setattr(inference, "_known", {})
        for name in bundled_names():
            scenario = sim.load(name)
            if scenario.has_facts:
                result = sim.run(scenario, runs=100, seed=DEFAULT_SEED)
                assert result.alternatives
                assert result.evidence
                assert sim.score(scenario, runs=100, seed=DEFAULT_SEED).findings.stages
    return read(folder)


def read(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder."""
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.npz"))}


def main(arguments: list[str]) -> int:
    """Compare, or write."""
    with tempfile.TemporaryDirectory() as folder:
        found = infer_anew(Path(folder))
    if "--write" in arguments:
        SHIPPED.mkdir(exist_ok=True)
        for path in SHIPPED.glob("*.npz"):
            path.unlink()
        for name, raw in found.items():
            (SHIPPED / name).write_bytes(raw)
    there = read(SHIPPED)
    differ = sorted(name for name in found.keys() | there.keys() if found.get(name) != there.get(name))
    size = sum(map(len, there.values())) / 2**20
    print(f"{len(there)} pasts, {size:.1f} MiB; {len(differ)} differ{os.linesep.join(['', *differ])}")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
