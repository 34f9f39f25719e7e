"""Good files, mutilated: the outcome is a scenario or a list of problems, soon and in little memory."""

import resource
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.scenario import Scenario, ScenarioError, load
from tests.scenario.broken import GOOD

SCENARIOS = Path(__file__).parents[3] / "scenarios"
FILES = {path.relative_to(SCENARIOS): path.read_text(encoding="utf-8") for path in SCENARIOS.rglob("*.yaml")}
TEXTS = [GOOD, GOOD, *FILES.values()]

SECONDS = 1.0
MEGABYTES = 200.0

NASTY = [
    *("~", "", "no", "true", "0", "-1", "1e400", ".nan", "-.inf", "1:30", "0x1F", "9" * 400, "1e308", "-0.0"),
    *("'", '"', "[", "{", "}", "]", "[[[[", "{a: ", "*x", "&x", "&x [*x]", "!!python/name:os.system", "!x 1"),
    *("|", ">", "? a", "- 1", "---", "...", "%YAML 9.9", "#", "\t", "@", "`", ": ", "<<: {a: 1}"),
    *("{choice: [1, 2]}", "{choice: []}", "{like: stage-1}", "{uniform: [0, 1]}", "{normal: [0, 1e308]}"),
    *("{weighted: {0: 1}}", "{weighted: {a: 1}}", "{lognormal: [1e308, 20]}", "{triangular: [3, 2, 1]}"),
    *("2026-02-30", "0001-01-01 to 9999-12-31", "9999-12-31", "2026-01-01 to 2026-01-01", "[]", "{}"),
    *(
        "5%",
        "1,000",
        "512 B200",
        "400억",
        "3 weeks",
        "'512'",
        "\u110b\u1166",
        "\u200b",
        "\ud7ff",
        "\U0001f600",
    ),
    *("0.5", "3", "1e15", "-1e15", "lg", "B200", "stage-2", "{default: 1}", "2027-01-01", "equal", "winner"),
    *("{uniform: [-1e300, 1e300]}", "{by_rank: [1, 1]}", "{constant: 2}", "{happened: {}}", "{red: 1e308}"),
    *(
        "[a, b, c, d]",
        "{a: {b: {c: {d: 1}}}}",
        "default",
        "none",
        "nobody",
        "extends: k-ai.yaml",
        "\x00",
        "\x85",
    ),
]
KEYS = [
    "keep",
    "drop",
    "like",
    "choice",
    "uniform",
    "extends",
    "choices",
    "doubts",
    "guess",
    "entry",
    "happened",
]
PATHS = [
    "stages.stage-1.cut",
    "stages.first.cut.keep",
    "teams",
    "judging.follows_strength",
    "as_of",
    "a.b",
    ".",
]

nasty = st.sampled_from(NASTY) | st.text(max_size=6)
at = st.integers(0, 10**6)


def delete_line(lines, i, j, what):
    del lines[i]


def repeat_line(lines, i, j, what):
    lines.insert(j, lines[i])


def swap_lines(lines, i, j, what):
    lines[i], lines[j] = lines[j], lines[i]


def indent(lines, i, j, what):
    lines[i] = " " * (j % 9) + lines[i].lstrip()


def indent_by_tab(lines, i, j, what):
    lines[i] = "\t" + lines[i]


def other_value(lines, i, j, what):
    key, colon, _ = lines[i].partition(":")
    lines[i] = f"{key}{colon} {what}"


def other_value_inside(lines, i, j, what):
    parts = lines[i].split(",")
    k = j % len(parts)
    key, colon, _ = parts[k].rpartition(":")
    parts[k] = f"{key}{colon} {what}"
    lines[i] = ",".join(parts)


def other_key(lines, i, j, what):
    key, colon, value = lines[i].partition(":")
    blanks = key[: len(key) - len(key.lstrip())]
    lines[i] = f"{blanks}{KEYS[j % len(KEYS)] if j % 2 else what}{colon}{value}"


def splice(lines, i, j, what):
    k = j % (len(lines[i]) + 1)
    lines[i] = lines[i][:k] + what + lines[i][k:]


def cut_short(lines, i, j, what):
    lines[i] = lines[i][: j % (len(lines[i]) + 1)]


def cut_out(lines, i, j, what):
    del lines[min(i, j) : min(i, j) + 1 + abs(i - j) % 9]


def add_a_table(lines, i, j, what):
    table = ("choices", "doubts")[i % 2]
    lines.append(f"{table}: {{{PATHS[j % len(PATHS)]}: [{what}, {what} , 1]}}")


MUTATIONS = [
    *(delete_line, repeat_line, swap_lines, indent, indent_by_tab, other_value, other_value_inside),
    *(other_key, splice, cut_short, cut_out, add_a_table),
]


@st.composite
def mutilated(draw):
    """The bytes of a good file after one to five mutations, the last perhaps of its bytes."""
    lines = draw(st.sampled_from(TEXTS)).splitlines()
    for mutate, i, j, what in draw(
        st.lists(st.tuples(st.sampled_from(MUTATIONS), at, at, nasty), min_size=1, max_size=5)
    ):
        if lines:
            mutate(lines, i % len(lines), j % len(lines), what)
    raw = "\n".join(lines).encode("utf-8", "surrogatepass")
    if draw(st.integers(0, 9)) == 9:
        k = draw(at) % (len(raw) + 1)
        raw = raw[:k] + draw(st.binary(max_size=4)) + raw[k:]
    return raw


@pytest.fixture(scope="module")
def beside(tmp_path_factory):
    """A folder with all our scenarios, for what a mutilated file extends."""
    folder = tmp_path_factory.mktemp("mutations")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def outcome(path):
    """The scenario, or its problems."""
    try:
        return load(path)
    except ScenarioError as error:
        return error


def megabytes():
    """The most memory that this process has ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@given(raw=mutilated())
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_mutilated_file_is_a_scenario_or_a_list_of_problems(beside, raw):
    path = beside / "mutilated.yaml"
    path.write_bytes(raw)
    before, begun = megabytes(), time.process_time()
    found = outcome(path)
    assert time.process_time() - begun < SECONDS
    assert megabytes() - before < MEGABYTES
    if not isinstance(found, Scenario):
        assert str(found).encode().decode().splitlines() == [str(problem) for problem in found.problems] != []
