"""What a user writes: scenario files, their models and the reading of them."""

from sim.scenario.language.load import from_data, load, read_overrides
from sim.scenario.models.scenario import Scenario
from sim.scenario.problems import Problem, ScenarioError

__all__ = ["Problem", "Scenario", "ScenarioError", "from_data", "load", "read_overrides"]
