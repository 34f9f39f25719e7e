"""What an installed wheel holds: types that checkers see, scenarios, one version, true metadata."""

import email
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest
from ruamel.yaml import YAML

import sim

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

USER = """\
import sim

scenario = sim.load("minimal")
result = sim.run(scenario, 10)
reveal_type(result)
reveal_type(result.odds())
reveal_type(sim.__version__)
sim.run(scenario, runs="many")
sim.rnu(scenario)
"""
REVEALED = ["sim.studies.run.RunResult", "pandas.core.frame.DataFrame", "str"]
REFUSED = [
    'Argument "runs" to "run" has incompatible type "str"; expected "int"',
    'Module has no attribute "rnu"',
]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel as it is built from this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """A Python in which the wheel is installed, away from the checkout, with the dependencies of this one."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=False)
    (site,) = folder.glob("lib/python*/site-packages")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return folder / "bin" / "python", site


def run_in(python, *arguments, cwd):
    """What a command of the new Python leaves, started away from the checkout."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        [str(python), *arguments], cwd=cwd, env=environment, check=False, capture_output=True, text=True
    )


def checked(python, folder):
    """What mypy says of a user's file."""
    (folder / "user.py").write_text(USER, encoding="utf-8")
    mypy = [
        sys.executable,
        "-m",
        "mypy",
        "--python-executable",
        str(python),
        "--cache-dir",
        str(folder / "c"),
    ]
    command = [*mypy, "--config-file", os.devnull, "user.py"]
    return subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True).stdout


def test_mypy_sees_the_types_of_an_installed_wheel(installed, tmp_path):
    python, _ = installed
    told = checked(python, tmp_path)
    assert re.findall(r'Revealed type is "([^"]*)"', told) == REVEALED, told
    assert re.findall(r"error: (.*?)  \[", told) == REFUSED, told


def test_without_its_marker_mypy_would_see_none(installed, tmp_path):
    _, site = installed
    copy = tmp_path / "site"
    copy.mkdir()
    shutil.copytree(site / "sim", copy / "sim", ignore=shutil.ignore_patterns("py.typed", "bundled"))
    venv.create(tmp_path / "bare", with_pip=False)
    (target,) = (tmp_path / "bare").glob("lib/python*/site-packages")
    (target / "copy.pth").write_text(str(copy), encoding="utf-8")
    assert "py.typed marker" in checked(tmp_path / "bare" / "bin" / "python", tmp_path)


def test_an_installed_wheel_runs_a_bundled_scenario_and_knows_its_version(installed, tmp_path):
    python, site = installed
    code = "import sim; print(sim.__file__); print(sim.__version__); print(sim.run(sim.load('minimal'), 20))"
    done = run_in(python, "-c", code, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    file, version, told = done.stdout.splitlines()
    assert Path(file).parent == site / "sim"
    assert version == PROJECT["version"]
    assert told.startswith("<Result: 20 runs of ")


def test_the_version_is_the_same_everywhere():
    told = {"pyproject": PROJECT["version"], "sim": sim.__version__}
    citation = (ROOT / "CITATION.cff").read_text("utf-8")
    told["citation"] = re.findall(r"^version: (.*)$", citation, re.MULTILINE)[0]
    changes = (ROOT / "CHANGELOG.md").read_text("utf-8")
    (number, day), *_ = re.findall(r"^## (\S+) \((\d{4}-\d\d-\d\d)\)$", changes, re.MULTILINE)
    told["change log"] = number
    assert set(told.values()) == {PROJECT["version"]}, told
    assert f"date-released: {day}" in citation


def test_the_citation_has_what_the_format_demands():
    told = YAML(typ="safe").load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= told.keys()
    assert [author["name"] for author in told["authors"]] == [each["name"] for each in PROJECT["authors"]]
    assert told["license"] == PROJECT["license"]
    assert " ".join(told["abstract"].split()) == PROJECT["description"]


def test_the_metadata_of_the_wheel_are_those_of_the_project(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        (name,) = [each for each in names if each.endswith(".dist-info/METADATA")]
        told = email.message_from_bytes(archive.read(name))
    assert told["Version"] == PROJECT["version"]
    assert told.get_all("Classifier") == PROJECT["classifiers"]
    assert told["License-Expression"] == "MIT"
    assert {"sim/py.typed", "sim/bundled/k-ai.yaml", "sim/text/ko.toml"} <= set(names)
    assert not [each for each in names if each.startswith(("tests", "docs", "benchmarks", "examples"))]
