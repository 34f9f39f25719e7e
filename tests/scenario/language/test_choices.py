"""A choice is a decision: its first value is the default, the others are played beside it."""

import time

import pytest

from sim.scenario import ScenarioError, from_data, load, read_overrides
from sim.scenario.models.windows import common_window
from sim.scenario.options import options
from tests.scenario.broken import GOOD, changed, loaded, refused

KEEP = changed("keep: 1", "keep: {choice: [1, 2, 0]}")
CUT = changed("cut: {keep: 1}", "cut: {choice: [{keep: 1}, {drop: 2}]}")
PATH = "stages.first.cut.keep"
TABLE = f"choices: {{{PATH}: [2, 0]}}\n{GOOD}"


def file_of(tmp_path, text, name="scenario.yaml"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def problem_lines(tmp_path, text):
    name = f"{tmp_path / 'scenario.yaml'}:"
    return [str(problem).removeprefix(name) for problem in refused(tmp_path, text)]


def said(path, *assignments):
    with pytest.raises(ScenarioError) as caught:
        load(path, read_overrides(assignments))
    return str(caught.value).splitlines()


def test_the_first_value_takes_its_place_and_all_are_listed(tmp_path):
    scenario = loaded(tmp_path, KEEP)
    assert scenario.choices == {PATH: (1, 2, 0)}
    assert scenario.stages == loaded(tmp_path, GOOD).stages


def test_a_choice_may_stand_anywhere(tmp_path):
    text = changed("as_of: 2026-01-01", "as_of: {choice: [2026-01-01, 2026-02-01]}", CUT)
    text = changed("name: Red", "name: {ko: 빨강, en: {choice: [Red, Scarlet]}}", text)
    text = changed("mfu: 0.23", "mfu: {choice: [{uniform: [0.1, 0.3]}, 0.2]}", text)
    text = changed(
        "train: 2026-07-16 to 2026-12-31",
        "train: {first: 2026-07-16, last: {choice: [2026-12-31, 2026-12-01]}}",
        text,
    )
    text = changed("shares: equal", "shares: {choice: [equal, {red: 0.5}]}", text)
    scenario = loaded(tmp_path, text)
    assert list(scenario.choices) == [  # in the order of the scenario as written out
        "as_of",
        "hardware.B200.mfu",
        "teams.red.name.en",
        "stages.first.grants.shares",
        "stages.first.cut",
        "stages.second.train.last",
    ]
    assert scenario.choices["stages.first.cut"] == ({"keep": 1}, {"drop": 2})
    assert scenario.hardware["B200"].mfu.uniform.high == 0.3


@pytest.mark.parametrize(
    "text",
    [
        KEEP,
        CUT,
        changed("grants:", "gate: {choice: [{risk: 0.1}, ~]}\n    grants:"),
        changed("grants:", "gate: {choice: [~, {risk: 0.1}]}\n    grants:"),
    ],
)
def test_a_resolved_scenario_with_choices_loads_to_the_same(tmp_path, text):
    scenario = loaded(tmp_path, text)
    again = from_data(scenario.resolved())
    assert again == scenario
    assert again.digest() == scenario.digest()
    assert again.resolved() == scenario.resolved()
    assert [option.scenario for option in options(again)] == [option.scenario for option in options(scenario)]


def test_the_order_of_keys_in_the_file_does_not_change_the_digest(tmp_path):
    one = "judging: {follows_strength: {choice: [0.3, 0.9]}}\n"
    other = "capability: {level: {choice: [130, 131]}}\n"
    assert loaded(tmp_path, KEEP + one + other).digest() == loaded(tmp_path, other + one + KEEP).digest()


@pytest.mark.parametrize(
    "there", ["{keep: 0}", "{guess: false}", "{keep: ~}", "~"], ids=["other", "unset", "empty", "nothing"]
)
def test_a_table_of_choices_says_the_same(tmp_path, there):
    scenario = loaded(tmp_path, f"choices: {{{PATH}: [2, 1, 0]}}\n" + changed("{keep: 1}", there))
    assert scenario == loaded(tmp_path, changed("keep: 1", "keep: {choice: [2, 1, 0]}"))


def test_a_table_of_choices_reaches_what_the_file_leaves_out(tmp_path):
    scenario = loaded(
        tmp_path,
        GOOD
        + "choices:\n  judging.follows_strength: [0.9, 0.1]\n"
        + "  stages.second.train.last: [2026-12-01, 2026-12-31]\n",
    )
    assert scenario.judging.follows_strength == 0.9
    assert scenario.stages["second"].train.days() == 16 + 31 + 30 + 31 + 30 + 1


THERE_ALREADY = "a choice where there is one already, expected one choice for a place"


@pytest.mark.parametrize(
    ("table", "line"),
    [
        ("5", "1:1: choices: no table of choices, expected path: [values] for each of them"),
        ("{a: 5}", "1:11: choices.a: no list, expected 2 to 9 values"),
        (f"{{{PATH}: [2]}}", f"1:11: {PATH}: a choice of 1, expected 2 to 9 values"),
        (
            "{stages.frist.cut.keep: [1, 2]}",
            "1:11: stages.frist.cut.keep: no 'frist' in stages (did you mean 'first'?)",
        ),
        (
            f"{{{PATH}.more: [1, 2]}}",
            f"1:11: {PATH}.more: '{PATH}' is a value, expected a block of keys",
        ),
        (
            "{choices: [1, 2]}",
            "1:11: choices: cannot be set, expected the path of the choice itself, "
            "as in stages.stage-3.cut.keep={choice: [2, 1]}",
        ),
        (
            f"{{{PATH}: [1, 2], stages.first.cut: [{{}}, {{keep: 1}}]}}",
            f"1:42: choices.stages.first.cut: {THERE_ALREADY}",
        ),
        (
            f"{{stages.first.cut: [{{}}, {{keep: 1}}], {PATH}: [1, 2]}}",
            f"1:46: {PATH}: 'stages.first.cut' is a choice, expected a value for the whole of it",
        ),
    ],
)
def test_a_bad_table_of_choices_is_refused(tmp_path, table, line):
    assert problem_lines(tmp_path, f"choices: {table}\n{GOOD}") == [line]


@pytest.mark.parametrize("path", [PATH, "stages.first.cut", "stages.first"])
def test_a_table_of_choices_does_not_cover_a_choice(tmp_path, path):
    line = f"1:11: choices.{path}: {THERE_ALREADY}"
    assert problem_lines(tmp_path, f"choices: {{{path}: [2, 1]}}\n{KEEP}") == [line]


def test_marks_beside_a_choice_go_with_every_number(tmp_path):
    scenario = loaded(
        tmp_path, changed("keep: 1", "keep: {choice: [1, 2], guess: true, source: rumour, confidence: L}")
    )
    marks = {"guess": True, "source": "rumour", "confidence": "L"}
    assert scenario.choices == {PATH: ({"constant": 1, **marks}, {"constant": 2, **marks})}
    taken = [option.scenario.resolved()["stages"]["first"]["cut"]["keep"] for option in options(scenario)]
    assert taken == [{"constant": 1, **marks}, {"constant": 2, **marks}]
    assert from_data(scenario.resolved()) == scenario


def test_marks_beside_a_choice_of_other_things_are_dropped(tmp_path):
    scenario = loaded(
        tmp_path,
        changed("shares: equal", "shares: {choice: [equal, {red: 0.5}], guess: true, source: rumour}"),
    )
    assert scenario.choices == {"stages.first.grants.shares": ("equal", {"red": 0.5})}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ("[1]", "a choice of 1, expected 2 to 9 values"),
        ("[]", "a choice of 0, expected 2 to 9 values"),
        ("[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]", "a choice of 10, expected 2 to 9 values"),
        ("[1, 2, 1.0]", "a choice with a value twice, expected values that differ"),
        ("[{constant: 1}, {constant: 1}]", "a choice with a value twice, expected values that differ"),
        ("[1, 2, -1]", f"-1, expected at least 0 (value 3 of the choice at {PATH})"),
    ],
)
def test_a_choice_has_some_values_that_differ_and_are_allowed(tmp_path, values, said):
    assert problem_lines(tmp_path, changed("keep: 1", f"keep: {{choice: {values}}}")) == [
        f"17:11: {PATH}: {said}"
    ]


def test_a_whole_scenario_is_no_choice(tmp_path):
    for text in ("choice: [1, 2]\n", GOOD + "choice: [1, 2]\n"):
        assert any(problem.path == "choice" for problem in refused(tmp_path, text))
    with pytest.raises(ScenarioError, match="unknown key 'choice'"):
        from_data({"choice": [1, 2]})


def test_a_choice_has_nothing_but_marks_beside_it(tmp_path):
    marks = "guess, source, confidence or prior_from"
    assert problem_lines(tmp_path, changed("keep: 1", "keep: {choice: [1, 2], guest: true}")) == [
        f"17:34: {PATH}.guest: 'guest' beside a choice, expected nothing but {marks}"
    ]


MFU = "hardware.B200.mfu"


@pytest.mark.parametrize(
    ("old", "new", "where", "inside"),
    [
        ("keep: 1", "keep: {choice: [1, {choice: [2, 3]}]}", f"17:18: {PATH}.choice.1", "another choice"),
        (
            "cut: {keep: 1}",
            "cut: {choice: [{keep: {choice: [1, 2]}}, {drop: 1}]}",
            "17:21: stages.first.cut.choice.0.keep",
            "another choice",
        ),
        ("cut: {keep: 1}", "ties: [exam, {choice: [jury, exam]}]", "17:5: stages.first.ties.1", "a list"),
        ("0.23", "{uniform: [0.1, {choice: [0.2, 0.3]}]}", f"5:35: {MFU}.uniform.1", "a list"),
        (
            "0.23",
            "{uniform: {low: 0, high: {choice: [0, 1]}}}",
            f"5:53: {MFU}.uniform.high",
            "a distribution",
        ),
        ("0.23", "{uniform: {choice: [[0, 1], [0, 0.5]]}}", f"5:35: {MFU}.uniform", "a distribution"),
        ("0.23", "{constant: {choice: [0, 1]}, guess: true}", f"5:35: {MFU}.constant", "a distribution"),
        ("0.23", "{weighted: {0.1: {choice: [1, 2]}}}", f"5:46: {MFU}.weighted.0.1", "a distribution"),
    ],
)
def test_a_choice_inside_something_is_refused(tmp_path, old, new, where, inside):
    line = f"{where}: a choice inside {inside}, expected a choice of the whole of it"
    assert problem_lines(tmp_path, changed(old, new)) == [line]


SECOND = "value 2 of the choice at stages.first"


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (
            "cut: {keep: 1}",
            "cut: {choice: [{keep: 1}, {drop: 1, keep: 1}]}",
            f"17:5: stages.first.cut: both `keep` and `drop`, expected one of them ({SECOND}.cut)",
        ),
        (
            "cut: {keep: 1}",
            "cut: {choice: [{keep: 1}, {drop: -1}]}",
            f"17:32: stages.first.cut.drop: -1, expected at least 0 ({SECOND}.cut)",
        ),
        (
            "cut: {keep: 1}",
            "cut: {choice: [{keep: -1}, {drop: 1}]}",
            "17:21: stages.first.cut.keep: -1, expected at least 0",
        ),
        (
            "cut: {keep: 1}",
            "cut: {choice: [{keep: 1}, {keeep: 1}]}",
            f"17:32: stages.first.cut.keeep: unknown key 'keeep' (did you mean 'keep'?; {SECOND}.cut)",
        ),
        (
            "result: 2026-07-15",
            "result: {choice: [2026-07-15, 2026-08-15]}",
            "19:5: stages.second.train: a window that opens on 2026-07-16, "
            f"expected a day after 2026-08-15, when the stage before is decided ({SECOND}.result)",
        ),
    ],
)
def test_every_value_of_a_choice_must_do(tmp_path, old, new, line):
    assert problem_lines(tmp_path, changed(old, new)) == [line]


def test_a_block_or_a_team_called_choice_is_none(tmp_path):
    scenario = loaded(tmp_path, GOOD.replace("exam", "choice").replace("red", "choice"))
    assert list(scenario.stages["first"].points) == ["choice", "jury"]
    assert scenario.choices == {}


@pytest.mark.parametrize(
    ("text", "assignment", "plain"),
    [
        (KEEP, f"{PATH}=2", ("keep: 1", "keep: 2")),
        (KEEP, f"{PATH}={{uniform: [1, 2]}}", ("keep: 1", "keep: {uniform: [1, 2]}")),
        (KEEP, "stages.first.cut={drop: 1}", ("keep: 1", "drop: 1")),
        (KEEP, f"{PATH}=null", ("{keep: 1}", "{}")),
        (CUT, "stages.first.cut={drop: 1}", ("keep: 1", "drop: 1")),
        (GOOD, f"{PATH}={{choice: [1, 2, 0]}}", ("keep: 1", "keep: {choice: [1, 2, 0]}")),
        (KEEP, f"{PATH}={{choice: [0, 1]}}", ("keep: 1", "keep: {choice: [0, 1]}")),
        (KEEP, f"{PATH}.choice=[0, 1]", ("keep: 1", "keep: {choice: [0, 1]}")),
        (TABLE, f"{PATH}=2", ("keep: 1", "keep: 2")),
        (TABLE, "stages.first.cut={keep: 2}", ("keep: 1", "keep: 2")),
    ],
)
def test_an_override_takes_the_place_of_a_choice_or_makes_one(tmp_path, text, assignment, plain):
    found = load(file_of(tmp_path, text), read_overrides([assignment]))
    assert found.digest() == loaded(tmp_path, changed(*plain)).digest()


def test_an_override_of_resolved_data_takes_the_place_of_a_choice(tmp_path):
    data = loaded(tmp_path, KEEP).resolved()
    assert from_data(data, {PATH: 2}) == loaded(tmp_path, changed("keep: 1", "keep: 2"))


def test_an_override_into_a_choice_is_refused(tmp_path):
    assert said(file_of(tmp_path, CUT), f"{PATH}=2") == [
        f"--set: {PATH}: 'stages.first.cut' is a choice, expected a value for the whole of it"
    ]


def test_the_table_of_choices_cannot_be_set(tmp_path):
    assert said(file_of(tmp_path, KEEP), "choices={}") == [
        "--set: choices: cannot be set, expected the path of the choice itself, "
        "as in stages.stage-3.cut.keep={choice: [2, 1]}"
    ]


def test_a_bad_choice_from_the_command_line_is_told_there(tmp_path):
    assert said(file_of(tmp_path, GOOD), f"{PATH}={{choice: [1, -1]}}") == [
        f"--set: {PATH}: -1, expected at least 0 (value 2 of the choice at {PATH})"
    ]


@pytest.mark.parametrize(
    ("base", "over", "choices"),
    [
        (KEEP, "stages: {first: {cut: {keep: 0}}}", {}),
        (KEEP, "stages: {first: {cut: {drop: 1}}}", {}),
        (CUT, "stages: {first: {cut: {keep: 0}}}", {}),
        (GOOD, f"choices: {{{PATH}: [2, 0]}}", {PATH: (2, 0)}),
        (KEEP, f"choices: {{{PATH}: [2, 0]}}", {PATH: (2, 0)}),
        (TABLE, "stages: {first: {cut: {keep: {choice: [0, 1]}}}}", {PATH: (0, 1)}),
        (TABLE, "stages: {first: {cut: {keep: 0}}}", {}),
        (
            KEEP,
            "choices: {judging.follows_strength: [0, 1]}",
            {PATH: (1, 2, 0), "judging.follows_strength": (0, 1)},
        ),
    ],
)
def test_a_file_that_extends_another_changes_its_choices(tmp_path, base, over, choices):
    file_of(tmp_path, base, "base.yaml")
    assert load(file_of(tmp_path, f"extends: base.yaml\n{over}\n")).choices == choices


def test_a_table_of_choices_reaches_into_a_short_form_of_another_file(tmp_path):
    file_of(tmp_path, GOOD, "base.yaml")
    over = "extends: base.yaml\nchoices: {stages.second.train.last: [2026-12-01, 2026-12-31]}\n"
    scenario = load(file_of(tmp_path, over))
    windows = [common_window(option.scenario.stages["second"].train) for option in options(scenario)]
    assert [window.days() for window in windows] == [139, 169]
    assert from_data(scenario.resolved()) == scenario


def test_options_are_the_default_and_each_other_value_alone(tmp_path):
    scenario = loaded(tmp_path, KEEP + "judging: {follows_strength: {choice: [0.3, 0.9]}}\n")
    found = options(scenario)
    assert [(option.path, option.value) for option in found] == [
        ("", None),
        (PATH, 2),
        (PATH, 0),
        ("judging.follows_strength", 0.9),
    ]
    taken = [(o.scenario.stages["first"].cut.keep, o.scenario.judging.follows_strength) for o in found]
    assert taken == [(1, 0.3), (2, 0.3), (0, 0.3), (1, 0.9)]
    assert all(option.scenario.choices == {} for option in found)


def test_options_have_the_digests_of_the_files_with_these_values(tmp_path):
    path = file_of(tmp_path, KEEP)
    found = options(load(path))
    assert [option.scenario.digest() for option in found] == [
        load(path, {PATH: k}).digest() for k in (1, 2, 0)
    ]
    assert found[0].scenario.digest() == loaded(tmp_path, GOOD).digest()


def test_options_of_a_choice_between_blocks(tmp_path):
    text = changed("grants:", "gate: {choice: [{risk: 0.1}, ~]}\n    grants:", CUT)
    found = options(loaded(tmp_path, text))
    assert [o.scenario.stages["first"].gate is None for o in found] == [False, True, False]
    assert [o.scenario.stages["first"].cut.drop for o in found] == [None, None, 2]


def test_a_scenario_without_choices_is_its_own_only_option(tmp_path):
    scenario = loaded(tmp_path, GOOD)
    (option,) = options(scenario)
    assert (option.path, option.value) == ("", None)
    assert option.scenario is scenario


def test_more_than_32_options_are_too_many(tmp_path):
    teams = "".join(f"  t{i}: {{name: T, effect: {{choice: [0, 1]}}}}\n" for i in range(30))
    text = changed("stages:\n", f"{teams}stages:\n", KEEP)
    assert len(options(loaded(tmp_path, text))) == 33
    (line,) = problem_lines(tmp_path, changed("[1, 2, 0]", "[1, 2, 0, 3]", text))
    assert line.endswith(f"{PATH}: the last of choices with 33 options, expected at most 32 in all")


def test_hostile_choices_are_refused_quickly(tmp_path):
    types = ", ".join(f"h{i}: {{peak: 1, mfu: 0.1}}" for i in range(800))
    bad = ", ".join(f"g{i}: {{pek: 1}}" for i in range(400))
    text = changed(
        "hardware:\n  B200: {peak: 2250 TFLOPS, mfu: 0.23}",
        f"hardware:\n  B200: {{peak: 1, mfu: 0.23}}\n  {types.replace(', h', chr(10) + '  h')}",
    )
    levels = "".join(f"  t{i}: {{name: T, effect: {{choice: [0, 1]}}}}\n" for i in range(30))
    text = changed("stages:\n", f"{levels}stages:\n", text)
    text = changed("keep: 1}", f"keep: {{choice: [1, {{{bad}}}]}}}}", text)
    begun = time.process_time()
    refused(tmp_path, text)
    assert time.process_time() - begun < 5
