"""Simulator of staged selection programmes.

import sim
scenario = sim.load("scenarios/minimal.yaml")
print(sim.run(scenario).odds())
"""

from __future__ import annotations

# As type checkers take it, without the time of importing `typing`, in which Ctrl-C would leave a traceback.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import Any

    from sim.api import Result as Result
    from sim.api import load as load
    from sim.api import run as run
    from sim.results import resume as resume
    from sim.rules.verify import RuleError as RuleError
    from sim.rules.verify import verify as verify
    from sim.runs.problems import ResultsError as ResultsError
    from sim.runs.problems import ResultsWarning as ResultsWarning
    from sim.scenario import Scenario as Scenario
    from sim.scenario import ScenarioError as ScenarioError

_HOME = {
    "Result": "sim.api",
    "ResultsError": "sim.runs.problems",
    "ResultsWarning": "sim.runs.problems",
    "RuleError": "sim.rules.verify",
    "Scenario": "sim.scenario",
    "ScenarioError": "sim.scenario",
    "load": "sim.scenario",
    "resume": "sim.results",
    "run": "sim.api",
    "verify": "sim.rules.verify",
}
__all__ = list(_HOME)


def __dir__() -> list[str]:
    return __all__


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used: `import sim` alone takes no time."""
    if name not in _HOME:
        raise AttributeError(f"module 'sim' has no attribute '{name}'")
    from importlib import import_module

    return getattr(import_module(_HOME[name]), name)
