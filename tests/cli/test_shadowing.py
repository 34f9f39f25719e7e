"""Files of a user's own whose names are those of modules: a random.py or a sim/ beside the scenario."""

import os
import subprocess
import sys
from importlib.metadata import version

import pytest

from tests.cli.command import MINIMAL, ROOT

SCRIPT = "import sys; del sys.path[0]; sys.argv[0] = 'sim'; from sim.__main__ import main; sys.exit(main())"
"""The installed script `sim`: modules are looked for in its folder, and not in the current one."""

RUN = ("run", "mine.yaml", "--runs", "300", "--jobs", "2", "--json")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "mine.yaml").write_text(MINIMAL.read_text(encoding="utf-8"), encoding="utf-8")
    for name in ("random", "numpy", "enum", "signal", "multiprocessing"):
        (tmp_path / f"{name}.py").write_text(f"raise SystemExit('{name}.py of the user')", encoding="utf-8")
    return tmp_path


def ran(folder, *arguments):
    """What Python prints, started in the folder."""
    done = subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.parametrize("kind", ["file", "package"])
def test_the_script_and_its_workers_take_nothing_from_the_current_folder(folder, kind):
    shadow = folder / "sim.py" if kind == "file" else folder / "sim" / "__init__.py"
    shadow.parent.mkdir(exist_ok=True)
    shadow.write_text("raise SystemExit('the sim of the user')", encoding="utf-8")
    assert '"runs": 300' in ran(folder, "-c", SCRIPT, *RUN)
    assert ran(folder, "-P", "-m", "sim", "--version").strip() == version("evalsched")


def test_the_module_needs_no_option_unless_the_name_is_its_own(folder):
    assert '"runs": 300' in ran(folder, "-m", "sim", *RUN)


def test_workers_of_a_script_elsewhere_take_nothing_from_the_current_folder(folder, tmp_path_factory):
    script = tmp_path_factory.mktemp("elsewhere") / "script.py"
    code = "import sim; print(sim.run(sim.load('mine.yaml'), 300, jobs=2).tally.runs)"
    script.write_text(code, encoding="utf-8")
    assert ran(folder, str(script)) == "300\n"
