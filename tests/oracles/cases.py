"""The cases of oracles.json: numbers from outside the simulator, each with its source and tolerance."""

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest


class Case(NamedTuple):
    """What goes in and what must come out."""

    inputs: dict[str, Any]
    expected: Any
    tolerance: dict[str, float]

    def near(self, expected: Any) -> Any:
        """`expected`, or a part of it, to be compared within the case's tolerance."""
        return pytest.approx(expected, rel=self.tolerance["rel"], abs=self.tolerance["abs"])


def _read() -> dict[str, Case]:
    listed = json.loads(Path(__file__).with_name("oracles.json").read_text(encoding="utf-8"))["oracles"]
    return {each["id"]: Case(each["inputs"], each["expected"], each["tolerance"]) for each in listed}


CASES = _read()


def case(name: str) -> Case:
    """The case of that id."""
    return CASES[name]
