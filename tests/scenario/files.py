"""Several scenario files in the folder we are in (the fixture `folder`), and what is said of them."""

from pathlib import Path

import pytest

from sim.scenario import ScenarioError, load
from tests.scenario.broken import GOOD


def write(**texts):
    """Files by name without ending, in the folder we are in."""
    for name, text in texts.items():
        Path(f"{name}.yaml").write_text(text, encoding="utf-8")


def over(text, base="extends: base.yaml\n"):
    """The scenario of a file that lays `text` over the good scenario."""
    write(base=GOOD, main=base + text)
    return load("main.yaml")


def lines(name="main.yaml", overrides=None):
    """What is said of a file, line by line."""
    with pytest.raises(ScenarioError) as caught:
        load(name, overrides)
    found = str(caught.value).splitlines()
    assert found == [str(problem) for problem in caught.value.problems]
    return found
