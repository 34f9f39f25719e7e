"""Generated scenarios without what makes no sense: idle rules, and results that the rules do not allow."""

from copy import deepcopy

from sim.scenario import ScenarioError, from_data

IDLE = ("when_fewer_than", "minimum")
"""Keys that are taken away where no field is small enough, and no candidate good enough, for them."""


def mended(data):
    """The data of a scenario, changed where a cut, an entry or a known result cannot be meant."""
    data = deepcopy(data)
    try:
        from_data(data)
    except ScenarioError as error:
        for problem in error.problems:
            *path, last = problem.path.split(".")
            block = data
            for key in path:
                block = block[key]
            if last == "keep":
                block[last] = max(0, int(problem.expected.split()[-1]) - 1)  # at most so many can be there
            elif last in IDLE:
                del block[last]
            elif last == "train":  # nobody has a GPU: a pool of none says so on purpose
                block["grants"] = {"pool": dict.fromkeys(data["hardware"], 0), "shares": "equal"}
            elif last == "happened" and "the cut takes" in problem.expected:
                block["cut"] = {"minimum": 50.0}  # which may take as many as it likes
            else:
                raise
        return mended(data)
    return data
