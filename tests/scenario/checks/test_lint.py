"""What is legal and suspicious is told with its place, and the scenario is there all the same."""

from pathlib import Path

import pytest

from sim.scenario import load
from sim.scenario.language.load import check_file
from tests.scenario.broken import GOOD, changed

FED = GOOD + "    grants: {pool: {B200: 1024}, shares: equal}\n"
"""The good scenario with GPUs in its second stage too."""


def told(text):
    Path("scenario.yaml").write_text(text, encoding="utf-8")
    scenario, problems = check_file("scenario.yaml")
    assert scenario == load("scenario.yaml")
    return [str(problem) for problem in problems]


SCENARIOS = sorted((Path(__file__).parents[3] / "scenarios").glob("*.yaml"))


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_there_is_nothing_suspicious_in_our_own_scenarios(path):
    assert check_file(path)[1] == []


def test_a_scenario_in_which_everybody_has_gpus_is_not_suspicious(folder):
    assert told(FED) == []


def idle(team, stages, line, others=()):
    more = f" (and {len(others)} more: {', '.join(f'teams.{other}' for other in others)})" if others else ""
    return (
        f"scenario.yaml:{line}:3: teams.{team}: no GPUs in {stages}: it submits nothing and gets 0 points, "
        f"expected `own` of the team, a grant, or no `train` in a stage on paper{more}"
    )


def test_teams_without_gpus_are_told_together_the_first_with_its_stages(folder):
    assert told(GOOD) == [idle("red", "second", 7, ["blue"])]
    assert told(changed("pool: {B200: 1024}, shares: equal", "gpus: {blue: {B200: 8}}")) == [
        idle("red", "first, second", 7, ["blue"])
    ]


def test_of_many_that_are_odd_alike_three_more_are_named_and_the_rest_counted(folder):
    teams = "".join(f"  t{i}: {{name: T{i}}}\n" for i in range(1, 16))
    text = changed("  red: {name: Red}\n  blue: {name: Blue}\n", teams)
    (line,) = told(text)
    assert line.startswith("scenario.yaml:7:3: teams.t1: no GPUs in second")
    assert line.endswith("(and 14 more: teams.t2, teams.t3, teams.t4, ...)")


@pytest.mark.parametrize(
    ("grants", "without"),
    [
        ("{gpus: {default: {B200: 8}}}", []),
        ("{gpus: {default: {B200: 8}, blue: none}}", ["blue"]),
        ("{gpus: {default: {B200: 0}}}", ["red", "blue"]),
        ("{gpus: {red: {B200: 8}}, leftover: shared}", []),
        ("{pool: {B200: 8}, shares: equal, among: [red]}", ["blue"]),
        ("{pool: {B200: 8}, shares: {red: 0.5}}", ["blue"]),
        ("{pool: {B200: 8}, shares: {red: 0.5}, leftover: shared}", []),
        ("{pool: {B200: 8}, shares: {default: {uniform: [0, 0.5]}}}", []),
        ("{pool: {B200: 8}, shares: by-score}", []),
        ("{pool: {B200: 8}, shares: {by_rank: [1]}}", []),
    ],
)
def test_who_can_be_lent_nothing_is_without(folder, grants, without):
    lines = told(f"{GOOD}    grants: {grants}\n")
    first = [idle(team, "second", 7 + ["red", "blue"].index(team), without[1:]) for team in without[:1]]
    assert lines == first


def test_own_gpus_of_a_team_or_of_a_stage_are_gpus(folder):
    assert told(changed("{name: Red}", "{name: Red, own: {B200: 8}}")) == [idle("blue", "second", 8)]
    assert told(GOOD + "    own: {default: {B200: 8}, blue: none}\n") == [idle("blue", "second", 8)]


def test_who_is_out_or_not_there_yet_needs_no_gpus(folder):
    known = changed("as_of: 2026-01-01", "as_of: 2026-08-01")
    known = changed("    cut: {keep: 1}", "    cut: {keep: 1}\n    happened: {red: out-by-points}", known)
    assert told(known) == [idle("blue", "second", 8)]
    late = changed("  blue:", "  late: {name: Late}\n  blue:", FED)
    late = changed("shares: equal}", "shares: {red: 0.5, blue: 0.5}}", late)
    entry = "    cut: {keep: 1}\n    entry: {day: 2026-07-15, candidates: [late]}"
    assert told(changed("    cut: {keep: 1}", entry, late)) == []


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (
            "    result: 2027-01-15",
            "    result: 2027-01-15\n    cut: {keep: 2}",
            "21:11: stages.second.cut.keep: 2 teams to keep of at most 1: nobody leaves by it, "
            "expected at most 1",
        ),
        (
            "cut: {keep: 1}",
            "cut: {drop: 2}",
            "17:11: stages.first.cut.drop: 2 teams to drop of at most 2: nobody stays, expected less than 2",
        ),
        (
            "cut: {keep: 1}",
            "cut: {minimum: 101}",
            "17:11: stages.first.cut.minimum: 101 points, which nobody can reach: nobody stays, "
            "expected at most 100, the points of all blocks",
        ),
        (
            "teams:\n",
            "suppliers: {lease: {delay: 30}}\nteams:\n",
            "6:13: suppliers.lease: a supplier that no stage names: its delays and slow days change nothing, "
            "expected `supplier` in the grants of a stage",
        ),
    ],
)
def test_rules_that_do_nothing_or_too_much_are_told(folder, old, new, line):
    assert told(changed(old, new, FED)) == [f"scenario.yaml:{line}"]


def test_places_that_nobody_can_take_are_told(folder):
    text = changed("  blue:", "  late: {name: Late}\n  blue:", FED)
    entry = "cut: {keep: 1}\n    entry: {day: 2026-07-15, candidates: [late], places: 2}"
    assert told(changed("cut: {keep: 1}", entry, text)) == [
        "scenario.yaml:19:50: stages.first.entry.places: 2 places for 1: some stay empty, expected at most 1"
    ]


@pytest.mark.parametrize(
    ("starts", "suspicious"),
    [("2025-11-30", True), ("2025-12-15", False), ("2026-12-31", False), ("2027-01-01", True)],
)
def test_slow_days_outside_the_programme_are_told(folder, starts, suspicious):
    supplier = f"suppliers: {{lease: {{slow: {{x: {{starts: {starts}, days: 30, speed: 0.5}}}}}}}}\nteams:\n"
    text = changed("shares: equal", "shares: equal, supplier: lease", changed("teams:\n", supplier, FED))
    line = (
        f"scenario.yaml:6:28: suppliers.lease.slow.x: from {starts}: outside the programme, "
        "it changes nothing, expected days from 2026-01-01 to 2026-12-31"
    )
    assert told(text) == ([line] if suspicious else [])


def test_what_is_suspicious_is_told_in_file_order(folder):
    text = changed("keep: 1", "drop: 2", changed("teams:\n", "suppliers: {lease: {delay: 30}}\nteams:\n"))
    places = [int(line.split(":")[1]) for line in told(text)]
    assert places == sorted(places)
    assert len(places) == 3


ODD = {
    "an mfu of 0": ("mfu: 0.23", "mfu: 0", "hardware.B200.mfu: 0 % of the peak"),
    "an mfu of 1": ("mfu: 0.23", "mfu: 1", "hardware.B200.mfu: 100 % of the peak"),
    "a percent sign too many": ("mfu: 0.23", "mfu: 0.23 %", "hardware.B200.mfu: 0.23 % of the peak"),
    "an uncertain mfu near 0": (
        "mfu: 0.23",
        "mfu: {uniform: [0, 0.01]}",
        "hardware.B200.mfu: 1 % of the peak",
    ),
    "a team's mfu": ("{name: Red}", "{name: Red, mfu: {B200: 0.9}}", "teams.red.mfu.B200: 90 % of the peak"),
    "PFLOPS for TFLOPS": (
        "peak: 2250 TFLOPS",
        "peak: 2250 PFLOPS",
        "hardware.B200.peak: a peak of 2,250,000 TFLOPS",
    ),
    "GFLOPS for TFLOPS": (
        "peak: 2250 TFLOPS",
        "peak: 2250 GFLOPS",
        "hardware.B200.peak: a peak of 2.25 TFLOPS",
    ),
    "만원 for won": (
        "mfu: 0.23}",
        "mfu: 0.23, price: 9500만원}",
        "hardware.B200.price: a price of 95,000,000 KRW",
    ),
    "won for 만원": (
        "mfu: 0.23}",
        "mfu: 0.23, own_price: 1.2}",
        "hardware.B200.own_price: a price of 1.2 KRW",
    ),
    "rupees of a whole cluster": (
        "mfu: 0.23}",
        "mfu: 0.23, price: 9500000}\ncurrency: INR",
        "hardware.B200.price: a price of 9,500,000 INR an hour, expected a price in INR",
    ),
    "cents for dollars": (
        "mfu: 0.23}",
        "mfu: 0.23, price: 0.02}\ncurrency: USD",
        "hardware.B200.price: a price of 0.02 USD an hour",
    ),
    "a slope downwards": (
        "0.8, items",
        "-0.8, items",
        "stages.first.points.exam.per_eci: -0.8 points per ECI",
    ),
    "a slope that may be": (
        "0.8, items",
        "{uniform: [-0.1, 1]}, items",
        "stages.first.points.exam.per_eci: -0.1 points per ECI",
    ),
    "too wide a spread": (
        "spread: 2.5",
        "spread: 45",
        "stages.first.points.jury.spread: a standard deviation of 45",
    ),
    "too much noise": (
        "spread: 2.5",
        "spread: 2.5, noise: 41",
        "stages.first.points.jury.noise: a standard dev",
    ),
    "raters at odds": (
        "spread: 2.5",
        "spread: 2.5, raters: {n: 5, sd: 50}",
        "stages.first.points.jury.raters.sd: a standard dev",
    ),
    "an item's spread": (
        "spread: 2.5",
        "spread: 2.5, items: {a: {max: 40, spread: 41}}",
        "points.jury.items.a.spread: a standard dev",
    ),
    "one name for two": ("name: Blue", "name: Red", "teams.blue.name: 'Red', which is the name of 'red' too"),
    "but for its case": ("name: Blue", "name: rED", "teams.blue.name: 'rED', which is the name of 'red' too"),
    "in Korean alone": (
        "{name: Red}\n  blue: {name: Blue}",
        "{name: {en: Red, ko: 팀}}\n  blue: {name: {en: Blue, ko: 팀}}",
        "teams.blue.name: '팀', which is the name of 'red' too",
    ),
    "the last keeps nobody": (
        "    result: 2027-01-15",
        "    result: 2027-01-15\n    cut: {keep: 0}",
        "stages.second.cut.keep: 0 teams to keep, nobody is selected",
    ),
    "a stage before it": (
        "cut: {keep: 1}",
        "cut: {keep: 0}",
        "stages.first.cut.keep: 0 teams to keep, with a stage",
    ),
    "as of another year": ("as_of: 2026-01-01", "as_of: 2027-01-16", "as_of: 2027-01-16, after the end"),
}


@pytest.mark.parametrize("case", ODD)
def test_what_is_odd_is_told_in_one_warning(folder, case):
    old, new, line = ODD[case]
    (warning,) = told(changed(old, new, FED))
    assert line in warning


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("mfu: 0.23", "mfu: {uniform: [0, 1]}"),
        ("mfu: 0.23", "mfu: 0.6"),
        ("peak: 2250 TFLOPS", "peak: 50 PFLOPS"),
        ("mfu: 0.23}", "mfu: 0.23, price: 0}"),
        ("mfu: 0.23}", "mfu: 0.23, price: 66}\ncurrency: INR"),
        ("mfu: 0.23}", "mfu: 0.23, price: 2.5}\ncurrency: USD"),
        ("cut: {keep: 1}", "cut: {keep: 0}\n    entry: {day: 2026-07-15, returning: all, places: 2}"),
        ("spread: 2.5", "spread: {uniform: [1, 60]}"),
        ("per_eci: 0.8, items", "per_eci: 0, items"),
        ("as_of: 2026-01-01", "as_of: 2027-01-15"),
        ("    result: 2027-01-15", "    result: 2027-01-15\n    shift: {uniform: [0, 10]}"),
    ],
)
def test_what_may_be_meant_is_not_odd(folder, old, new):
    assert told(changed(old, new, FED)) == []


def test_a_programme_that_may_end_later_is_not_over(folder):
    late = changed("as_of: 2026-01-01", "as_of: 2027-01-20", FED)
    assert told(changed("    result: 2027-01-15", "    result: 2027-01-15\n    shift: 10 days", late)) == []
    assert len(told(late)) == 1


def test_what_is_odd_in_many_places_is_one_warning(folder):
    text = FED.replace("per_eci: 0.8", "per_eci: -0.8")
    (line,) = told(text)
    assert line.startswith("scenario.yaml:15:33: stages.first.points.exam.per_eci: -0.8 points per ECI")
    assert line.endswith("(and 1 more: stages.second.points.exam.per_eci)")


SHOW = """
format: 1
name: A show
as_of: 2026-01-01
currency: EUR
strength: {spread: 5, luck: 3}
teams: {a: A, b: B, c: C}
stages:
  first: {result: 2026-02-01, points: {jury: {max: 40, mean: 26}}, cut: {keep: 2}}
  final: {result: 2026-03-01, points: {like: first}, LAST}
"""


@pytest.mark.parametrize(
    ("last", "said"),
    [
        ("pays: {by_rank: [3 EUR, 2 EUR, 1 EUR]}", "3 prizes, and at most 2 teams for them"),
        ("pays: {by_rank: [3 EUR, 2 EUR]}", ""),
        ("cut: {budget: 9 EUR, asks: 10 EUR}", "less than any team asks: nobody stays"),
        ("cut: {budget: 9 EUR, asks: {uniform: [8, 12]}}", ""),
        (
            "cut: {budget: 25 EUR, asks: {uniform: [8, 12]}}",
            "enough for all of at most 2 teams: nobody leaves by it",
        ),
        ("cut: {budget: 23 EUR, asks: {uniform: [8, 12]}}", ""),
    ],
)
def test_budgets_that_decide_nothing_and_prizes_for_nobody_are_odd(folder, last, said):
    found = told(SHOW.replace("LAST", last))
    assert [said in each for each in found] == ([True] if said else [])
