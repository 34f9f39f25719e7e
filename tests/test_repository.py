"""What must hold of the repository itself."""

import ast
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Written with character classes, so that this file does not match itself.
PRIVATE = re.compile(
    r"pypi[.]org|files[.]pythonhosted[.]org|[/]simple/|(?:https?|file):[/]/\S+[/]simple\b|[/]opt/|[/]work/",
    re.IGNORECASE,
)


def git_files():
    """List what is in git or would be with the next `git add`."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    found = (ROOT / name for name in names.split("\0") if name)
    return [path for path in found if path.is_file() and not is_in_environment(path)]


def is_in_environment(path):
    """Whether it lies in a virtual environment, whatever that is called: no file of this project."""
    return any((folder / "pyvenv.cfg").is_file() for folder in path.parents if ROOT in folder.parents)


def test_files_of_a_virtual_environment_in_the_checkout_are_none_of_ours(tmp_path, monkeypatch):
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    for name in ("my-env/pyvenv.cfg", "my-env/lib/module.py", "mine.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert git_files() == [tmp_path / "mine.py"]


def test_no_file_names_a_package_index_or_a_place_on_one_machine():
    found = []
    for path in git_files():
        content = path.read_bytes()
        if b"\0" in content:
            continue  # binary
        for number, line in enumerate(content.decode("utf-8", errors="replace").splitlines(), start=1):
            if match := PRIVATE.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {match[0]}")
    assert found == []


def test_no_file_holds_what_a_merge_left_undecided():
    marks = re.compile("^(" + "|".join(7 * sign + r"( |$)" for sign in "<>") + ")", re.MULTILINE)
    contents = {path: path.read_bytes().decode("utf-8", errors="replace") for path in git_files()}
    assert [path.name for path, content in contents.items() if marks.search(content)] == []


def test_the_pins_in_pyproject_are_those_of_the_lock():
    check = subprocess.run(
        [sys.executable, ".ci/lock.py", "--check"], cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert check.returncode == 0, check.stderr


VERBS = {"run", "sweep", "compare", "sensitivity", "score", "resume"}
"""What one may ask for, by the same name in Python (`sim/api.py`) and on the command line (`sim/cli`)."""


def public_names(folder):
    """Find the public functions and classes of all modules below a folder: by name, where each is defined."""
    found = defaultdict(set)
    for path in folder.rglob("*.py"):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                found[node.name].add(path.relative_to(folder).as_posix())
    return {name: places for name, places in found.items() if not name.startswith("_")}


def is_shared_verb(name, places):
    """Whether a name is that of a verb, in Python and on the command line and nowhere else."""
    return (
        name in VERBS and len(places) == 2 and {place.split("/")[0] for place in places} == {"api.py", "cli"}
    )


def names_defined_twice(folder):
    found = public_names(folder).items()
    return {name: places for name, places in found if len(places) > 1 and not is_shared_verb(name, places)}


def test_a_public_name_means_one_thing_in_the_whole_package():
    assert names_defined_twice(ROOT / "sim") == {}


def test_public_names_that_mean_two_things_are_found(tmp_path):
    modules = {
        "api.py": "def run(): ...\ndef sweep(): ...\ndef load(): ...",
        "cli/run.py": "def run(): ...\ndef show(): ...\ndef _help(): ...",
        "cli/load.py": "def load(): ...\ndef sweep(): ...\ndef _help(): ...",
        "rules/sweep.py": "async def sweep(): ...\nclass Sheet:\n    def show(self): ...",
        "rules/sheet.py": "class Sheet: ...",
    }
    for name, text in modules.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert names_defined_twice(tmp_path) == {
        "load": {"api.py", "cli/load.py"},
        "sweep": {"api.py", "cli/load.py", "rules/sweep.py"},
        "Sheet": {"rules/sheet.py", "rules/sweep.py"},
    }
