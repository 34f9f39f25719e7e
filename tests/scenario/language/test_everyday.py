"""Words and short forms of everyday use: a message says which key is meant, and so does `explain`."""

import pytest

from sim.scenario import ScenarioError, from_data
from sim.scenario.language.catalogue import find_keys
from sim.scenario.language.everyday import MEANT
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
        ({"stages": {"week 1": {"result": "2026-02-01"}}}, "as in 'week-1'"),
    ],
)
def test_so_it_is_at_the_top(top, said):
    assert said in refused({}, **top)


def test_every_word_means_a_key_and_is_none():
    for word, key in MEANT.items():
        assert find_keys(key)
        assert key != word


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_explain_knows_words_of_everyday_use(lang):
    said = command("scenario", "explain", "jury", "--lang", lang)
    assert said.code == 0
    assert "stages.*.points" in said.out
    assert "jury" in said.out
