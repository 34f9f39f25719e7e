"""What the figure for a briefing says, read off the drawn figure."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sim.render.figures.briefing import draw_briefing
from sim.render.figures.labels import Labels
from tests.render.figures.drawing import outside, overlaps, rendered, texts

TEAMS = (
    ("lg", "LG AI Research", "LG AI연구원"),
    ("upstage", "Upstage", "업스테이지"),
    ("nc", "NC AI", "NC AI"),
)
OPTIONS = (
    ("keep 2", "keep 2", "2개 팀 선정"),
    ("keep 1", "keep 1", "1개 팀 선정"),
    ("keep 3", "keep 3", "3개 팀 선정"),
)
CHANCES = {"keep 2": (0.37, 0.25, 0.51), "keep 1": (0.68, 0.5, 0.86), "keep 3": (0.05, 0.01, 0.15)}
TITLE = "If two are kept, any of the three leaves with about 37 %"


def labels_for(lang="en"):
    title = "독자 AI 파운데이션 모델" if lang == "ko" else "Independent AI Foundation Model"
    return Labels(title, {}, {}, 10_000, "4f1c9a02be7788d1", "2026-11-22", lang)


def table(teams=TEAMS, options=OPTIONS, half=0.009):
    """Every team with the chances of its option, and an interval of that half-width."""
    rows = []
    for team, team_en, team_ko in teams:
        for k, (option, option_en, option_ko) in enumerate(options):
            p, least, most = CHANCES.get(option, (0.1 + 0.15 * k, 0.05, 0.95))
            rows.append(
                {
                    "team": team, "team_en": team_en, "team_ko": team_ko,
                    "option": option, "option_en": option_en, "option_ko": option_ko, "default": k == 0,
                    "p": p, "low": p - half, "high": p + half, "certain": "",
                    "range_low": least, "range_high": most,
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def many(teams, options):
    return table(
        [(f"t{k}", f"Team number {k}", f"{k}번째 팀") for k in range(teams)],
        [(f"o{k}", f"option {k}", f"{k}번 안") for k in range(options)],
    )


def drawn(made, lang="en", title=TITLE, equal=None):
    labels = replace(labels_for(lang), order=tuple(made["team"].unique()))
    return rendered(draw_briefing(made, labels, title, equal))


def marks(figure, option):
    """The marks of an option, from top to bottom."""
    found = [line for line in figure.axes[0].lines if line.get_label() == option]
    return sorted(found, key=lambda line: line.get_ydata()[0])


def bars(figure, option):
    (axes,) = figure.axes
    return [bar for made in axes.containers if made.get_label() == f"range {option}" for bar in made]


def intervals(figure):
    return [made for made in figure.axes[0].containers if str(made.get_label()).startswith("interval")]


def test_each_mark_stands_at_its_chance_a_team_below_the_other_in_table_order():
    made = table()
    made["p"] = np.linspace(0.1, 0.9, len(made))[::-1]
    made["low"], made["high"] = made["p"] - 0.01, made["p"] + 0.01
    figure = drawn(made)
    for option in CHANCES:
        expected = 100 * made[made["option"] == option]["p"].to_numpy()
        assert [line.get_xdata()[0] for line in marks(figure, option)] == pytest.approx(list(expected))
    names = [text for text in texts(figure) if text in {"LG AI Research", "Upstage", "NC AI"}]
    assert names == ["LG AI Research", "Upstage", "NC AI"]


def test_options_differ_in_shape_and_only_the_default_is_filled():
    made = table()
    made["default"] = made["option"] == "keep 1"
    figure = drawn(made)
    shapes = {option: marks(figure, option)[0] for option in CHANCES}
    assert len({line.get_marker() for line in shapes.values()}) == 3
    assert shapes["keep 1"].get_marker() == "o"
    hollow = {option: line.get_markerfacecolor() == "white" for option, line in shapes.items()}
    assert hollow == {"keep 2": True, "keep 1": False, "keep 3": True}


def test_bars_span_the_ranges_and_the_defaults_is_the_thickest():
    figure = drawn(table())
    for option, (_, least, most) in CHANCES.items():
        (one, *_), all_of_them = bars(figure, option), bars(figure, option)
        assert len(all_of_them) == 3
        assert (one.get_x(), one.get_x() + one.get_width()) == pytest.approx((100 * least, 100 * most))
    assert bars(figure, "keep 2")[0].get_height() > 2 * bars(figure, "keep 1")[0].get_height()


def test_without_doubts_there_are_no_bars_and_no_word_of_them():
    made = table().assign(range_low=np.nan, range_high=np.nan)
    figure = drawn(made)
    assert all(bars(figure, option) == [] for option in CHANCES)
    assert "assumptions" not in " ".join(texts(figure))


@pytest.mark.parametrize(
    ("half", "lines", "said"), [(0.002, 0, "narrower than the marks"), (0.04, 9, "dark line")]
)
def test_the_sampling_interval_is_drawn_only_where_the_mark_does_not_hide_it(half, lines, said):
    figure = drawn(table(half=half))
    assert len(intervals(figure)) == lines
    assert said in " ".join(texts(figure))


def test_the_line_of_equal_chances_stands_at_its_chance_and_says_under_which_option_it_holds():
    figure = drawn(table(), equal=1 / 3)
    (line,) = (line for line in figure.axes[0].lines if line.get_label() == "equal")
    assert list(line.get_xdata()) == pytest.approx([100 / 3, 100 / 3])
    assert "equal chance, keep 2" in texts(figure)
    assert not any("equal chance" in text for text in texts(drawn(table())))


def test_the_first_row_names_the_options_and_the_others_do_not():
    said = texts(drawn(table()))
    for option, chance in (("keep 2", "37 %"), ("keep 1", "68 %"), ("keep 3", "5 %")):
        assert said.count(f"{option}: {chance}") == 1
        assert said.count(chance) == 2
        assert said.index(f"{option}: {chance}") < said.index(chance)


def test_long_names_of_options_stand_in_a_key_above():
    options = [("keep 2", "keep two and give them what the third had", "가"), *OPTIONS[1:]]
    figure = drawn(table(options=options), equal=0.3)
    key = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert key == ["keep two and give them what the third had", "keep 1", "keep 3"]
    assert texts(figure).count("37 %") == 3


@pytest.mark.parametrize(("lang", "own", "other"), [("en", 1, 2), ("ko", 2, 1)])
def test_teams_and_options_are_named_in_the_figures_language_and_teams_in_the_other_too(lang, own, other):
    said = texts(drawn(table(), lang, equal=0.4))
    for team in TEAMS[:2]:
        assert said.index(team[own]) < said.index(team[other])
    assert said.count("NC AI") == 1
    assert any(text.startswith(OPTIONS[0][own]) for text in said)


FOOTER = {
    "en": ("2026-11-22", "10,000 runs", "4f1c9a02be77", "simulation", "pale bar"),
    "ko": ("2026-11-22", "10,000회", "4f1c9a02be77", "시뮬레이션", "옅은 막대"),
}


@pytest.mark.parametrize("lang", FOOTER)
def test_the_footer_says_until_when_how_many_runs_which_scenario_and_what_bars_are(lang):
    footer = " ".join(texts(drawn(table(), lang)))
    assert [part for part in FOOTER[lang] if part not in footer] == []


def test_what_the_rules_decide_is_said_in_words_and_has_no_mark():
    made = table()
    made.loc[made["team"] == "upstage", "certain"] = "0"
    made.loc[(made["team"] == "lg") & (made["option"] == "keep 3"), ["certain", "p"]] = ["1", np.nan]
    figure = drawn(made, equal=1 / 3)
    assert [len(marks(figure, option)) for option in CHANCES] == [2, 2, 1]
    said = texts(figure)
    assert said.count("stays by the rules") == 1
    assert "keep 3: leaves by the rules" in said
    assert "keep 3: 5 %" in said  # at its first mark, which is not in the first row


def test_a_chance_of_which_nothing_was_seen_is_not_called_impossible():
    made = table().assign(p=0.0, low=0.0, high=0.02)
    assert any("<2 %" in text for text in texts(drawn(made)))


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize(
    ("made", "equal"),
    [(table(), 0.0), (table(), 1.0), (many(1, 1), 1.0), (many(4, 1), 0.0), (many(12, 5), 1 / 3)],
    ids=["3x3 at 0", "3x3 at 1", "1x1", "4x1", "12x5"],
)
def test_no_text_is_outside_the_figure_or_on_another(lang, made, equal):
    figure = drawn(made, lang, equal=equal)
    assert outside(figure) == []
    assert overlaps(figure) == []
    assert figure.get_figwidth() * figure.dpi >= 1480 - 1e-6


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_long_names_and_titles_are_wrapped_or_cut_and_nothing_is_outside(lang):
    teams = [(f"t{k}", "The National Consortium " * k, "전국대학공동연구 컨소시엄 " * k) for k in (1, 3, 9)]
    options = [(f"o{k}", "keep two of them " * k, "두 팀 유지 " * k) for k in (1, 4, 12)]
    figure = drawn(table(teams, options), lang, title=TITLE * 4, equal=0.97)
    assert outside(figure) == []
    assert overlaps(figure) == []


def change(column, value, row=0):
    made = table().astype({column: object})
    made.loc[row, column] = value
    return made


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (table().drop(columns="range_low"), "lacks the columns range_low"),
        (table().iloc[:0], "no rows"),
        (table().iloc[:-1], "no row for team 'nc' and option 'keep 3'"),
        (pd.concat([table(), table().iloc[:1]]), "team 'lg' and option 'keep 2' twice"),
        (table().assign(default=False), "0 options are the default"),
        (table().assign(default=True), "3 options are the default"),
        (change("default", False), "'keep 2' has more than one default"),
        (change("team_en", "Someone else"), "'lg' has more than one team_en"),
        (table().assign(team_en=" "), "team_en has no text for 'lg'"),
        (change("certain", "2"), "team 'lg', option 'keep 2': certain is '2'"),
        (change("p", 0.9), "team 'lg', option 'keep 2'.*0 <= low <= p <= high <= 1"),
        (change("p", np.nan), "0 <= low <= p <= high <= 1"),
        (change("range_low", 0.8), "range 0.8 to 0.51"),
        (change("range_high", np.nan), "range 0.25 to nan"),
        (many(13, 1), "13 teams, the figure holds at most 12"),
        (many(2, 6), "6 options, the figure holds at most 5"),
    ],
)
def test_a_table_that_breaks_the_rules_is_refused_in_one_line(made, said):
    with pytest.raises(ValueError, match=said) as caught:
        draw_briefing(made, labels_for(), TITLE, None)
    assert "\n" not in str(caught.value)


def test_teams_whose_long_names_share_beginning_and_end_can_be_told_apart():
    names = [f"Consortium for national language models {c} team of the university" for c in ("red", "blu")]
    figure = drawn(table([(f"t{k}", name, f"{k}번째 팀") for k, name in enumerate(names)]))
    said = texts(figure)
    assert all(any(c in text for text in said) for c in ("red", "blu"))
    assert outside(figure) == []
