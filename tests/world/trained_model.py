"""Models with a size for generated scenarios, and the points that they earn."""

from copy import deepcopy

from hypothesis import strategies as st

from tests.generate import numbers, record, some_of

MODALITIES = ("vision", "speech")


def share():
    """A modality, by its share of compute alone or as a block."""
    return st.just(0.15) | st.builds(lambda number: {"compute": number}, numbers(0, 0.4, 0.15, 0))


def size():
    """A model of up to a few trillion parameters, dense or not."""
    return record(
        {"parameters": numbers(2e11, 4e12, 2.5e11)},
        active=numbers(1e9, 2e11, 1.5e10),
        tokens=numbers(1e11, 4e13, 1e12),
        unique=numbers(1e11, 4e13, 2e13, 1e11),
        leverage=numbers(1, 7, 1, 4),
        modalities=st.dictionaries(st.sampled_from(MODALITIES), share(), max_size=2),
    )


@st.composite
def models(draw, teams, points):
    """A model for some teams, perhaps for all the others, too."""
    found = {team: draw(size()) for team in draw(some_of((*teams, "default")))} or {"default": draw(size())}
    fields = [*points, *(f"{b}/{i}" for b, block in points.items() for i in block.get("items", {}))]
    for model in found.values():
        if draw(st.booleans()) and "active" in model:
            model["leverage"] = draw(st.just("by-experts"))
            model["granularity"] = draw(numbers(1, 16, 8))
        if draw(st.booleans()) and len(points) > 1:
            model["special"] = {"of": draw(st.sampled_from(fields)), "gain": draw(numbers(-2, 4, 1))}
            model["special"]["elsewhere"] = draw(numbers(-4, 1, 0, -1))
    return found


def add(draw, data):
    """Let teams of some stages train models with a size, and let what they are earn points."""
    if not data.get("hardware"):
        return
    for stage in data["stages"].values():
        points = stage["points"] = deepcopy(stage.get("points", {}))  # stages may share one
        if "train" not in stage or not draw(st.booleans()):
            continue
        stage["model"] = draw(models(tuple(data["teams"]), points))
        for block in points.values():
            add_rewards(draw, block)
        if points and draw(st.booleans()):
            stage["model"].setdefault("default", {"parameters": 1e11})
            make_efficient(draw, draw(st.sampled_from(sorted(points))), points)
    if draw(st.booleans()):
        data["scaling"] = draw(
            record(
                parameters=numbers(285, 744, 482.01),
                tokens=numbers(1042, 5810, 2085.43),
                parameters_exponent=numbers(0.317, 0.373, 0.3478),
                tokens_exponent=numbers(0.331, 0.415, 0.3658),
                repeats=numbers(5, 30, 15),
            )
        )


def add_rewards(draw, block):
    """Let a block, or some of its items, reward modalities."""
    rewards = st.dictionaries(st.sampled_from(MODALITIES), numbers(-1, 3, 1), min_size=1)
    for part in (block, *block.get("items", {}).values()):
        if isinstance(part, dict) and not draw(st.integers(0, 2)):  # an item may be its maximum alone
            part["rewards"] = draw(rewards)


def make_efficient(draw, name, points):
    """Let a block go by the size of models; what stands in the way is left out."""
    block = points[name]
    goes_by_size = {"per_halving": draw(numbers(-1, 3, 1)), "reference": draw(numbers(1e9, 1e11, 1.5e10))}
    for key in ("per_eci", "per_strength", "spread", "follows_strength", "lasting"):
        block.pop(key, None)
    for item in (each for each in block.get("items", {}).values() if isinstance(each, dict)):
        for key in ("per_eci", "per_eci_share", "per_strength", "spread", "target"):
            item.pop(key, None)
    block["efficiency"] = goes_by_size
