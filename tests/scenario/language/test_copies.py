"""`like: STAGE` stands for a copy, and nothing else that is called like does."""

import time

import pytest

from sim.scenario import ScenarioError, load, read_overrides
from sim.scenario.models.stages import Gate
from tests.scenario.broken import GOOD, changed, loaded, refused

THIRD = """\
  third:
    train: 2027-02-01 to 2027-06-30
    result: 2027-07-15
    grants: {like: first}
    points: {like: first}
    cut: {like: first}
"""
WRITTEN = """\
  third:
    train: 2027-02-01 to 2027-06-30
    result: 2027-07-15
    grants: {pool: {B200: 1024}, shares: equal}
    points:
      exam: {max: 60, mean: 35, per_eci: 0.8, items: {maths: 20, code: 40}}
      jury: {max: 40, mean: 28, spread: 2.5}
    cut: {keep: 1}
"""
GATED = changed("cut: {keep: 1}", "cut: {keep: 1}\n    gate: {risk: 0.1}")


def with_third(old="", new="", text=GOOD):
    """A scenario with a third stage like the first, changed."""
    return text + changed(old, new, THIRD)


def problem_lines(tmp_path, text):
    name = f"{tmp_path / 'scenario.yaml'}:"
    return [str(problem).removeprefix(name) for problem in refused(tmp_path, text)]


def test_a_copy_is_what_would_be_written_out(tmp_path):
    assert loaded(tmp_path, with_third()).digest() == loaded(tmp_path, GOOD + WRITTEN).digest()


@pytest.mark.parametrize(
    ("old", "new", "written"),
    [
        ("points: {like: first}", "points: {like: first, jury: {spread: 3}}", ("spread: 2.5", "spread: 3")),
        (
            "points: {like: first}",
            "points: {like: first, jury: ~}",
            ("      jury: {max: 40, mean: 28, spread: 2.5}\n", ""),
        ),
        ("points: {like: first}", "points: {jury: {per_eci: 1}, like: first}", ("spread: 2.5", "per_eci: 1")),
        ("cut: {like: first}", "cut: {like: first, drop: 1}", ("keep: 1", "drop: 1")),
        ("grants: {like: first}", "grants: {like: first, shares: {red: 0.5}}", ("equal", "{red: 0.5}")),
        (
            "grants: {like: first}",
            "grants: {like: first, gpus: {red: {B200: 1}}}",
            ("pool: {B200: 1024}, shares: equal", "gpus: {red: {B200: 1}}"),
        ),
    ],
)
def test_what_stands_beside_is_laid_over_the_copy(tmp_path, old, new, written):
    assert loaded(tmp_path, with_third(old, new)) == loaded(
        tmp_path, GOOD + changed(written[0], written[1], WRITTEN)
    )


def test_a_copy_is_a_copy(tmp_path):
    scenario = loaded(
        tmp_path, with_third("{like: first}\n    cut", "{like: first, jury: {mean: 1}}\n    cut")
    )
    assert scenario.stages["first"].points["jury"].mean == 28
    assert scenario.stages["third"].points["jury"].mean == 1


def test_chains_are_followed_in_any_order(tmp_path):
    text = changed("cut: {keep: 1}", "cut: {like: second}") + "    cut: {like: third, guess: true}\n"
    scenario = loaded(tmp_path, text + changed("cut: {like: first}", "cut: {keep: 0, source: law}", THIRD))
    assert [stage.cut.keep for stage in scenario.stages.values()] == [0, 0, 0]
    assert [stage.cut.guess for stage in scenario.stages.values()] == [True, True, False]
    assert scenario.stages["first"].cut.source == "law"


def test_a_gate_can_be_like_another(tmp_path):
    scenario = loaded(tmp_path, with_third("cut: {like: first}", "gate: {like: first, mode: apart}", GATED))
    assert scenario.stages["third"].gate == Gate(risk=0.1, mode="apart")


def test_a_stage_or_a_block_called_like_is_what_it_is(tmp_path):
    scenario = loaded(tmp_path, GOOD.replace("exam:", "like:").replace("second:", "like:"))
    assert list(scenario.stages) == ["first", "like"]
    assert list(scenario.stages["first"].points) == ["like", "jury"]


def test_a_stage_called_like_can_be_meant(tmp_path):
    text = GOOD.replace("second:", "like:") + changed("points: {like: first}", "points: {like: like}", THIRD)
    assert list(loaded(tmp_path, text).stages["third"].points) == ["exam"]


def test_a_block_called_like_is_copied_with_the_others(tmp_path):
    text = GOOD.replace("exam:", "like:")
    assert list(loaded(tmp_path, text + THIRD).stages["third"].points) == ["like", "jury"]


def test_a_problem_in_a_copy_is_told_at_the_like_and_at_the_original(tmp_path):
    text = with_third(text=changed("max: 40", "max: -40"))
    first, second = problem_lines(tmp_path, text)
    assert first.startswith("16:14: stages.first.points.jury.max: -40")
    assert second.startswith("27:14: stages.third.points.jury.max: -40")


def test_a_problem_in_what_is_laid_over_a_copy_has_its_own_place(tmp_path):
    (line,) = problem_lines(
        tmp_path, with_third("points: {like: first}", "points: {like: first, jury: {max: -1}}")
    )
    assert line.startswith("27:34: stages.third.points.jury.max: -1")


def test_what_is_not_in_the_copy_cannot_be_removed(tmp_path):
    text = with_third("points: {like: first}", "points: {like: first, jurry: ~}")
    assert problem_lines(tmp_path, text) == [
        "27:27: stages.third.points.jurry: nothing to remove, expected a key of what this is laid over "
        "(did you mean 'jury'?)"
    ]


def test_an_unknown_stage_is_met_with_the_nearest(tmp_path):
    assert problem_lines(tmp_path, with_third("points: {like: first}", "points: {like: frist}")) == [
        "27:14: stages.third.points.like: no stage 'frist' (did you mean 'first'?)"
    ]


def test_a_stage_without_the_block_is_no_model(tmp_path):
    assert problem_lines(tmp_path, with_third("cut: {like: first}", "gate: {like: first}")) == [
        "28:12: stages.third.gate.like: 'first' has no `gate`, expected a stage with `gate`"
    ]


def test_circles_are_told_once_as_they_go(tmp_path):
    text = changed("cut: {keep: 1}", "cut: {like: second}") + "    cut: {like: third}\n" + THIRD
    assert problem_lines(tmp_path, text) == [
        "29:11: stages.third.cut.like: a circle: first -> second -> third -> first, "
        "expected a stage whose `cut` is written out"
    ]


def test_a_stage_like_itself_is_a_circle(tmp_path):
    (line,) = problem_lines(tmp_path, with_third("cut: {like: first}", "cut: {like: third}"))
    assert "a circle: third -> third," in line


def test_all_that_is_wrong_is_told_at_once(tmp_path):
    assert len(problem_lines(tmp_path, GOOD + THIRD.replace("first", "frist"))) == 3


def test_likes_inside_a_choice_are_resolved(tmp_path):
    text = with_third(
        "points: {like: first}", "points: {choice: [{like: first}, {like: second, exam: {mean: 1}}]}"
    )
    scenario = loaded(tmp_path, text)
    assert list(scenario.stages["third"].points) == ["exam", "jury"]
    (default, other) = scenario.choices["stages.third.points"]
    assert set(default) == {"exam", "jury"}
    assert other["exam"]["mean"] == 1


def test_a_choice_is_copied_as_a_choice_of_its_own(tmp_path):
    scenario = loaded(tmp_path, with_third(text=changed("keep: 1", "keep: {choice: [1, 0]}")))
    assert scenario.choices == {"stages.first.cut.keep": (1, 0), "stages.third.cut.keep": (1, 0)}


def file_of(tmp_path, text):
    path = tmp_path / "scenario.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_overrides_go_before_copies(tmp_path):
    path = file_of(tmp_path, with_third())
    scenario = load(path, read_overrides(["stages.first.cut.keep=2", "stages.third.points.jury.mean=1"]))
    assert scenario.stages["third"].cut.keep == 2
    assert scenario.stages["first"].points["jury"].mean == 28
    assert scenario.stages["third"].points["jury"].mean == 1
    assert load(path, {"stages.third.cut": {"keep": 0}}).stages["third"].cut.keep == 0


def test_an_override_may_be_like_a_stage(tmp_path):
    path = file_of(tmp_path, GATED)
    scenario = load(path, read_overrides(["stages.second.gate={like: first, mode: apart}"]))
    assert scenario.stages["second"].gate == Gate(risk=0.1, mode="apart")
    with pytest.raises(
        ScenarioError, match=r"^--set: stages.second.gate.like: no stage 'frist' \(did you mean"
    ):
        load(path, {"stages.second.gate.like": "frist"})
    with pytest.raises(ScenarioError, match=r"^--set: stages.second.points.jury.max: "):
        load(
            path,
            {
                "stages.first.points.jury.max": 3,
                "stages.second.points": {"like": "first", "jury": {"max": -1}},
            },
        )


def test_an_extended_like_is_replaced_or_added_to(tmp_path):
    file_of(tmp_path, with_third())
    main = tmp_path / "main.yaml"
    main.write_text(
        "extends: scenario.yaml\nstages: {third: {points: {jury: {mean: 1}}, cut: {drop: 1}}}",
        encoding="utf-8",
    )
    third = load(main).stages["third"]
    assert (third.points["jury"].mean, third.points["jury"].max, third.cut.drop, third.cut.keep) == (
        1,
        40,
        1,
        None,
    )
    main.write_text("extends: scenario.yaml\nstages: {first: {points: {like: second}}}", encoding="utf-8")
    assert list(load(main).stages["first"].points) == ["exam"]


@pytest.mark.parametrize(
    "stages",
    [
        "".join(f"  s{i}: {{points: {{like: s{i + 1}}}}}\n" for i in range(1000)) + "  s1000: {points: {}}\n",
        "  s0: {points: {"
        + ", ".join(f"b{i}: 1" for i in range(1000))
        + "}}\n"
        + "".join(f"  s{i}: {{points: {{like: s0}}}}\n" for i in range(1, 1000)),
        "".join(f"  s{i}: {{points: {{like: s{i - 1}, b{i}: {{max: 1}}}}}}\n" for i in range(1, 1000))
        + "  s0: {points: {b: 1}}\n",
    ],
    ids=["deep", "wide", "growing"],
)
def test_hostile_likes_are_refused_quickly(tmp_path, stages):
    begun = time.process_time()
    refused(tmp_path, GOOD[: GOOD.index("stages:")] + "stages:\n" + stages)
    assert time.process_time() - begun < 3
