"""A good scenario to be broken, and what is then said of it."""

import pytest

from sim.scenario import ScenarioError, load

GOOD = """\
format: 1
name: A good scenario
as_of: 2026-01-01
hardware:
  B200: {peak: 2250 TFLOPS, mfu: 0.23}
teams:
  red: {name: Red}
  blue: {name: Blue}
stages:
  first:
    train: 2026-01-01 to 2026-06-30
    result: 2026-07-15
    grants: {pool: {B200: 1024}, shares: equal}
    points:
      exam: {max: 60, mean: 35, per_eci: 0.8, items: {maths: 20, code: 40}}
      jury: {max: 40, mean: 28, spread: 2.5}
    cut: {keep: 1}
  second:
    train: 2026-07-16 to 2026-12-31
    result: 2027-01-15
    points:
      exam: {max: 60, mean: 35, per_eci: 0.8}
"""


def changed(old, new, text=GOOD):
    """The good scenario with the first `old` in it replaced."""
    assert old in text
    return text.replace(old, new, 1)


def loaded(tmp_path, text):
    """The scenario of a file with that text, which is bytes or str."""
    path = tmp_path / "scenario.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load(path)


def refused(tmp_path, text):
    """The problems of that text. Nothing but ScenarioError is raised, and every problem is one line."""
    with pytest.raises(ScenarioError) as caught:
        loaded(tmp_path, text)
    lines = str(caught.value).splitlines()
    assert lines == [str(problem) for problem in caught.value.problems]
    assert lines
    "\n".join(lines).encode()  # can be printed
    return caught.value.problems


def where(problem):
    """Line, column and path."""
    return problem.line, problem.column, problem.path
