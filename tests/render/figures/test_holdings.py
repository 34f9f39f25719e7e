"""What the figure of holdings says, read off the drawn figure."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from matplotlib.dates import date2num
from matplotlib.text import Text

from sim.render.figures.holdings import draw_holdings
from sim.render.figures.labels import Labels
from sim.render.figures.texts import Hung, assign_lanes, make_room, mirror
from tests.render.figures.drawing import rendered, texts
from tests.render.figures.every import Cast

NAMES = {
    "en": {"lg": "LG AI Research", "skt": "SK Telecom", "motif": "Motif Technologies"},
    "ko": {"lg": "LG AI연구원", "skt": "SK텔레콤", "motif": "모티프테크놀로지스"},
}
STAGE_NAMES = {"en": {"s1": "Stage 1", "w": "Wildcard"}, "ko": {"s1": "1단계", "w": "추가 공모"}}
OPENS, CLOSES, DECIDED = date(2025, 9, 9), date(2025, 12, 30), date(2026, 1, 15)
ENTERS, LAST_DAY, SECOND = date(2026, 2, 21), date(2026, 7, 31), date(2026, 8, 18)


def labels_for(lang="en"):
    title = "독자 AI 파운데이션 모델" if lang == "ko" else "Independent AI Foundation Model"
    return Labels(title, NAMES[lang], STAGE_NAMES[lang], 10_000, "4f1c9a02be7788d1", "2026-11-22", lang)


def stages():
    rows = [("s1", OPENS, CLOSES, DECIDED), ("w", ENTERS, LAST_DAY, SECOND)]
    return pd.DataFrame(rows, columns=["stage", "opens", "closes", "decided"])


def changes():
    rows = [
        ("lg", OPENS, 0.0, 0.0, 1.0, 1, "window opens"),
        ("lg", OPENS, 512.0, 0.0, 1.0, 1, "delivery"),
        ("lg", OPENS, 512.0, 0.0, 0.6, 1, "slow"),
        ("lg", date(2025, 10, 9), 512.0, 0.0, 1.0, 1, "normal"),
        ("lg", CLOSES, 512.0, 0.0, 1.0, 1, "window closes"),
        ("lg", DECIDED, 768.0, 0.0, 1.0, 1, "delivery"),
        ("skt", OPENS, 0.0, 450.0, 1.0, 1, "window opens"),
        ("skt", CLOSES, 0.0, 450.0, 1.0, 1, "window closes"),
        ("skt", DECIDED, 0.0, 0.0, 1.0, 1, "leaves"),
        ("motif", date(2026, 2, 20), 0.0, 0.0, 1.0, 1, "enters"),
        ("motif", ENTERS, 512.0, 100.0, 1.0, 1, "window opens"),
        ("motif", ENTERS, 512.0, 100.0, 1.0, 1, "delivery"),
        ("motif", LAST_DAY, 512.0, 100.0, 1.0, 1, "window closes"),
    ]
    return pd.DataFrame(rows, columns=["team", "day", "granted", "own", "speed", "own_speed", "what"])


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
    days = [float(date2num(day)) for day in (DECIDED, SECOND)]
    assert [float(line.get_xdata()[0]) for line in labelled(figure, "result")] == days
    assert len(labelled(figure, "_result")) == 2 * 3


def test_each_teams_windows_are_shaded_to_their_last_day():
    figure = drawn()
    for team, opens, closes in (("lg", OPENS, CLOSES), ("skt", OPENS, CLOSES), ("motif", ENTERS, LAST_DAY)):
        (window,) = labelled(figure, f"window {team}")
        assert window.get_x() == date2num(opens)
        assert window.get_x() + window.get_width() == date2num(closes) + 1


def test_slow_periods_are_hatched_from_the_change_to_the_next():
    (slow,) = labelled(drawn(), "slow lg")
    assert slow.get_hatch()
    assert (slow.get_x(), slow.get_x() + slow.get_width()) == (date2num(OPENS), date2num(date(2025, 10, 9)))
    assert slow.get_height() == 512


def test_slow_storage_hatches_all_of_a_team_and_a_slow_supplier_what_is_lent():
    rows = changes()
    of_motif = rows["team"] == "motif"
    later = pd.DataFrame(
        [
            ("motif", date(2026, 4, 1), 512.0, 100.0, 0.1, 0.1, "slow storage"),
            ("motif", date(2026, 4, 8), 512.0, 100.0, 1.0, 1.0, "normal"),
            ("motif", date(2026, 5, 1), 512.0, 100.0, 0.5, 1.0, "slow"),
            ("motif", date(2026, 6, 1), 512.0, 100.0, 1.0, 1.0, "base closes"),
        ],
        columns=rows.columns,
    )
    made = pd.concat([rows[of_motif][:-1], later, rows[of_motif][-1:]])
    figure = drawn(made=made)
    hatched = [(slow.get_x(), slow.get_y(), slow.get_height()) for slow in labelled(figure, "slow motif")]
    april, may = (float(date2num(date(2026, month, 1))) for month in (4, 5))
    assert sorted(hatched) == [(april, 0, 512), (april, 512, 100), (may, 0, 512)]
    said = texts(figure)
    once = ("slow storage: at 10 % speed", "at 50 % speed", "its base model closes")
    assert [said.count(text) for text in once] == [1, 1, 1]
    assert [float(a.get_xdata()[0]) for a in labelled(figure, "base closes")] == [date2num(date(2026, 6, 1))]


@pytest.mark.parametrize(("own_speed", "told"), [(1.0, False), (0.5, True)])
def test_the_table_has_the_speed_of_own_gpus_where_they_ever_run_slow(own_speed, told):
    made = changes().assign(own_speed=own_speed)
    data = draw_holdings(made, stages(), labels_for(), 7).heading.data
    assert ("own_speed" in data) is told


def test_deliveries_entries_and_leavings_are_marked_on_their_days_and_named():
    figure = drawn()
    marks = {
        kind: [float(a.get_xdata()[0]) for a in labelled(figure, kind)]
        for kind in ("delivery", "enters", "leaves")
    }
    assert marks == {
        "delivery": [date2num(DECIDED)],  # what comes as a window opens is where its bar begins
        "enters": [date2num(date(2026, 2, 20))],
        "leaves": [date2num(DECIDED)],
    }
    said = texts(figure)
    once = ("delivery +256", "enters", "leaves", "at 60 % speed")
    assert [said.count(text) for text in ("delivery +512", *once)] == [0, 1, 1, 1, 1]


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
@pytest.mark.parametrize("teams", [("lg", "skt", "motif"), ("lg",), ("skt",)])
@pytest.mark.parametrize("some", [2, 0])
def test_no_text_is_outside_the_figure_or_on_another(lang, teams, some):
    figure = drawn(lang, changes()[changes().team.isin(teams)], stages().iloc[:some])
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


def test_bars_say_how_many_and_the_scale_has_more_than_one_tick():
    figure = drawn()
    said = texts(figure)
    assert {"512", "768", "450", "612"} <= set(said)
    strips = figure.axes[1:]
    assert all(len(axes.get_yticks()) >= 3 for axes in strips)


def test_a_slow_period_of_a_day_can_be_seen():
    made = changes()
    made.loc[made.what == "normal", "day"] = OPENS + timedelta(days=1)
    figure = drawn(made=made)
    (slow,) = labelled(figure, "slow lg")
    pixels = figure.axes[0].transData.transform([(slow.get_x(), 0), (slow.get_x() + slow.get_width(), 0)])
    assert pixels[1][0] - pixels[0][0] >= 0.039 * figure.dpi


def test_the_title_tells_who_holds_most():
    assert drawn().heading.title == "LG AI Research holds the most GPUs at one time: 768 B200-equivalents"
    alike = changes()
    alike = alike[~((alike.team == "lg") & (alike.what == "delivery") & (alike.day == DECIDED))]
    alike = alike[alike.team.isin(["lg"])]
    both = pd.concat([alike, alike.assign(team="skt")])
    assert "2 teams hold the most" in drawn(made=both).heading.title


def test_of_many_teams_those_that_held_the_most_for_long_have_a_strip():
    """GPU-days by hand: what each step holds, times the days until the next, or until the last result."""
    rng = np.random.default_rng(3)
    day = date(2026, 1, 1)
    ends = {f"t{k}": int(rng.integers(10, 300)) for k in range(40)}
    rows = [
        row
        for team, end in ends.items()
        for row in (
            (team, day, 100.0, 0.0, 1.0, 1, "delivery"),
            (team, day + timedelta(days=end), 0.0, 0.0, 1.0, 1, "leaves"),
        )
    ]
    changes = pd.DataFrame(rows, columns=["team", "day", "granted", "own", "speed", "own_speed", "what"])
    of = [("s0", day, day + timedelta(days=300), day + timedelta(days=310))]
    stages = pd.DataFrame(of, columns=["stage", "opens", "closes", "decided"])
    figure = draw_holdings(changes, stages, Cast(40).labels, 7)
    most = sorted(ends, key=lambda team: -ends[team])[:16]
    drawn = {str(c.get_label()).removeprefix("granted ") for axes in figure.axes for c in axes.collections}
    assert drawn & set(ends) == set(most)
    assert len(figure.heading.rows) == 16
    assert set(figure.heading.data.team) == set(ends)
    assert "The 16 of 40 teams" in figure.alt


def test_the_table_beside_it_has_what_is_granted_and_what_is_a_team_s_own():
    rows = changes()
    rows["own"] = np.arange(len(rows)) + 7.0
    data = draw_holdings(rows, stages(), labels_for(), 7).heading.data
    assert data.granted.tolist() == [v for _, of in rows.groupby("team", sort=False) for v in of.granted]
    assert data.own.tolist() == [v for _, of in rows.groupby("team", sort=False) for v in of.own]
    assert data.granted.tolist() != data.own.tolist()
