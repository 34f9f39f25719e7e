"""The long table of chances as teams by stages, and what is known of its cells."""

import numpy as np
import pandas as pd
import pytest

from sim.findings.cells import estimate_final, estimate_leaving, find_cell_facts, read_cells
from sim.stats.intervals import for_all_of, wilson


def row(stage, team, chance, count, of=100, certain=None):
    low, high = wilson(count, of) if certain is None else (certain, certain)
    p = count / of if of else np.nan
    return stage, team, chance, count, of, p, float(low), float(high)


def table(*rows):
    return pd.DataFrame(rows, columns=["stage", "team", "chance", "count", "of", "p", "low", "high"])


TWO = (
    row("s1", "a", "leaves", 20),
    row("s1", "b", "leaves", 0, certain=0.0),
    row("s2", "a", "leaves", 30),
    row("s2", "b", "leaves", 0, certain=0.0),
)


def test_the_chance_of_leaving_at_any_stage_adds_up_with_an_interval_for_all_teams_at_once():
    chances = table(*TWO)
    found = estimate_leaving(chances, read_cells(chances, "leaves"))["a"]
    low, high = wilson(50, 100, for_all_of(2))
    assert (found.count, found.of, found.p, found.certain) == (50, 100, 0.5, None)
    assert found.all_low == pytest.approx(float(low))
    assert found.all_high == pytest.approx(float(high))


@pytest.mark.parametrize("sure", [0, 1])
def test_what_is_certain_over_all_stages_has_no_error(sure):
    chances = table(*TWO, row("", "a", "leaves_at_all", 100 * sure, certain=float(sure)))
    found = estimate_leaving(chances, read_cells(chances, "leaves"))
    assert (found["a"].certain, found["a"].all_low, found["a"].all_high) == (sure, sure, sure)
    assert found["b"].certain is None  # 0 of 100, and nothing says that it had to be


def test_what_is_certain_at_the_end_has_no_error():
    chances = table(
        row("s1", "a", "kept", 60), row("s1", "b", "kept", 100, certain=1.0), row("s1", "c", "kept", 100)
    )
    found = estimate_final(read_cells(chances, "kept"))
    assert [found[team].certain for team in ("a", "b", "c")] == [None, 1, None]
    assert found["b"].all_low == 1
    assert found["c"].all_low < 1


def test_stages_of_a_team_that_rest_on_different_runs_cannot_be_added():
    chances = table(row("s1", "a", "leaves", 20), row("s2", "a", "leaves", 30, of=90))
    with pytest.raises(ValueError, match="same runs"):
        estimate_leaving(chances, read_cells(chances, "leaves"))


def test_facts_say_who_is_out_late_absent_and_worth_comparing():
    chances = table(
        *(row("s1", team, "leaves", 100 * (team == "out")) for team in ("in", "out", "late")),
        *(row("s2", team, "leaves", 40 * (team != "out")) for team in ("in", "out", "late")),
        *(row("s1", team, "given_present", 0, of=0 if team == "late" else 100) for team in ("in", "late")),
        *(row("s2", team, "given_present", 0, of=0 if team == "out" else 100) for team in ("in", "out")),
        row("s1", "late", "not_entered", 100),
        row("s2", "late", "not_entered", 30),
    )
    found = find_cell_facts(chances, "leaves", frozenset(("s1", team) for team in ("in", "out", "late")))
    assert found.cells.teams == ("in", "out", "late")
    assert found.out.tolist() == [False, True, False]
    assert found.late.tolist() == [False, False, True]
    assert found.compared.tolist() == [True, False, False]
    assert found.absent.tolist() == [[False, False], [False, True], [True, False]]
    assert found.known.tolist() == [[True, False], [True, False], [False, False]]
    assert found.drawn.tolist() == [[False, True], [False, False], [False, True]]
    assert found.waiting.tolist() == [[False, False], [False, False], [True, False]]
    low, high = wilson(40, 100)
    assert found.largest_error == pytest.approx(max(high - 0.4, 0.4 - low))


def test_where_all_is_known_there_is_no_error():
    chances = table(row("s1", "a", "leaves", 100))
    assert find_cell_facts(chances, "leaves", frozenset({("s1", "a")})).largest_error is None
