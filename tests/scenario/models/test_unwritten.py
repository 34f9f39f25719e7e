"""Blocks that are left out: made without being validated, they are what an empty block is."""

import pytest

from sim.scenario.models.base import Block
from sim.scenario.models.points import Item, PointsBlock


def blocks(kind=Block):
    """Every kind of block of the language."""
    for below in kind.__subclasses__():
        yield below
        yield from blocks(below)


LEFT_OUT = {
    f"{kind.__name__}.{name}": field.default
    for kind in blocks()
    for name, field in kind.model_fields.items()
    if isinstance(field.default, Block)
}


def test_blocks_that_may_be_left_out_are_found():
    assert {"Scenario.faults", "Stage.cut", "Team.faults", "Entry.panel"} <= LEFT_OUT.keys()


@pytest.mark.parametrize("block", LEFT_OUT.values(), ids=LEFT_OUT)
def test_what_is_left_out_is_what_an_empty_block_is(block):
    written = type(block).model_validate({})
    assert block == written
    assert block.model_fields_set == written.model_fields_set
    assert block.model_dump_json() == written.model_dump_json()
    assert {name: type(value) for name, value in block} == {name: type(value) for name, value in written}


def test_a_block_without_items_is_one_item_of_its_maximum():
    block = PointsBlock.model_validate({"max": 30, "mean": 10, "spread": 2})
    written = Item.model_validate({"max": 30})
    assert block.whole == written
    assert block.whole.model_dump_json() == written.model_dump_json()
