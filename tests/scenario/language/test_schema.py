"""The schema for editors, without an editor: it marks nothing that the loader takes, and most of the rest."""

import unicodedata
from copy import deepcopy
from datetime import date, timedelta

import fastjsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from pydantic import TypeAdapter, ValidationError

from sim.scenario import Scenario, ScenarioError, from_data
from sim.scenario.language.exact_schema import COMMON
from sim.scenario.language.schema import json_schema
from sim.scenario.language.yamltree import parse, parse_value
from sim.scenario.models.base import DisplayText
from tests.scenario.broken import GOOD
from tests.scenario.language.test_mutations import beside, mutilated, outcome

assert beside  # a fixture

RICH = (
    GOOD.replace(
        "{name: Red}", "{name: {en: Red, ko: 빨강}, own: 512 B200, effect: {normal: [0, 2]}, gate_risk: 0.1}"
    )
    .replace("spread: 2.5}", "spread: 2.5, follows_strength: 0.3, raters: {n: 10, sd: 1.5}}")
    .replace("cut: {keep: 1}", "cut: {keep: 1}\n    gate: {risk: 5 %}\n    ties: [jury]\n    shift: 2 weeks")
    + "capability: {per_tenfold_compute: {uniform: [3, 8]}, carry: 0.1}\n"
    + "faults: {interval: best, restart: 30 min}\n"
)
"""A file with something of everything."""

INSTEAD = [
    *("~", "text", "'0'", "true", "-1", "0.5", "1.5", "3", "1e12", "[]", "{}", "[a]", "{a: 1}", "default"),
    *("5 %", "150 %", "-5 %", "+5%", "1,000 GPUs", "3 weeks", "2 h", "512 B200 + 3 H200", "none", "equal"),
    *(
        "2026-06-30",
        "2026-02-30",
        "2028-02-29",
        "2100-02-29",
        "2026-01-01 to 2026-06-30",
        "1 to 2",
        "{en: x}",
    ),
    *("{uniform: [0, 1]}", "{uniform: [5 %, 10 %]}", "{uniform: [1]}", "{beta: [2, 5]}", "{poisson: 3}"),
    *(
        "{normal: [0, -1]}",
        "{weighted: {1: 2, 2: 1}}",
        "{truncated: {normal: [0, 1], low: 0}}",
        "{unifrom: [0, 1]}",
    ),
    *(
        "{choice: [1, 2]}",
        "{choice: [1]}",
        "{choice: [a, ~]}",
        "{like: first}",
        "{default: 2026-01-01 to 2026-06-30}",
    ),
    *(
        "{first: 2026-01-01, last: 2026-06-30, extension: 9}",
        "{planned: 2026-07-15}",
        "{lognormal: {p5: 1, p95: 2}}",
    ),
]
"""What is put in the place of each value in turn."""


@pytest.fixture(scope="module")
def marks():
    """Whether the schema marks anything in data."""
    valid = fastjsonschema.compile(json_schema(), use_default=False)

    def look(data):
        try:
            valid(data)
        except fastjsonschema.JsonSchemaException:
            return True
        return False

    return look


def taken(data):
    try:
        from_data(data)
    except ScenarioError:
        return False
    return True


def places(data, path=()):
    """The paths of all values in data."""
    inside = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in inside:
        yield (*path, key)
        yield from places(value, (*path, key))


def lax(path, text):
    """Whether the loader takes what nobody would write: for a whole number it takes `true`, too."""
    return path[-1] == "n" and text == "true"


def put(data, path, value):
    """A copy of the data with another value at a path."""
    copy = deepcopy(data)
    block = copy
    for step in path[:-1]:
        block = block[step]
    block[path[-1]] = value
    return copy


def test_whatever_stands_in_the_place_of_a_value_the_schema_agrees_with_the_loader(marks):
    """Where it can: it compares no numbers, and knows no ids."""
    data = parse(RICH, "rich.yaml").data
    assert taken(deepcopy(data))
    assert not marks(data)
    values = [(text, parse_value(text)) for text in INSTEAD]
    verdicts = []
    for path in places(data):
        for text, value in values:
            if not lax(path, text):
                case = put(data, path, deepcopy(value))
                marked = marks(case)
                verdicts.append((taken(case), marked, (path, text)))
    assert [case for fine, marked, case in verdicts if fine and marked] == []
    refused = [marked for fine, marked, _ in verdicts if not fine]
    assert len(refused) < len(verdicts) - 200
    assert sum(refused) / len(refused) > 0.9


@given(raw=mutilated())
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_nothing_is_marked_in_a_mutilated_file_that_the_loader_takes(beside, marks, raw):
    path = beside / "mutilated.yaml"
    path.write_bytes(raw)
    if isinstance(outcome(path), Scenario):
        assert not marks(parse(path.read_text("utf-8"), path.name).data)


def test_days_are_those_of_the_calendar():
    day = fastjsonschema.compile(COMMON["Day"])
    written = {str(date(1990, 1, 1) + timedelta(days=i)) for i in range(210 * 366)}
    every = [f"{y}-{m:02}-{d:02}" for y in range(1985, 2205) for m in range(14) for d in range(33)]

    def fits(text):
        try:
            day(text)
        except fastjsonschema.JsonSchemaException:
            return False
        return True

    within = {text for text in written if text <= "2200-01-01"}
    assert {text for text in every if fits(text)} == within


def test_a_name_is_marked_for_the_characters_that_the_loader_refuses():
    shown, loader = fastjsonschema.compile(COMMON["Text"]), TypeAdapter(DisplayText)
    for code in range(0x20000):
        character = chr(code)
        if unicodedata.category(character) in {"Cn", "Co", "Cs"}:
            continue  # of what is no character a pattern knows nothing
        try:
            loader.validate_python(f"a{character}b")
            refused = False
        except ValidationError:
            refused = True
        try:
            shown(f"a{character}b")
            marked = False
        except fastjsonschema.JsonSchemaException:
            marked = True
        assert marked <= refused, f"U+{code:04X}"
        assert marked or not refused or code > 0xFFFF or unicodedata.category(character) == "Cf", (
            f"U+{code:04X}"
        )
