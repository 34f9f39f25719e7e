"""Names are text that people can see, on one line; ids too, and what a terminal would obey is refused."""

import pytest

from sim.scenario import ScenarioError, load
from tests.scenario.broken import GOOD, changed, loaded, refused

UNSEEN = {
    "\\e[31mRed": "a control character (U+001B)",
    "R\\x00ed": "a control character (U+0000)",
    "R\\ted": "a control character (U+0009)",
    "Red\\x7f": "a control character (U+007F)",
    "R\\x9bed": "a control character (U+009B)",
    "R\\ned": "a line break (U+000A)",
    "R\\red": "a line break (U+000D)",
    "R\\u2028ed": "a line break (U+2028)",
    "R\\x85ed": "a line break (U+0085)",
    "R\\u202eed": "a mark that turns the direction of text (U+202E)",
    "R\\u200fed": "a mark that turns the direction of text (U+200F)",
    "R\\u2066ed": "a mark that turns the direction of text (U+2066)",
    "R\\u200bed": "a character that cannot be seen (U+200B)",
    "R\\u200ded": "a character that cannot be seen (U+200D)",
    "\\ufeffRed": "a character that cannot be seen (U+FEFF)",
    "R\\u00aded": "a character that cannot be seen (U+00AD)",
    "R\\u3164ed": "a character that cannot be seen (U+3164)",
    "R\\ufe0fed": "a character that cannot be seen (U+FE0F)",
    "R\\U000e0041ed": "a character that cannot be seen (U+E0041)",
    "R\\ue000ed": "no character (U+E000)",
}
"""As YAML writes them in double quotes."""


def named(where, text):
    """The good scenario with a name in one of the places that have one."""
    old, new = {
        "programme": ("name: A good scenario", f'name: "{text}"'),
        "team": ("{name: Red}", f'{{name: "{text}"}}'),
        "team in Korean": ("{name: Red}", f'{{name: {{en: Red, ko: "{text}"}}}}'),
        "stage": ("  first:\n", f'  first:\n    name: "{text}"\n'),
        "supplier": ("teams:\n", f'suppliers: {{lease: {{name: "{text}"}}}}\nteams:\n'),
        "run": (
            "teams:\n",
            f'known: {{a: {{name: "{text}", gpus: 8 B200, days: 1, compute: 1e20, compare: days}}}}\n'
            "teams:\n",
        ),
    }[where]
    return changed(old, new)


PLACES = ("programme", "team", "team in Korean", "stage", "supplier", "run")


@pytest.mark.parametrize("text", UNSEEN)
def test_a_name_that_cannot_be_seen_as_it_is_is_refused(tmp_path, text):
    (problem,) = refused(tmp_path, named("team", text))
    assert (problem.line, problem.path) == (7, "teams.red.name")
    assert problem.found.endswith(f"with {UNSEEN[text]}")
    assert problem.expected == "text that can be seen, on one line"
    assert str(problem).isprintable()


@pytest.mark.parametrize("where", PLACES)
def test_every_name_is_looked_at(tmp_path, where):
    for text, found in (
        ("\\e[31mX", "a control character"),
        ("", "an empty name"),
        ("  ", "a name of blanks"),
    ):
        (problem,) = refused(tmp_path, named(where, text))
        assert found in problem.found
        assert problem.path.endswith(("name", "name.ko"))


@pytest.mark.parametrize("text", ["X\\u200by", "X\\u202ey", "X\\x1by"])
@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("blue:", '"{}":', "teams"),
        ("  first:", '  "{}":', "stages"),
        ("B200: {peak", '"{}": {{peak', "hardware"),
        ("jury:", '"{}":', "stages.first.points"),
        ("maths: 20", '"{}": 20', "stages.first.points.exam.items"),
        ("mfu: 0.23", 'mfu: {{uniform: [0.1, 0.3], shared: "{}"}}', "hardware.B200.mfu"),
    ],
)
def test_an_id_is_looked_at_as_well(tmp_path, old, new, path, text):
    problems = refused(tmp_path, changed(old, new.format(text)))
    assert any(p.path.startswith(path) and " with a " in p.found for p in problems)
    assert all(str(problem).isprintable() for problem in problems)


def test_a_source_may_have_lines_but_commands_no_terminal(tmp_path):
    text = changed("{name: Red}", '{name: Red, source: "one\\ntwo"}')
    assert loaded(tmp_path, text).teams["red"].source == "one\ntwo"
    (problem,) = refused(tmp_path, changed("{name: Red}", '{name: Red, source: "one\\e[2Jtwo"}'))
    assert "a control character (U+001B)" in problem.found


@pytest.mark.parametrize(
    "text", ["업스테이지", "SK텔레콤 (SKT)", "Équipe n° 1", "A/B, C: D", "팀　하나", "Σ", "🚀 team"]
)
def test_names_that_people_have_are_taken(tmp_path, text):
    assert loaded(tmp_path, named("team", text)).teams["red"].name.en == text


def test_a_name_set_from_outside_is_looked_at_too(tmp_path):
    (tmp_path / "good.yaml").write_text(GOOD, encoding="utf-8")
    for name in ("", "a\x1bb", "a\u200bb"):
        with pytest.raises(ScenarioError, match=r"--set: teams\.red\.name"):
            load(tmp_path / "good.yaml", {"teams.red.name": name})
