"""Small folders of every kind of study, for tests of whatever goes on with them."""

from dataclasses import replace

import pytest

from sim.execute import inference
from sim.folder import rows as parts
from sim.studies import evidence
from sim.studies.study import OwnCode
from tests.studies.small_studies import KINDS, PART, save_small


@pytest.fixture
def brief(request, tmp_path, monkeypatch):
    """Less effort than a forecast takes, the `EFFORT` of the module; and a cache of this test alone."""
    whole, effort = OwnCode.case, request.module.EFFORT
    monkeypatch.setattr(OwnCode, "case", lambda *args: replace(whole(*args), effort=effort))
    monkeypatch.setenv("EVALSCHED_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(inference, "_known", {})
    monkeypatch.setattr(evidence, "BRIEF", effort)


@pytest.fixture
def small_parts(monkeypatch):
    """Parts of a few replications, so that a short study has several."""
    monkeypatch.setattr(parts, "_ROWS", PART * 6)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The folder of each kind, complete."""
    root = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "_ROWS", PART * 6)
        for kind in KINDS:
            save_small(kind, root / kind)
    return root


@pytest.fixture(params=KINDS)
def kind(request):
    return request.param
