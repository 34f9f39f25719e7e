"""What published points say, in a report: the chances of two runs side by side, and what each fact moved."""

from dataclasses import replace

import pytest

import sim
from sim.findings.evidence import Change, FactEffect, Surprise
from sim.render.html.facts import fact_section
from sim.render.text.evidence import fact_titles
from sim.render.text.layout import Names
from sim.scenario.evidence import fact_names, without_facts
from sim.stats.percent import whole_numbers
from tests.cli.command import SCENARIOS

RUNS = 2000
ONE_TEAM = {
    "stages.stage-3.grants.gpus.lg.B200": 2000
}  # ahead of the facts, so that the past is that of the file
TEAMS = ("lg", "upstage", "skt")


@pytest.fixture(scope="module")
def scenario():
    return sim.load(SCENARIOS / "k-ai.yaml", ONE_TEAM)


@pytest.fixture(scope="module")
def found(scenario):
    return sim.run(scenario, RUNS, jobs=1).findings()


def section(found, lang="en", command="sim run k-ai"):
    with whole_numbers():
        return fact_section(Names.of(found.played.scenario, lang), found, command)


def table_of(found, lang="en"):
    (table,) = [part for part in section(found, lang).parts if part.kind == "table"]
    return table


def cells(row):
    return [cell.text for cell in row.cells]


def said(found):
    return " ".join(text for part in section(found).parts if part.kind == "texts" for text in part.texts)


def test_both_chances_of_each_team_are_those_of_two_runs(found, scenario):
    here, bare = (sim.run(each, RUNS, jobs=1).as_json() for each in (scenario, without_facts(scenario)))
    table = table_of(found)
    assert [column.text for column in table.columns] == [scenario.teams[team].name.en for team in TEAMS]
    rows = [row for group in table.groups for row in group.rows]
    for row, run in zip(rows, (here, bare), strict=True):
        assert cells(row) == [f"{100 * run['teams'][team]['leaves_at_all']['p']:.0f}" for team in TEAMS]
    assert cells(rows[0]) != cells(rows[1])


def test_teams_that_no_input_tells_apart_have_one_chance_without_facts():
    same = sim.run(sim.load(SCENARIOS / "k-ai.yaml"), RUNS, jobs=1).findings()
    assert same.evidence is not None
    with whole_numbers():
        assert cells(table_of(same).groups[0].rows[1]) == [str(same.evidence.same_without)] * 3


EFFECTS = [
    ("stage-1.experts", (0.029, -0.022, -0.007), (True, True, False)),
    ("stage-1.nia", (0.004, -0.014, 0.021), (True, True, True)),
    ("stage-2.aaii", (0.013, 0.0, -0.013), (False, False, False)),
    ("stage-2.totals", (-0.0049, 0.002, 0.001), (True, False, False)),
]


def with_effects(found, told):
    def change(by, *, shows):
        return Change(by, by - 0.001 if shows else by - 0.03, by + 0.001 if shows else by + 0.03)

    effects = [
        FactEffect(
            fact,
            {team: change(by, shows=shows) for team, by, shows in zip(TEAMS, changes, seen, strict=True)},
        )
        for fact, changes, seen in told
    ]
    return replace(found, each_fact=effects)


def test_facts_that_move_a_chance_by_a_point_have_a_row_and_the_others_a_sentence(found):
    table = table_of(with_effects(found, EFFECTS))
    _, each = table.groups
    assert [row.name for row in each.rows] == ["Stage 1, experts' points", "Stage 1, benchmark points, nia"]
    assert [cells(row) for row in each.rows] == [["+3", "−2", "–"], ["<1", "−1", "+2"]]
    assert {row.note for row in each.rows} == {"ministry, 2026-01-15"}
    assert table.notes[0] == "Any other of the 4 facts moves a chance by less than 2 points."


def test_where_none_moves_a_point_that_is_said(found):
    table = table_of(with_effects(found, [*EFFECTS[-1:], ("stage-1.total", (0.0,) * 3, (False,) * 3)]))
    assert len(table.groups) == 1
    assert table.notes == ("Each of the 2 facts alone moves a chance by less than 1 point.",)


@pytest.mark.parametrize(
    ("played", "told"),
    [
        ("sim run k-ai --seed 3", "sim run k-ai --seed 3 --each-fact"),
        ("sim results replay DIR", "sim run FILE --each-fact"),
    ],
)
def test_a_run_that_was_not_asked_says_what_tells_it_and_what_is_at_hand(found, played, told):
    (listing,) = [part for part in section(found, command=played).parts if part.kind == "listing"]
    assert [command for _, command in listing.items] == [told]
    assert "they moved most: noise of users' points, now thought lower" in said(found)
    moved = found.evidence.numbers[0]
    assert moved.path == "stages.stage-1.points.users.noise"
    assert moved.after.mean < moved.before.mean
    asked = section(with_effects(found, EFFECTS), command=played)
    assert not any(part.kind == "listing" for part in asked.parts)


def test_what_the_others_do_not_predict_is_named_be_it_a_fact_or_a_result(found):
    far = (
        Surprise("stage-2.totals", "points.motif", 5.0),
        Surprise("stage-2.happened", "out-by-points", 4.5),
    )
    told = said(replace(found, evidence=replace(found.evidence, surprises=far)))
    assert "should be checked: Stage 2, total points (newspim 2026-08-27, unofficial)." in told
    assert "should be checked: Stage 2, who left by points." in told


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_no_two_facts_have_one_title_and_none_is_called_by_its_id(scenario, lang):
    names = Names.of(scenario, lang)
    titles = fact_titles(names, scenario)
    told = [titles[fact].told(names) for fact in fact_names(scenario)]
    assert len(set(told)) == len(told) == 18
    assert not any(fact in " ".join(told) for fact in fact_names(scenario))
