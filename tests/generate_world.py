"""Scenarios with blocks of the wider world for Hypothesis: each block is added by a file of its own.

A block's file in `tests/world` gives `add(draw, data)`, which writes its keys into plain data that is valid
without them, or leaves the data as they are where the block would make no sense.
"""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from tests.generate import scenarios
from tests.generate_wide import wide_scenarios
from tests.mended import mended
from tests.world import (
    afterwards,
    breakthroughs,
    data,
    effort,
    faults,
    openness,
    supply,
    trained_model,
)

BLOCKS: dict[str, Callable[..., None]] = {
    "afterwards": afterwards.add,
    "breakthroughs": breakthroughs.add,
    "data": data.add,
    "effort": effort.add,
    "faults": faults.add,
    "openness": openness.add,
    "supply": supply.add,
    "trained_model": trained_model.add,
}
"""What adds each block, by the block's name."""


@st.composite
def world_scenarios(draw, only: str | None = None) -> Any:
    """A generated scenario with one to three of the blocks, or with `only` one of them."""
    data = draw(scenarios() | wide_scenarios())
    names = (
        [only]
        if only
        else draw(st.lists(st.sampled_from(sorted(BLOCKS)), min_size=1, max_size=3, unique=True))
    )
    for name in sorted(names, key="afterwards".__eq__):  # which looks at what bases there are
        BLOCKS[name](draw, data)
    return mended(data)
