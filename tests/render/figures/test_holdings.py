"""What the figure of holdings says, read off the drawn figure."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from matplotlib.dates import date2num
from matplotlib.text import Text

from sim.render.figures.holdings import draw_holdings
from sim.render.figures.labels import Labels
from sim.render.figures.texts import Hung, assign_lanes, make_room, mirror
from tests.render.figures.drawing import rendered, texts

NAMES = {
    "en": {"lg": "LG AI Research", "skt": "SK Telecom", "motif": "Motif Technologies"},
    "ko": {"lg": "LG AI연구원", "skt": "SK텔레콤", "motif": "모티프테크놀로지스"},
}
STAGE_NAMES = {"en": {"s1": "Stage 1", "w": "Wildcard"}, "ko": {"s1": "1단계", "w": "추가 공모"}}
OPENS, CLOSES, DECIDED = date(2025, 9, 9), date(2025, 12, 30), date(2026, 1, 15)


def labels_for(lang="en"):
    title = "독자 AI 파운데이션 모델" if lang == "ko" else "Independent AI Foundation Model"
    return Labels(title, NAMES[lang], STAGE_NAMES[lang], 10_000, "4f1c9a02be7788d1", "2026-11-22", lang)


def stages():
    rows = [("s1", OPENS, CLOSES, DECIDED), ("w", None, None, date(2026, 2, 20))]
    return pd.DataFrame(rows, columns=["stage", "opens", "closes", "decided"])


def changes():
    rows = [
        ("lg", OPENS, 512.0, 0.0, 1.0, "delivery"),
        ("lg", OPENS, 512.0, 0.0, 0.6, "slow"),
        ("lg", date(2025, 10, 9), 512.0, 0.0, 1.0, "normal"),
        ("lg", DECIDED, 768.0, 0.0, 1.0, "delivery"),
        ("skt", OPENS, 0.0, 450.0, 1.0, ""),
        ("skt", DECIDED, 0.0, 0.0, 1.0, "leaves"),
        ("motif", date(2026, 2, 20), 0.0, 0.0, 1.0, "enters"),
        ("motif", date(2026, 2, 21), 512.0, 100.0, 1.0, "window opens"),
        ("motif", date(2026, 2, 21), 512.0, 100.0, 1.0, "delivery"),
        ("motif", date(2026, 7, 31), 512.0, 100.0, 1.0, "window closes"),
    ]
    return pd.DataFrame(rows, columns=["team", "day", "granted", "own", "speed", "what"])


def drawn(lang="en", made=None, of=None):
    of = stages() if of is None else of
    return rendered(draw_holdings(changes() if made is None else made, of, labels_for(lang), 7))


def labelled(figure, label):
    """The artists of that name, each once."""
    found = {id(a): a for a in figure.findobj(lambda a: a.get_label() == label)}
    return list(found.values())


def at(figure, label, day):
    """The lower and upper edge of an area on a day on which nothing changes."""
    (area,) = labelled(figure, label)
    (path,) = area.get_paths()
    x, (a, b) = float(date2num(day)), (path.vertices[:-1], path.vertices[1:])
    crossing = ((a[:, 0] < x) != (b[:, 0] < x)) & (a[:, 0] != b[:, 0])
    heights = a[crossing, 1]
    return float(heights.min()), float(heights.max())


@pytest.mark.parametrize(
    ("team", "day", "granted", "own"),
    [
        ("lg", date(2025, 12, 1), 512, 0),
        ("lg", date(2026, 1, 14), 512, 0),
        ("lg", date(2026, 1, 16), 768, 0),
        ("lg", date(2026, 7, 1), 768, 0),
        ("skt", date(2025, 9, 10), 0, 450),
        ("skt", date(2026, 1, 16), 0, 0),
        ("motif", date(2026, 3, 1), 512, 100),
    ],
)
def test_the_teams_own_stands_on_what_is_granted_from_each_change_on(team, day, granted, own):
    figure = drawn()
    assert at(figure, f"granted {team}", day) == (0, granted)
    assert at(figure, f"own {team}", day) == (granted, granted + own)


def test_every_strip_has_the_same_scale_in_inches():
    figure = drawn()
    strips = figure.axes[1:]
    tall = [axes.get_position().height * figure.get_figheight() / axes.get_ylim()[1] for axes in strips]
    assert len(strips) == 3
    assert tall == pytest.approx([tall[0]] * 3)
    assert {axes.get_xlim() for axes in figure.axes} == {strips[0].get_xlim()}
    assert all(axes.get_ylim()[1] > 768 for axes in strips)


def test_a_line_goes_through_all_strips_on_each_day_of_a_result():
    figure = drawn()
    days = [float(date2num(day)) for day in (DECIDED, date(2026, 2, 20))]
    assert [float(line.get_xdata()[0]) for line in labelled(figure, "result")] == days
    assert len(labelled(figure, "_result")) == 2 * 3


def test_windows_are_shaded_to_their_last_day_and_a_teams_own_stand_instead_of_the_stages():
    figure = drawn()
    (stage,), (own,) = labelled(figure, "window lg"), labelled(figure, "window motif")
    assert (stage.get_x(), stage.get_x() + stage.get_width()) == (date2num(OPENS), date2num(CLOSES) + 1)
    assert (own.get_x(), own.get_x() + own.get_width()) == (
        date2num(date(2026, 2, 21)),
        date2num(date(2026, 7, 31)) + 1,
    )


def test_slow_periods_are_hatched_from_the_change_to_the_next():
    (slow,) = labelled(drawn(), "slow lg")
    assert slow.get_hatch()
    assert (slow.get_x(), slow.get_x() + slow.get_width()) == (date2num(OPENS), date2num(date(2025, 10, 9)))
    assert slow.get_height() == 512


def test_deliveries_entries_and_leavings_are_marked_on_their_days_and_named():
    figure = drawn()
    marks = {
        kind: [float(a.get_xdata()[0]) for a in labelled(figure, kind)]
        for kind in ("delivery", "enters", "leaves")
    }
    assert marks == {
        "delivery": [date2num(day) for day in (OPENS, DECIDED, date(2026, 2, 21))],
        "enters": [date2num(date(2026, 2, 20))],
        "leaves": [date2num(DECIDED)],
    }
    said = texts(figure)
    once = ("delivery +256", "enters", "leaves", "at 60 % speed")
    assert [said.count(text) for text in ("delivery +512", *once)] == [2, 1, 1, 1, 1]


@pytest.mark.parametrize(
    ("lang", "parts"),
    [
        ("en", ("one replication: number 7", "simulation", "Stage 1: result 2026-01-15", "leaves")),
        ("ko", ("단일 실행: 7번", "시뮬레이션", "1단계: 발표 2026-01-15", "탈락")),
    ],
)
def test_teams_stages_and_the_footer_are_there_in_both_languages(lang, parts):
    said = " ".join(texts(drawn(lang)))
    wanted = (
        *NAMES[lang].values(),
        *STAGE_NAMES[lang].values(),
        *parts,
        "2026-11-22",
        "4f1c9a02be77",
        "10,000",
    )
    assert [part for part in wanted if part not in said] == []


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("rows", [10, 6, 1])
@pytest.mark.parametrize("some", [2, 0])
def test_no_text_is_outside_the_figure_or_on_another(lang, rows, some):
    figure = drawn(lang, changes().iloc[:rows], stages().iloc[:some])
    renderer, (wide, tall) = figure.canvas.get_renderer(), figure.canvas.get_width_height()
    shown = {id(t): t for t in figure.findobj(Text) if t.get_text() and t.get_visible()}
    boxes = {t: t.get_window_extent(renderer).extents for t in shown.values()}
    low, high = np.array([*boxes.values()])[:, :2], np.array([*boxes.values()])[:, 2:]
    assert (low >= -0.5).all()
    assert (high <= (wide + 0.5, tall + 0.5)).all()
    common = np.minimum(high[:, None], high) - np.maximum(low[:, None], low)
    both = (common[..., 0] > 1) & (common[..., 1] > 3)
    np.fill_diagonal(both, val=False)
    names = [t.get_text() for t in boxes]
    assert [(names[i], names[j]) for i, j in np.argwhere(both)] == []


def test_days_may_be_texts_or_timestamps():
    as_text = changes().assign(day=changes()["day"].astype(str))
    as_stamp = changes().assign(day=pd.to_datetime(changes()["day"]))
    expected = at(drawn(), "granted lg", date(2026, 1, 16))
    assert at(drawn(made=as_text), "granted lg", date(2026, 1, 16)) == expected
    assert at(drawn(made=as_stamp), "granted lg", date(2026, 1, 16)) == expected


def change(column, value, row=0):
    made = changes().astype({column: object})
    made.loc[row, column] = value
    return made


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (changes().drop(columns="speed"), "table of changes lacks the columns speed"),
        (changes().iloc[:0], "no rows"),
        (change("day", "someday"), "'someday' for day, expected a date"),
        (change("day", 20340), "20340 for day, expected a date"),
        (change("day", None), "for day, expected a date"),
        (change("granted", -1.0), "team 'lg', 2025-09-09: granted is -1.0"),
        (change("own", np.nan), "own is nan"),
        (change("speed", 1.5), "speed is 1.5, expected a number within 0..1"),
        (change("what", "explodes"), "team 'lg', 2025-09-09: what is 'explodes'"),
        (change("what", "window closes"), "'lg' has windows that do not open and close in turn"),
        (change("team", "nobody"), "no name for 'nobody'"),
    ],
)
def test_a_table_of_changes_that_breaks_the_rules_is_refused_in_one_line(made, said):
    with pytest.raises(ValueError, match=said) as caught:
        draw_holdings(made, stages(), labels_for(), 7)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (stages().drop(columns="decided"), "table of stages lacks the columns decided"),
        (
            stages().assign(closes=date(2025, 1, 1)),
            "stage 's1' has a window that does not open before it closes",
        ),
        (stages().assign(opens=None), "stage 's1' has a window"),
        (stages().assign(decided="soon"), "'soon' for decided, expected a date"),
    ],
)
def test_a_table_of_stages_that_breaks_the_rules_is_refused(made, said):
    with pytest.raises(ValueError, match=said):
        draw_holdings(changes(), made, labels_for(), 7)


def test_a_replication_below_zero_is_refused():
    with pytest.raises(ValueError, match="replication is -1"):
        draw_holdings(changes(), stages(), labels_for(), -1)


def test_texts_are_hung_so_that_none_covers_another_or_its_line():
    rng = np.random.default_rng(3)
    hung = [
        Hung(float(day), "", float(width))
        for day, width in zip(rng.uniform(0, 40, 30), rng.uniform(0.3, 3, 30), strict=True)
    ]
    found = assign_lanes(hung, 0.5)
    for one, lane in zip(hung, found, strict=True):
        for other, below in zip(hung, found, strict=True):
            if one is not other and lane >= below:
                # The line down from `one` does not meet `other`, nor do their texts overlap.
                assert not other.day < one.day < other.day + other.width / 0.5
    assert assign_lanes([Hung(1, "", 1), Hung(2, "", 1)], 1.0) == [0, 0]
    assert assign_lanes([Hung(1, "", 1), Hung(1.5, "", 1)], 1.0) == [1, 0]
    assert assign_lanes(mirror([Hung(1, "", 1), Hung(1.5, "", 1)]), 1.0) == [0, 1]


def test_the_axis_ends_where_the_last_text_does():
    assert make_room([Hung(8.0, "", 1.0)], 0.0, 10.0, 5.0) == 10.0  # 8 days on 4 of 5 inches
    assert make_room([Hung(9.0, "", 1.0)], 0.0, 10.0, 5.0) == 11.25
