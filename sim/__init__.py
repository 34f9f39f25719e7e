"""Simulator of staged selection programmes.

import sim
scenario = sim.load("scenarios/minimal.yaml")
print(sim.run(scenario).odds())
"""

from __future__ import annotations

# As type checkers take it, without the time of importing `typing`, in which Ctrl-C would leave a traceback.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from sim.api import compare as compare
    from sim.api import load as load
    from sim.api import resume as resume
    from sim.api import run as run
    from sim.api import score as score
    from sim.api import sensitivity as sensitivity
    from sim.api import sweep as sweep
    from sim.execute.cluster import Cluster as Cluster
    from sim.execute.cluster import ClusterError as ClusterError
    from sim.folder.errors import ResultsError as ResultsError
    from sim.folder.errors import ResultsWarning as ResultsWarning
    from sim.rules.book import RuleError as RuleError
    from sim.rules.book import verify as verify
    from sim.scenario import Scenario as Scenario
    from sim.scenario import ScenarioError as ScenarioError
    from sim.scenario.evidence import Knowledge as Knowledge
    from sim.studies.comparison import ComparisonResult as ComparisonResult
    from sim.studies.run import RunResult as RunResult
    from sim.studies.score import ScoreResult as ScoreResult
    from sim.studies.sensitivity import SensitivityResult as SensitivityResult
    from sim.studies.sweep import SweepResult as SweepResult

    __version__: str

_HOME = {
    "Cluster": "sim.execute.cluster",
    "ClusterError": "sim.execute.cluster",
    "ComparisonResult": "sim.studies.comparison",
    "Knowledge": "sim.scenario.evidence",
    "ResultsError": "sim.folder.errors",
    "ResultsWarning": "sim.folder.errors",
    "RuleError": "sim.rules.book",
    "RunResult": "sim.studies.run",
    "Scenario": "sim.scenario",
    "ScenarioError": "sim.scenario",
    "ScoreResult": "sim.studies.score",
    "SensitivityResult": "sim.studies.sensitivity",
    "SweepResult": "sim.studies.sweep",
    "compare": "sim.api",
    "load": "sim.scenario",
    "resume": "sim.api",
    "run": "sim.api",
    "score": "sim.api",
    "sensitivity": "sim.api",
    "sweep": "sim.api",
    "verify": "sim.rules.book",
}
__all__ = list(_HOME)


def __dir__() -> list[str]:
    return __all__


if not TYPE_CHECKING:  # or type checkers would take a name that is misspelt for Any

    def __getattr__(name: str) -> object:
        """Import a public name when it is first used: `import sim` alone takes no time."""
        from importlib import import_module, metadata

        if name == "__version__":  # what pyproject.toml says, by way of the installed package
            return metadata.version("evalsched")
        if name not in _HOME:
            raise AttributeError(f"module 'sim' has no attribute '{name}'")
        return getattr(import_module(_HOME[name]), name)
