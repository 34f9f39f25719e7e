"""Fixtures for tests of scenario files."""

import pytest


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder to be in, so that files have short names."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
