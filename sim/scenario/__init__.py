"""What a user writes: scenario files, their models and the reading of them."""

from sim.scenario.load import from_data, load, read_overrides
from sim.scenario.problems import Problem, ScenarioError
from sim.scenario.scenario import Scenario

__all__ = ["Problem", "Scenario", "ScenarioError", "from_data", "load", "read_overrides"]
