"""Numbers as people write them: one scenario, whatever the notation; and what is no number."""

import math
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.scenario import ScenarioError, from_data, load
from sim.scenario.language.yamltree import parse
from sim.scenario.models.inputs import inputs
from sim.scenario.models.numbers import extremes
from sim.scenario.models.units import gpu_table
from tests.scenario.broken import GOOD, changed, loaded, refused
from tests.scenario.files import write

LEASE = "known:\n  one: {gpus: %s, days: 181, cost: %s, compare: cost}\n"
FULL = changed("mfu: 0.23", "mfu: 0.23, price: 1, own_price: 1") + LEASE % ("{B200: 3000}", "1")
FULL = FULL.replace("cut: {keep: 1}", "cut: {keep: 1}\n    shift: 1\n    reference_compute: 1")
FULL = FULL.replace("{name: Red}", "{name: Red, mfu: {B200: 1}, own: {B200: 1}, faults: {restart: 1}}", 1)
FULL += "frontier: {target: 1}\nfaults: {checkpoint: 1, interval: 1}\ncapability: {reference_compute: 1}\n"

MONEY = ("hardware.B200.price", "hardware.B200.own_price", "known.one.cost")
DAYS = ("stages.first.shift", "known.one.days", "stages.first.grants.delay")
FLOP = ("stages.first.reference_compute", "capability.reference_compute")
SHARES = ("hardware.B200.mfu", "teams.red.mfu.B200", "frontier.target", "training.main_run_share")
GPU_TABLES = (
    "teams.red.own",
    "stages.first.grants.pool",
    "stages.second.grants.gpus.red",
    "stages.second.own.default",
    "known.one.gpus",
)


def with_value(path, value):
    """The scenario of `FULL` with a value at a path."""
    return from_data(parse(FULL, "full").data, {path: value})


def value_at(scenario, path):
    """The value at a path of a scenario."""
    (found,) = (each.value for each in inputs(scenario) if each.path == path)
    return found


def told(path, value):
    """What is said of a value at a path."""
    with pytest.raises(ScenarioError) as caught:
        with_value(path, value)
    (problem,) = caught.value.problems
    return problem


NOTATIONS: list[tuple[tuple[str, ...], Any, list[Any]]] = [
    (
        MONEY,
        9500,
        [
            "9500 KRW",
            "9,500 KRW",
            "9,500원",
            "KRW 9,500",
            "₩9,500",
            "0.95만원",
            "9천5백원",
            "9천 500원",
            "9.5천 원",
        ],
    ),
    (
        MONEY,
        4e10,
        ["400억", "400억원", "400 억 원", "0.04조", "40 billion KRW", "KRW 40 billion", "4e10 KRW"],
    ),
    (MONEY, 1.2e11, ["1,200억", "1_200억", "0.12조", "1.2e3억", "1천2백억", "120 billion won"]),
    (MONEY, 4.13e10, ["413억", "41.3 billion KRW", "KRW 41.3 Billion", "41,300 million KRW"]),
    (MONEY, 3.5e7, ["3,500만", "3500만 원", "3천5백만원", "35 million KRW"]),
    (MONEY, 1.23e12, ["1조 2천3백억", "1조2300억원", "1.23조", "1.23 trillion KRW"]),
    (DAYS, 21, ["21 days", "3 weeks", "3주", "21일", "3 Weeks"]),
    (DAYS, 1, ["1 day", "1일"]),
    (FLOP, 2.55e24, ["2.55e24 FLOP", "2.55E+24 FLOP", "2550000000000000000000000 FLOP"]),
    (SHARES, 0.23, ["23 %", "23%", "23.0 %", "23 percent"]),
    (SHARES, 0.003, ["0.3 %", ".3 %"]),
    (("hardware.B200.peak",), 2250, ["2250 TFLOPS", "2.25 PFLOPS", "2,250 TFLOP/s", "2.25e6 GFLOPS"]),
    (("teams.red.faults.restart",), 90, ["90 min", "1.5 h", "5,400 s", "90분", "1.5시간", "90 minutes"]),
    (("faults.checkpoint",), 60, ["60 s", "1 min", "60초", "1 minute"]),
    (("faults.interval",), 0.5, ["0.5 h", "30 min", "1800 s"]),
    (GPU_TABLES, {"B200": 512}, ["512 B200", " 512.0  B200 ", {"B200": "512 GPUs"}, {"B200": "512장"}]),
    (GPU_TABLES, {"B200": 1024}, ["1,024 B200", "1_024 B200", {"B200": "1,024 GPUs"}]),
]


@pytest.mark.parametrize(
    ("path", "value", "written"),
    [(path, value, way) for paths, value, ways in NOTATIONS for path in paths for way in ways],
)
def test_every_way_of_writing_a_value_gives_the_same_scenario(path, value, written):
    assert with_value(path, written).digest() == with_value(path, value).digest()


AMOUNTS = st.integers(1, 10**15)


def plain(number):
    """A decimal number written out."""
    return f"{number.normalize():f}"


@given(AMOUNTS)
def test_any_amount_of_money_is_the_same_in_every_notation(won):
    ways = [f"{won} KRW", f"{won:,}원", f"KRW {won:,}"]
    for scale, word in ((10**4, "만"), (10**8, "억 원"), (10**12, "조"), (10**9, " billion KRW")):
        ways.append(plain(Decimal(won) / scale) + word)
    if won >= 10**8 and won % 10**4 == 0 and won < 10**12:
        ways.append(f"{won // 10**8:,}억" + (f" {won % 10**8 // 10**4:,}만 원" if won % 10**8 else ""))
    digests = {with_value("known.one.cost", way).digest() for way in ways}
    assert digests == {with_value("known.one.cost", won).digest()}


@given(st.integers(0, 1000))
def test_any_share_is_the_same_with_and_without_a_percent_sign(tenths):
    written, share = f"{Decimal(tenths) / 10} %", Decimal(tenths) / 1000
    assert with_value("hardware.B200.mfu", written) == with_value("hardware.B200.mfu", float(share))


@given(st.integers(1, 10**6), st.integers(0, 99))
def test_any_number_of_minutes_is_the_same_in_hours_and_seconds(whole, hundredths):
    minutes = Decimal(whole) + Decimal(hundredths) / 100
    expected = with_value("faults.restart", float(minutes))
    for way in (f"{minutes} min", f"{minutes * 60} s"):
        assert with_value("faults.restart", way) == expected


@pytest.mark.parametrize(
    ("path", "written", "meant"),
    [
        ("stages.first.shift", {"uniform": ["2 weeks", "5 weeks"]}, {"uniform": [14, 35]}),
        ("stages.first.shift", {"uniform": {"low": "2 weeks", "high": 35}}, {"uniform": [14, 35]}),
        ("stages.first.shift", {"poisson": "2 weeks"}, {"poisson": 14}),
        ("stages.first.shift", {"weighted": {"2 weeks": 1, "3": 2}}, {"weighted": {"14": 1, "3": 2}}),
        ("stages.first.shift", {"constant": "2 weeks"}, {"constant": 14}),
        ("stages.first.shift", {"lognormal": ["2 weeks", 0.1]}, {"lognormal": [14, 0.1]}),
        (
            "stages.first.shift",
            {"lognormal": {"p5": "1 week", "p95": "3 weeks"}},
            {"lognormal": {"p5": 7, "p95": 21}},
        ),
        (
            "stages.first.shift",
            {"truncated": {"normal": ["2 weeks", "4 days"], "low": "1 week"}, "shared": "weather"},
            {"truncated": {"normal": [14, 4], "low": 7}, "shared": "weather"},
        ),
        ("hardware.B200.price", {"uniform": ["9500 KRW", "1.2만원"]}, {"uniform": [9500, 12000]}),
        ("hardware.B200.mfu", {"beta": {"mean": "23 %", "sd": "4%"}}, {"beta": {"mean": 0.23, "sd": 0.04}}),
        ("hardware.B200.mfu", {"beta": [2, 5, "10 %", "40 %"]}, {"beta": [2, 5, 0.1, 0.4]}),
        (
            "hardware.B200.peak",
            {"triangular": ["2 PFLOPS", 2250, "2.3 PFLOPS"]},
            {"triangular": [2000, 2250, 2300]},
        ),
        ("stages.first.grants.pool.B200", {"uniform": ["1,000 GPUs", 2000]}, {"uniform": [1000, 2000]}),
        ("faults.interval", {"uniform": ["30 min", "2 h"]}, {"uniform": [0.5, 2]}),
    ],
)
def test_units_are_read_inside_distributions(path, written, meant):
    assert with_value(path, written).digest() == with_value(path, meant).digest()


KRW = "a number in KRW, 만원, 억, 조 or billion KRW"
SHARE = "a share such as 0.23 or 23 %"
NOT_MONEY = [
    *("9500", "41.3 billion", "$9500", "9500 USD", "KRW", "원", "억", "", "billion KRW", "1억 x", "0x10 KRW"),
    *("1,20억", "1,2000원", "12,34,567원", "1..5억", "--5억", "KRW 9500 KRW", "9500 KRW 원"),
    *("5천3조 2조", "1억 2조", "1만 20,000", "1억 -1만", "5백3천억", "1만 500 3원"),
    *("1e400 KRW", "nan KRW", "inf 억", "1e9999억"),
]
NO_TABLE = [
    (512, "512"),
    ([512], "a list"),
    *(
        (text, f"'{text}'")
        for text in [
            "512",
            "B200",
            "512B200",
            "512 B200 + 2 B200",
            "1e400 B200",
            "1,02 B200",
            "512 B200 +",
            "nan B200",
            " ",
            "5",
        ]
    ),
]
TABLE = "GPUs with their type, as in 512 B200 or {B200: 512}"


@pytest.mark.parametrize(
    ("path", "written", "found", "expected"),
    [
        *(("known.one.cost", text, f"'{text}'", KRW) for text in NOT_MONEY),
        ("known.one.cost", "9" * 300 + "원", f"'{'9' * 80}'", KRW),
        ("stages.first.shift", "2 months", "'2 months'", "a number in days or weeks"),
        ("stages.first.shift", "1,0 days", "'1,0 days'", "a number in days or weeks"),
        ("stages.first.shift", {"uniform": ["2 weeks", "5 wekes"]}, "'5 wekes'", "a number in days or weeks"),
        ("stages.first.shift", {"weighted": {"2 weeks": 1, "14": 1}}, "a value twice", "each value once"),
        ("capability.reference_compute", "1e24 FLOPS", "'1e24 FLOPS'", "a number in FLOP"),
        ("capability.reference_compute", "1e400 FLOP", "'1e400 FLOP'", "a number in FLOP"),
        ("faults.checkpoint", "1 day", "'1 day'", "a number in s, min or h"),
        ("faults.restart", "1 day", "'1 day'", "a number in s, min or h"),
        ("hardware.B200.peak", "2250", "'2250'", "a number in TFLOPS, PFLOPS or GFLOPS"),
        ("hardware.B200.mfu", "0.23", "'0.23'", SHARE),
        ("hardware.B200.mfu", "23 % of peak", "'23 % of peak'", SHARE),
        ("hardware.B200.mfu", "230 %", "2.3", "at least 0 and at most 1, such as 0.023 or 2.3 %"),
        ("hardware.B200.price", "-5 KRW", "-5", "at least 0"),
        *((path, written, found, TABLE) for path in GPU_TABLES for written, found in NO_TABLE),
    ],
)
def test_what_is_no_number_is_told_with_what_was_expected(path, written, found, expected):
    problem = told(path, written)
    assert (problem.path, problem.found, problem.expected) == (path, found, expected)


@pytest.mark.parametrize("path", GPU_TABLES)
def test_a_negative_number_of_gpus_and_an_unknown_type_are_refused(path):
    assert "-5" in told(path, "-5 B200").found
    assert "B20" in told(path, "5 B20").found


TWO = changed("  B200: {peak", "  H200: {peak: 989 TFLOPS, mfu: 0.3}\n  B200: {peak")


def test_several_types_stand_beside_each_other(tmp_path):
    text = changed("{pool: {B200: 1024}", "{pool: 512 B200 + 1024 H200", TWO)
    plainly = changed("{pool: {B200: 1024}", "{pool: {B200: 512, H200: 1024}", TWO)
    assert loaded(tmp_path, text) == loaded(tmp_path, plainly)


def test_a_part_of_the_short_form_can_be_set(folder):
    write(main=changed("{pool: {B200: 1024}", "{pool: 512 B200 + 1024 H200", TWO))
    write(plain=changed("{pool: {B200: 1024}", "{pool: {B200: 600, H200: 1024}", TWO))
    assert load("main.yaml", {"stages.first.grants.pool.B200": 600}) == load("plain.yaml")


@pytest.mark.parametrize(
    ("before", "over", "after"),
    [
        ("512 B200", "{H200: 3}", "{B200: 512, H200: 3}"),
        ("512 B200 + 3 H200", "{H200: ~}", "{B200: 512}"),
        ("512 B200 + 3 H200", "{H200: {uniform: [1, 2]}}", "{B200: 512, H200: {uniform: [1, 2]}}"),
        ("{H200: 5}", "512 B200", "{B200: 512}"),
        ("512 B200", "1 B200 + 2 H200", "{B200: 1, H200: 2}"),
        ("{B200: 512 GPUs}", "{B200: 3}", "{B200: 3}"),
    ],
)
def test_a_table_is_laid_over_its_short_form_and_the_other_way_round(folder, before, over, after):
    write(base=changed("{name: Red}", f"{{name: Red, own: {before}}}", TWO))
    write(plain=changed("{name: Red}", f"{{name: Red, own: {after}}}", TWO))
    write(main=f"extends: base.yaml\nteams: {{red: {{own: {over}}}}}\n")
    assert load("main.yaml") == load("plain.yaml")


def test_the_short_form_is_an_option_and_a_doubt_like_any_value(tmp_path):
    text = changed("{pool: {B200: 1024}", "{pool: {choice: [512 B200, 1024 B200]}")
    assert loaded(tmp_path, text).choices
    text = GOOD + "doubts: {stages.first.grants.pool: [512 B200], hardware.B200.mfu: [30 %]}\n"
    assert loaded(tmp_path, text).doubts


def test_none_and_gpus_stand_beside_each_other_in_a_table_by_team(tmp_path):
    text = changed("{pool: {B200: 1024}, shares: equal}", "{gpus: {red: 512 B200, default: none}}")
    gpus = loaded(tmp_path, text).stages["first"].grants.gpus
    assert gpus == {"red": {"B200": 512.0}, "default": "none"}


def test_shares_of_a_pool_may_be_percents(tmp_path):
    text = changed("shares: equal", "shares: {red: 50 %, blue: {B200: 25%}}")
    shares = loaded(tmp_path, text).stages["first"].grants.shares
    assert shares == {"red": 0.5, "blue": {"B200": 0.25}}
    (problem,) = refused(tmp_path, changed("shares: equal", "shares: {red: 60 %, blue: 50 %}"))
    assert problem.found == "shares of B200 that sum to 1.1"


@given(
    st.text(max_size=40)
    | st.from_regex(r"[0-9,._+eE -]{0,12}[A-Z0-9]{0,5}( \+ [0-9]+ [A-Z]+)?", fullmatch=True)
)
def test_any_text_is_a_table_of_finite_numbers_or_none(text):
    found = gpu_table(text)
    assert found is None or (found and all(math.isfinite(gpus) for gpus in found.values()))


@given(
    st.sampled_from(["hardware.B200.price", "stages.first.shift", "hardware.B200.mfu"]), st.text(max_size=20)
)
def test_any_text_is_a_number_or_refused(path, text):
    with suppress(ScenarioError):
        assert math.isfinite(extremes(value_at(with_value(path, text), path))[1])


def test_a_long_text_is_refused_at_once():
    assert told("known.one.cost", "1," * 90_000 + "000 KRW").found
    assert told("teams.red.own", "1 B200 + " * 10_000).found
