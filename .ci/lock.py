"""Keep requirements.lock and the pins in pyproject.toml the same.

python3 .ci/lock.py            writes both, keeping the pins that still fit
python3 .ci/lock.py --upgrade  writes both, taking the newest versions
python3 .ci/lock.py --check    writes nothing and needs no network; fails if the two differ

requirements.lock carries versions and hashes and no index host, so unlike uv.lock it can be kept in git.
`uv run` does not read it, but it obeys the pins that are mirrored into `constraint-dependencies`.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROJECT = ROOT / "pyproject.toml"
LOCK = ROOT / "requirements.lock"
HEADER = "# Written by .ci/lock.py. Install with: uv pip install --require-hashes -r requirements.lock\n"
MIRROR = re.compile(r"^constraint-dependencies = \[\n.*?^\]\n", re.MULTILINE | re.DOTALL)


def with_pins(project: str, pins: list[str]) -> str:
    """Give the text of pyproject.toml with its mirrored pins replaced."""
    block = "".join(f'    "{pin}",\n' for pin in pins)
    text, found = MIRROR.subn(lambda _: f"constraint-dependencies = [\n{block}]\n", project)
    if found != 1:
        sys.exit("pyproject.toml: expected one constraint-dependencies list")
    return text


def pins_of(lock: str) -> list[str]:
    """List the pins of a lock file, each with its marker and without its hashes."""
    return [line.removesuffix("\\").strip() for line in lock.splitlines() if re.match(r"\w", line)]


def name_of(requirement: str) -> str:
    """Give the normalised name of a requirement."""
    name = re.split(r"[^\w.-]", requirement, maxsplit=1)[0]
    return re.sub(r"[-_.]+", "-", name).lower()


def compile_lock(project: str, *, upgrade: bool) -> str:
    """Resolve the project with its extras and its dev group with uv."""
    with tempfile.TemporaryDirectory() as folder:
        # In a copy without the mirrored pins, or they would hold every version where it is.
        Path(folder, PROJECT.name).write_text(with_pins(project, []), encoding="utf-8")
        if LOCK.exists():
            shutil.copy(LOCK, folder)
        command = [
            *("uv", "pip", "compile", PROJECT.name, "--group", "dev", "--output-file", LOCK.name, "--quiet"),
            *("--all-extras", "--universal", "--generate-hashes", "--no-header"),
            *("--no-emit-index-url", "--no-emit-find-links"),
            *(["--upgrade"] if upgrade else []),
        ]
        subprocess.run(command, cwd=folder, check=True)
        return HEADER + Path(folder, LOCK.name).read_text(encoding="utf-8")


def problems(project: str, lock: str) -> list[str]:
    """Say what is wrong between pyproject.toml and requirements.lock."""
    table = tomllib.loads(project)
    pins = pins_of(lock)
    mirrored = table["tool"]["uv"]["constraint-dependencies"]
    extras = chain.from_iterable(table["project"].get("optional-dependencies", {}).values())
    direct = [*table["project"]["dependencies"], *extras, *table["dependency-groups"]["dev"]]
    pinned = {name_of(pin) for pin in pins}
    return [
        *(f"{pin}: in requirements.lock only" for pin in pins if pin not in mirrored),
        *(f"{pin}: in constraint-dependencies only" for pin in mirrored if pin not in pins),
        *(f"{pin}: not an exact version" for pin in pins if "==" not in pin.partition(";")[0]),
        *(f"{entry}: not pinned" for entry in direct if name_of(entry) not in pinned),
    ]


def main() -> None:
    """Write or check the pins."""
    parser = argparse.ArgumentParser(description="Keep requirements.lock and pyproject.toml the same.")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--check", action="store_true", help="write nothing, fail if they differ")
    what.add_argument("--upgrade", action="store_true", help="take the newest versions")
    options = parser.parse_args()

    project = PROJECT.read_text(encoding="utf-8")
    if options.check:
        found = problems(project, LOCK.read_text(encoding="utf-8"))
        if found:
            sys.exit("\n".join([*found, "Mend it with: python3 .ci/lock.py"]))
        return
    lock = compile_lock(project, upgrade=options.upgrade)
    LOCK.write_text(lock, encoding="utf-8")
    PROJECT.write_text(with_pins(project, pins_of(lock)), encoding="utf-8")


if __name__ == "__main__":
    main()
