import re
from unittest.mock import patch

from hypothesis import given, settings

from sim.engines import event
from sim.rules.book import Rulebook
from sim.scenario import from_data, load
from tests.alone import alone
from tests.engines import differential
from tests.generate import scenarios


def test_a_printed_scenario_is_a_scenario_file_of_the_same_content(tmp_path):
    @settings(max_examples=20)
    @given(scenarios())
    def come_back(data):
        path = tmp_path / "printed.yaml"
        path.write_text(differential.as_yaml(data), encoding="utf-8")
        assert load(path) == from_data(data)

    come_back()


def one_more_stays(rank, field, keep, drop):
    """A wrong cut."""
    return field if keep is None else field & (rank <= keep + 1)


def disagree():
    """Search for a disagreement between the batch engine and an event engine with a wrong cut."""
    right = event.play_events
    wrong = Rulebook(cut=one_more_stays)

    def play(scenario, source, start, stop):
        return right(scenario, source, start, stop, wrong)

    with patch.object(event, "play_events", play), patch("sys.argv", ["differential", "--examples", "200"]):
        assert differential.main() == 1


def test_a_disagreement_is_shown_on_a_small_scenario():
    printed = alone("tests.engines.test_differential", "disagree")
    wrong = r"s\d, cut: fate of a is kept in the event engine and out by points in the batch engine"
    assert re.search(wrong, printed)
    assert "keep: 0" in printed
    assert "  b:" not in printed  # a team is enough
    assert len(printed.splitlines()) < 40  # stages before the one that matters may be left


def test_a_run_without_disagreement_says_how_many_scenarios_it_played(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["differential", "--examples", "5", "--seed", "3"])
    assert differential.main() == 0
    printed = capsys.readouterr().out
    assert "5 scenarios agree" in printed
    assert "The engines agree" in printed
