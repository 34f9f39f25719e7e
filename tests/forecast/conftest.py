"""Inference in tests leaves nothing behind, and finds nothing there."""

import pytest

from sim.execute import inference


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """A cache of this test alone."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("EVALSCHED_CACHE", str(folder))
    monkeypatch.setattr(inference, "_known", {})
    return folder
