"""Amounts of a report: whole numbers, and nothing that differs is told as no difference."""

import re
from html.parser import HTMLParser

import pytest

import sim
from sim.findings.waiting import Wait
from sim.render.html.amounts import (
    count_whole_money,
    format_gap,
    format_months,
    format_whole_hours,
    wait_sentence,
)
from sim.render.text.layout import Names
from sim.studies.report import report_folder

MINIMAL = sim.load("minimal")
NAMES = Names.of(MINIMAL, "en")
WAITS = ("compare.waits", "compare.waits_alike")


@pytest.mark.parametrize(
    ("eok", "told"),
    [(1047.4, "1,047"), (-12.6, "-13"), (0.4, "<1"), (-0.4, "<1"), (0, "0"), (0.5, "1"), (1.5, "2")],
)
def test_money_is_counted_in_whole_units(eok, told):
    assert count_whole_money(eok * 1e8, "KRW") == told


@pytest.mark.parametrize(
    ("hours", "lang", "told"),
    [
        (28_361_234, "en", "28,400,000"),
        (2_431_000, "en", "2,430,000"),
        (512, "en", "512"),
        (28_361_234, "ko", "2,836만"),
    ],
)
def test_hours_have_three_digits(hours, lang, told):
    assert format_whole_hours(hours, lang) == told


@pytest.mark.parametrize(
    ("months", "told"),
    [
        (0.62, "1 month more"),
        (-0.62, "1 month less"),
        (0.3, "less than a month more"),
        (-3.7, "4 months less"),
    ],
)
def test_a_gap_that_hardly_changes_is_told_to_change(months, told):
    assert format_gap(NAMES, months) == told


def test_who_is_ahead_is_told_to_be_ahead():
    assert [format_months(NAMES, months) for months in (19.4, 0.2, -2.1)] == ["19", "0", "2 ahead"]


def test_a_wait_of_a_few_days_is_told_without_decimals():
    told = [
        wait_sentence(NAMES, Wait(10, months, True), WAITS, first="A", second="B") for months in (0.14, 1.6)
    ]
    assert "by less than a month" in told[0]
    assert "by +2 months" in told[1]


class Cells(HTMLParser):
    """The texts of all cells of tables, but of the heads of rows, which have values that were tried."""

    def __init__(self):
        super().__init__()
        self.texts, self.inside = [], False

    def handle_starttag(self, tag, attrs):
        self.inside = tag == "td" or (self.inside and tag not in ("th", "tr", "table"))

    def handle_endtag(self, tag):
        self.inside = self.inside and tag != "td"

    def handle_data(self, data):
        if self.inside and data.strip():
            self.texts.append(data.strip())


def cells_of(folder, lang):
    (path,), _ = report_folder(folder, [lang])
    found = Cells()
    found.feed(path.read_text("utf-8"))
    return found.texts


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("kind", ["sweep", "comparison"])
def test_no_table_of_numbers_has_a_decimal(kind, lang, tmp_path):
    runs = 20_000  # enough that the text of either has decimals
    if kind == "sweep":
        vary = "stages.first.grants.pool.B200=500:3000:3"
        sim.sweep(MINIMAL, vary, runs=runs, out=tmp_path, tables="en").write_tables(tmp_path, "en")
    else:
        other = sim.load("minimal", {"stages.first.grants.pool.B200": 3000})
        sim.compare([MINIMAL, other], runs=runs, out=tmp_path, tables="en").write_tables(tmp_path, "en")
    texts = cells_of(tmp_path, lang)
    assert len(texts) > 12
    assert [text for text in texts if re.search(r"\d\.\d", text)] == []
    lower = {"en": r"\d points? lower", "ko": r"\d%p 하락"}[lang]
    assert any(re.fullmatch(lower, text) for text in texts)
