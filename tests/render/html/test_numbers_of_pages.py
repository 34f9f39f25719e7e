"""Numbers of reports beside tables of the same study: columns, ranges, signs, and where they are drawn."""

import re
from dataclasses import replace
from math import ceil
from typing import Any

import html5lib
import pytest

import sim
from sim.findings.evidence import FactFindings
from sim.render.html.board import BoardRow, ChanceBoard, ChanceMark
from sim.render.html.comparison import comparison_document
from sim.render.html.curve import TeamCurve, curves_figure
from sim.render.html.document import Figure, Listing, Origin, Paragraphs, Table, TableColumn
from sim.render.html.run import run_document
from sim.render.html.sensitivity import sensitivity_document
from sim.render.html.svg import fit_text, text_width
from sim.scenario import from_data
from sim.scenario.models.inputs import inputs
from sim.scenario.names import input_name, input_name_at, over_stages
from sim.scenario.options import idle_options
from sim.stats.percent import whole_numbers, whole_percent
from sim.text import say
from tests.cli.command import SCENARIOS

ORIGIN = Origin("sim run x", "evalsched 1", 1, 64 * "0", "")
SVG = "{http://www.w3.org/2000/svg}"


def document_of(found):
    with whole_numbers():
        return run_document(found, "en", ORIGIN)


def parts(document, kind):
    return [part for section in document.sections for part in section.parts if isinstance(part, kind)]


def table_of(document, corner, of=0):
    return [each for each in parts(document, Table) if each.corner == corner][of]


def rows_of(table):
    return {row.name: row.cells for group in table.groups for row in group.rows}


def texts_of(document):
    return [text for each in parts(document, Paragraphs) for text in each.texts]


def drawn(figure, look="wide"):
    """The shapes of a drawing."""
    body = getattr(figure, look).body
    return list(html5lib.parse(f"<svg>{body}</svg>", namespaceHTMLElements=True).iter())


def shapes(nodes, tag, look=None):
    return [
        n for n in nodes if n.tag == SVG + tag and (look is None or look in (n.get("class") or "").split())
    ]


def number(node, name):
    return float(node.get(name))


@pytest.fixture(scope="module")
def kai():
    return sim.run(sim.load(SCENARIOS / "k-ai.yaml"), runs=2000, jobs=1)


@pytest.fixture(scope="module")
def kai_document(kai):
    return document_of(kai.findings())


CHOSEN = {
    "stages.first.cut.keep": 3,  # of two teams the strongest would leave as often as the weakest stays
    "stages.second.cut.keep": {"choice": [1, 2]},
    "stages.second.grants.pool.B200": 1536,
    "doubts": {"judging.follows_strength": [-0.4, 0.9]},
}


@pytest.fixture(scope="module")
def chosen():
    return sim.run(sim.load(SCENARIOS / "minimal.yaml", CHOSEN), runs=400, jobs=1)


def told_options(result):
    """The options that are told, by name, the default first: where one is idle, nobody leaves."""
    rows = result.options().sort_values("default", ascending=False, kind="stable")
    return [name for name in dict.fromkeys(rows.option) if name not in idle_options(result.scenario)]


def test_each_option_has_its_chances_and_ranges_and_the_default_is_marked(kai, kai_document):
    table, options = table_of(kai_document, say("en", "report.team")), kai.options()
    names = told_options(kai)
    assert [(column.text, column.marked, bool(column.note)) for column in table.columns] == [
        (name, k == 0, k == 0) for k, name in enumerate(names)
    ]
    teams = {team.name.en: t for t, team in kai.scenario.teams.items()}
    for name, cells in rows_of(table).items():
        if name not in teams:
            continue
        for option, cell in zip(names, cells, strict=True):
            (row,) = options[(options.team == teams[name]) & (options.option == option)].itertuples()
            with whole_numbers():
                assert cell.text in (f"{100 * row.p:.0f}", whole_percent(row.p))
            low, high = whole_percent(row.range_low), whole_percent(row.range_high)
            assert cell.note == (say("en", "report.ends", low=low, high=high) if low != high else "")
            assert row.range_low <= row.range_high


def test_each_dot_stands_at_its_chance_on_the_axis_with_its_band_and_interval(kai, kai_document):
    figure, options = parts(kai_document, Figure)[0], kai.options()
    names = told_options(kai)
    for look, step in (("wide", 20), ("narrow", 25)):
        nodes = drawn(figure, look)
        grid = sorted({number(n, "x1") for n in shapes(nodes, "line", "grid")})
        ticks = shapes(nodes, "text", "dim")
        assert [n.text.rstrip(" %") for n in ticks] == [str(p) for p in range(0, 101, step)]
        assert [number(n, "x") for n in ticks[:-1]] == pytest.approx(grid[:-1], abs=0.2)
        left, right = grid[0], grid[-1]
        dots = shapes(nodes, "circle")
        expected = [
            options[(options.team == team) & (options.option == option)].iloc[0]
            for team in kai.scenario.contenders
            for option in names
        ]
        assert [n.get("class") for n in dots] == ["on" if row.default else "off" for row in expected]
        bands, lines = shapes(nodes, "rect", "band"), shapes(nodes, "line", "error")
        for dot, row in zip(dots, expected, strict=True):
            x, y = number(dot, "cx"), number(dot, "cy")
            assert x == pytest.approx(left + row.p * (right - left), abs=0.2)
            for band in (b for b in bands if number(b, "y") < y < number(b, "y") + number(b, "height")):
                ends = number(band, "x"), number(band, "x") + number(band, "width")
                reach = min(row.range_low, row.p), max(row.range_high, row.p)
                assert ends == pytest.approx([left + end * (right - left) for end in reach], abs=0.3)
            for line in (n for n in lines if number(n, "y1") == y):
                ends = number(line, "x1"), number(line, "x2")
                assert ends == pytest.approx(
                    [left + e * (right - left) for e in (row.low, row.high)], abs=0.3
                )
        assert bands
        assert lines


def test_how_far_dice_move_it_is_rounded_up(kai):
    found = kai.findings()
    (told,) = [text for term, text in document_of(found).sure if "dice" in term or "draw" in term]
    points = int(re.findall(r"(\d+) point", told)[0])
    assert points == max(1, ceil(100 * found.chances.dice - 1e-9))
    assert points >= 100 * found.chances.dice


def test_what_else_a_decision_leads_to_is_of_its_stage_and_its_option(chosen):
    table = table_of(document_of(chosen.findings()), "Team")
    rows = rows_of(table)
    for label, response in (("strongest", "most_capable_dropped"), ("weakest", "least_capable_kept")):
        (cells,) = [cells for name, cells in rows.items() if label in name.lower() and "second" in name]
        means = chosen.responses().set_index("response")["mean"]
        assert cells[0].text == whole_percent(float(means[f"{response}.second"]))
    assert whole_percent(means["most_capable_dropped.second"]) != whole_percent(
        means["least_capable_kept.second"]
    )


def test_months_ahead_are_not_told_as_months_behind():
    strong = {f"teams.{team}.effect": 90 for team in ("red", "blue", "green")}
    for changes, is_ahead in ((strong, True), ({}, False)):
        scenario = sim.load(SCENARIOS / "minimal.yaml", {**CHOSEN, **changes})
        result = sim.run(scenario, runs=60, jobs=1)
        months = float(result.responses().set_index("response")["mean"]["behind_frontier_months"])
        assert (months < 0) == is_ahead
        rows = rows_of(table_of(document_of(result.findings()), "Team"))
        (cells,) = [cells for name, cells in rows.items() if "month" in name.lower()]
        assert cells[0].text == (say("en", "report.ahead", n=round(-months)) if is_ahead else f"{months:.0f}")


def days_of_training(scenario: Any) -> list[int]:
    return [scenario.stages[s].train.days() for s in ("first", "second")]


def test_what_an_option_costs_stands_below_it():
    pools = {"stages.second.grants.pool.B200": {"choice": [1536, 6144]}}
    result = sim.run(sim.load(SCENARIOS / "minimal.yaml", pools), runs=60, jobs=1)
    rows = rows_of(table_of(document_of(result.findings()), "Team"))
    (cells,) = [cells for name, cells in rows.items() if any("KRW" in cell.text for cell in cells)]
    amounts = [float(re.sub(r"[^\d.]", "", cell.text)) for cell in cells]
    days = days_of_training(result.scenario)
    expected = (days[0] + 4 * days[1]) / (days[0] + days[1])
    assert amounts[1] / amounts[0] == pytest.approx(expected, rel=0.02)


@pytest.fixture(scope="module")
def minimal():
    return sim.run(sim.load(SCENARIOS / "minimal.yaml"), runs=400, jobs=1)


def chance(result, stage, team, kind):
    rows = result.odds()
    return float(rows[(rows.stage == stage) & (rows.team == team) & (rows.chance == kind)].p.iloc[0])


def test_the_share_of_the_lease_that_leavers_had_is_theirs(minimal):
    """One of three leaves first and one of the two others second: 256 GPUs... by the days of their grants."""
    (line,) = [text for text in texts_of(document_of(minimal.findings())) if "lease" in text]
    days = days_of_training(minimal.scenario)
    share = (days[0] * 2 / 3 + days[1] / 2) / sum(days)
    assert f"{100 * share:.0f} %" in line


def test_the_table_of_ends_has_staying_first_and_each_stage_below_its_name(minimal):
    table = table_of(document_of(minimal.findings()), say("en", "report.team"))
    assert [column.marked for column in table.columns] == [True, False, False]
    assert [column.text.split()[-1] for column in table.columns[1:]] == ["first", "second"]
    for team, cells in zip(minimal.scenario.teams, rows_of(table).values(), strict=True):
        kinds = [("", "selected"), ("first", "leaves"), ("second", "leaves")]
        assert [cell.text for cell in cells] == [whole_percent(chance(minimal, s, team, k)) for s, k in kinds]


@pytest.mark.parametrize("look", ["wide", "narrow"])
def test_a_bar_of_ends_has_each_part_in_the_shade_that_the_key_names(minimal, look):
    figure = parts(document_of(minimal.findings()), Figure)[0]
    nodes = drawn(figure, look)
    boxes, words = shapes(nodes, "rect"), shapes(nodes, "text")
    keys = [box for box in boxes if number(box, "height") == 14]
    named = {}
    for key in keys:
        beside = [
            w
            for w in words
            if number(w, "x") == number(key, "x") + 20 and number(w, "y") == number(key, "y") + 12
        ]
        named[beside[0].text.split()[-1]] = key.get("class")
    assert named == {"first": "s0", "second": "s5", "end": "stay"}
    bars = [box for box in boxes if number(box, "height") == 24]
    tops = sorted({number(box, "y") for box in bars})
    for team, top in zip(minimal.scenario.teams, tops, strict=True):
        row = [box for box in bars if number(box, "y") == top]
        whole = sum(number(box, "width") for box in row)
        kinds = [("first", "leaves"), ("second", "leaves"), ("", "selected")]
        shares = [chance(minimal, s, team, k) for s, k in kinds]
        assert [box.get("class") for box in row] == ["s0", "s5", "stay"]
        assert [number(box, "width") / whole for box in row] == pytest.approx(shares, abs=0.003)
        starts = [number(row[0], "x") + whole * sum(shares[:k]) for k in range(3)]
        assert [number(box, "x") for box in row] == pytest.approx(starts, abs=0.3)


@pytest.fixture(scope="module")
def contest():
    """Forty teams, each stronger than the one before, and seven stages."""
    teams = {f"t{k}": {"name": f"Team {k}", "effect": k / 8} for k in range(40)}
    judged = {"jury": {"max": 100, "mean": 50, "spread": 8}}
    stages = {
        f"s{k}": {"result": f"2026-{k + 2:02}-15", "points": judged, "cut": {"keep": 35 - 5 * k}}
        for k in range(7)
    }
    half = {"early": [f"t{k}" for k in range(20)], "late": [f"t{k}" for k in range(20, 40)]}
    data = {
        "format": 1,
        "name": "A contest",
        "as_of": "2026-01-01",
        "teams": teams,
        "groups": half,
        "stages": stages,
    }
    return sim.run(from_data(data), runs=200, jobs=1)


def test_what_lies_between_is_the_sum_of_its_stages_and_the_rest_has_its_least_and_greatest(contest):
    document = document_of(contest.findings())
    table = table_of(document, "Team")
    rows = rows_of(table)
    stays = {team: chance(contest, "", team, "selected") for team in contest.scenario.teams}
    spans = [(["s0"], "leaves"), (["s1", "s2", "s3", "s4"], "leaves"), (["s5"], "leaves"), (["s6"], "leaves")]
    told = {team: [sum(chance(contest, s, team, k) for s in of) for of, k in spans] for team in stays}
    names = {f"Team {k}": f"t{k}" for k in range(40)}
    for name, cells in rows.items():
        if name in names:
            values = [stays[names[name]], *told[names[name]]]
            assert [cell.text for cell in cells] == [whole_percent(p) if p else "<1" for p in values]
    rest = [t for n, t in names.items() if n not in rows]
    (cells,) = [cells for name, cells in rows.items() if name not in names]
    for at, cell in enumerate(cells):
        ends = [([stays[t], *told[t]])[at] for t in rest]
        low, high = (whole_percent(end) if end else "<1" for end in (min(ends), max(ends)))
        assert cell.text == (low if low == high else f"{low} to {high}")
    groups = [each for each in parts(document, Table) if "group" in each.caption.lower()]
    assert [row.name.split()[0] for row in groups[0].groups[0].rows] == ["early", "late"]


def test_beside_the_first_sentence_stand_the_change_and_the_unknown_that_move_most(kai, kai_document):
    """Of changes that are no decision, as the tables below rank them; decisions have a column each."""
    (told,) = [text for term, text in kai_document.sure if term == say("en", "report.leading_term")]
    options = {
        option
        for option in rows_of(table_of(kai_document, say("en", "report.change")))
        if option.startswith("keep ")
    }
    ranked = [
        name for name in rows_of(table_of(kai_document, say("en", "report.change"))) if name not in options
    ]
    assert options
    assert told.startswith(f"{ranked[0]}: chance of LG AI Research ")
    chance = next(iter(rows_of(table_of(kai_document, say("en", "report.change")))[ranked[0]])).text
    assert chance in told
    assert told.endswith(f"{next(iter(rows_of(table_of(kai_document, say('en', 'report.doubt')))))}.")
    still = replace(kai.findings(), moves=replace(kai.findings().moves, changes=()))
    (alone,) = [text for term, text in document_of(still).sure if term == say("en", "report.leading_term")]
    assert told.endswith(alone)


def test_what_nobody_has_announced_is_told_as_assumed(kai, kai_document):
    """The day of the result and what is lent; not where the file says that they are given."""
    heads = [group.title for group in table_of(kai_document, say("en", "report.team")).groups]
    assert any("result assumed on 2027-02-15" in head for head in heads)
    assert any("as is assumed, the lease" in text for text in texts_of(kai_document))
    found = kai.findings()
    stage = found.played.scenario.stages["stage-3"]
    known = replace(found.played, scenario=_with_stage_3(found.played.scenario, stage))
    plain = document_of(replace(found, played=known))
    heads = [group.title for group in table_of(plain, say("en", "report.team")).groups]
    assert any("result on 2027-02-15" in head for head in heads)
    assert not any("assumed" in text for text in texts_of(plain))


def _with_stage_3(scenario, stage):
    """The scenario in which nothing of stage 3 is a guess."""
    grants = stage.grants.model_copy(update={"guess": False})
    stages = {**scenario.stages, "stage-3": stage.model_copy(update={"guess": False, "grants": grants})}
    return scenario.model_copy(update={"stages": stages})


def test_why_chances_add_up_to_more_is_told_where_a_gate_is_ahead(kai, minimal, kai_document):
    told = say("en", "report.more_may_leave")
    assert told in table_of(kai_document, say("en", "report.team")).notes
    default = kai.findings().chances.default
    assert (
        sum(default.teams["", team, "leaves_at_all"].estimate.p for team in kai.findings().chances.teams) > 1
    )
    assert told not in table_of(document_of(minimal.findings()), say("en", "report.team")).notes


def test_changes_are_told_by_size_with_their_sign_their_cost_and_what_is_doubled(kai, kai_document):
    moves = kai.findings().moves
    assert moves is not None
    ranked = sorted(moves.changes, key=lambda one: -abs(one.difference.estimate))
    rows = table_of(kai_document, say("en", "report.change")).groups[0].rows
    assert {one.difference.estimate < 0 for one in ranked if one.difference.is_beyond_dice} == {True, False}
    for one, row in zip(ranked, rows, strict=True):
        size = int(100 * abs(one.difference.estimate) + 0.5)
        if one.difference.is_beyond_dice and size:
            way = "report.lower" if one.difference.estimate < 0 else "report.higher"
            assert row.cells[0].text == say("en", way, n=size)
        if one.factor is not None:
            assert ("twice" in row.name.lower() or "doubl" in row.name.lower()) == (one.factor > 1)
        if one.cost:
            assert any(
                word in row.cells[1].text for word in (("more",) if one.cost > 0 else ("less", "fewer"))
            )
        if one.months is not None and abs(one.months) >= 0.5:
            way = "report.nearer" if one.months < 0 else "report.further"
            assert row.cells[-1].text == say("en", way, n=round(abs(one.months)))


def test_a_doubt_names_the_team_that_it_moves_most(kai, kai_document):
    default = kai.findings().chances.default
    rows = rows_of(table_of(kai_document, say("en", "report.doubt")))
    teams = kai.scenario.teams
    for path in kai.scenario.doubts:
        reached = [one.leaves for one in default.doubted if one.path == path]
        spans = {}
        for t in kai.scenario.contenders:
            values = [default.teams["", t, "leaves_at_all"].estimate.p, *(leaves[t] for leaves in reached)]
            spans[t] = max(values) - min(values)
        most = max(spans, key=lambda team: spans[team])
        named = {t: team.name.en for t, team in teams.items()}
        name = input_name_at(path, "en", named, {"stage-3": "Stage 3"})
        told = rows[name][1].text
        if spans[most] > 0.02:
            assert teams[most].name.en in told
            assert max(spans.values()) == spans[most]


def test_chances_with_facts_stand_above_those_without(kai, monkeypatch):
    monkeypatch.setattr(FactFindings, "same_without", None)  # as if inputs told the teams apart
    caption, document = say("en", "report.facts_caption"), document_of(kai.findings())
    (table,) = [each for each in parts(document, Table) if each.caption == caption]
    names = {kai.scenario.teams[t].name.en: t for t in kai.scenario.contenders}
    teams = [names[column.text] for column in table.columns]
    options = kai.options()
    default = options[options.default].set_index("team")
    given, bare = rows_of(table).values()
    assert [cell.text for cell in given] == [whole_percent(float(default.p[t])) for t in teams]
    assert [cell.text for cell in bare] == [whole_percent(float(default.without[t])) for t in teams]


def test_guesses_come_first_those_in_doubt_before_all(kai, kai_document):
    guesses = [each for each in inputs(kai.scenario) if each.guess]
    listing = next(each for each in parts(kai_document, Listing) if str(len(guesses)) in each.title)
    doubts = {input_name(over_stages(path), "en", {}) for path in kai.scenario.doubts}
    told = [name for name, _ in listing.items]
    first = [any(doubt.split(",")[0] in name for doubt in doubts) for name in told[: len(doubts)]]
    assert any(first[:1])
    assert not any(doubt.split(",")[0] in told[-1] for doubt in doubts)


def test_a_report_is_out_of_date_from_the_next_result(minimal):
    assert any("2026-07-15" in line for line in document_of(minimal.findings()).footer)
    assert not any("2027-01-15" in line for line in document_of(minimal.findings()).footer)


def test_a_comparison_has_the_chances_of_each_scenario_below_its_letter():
    first, second = SCENARIOS / "minimal.yaml", sim.load(SCENARIOS / "minimal.yaml", {"teams.red.effect": 3})
    compared = sim.compare([sim.load(first), second], runs=300, jobs=1)
    with whole_numbers():
        document = comparison_document(compared.findings(), "en", ORIGIN)
    table = table_of(document, "Team")
    assert [(c.text, c.marked) for c in table.columns] == [("A", True), ("B", False)]
    runs = [sim.run(each, runs=300, jobs=1) for each in (sim.load(first), second)]
    names = {team.name.en: t for t, team in second.teams.items()}
    for name, cells in rows_of(table).items():
        assert [c.text for c in cells] == [
            whole_percent(chance(r, "", names[name], "leaves_at_all")) for r in runs
        ]
    assert chance(runs[0], "", "red", "leaves_at_all") > chance(runs[1], "", "red", "leaves_at_all") + 0.05
    (beside,) = [each for each in parts(document, Table) if len(each.columns) == 3 and each.corner == "Team"]
    assert "lower" in rows_of(beside)["Red"][2].text


def test_a_curve_rises_with_its_chances_and_has_its_name_at_its_end():
    curves = [
        TeamCurve("Low", ((1.0, 0.1), (2.0, 0.2)), "20"),
        TeamCurve("High", ((1.0, 0.7), (2.0, 0.9)), "90"),
    ]
    nodes = drawn(curves_figure(curves, [(1.0, "one"), (2.0, "two")], "axis", "title"))
    at = {n.text: number(n, "y") - 4 for n in shapes(nodes, "text", "dim") if (n.text or "").isdigit()}
    assert at["100"] < at["0"]
    ends = {
        n.text: number(n, "y") - 4
        for n in shapes(nodes, "text")
        if (n.text or "").startswith(("Low", "High"))
    }
    for curve, line in zip(curves, shapes(nodes, "polyline"), strict=True):
        places = [tuple(map(float, each.split(","))) for each in line.get("points").split()]
        for (_, p), (_, y) in zip(curve.points, places, strict=True):
            assert y == pytest.approx(at["0"] + p * (at["100"] - at["0"]), abs=0.2)
        assert ends[f"{curve.name} {curve.last}"] == pytest.approx(places[-1][1], abs=0.2)


def mark(p):
    return ChanceMark(f"{100 * p:.0f}", p, p, p, p, p)


def test_a_board_says_each_chance_with_its_column_and_keeps_the_marked_one_where_there_are_too_many():
    columns = tuple(TableColumn(name, marked=name == "b") for name in "abc")
    rows = tuple(BoardRow(f"row {k}", (mark(0.1), mark(0.2 + k / 100), mark(0.9))) for k in range(30))
    assert ChanceBoard(columns, rows[:1]).describe() == "row 0: a 10, b 20, c 90"
    few = ChanceBoard(columns, rows).drawn
    assert [column.text for column in few.columns] == ["b"]
    assert [row.marks[0].text for row in few.rows if row.marks[0]] == [f"{20 + k}" for k in range(30)]


def test_the_ends_of_a_number_stand_below_their_heads_and_low_is_less_than_high():
    """A team alone has GPUs that are drawn: with more it leaves less, whatever else is drawn."""
    scenario = sim.load(SCENARIOS / "minimal.yaml", {"teams.green.own.B200": {"uniform": [0, 8192]}})
    result = sim.sensitivity(scenario, points=512, team="green", jobs=1)
    with whole_numbers():
        document = sensitivity_document(result.findings(), "en", ORIGIN)
    table = next(each for each in parts(document, Table) if "Green" in str(rows_of(each)))
    heads = [column.text for column in table.columns]
    assert heads[:4] == [
        say("en", f"report.{key}") for key in ("low_value", "high_value", "at_low", "at_high")
    ]
    (cells,) = [cells for name, cells in rows_of(table).items() if "Green" in name]
    low, high, at_low, at_high = (float(re.sub(r"[^\d.]", "", cell.text)) for cell in cells[:4])
    assert low < high
    assert at_low > at_high
    figure = parts(document, Figure)[0]
    dots = shapes(drawn(figure), "circle")
    grid = [number(n, "x1") for n in shapes(drawn(figure), "line", "grid")]
    at = {n.get("class"): (number(n, "cx") - min(grid)) / (max(grid) - min(grid)) for n in dots[:2]}
    assert at["off"] > at["on"]  # hollow at the low end, filled at the high one


@pytest.mark.parametrize("length", range(4, 40))
def test_a_text_fits_into_the_room_that_it_takes(length):
    for size in (12, 13, 14):
        text = "n" * length
        assert fit_text(text, size, text_width(text, size)) == text
        assert fit_text(text, size, text_width(text, size) + 12 - 12) == text
