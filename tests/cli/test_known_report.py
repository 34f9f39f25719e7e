"""Known runs as text: both languages, 80 columns, every number where it belongs."""

import re

import pytest
from rich.cells import cell_len
from rich.console import Console

from sim.render.text.known_runs import render_known
from sim.stats.known import checks
from tests.helpers import quiet, stage

LANGS = ("en", "ko")
HARDWARE = {
    "B200": {"peak": 2250.0, "mfu": 0.23, "price": 9500.0},
    "H200": {"peak": 989.0, "mfu": {"uniform": [0.3, 0.4]}},
}
KNOWN = {
    "ax-k1": {
        "name": "A.X K1",
        "gpus": {"H200": 1024},
        "days": 75,
        "compute": 2.55e24,
        "compare": "compute",
        "source": "arXiv 2601.09200",
        "confidence": "H",
    },
    "solar-open": {"gpus": {"B200": 480}, "days": 66, "compute": 1.4e24, "compare": "days"},
    "lease": {
        "name": {"en": "Lease", "ko": "임차"},
        "gpus": {"B200": 3000},
        "days": 181,
        "cost": "1200억",
        "compare": "cost",
    },
}
LONG = {
    "x" * 40: {
        "name": {"en": "A very long name " * 8, "ko": "아주 긴 이름 " * 12},
        "gpus": {"B200": 1e9},
        "days": 1e-6,
        "compute": 1,
        "compare": "days",
        "source": "http://example.org/" + "x" * 200,
    },
    "endless": {"gpus": {"H100": 1}, "days": 1, "compute": 1e40, "compare": "days"},
    "dear": {"gpus": {"B200": 1}, "days": 1e6, "cost": 1, "compare": "cost"},
}


def printed(known, lang, **more):
    """The lines of the text."""
    world = quiet(
        {"red": {}, "blue": {}},
        [stage(1, {"exam": {"max": 60, "mean": 30, "per_eci": 1.0}})],
        known=known,
        hardware={**HARDWARE, "H100": {"peak": 989.0, "mfu": 0.0}},
        **more,
    )
    console = Console(width=80, highlight=False, emoji=False, markup=False)
    with console.capture() as captured:
        console.print(render_known(checks(world), world.money, lang))
    return captured.get().splitlines()


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("known", [KNOWN, LONG], ids=["real", "long"])
def test_the_text_is_within_80_columns_and_plain(known, lang):
    lines = printed(known, lang)
    assert [line for line in lines if cell_len(line) > 80] == []
    assert not re.search(r"\b(nan|inf|None)\b|\x1b", "\n".join(lines))


def test_the_table_says_what_was_observed_modelled_and_how_they_compare():
    text = " ".join(" ".join(printed(KNOWN, "en")).split())
    # By hand: 0.35 x 989e12 x 1024 x 75 x 86400 = 2.30e24, 1.4e24 in 65.2 days, 3000 x 181 x 24 x 9500 KRW.
    assert re.search(r"A\.X K1 2\.55e24 FLOP 2\.30e24 FLOP \S+ agrees", text)
    assert "solar-open 66 days 65 days – agrees" in text
    assert "Lease 1,200억 1,238억 – agrees" in text
    assert "A.X K1: an MFU of 0.389 would agree; the scenario has 0.350 (arXiv 2601.09200; H)" in text
    assert "Lease: 9,208 KRW per GPU-hour would agree; the scenario has 9,500" in text


def test_an_uncertain_number_gives_a_span():
    text = "\n".join(printed(KNOWN, "en"))
    low, high = (float(end) for end in re.findall(r"(\d\.\d\de24)-(\d\.\d\de24)", text)[0])
    at_peak = 989e12 * 1024 * 75 * 86_400
    assert (low / at_peak, high / at_peak) == pytest.approx((0.305, 0.395), abs=0.003)


@pytest.mark.parametrize(("lang", "words"), [("en", "35 % less"), ("ko", "35% 적음")])
def test_where_they_part_the_verdict_says_by_how_much(lang, words):
    known = {"one": {**KNOWN["solar-open"], "days": 100}}
    # 65.2 days are 35 % less than 100.
    assert words in "\n".join(printed(known, lang))


def test_korean_is_korean():
    text = "\n".join(printed(KNOWN, "ko"))
    assert "임차" in text
    assert "1,238억 원" in text
    assert "66일" in text
    assert not re.search(r"\b(known|observed|modelled|days|agrees|Lease)\b", text)


@pytest.mark.parametrize("lang", LANGS)
def test_a_scenario_without_known_runs_says_so(lang):
    (line,) = printed({}, lang)
    assert line.endswith(".")
