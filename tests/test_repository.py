"""What must hold of the repository itself."""

import re
import subprocess
import sys
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
