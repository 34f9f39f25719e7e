"""`faults.mode: each` from Python and from the command line: which engine plays what, and that it is told."""

import pytest
from rich.cells import cell_len

import sim
from sim.execute.case import has_single_faults
from sim.scenario import load, read_overrides
from tests.cli.command import MINIMAL, command, once

RUNS = 40
EACH = "faults.mode=each"
DOUBT = "doubts={judging.follows_strength: [-0.4, 0.9]}"


def minimal(*overrides):
    return load(MINIMAL, read_overrides(overrides))


def test_auto_takes_the_event_engine():
    assert sim.run(minimal(), RUNS).case.engine == "batch"
    result = sim.run(minimal(EACH), RUNS)
    assert result.case.engine == result.as_json()["engine"] == "event"


def test_the_batch_engine_refuses_it_in_one_line():
    with pytest.raises(ValueError, match=r"batch engine cannot play `faults\.mode: each`") as raised:
        sim.run(minimal(EACH), RUNS, engine="batch")
    assert "\n" not in str(raised.value)


def test_so_it_does_at_the_command_line():
    printed = command("run", MINIMAL, "--set", EACH, "--engine", "batch")
    assert (printed.code, printed.out) == (2, "")
    assert len(printed.err.splitlines()) == 1
    assert "faults.mode: each" in printed.err


@pytest.mark.parametrize(
    "override",
    ["faults.mode={choice: [average, each]}", "doubts={faults.mode: [each]}"],
)
def test_a_choice_or_a_doubt_of_it_takes_the_event_engine_too(override):
    scenario = minimal(override)
    assert has_single_faults(scenario)
    result = sim.run(scenario, RUNS)
    assert result.case.engine == "event"
    assert len(result.alternatives) + len(result.alternatives[0].shifts) == 2


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_the_text_says_why(lang):
    printed = once("run", MINIMAL, "--runs", RUNS, "--set", EACH, "--lang", lang)
    assert printed.code == 0
    why = {"en": "Faults strike one by one", "ko": "장애를 한 건씩 재현한다"}[lang]
    (line,) = [line for line in printed.out.splitlines() if why in line]
    assert cell_len(line) <= 80
    assert "faults.mode" not in printed.out  # a path is for files, not for readers
    assert why not in once("run", MINIMAL, "--runs", RUNS, "--lang", lang).out


def test_workers_change_nothing():
    alone, shared = (sim.run(minimal(EACH), RUNS, jobs=jobs, block=7) for jobs in (1, 2))
    assert alone.as_json() == shared.as_json()


def test_a_range_is_those_rows_of_a_longer_run():
    longer = sim.run(minimal(EACH), RUNS).outcomes(20, 30).reset_index(drop=True)
    assert sim.run(minimal(EACH), replications=(20, 30)).outcomes().equals(longer)


def test_what_moves_a_chance_is_worked_out_with_mean_faults():
    """The searches for it take many runs; the batch engine plays them as if the mode were average."""
    each, average = (sim.run(minimal(*own, DOUBT), RUNS) for own in ([EACH], []))
    assert each.effects == average.effects
    red = zip(each.play_what_ifs("red"), average.play_what_ifs("red"), strict=True)
    assert all(one[1] == other[1] for one, other in red)
    for one, other in zip(each.alternatives[0].shifts, average.alternatives[0].shifts, strict=True):
        assert one.doubted.shares() == other.doubted.shares()


def test_the_chances_themselves_are_of_single_faults():
    each, average = (sim.run(minimal(*own), RUNS).outcomes() for own in ([EACH], []))
    assert (each.compute.dropna() != average.compute.dropna()).any()
