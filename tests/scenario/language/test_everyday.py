"""Words and short forms of everyday use: a message says which key is meant, and so does `explain`."""

import pytest

from sim.scenario import ScenarioError, from_data
from sim.scenario.language.catalogue import find_keys
from sim.scenario.language.everyday import _WORDS, _WORDS_OF_THE_WIDER_WORLD, MEANT
from tests.cli.command import command

JURY = {"jury": {"max": 10, "mean": 6}}


def refused(stage, **top):
    """What is said of a contest with this stage."""
    whole = {"format": 1, "name": "A", "as_of": "2026-01-01", "teams": {"a": {}, "b": {}}}
    stages = {"one": {"result": "2026-02-01", "points": JURY, **stage}}
    with pytest.raises(ScenarioError) as refusal:
        from_data({**whole, "stages": stages, **top})
    return str(refusal.value)


@pytest.mark.parametrize(
    ("stage", "said"),
    [
        ({"points": {"jury": 9}}, "as in {max: 9, mean: 5.4}"),
        ({"points": 9}, "by name, as in {jury: {max: 9, mean: 5.4}}"),
        ({"cut": 1}, "as in {keep: 1} or {drop: 1}"),
        ({"cut": {"min": 6}}, "`minimum` says that"),
        ({"cut": {"top": 6}}, "`keep` says that"),
        ({"cut": {"max": "30 %"}}, "`keep` says that"),
        ({"cut": {"keep": "30 %"}}, "expected a number (a number of teams"),
        ({"cut": {"minimum": "60%"}}, "expected a number (in points)"),
        ({"drop": 1}, "in the cut of the stage: cut: {drop: 1}"),
        ({"eliminate": 2}, "in the cut of the stage: cut: {drop: 2}"),
        ({"date": "2026-02-01"}, "`result` says that"),
        ({"judges": {}}, "`points` says that"),
        ({"awards": ["gold", "silver"]}, "for how many each, as in {gold: 1, silver: 1}"),
        ({"from scratch": {"a": True}}, "`base` says that"),
        ({"model": {"default": {"MoE": 1e10}}}, "`active` says that"),
        ({"model": {"default": {"params": 1e11}}}, "`parameters` says that"),
        ({"model": {"default": {"training tokens": 1e13}}}, "`tokens` says that"),
        ({"points": {"size": {"max": 10, "mean": 5, "경량화": {}}}}, "`efficiency` says that"),
    ],
)
def test_a_short_form_or_a_word_of_everyday_use_gets_the_hint_that_helps(stage, said):
    assert said in refused(stage)


@pytest.mark.parametrize(
    ("top", "said"),
    [
        ({"teams": ["Amy", "Bob"]}, "each as a key, as in {Amy: {}, Bob: {}}"),
        ({"strength": 5}, "as in {spread: 5, luck: 5}"),
        ({"contestants": {}}, "`teams` says that"),
        ({"supercomputer": {}}, "`supply` says that"),
        ({"국가AI컴퓨팅센터": {}}, "`supply` says that"),
        ({"supply": {"kisti": {"part": 1, "tranche": {}}}}, "`tranches` says that"),
        ({"recovery": {}}, "`faults` says that"),
        ({"faults": {"standby": 4}}, "`spares` says that"),
        ({"faults": {"체크포인트 간격": 1}}, "`interval` says that"),
        ({"오픈소스": {}}, "`openness` says that"),
        ({"breakthrough": {}}, "`breakthroughs` says that"),
        ({"ecosystem": {}}, "`afterwards` says that"),
        ({"afterwards": {"출연연": {}}}, "`institutes` says that"),
        ({"data": {"data budget": 1e10}}, "`joint` says that"),
        ({"data": {"데이터 지연": 14}}, "`access_delay` says that"),
        ({"인재": {}}, "`talent` says that"),
        ({"incentives": {}}, "`effort` says that"),
        ({"teams": {"a": {"headcount": 120}, "b": {}}}, "`people` says that"),
        ({"stages": {"week 1": {"result": "2026-02-01"}}}, "as in 'week-1'"),
    ],
)
def test_so_it_is_at_the_top(top, said):
    assert said in refused({}, **top)


def test_every_word_means_a_key_and_is_none():
    for word, key in MEANT.items():
        assert find_keys(key)
        assert key != word


def test_no_word_means_two_keys_or_is_one():
    usual, wider = (" ".join(table.values()).split() for table in (_WORDS, _WORDS_OF_THE_WIDER_WORLD))
    assert len(usual) + len(wider) == len(MEANT)
    assert [word for word in wider if find_keys(word)] == []


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize(
    ("word", "path"),
    [
        ("supercomputer", "supply"),
        ("국가AI컴퓨팅센터", "supply"),
        ("tranche", "supply.*.tranches"),
        ("recovery", "faults"),
        ("spare nodes", "faults.spares"),
        ("checkpoints", "faults.checkpoint"),
        ("params", "stages.*.model.*.parameters"),  # and not the exponents of `scaling`
        ("token", "stages.*.model.*.tokens"),
        ("MoE", "stages.*.model.*.active"),
        ("from scratch", "teams.*.base"),
        ("오픈소스", "openness"),
        ("breakthrough", "breakthroughs"),
        ("출연연", "afterwards.institutes"),
        ("lightweight", "stages.*.points.*.efficiency"),
        ("data budget", "data.joint"),
        ("데이터 지연", "data.access_delay"),
        ("인력", "teams.*.people"),
        ("경쟁", "effort"),
    ],
)
def test_explain_knows_what_people_call_blocks_of_the_wider_world(word, path, lang):
    said = command("scenario", "explain", word, "--lang", lang)
    assert said.code == 0
    first, second = said.out.splitlines()[:2]
    assert word in first
    assert f"`{path}`" in first
    assert second == path


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_explain_knows_words_of_everyday_use(lang):
    said = command("scenario", "explain", "jury", "--lang", lang)
    assert said.code == 0
    assert "stages.*.points" in said.out
    assert "jury" in said.out
