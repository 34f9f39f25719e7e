"""The Korean README: its commands run, and the numbers in it are those that the program prints."""

import re
import shlex

import pytest

from sim.cli.app import main
from tests.test_docs import ROOT, commands, copy_of_checkout, fenced  # noqa: F401  (a fixture)

README = ROOT / "README.ko.md"
TEXT = README.read_text(encoding="utf-8")


@pytest.fixture
def printed(copy_of_checkout, capsys):  # noqa: F811
    """What the command at the top prints."""
    (command,) = [words for words in commands(README) if "--out" in words]
    assert main(command) == 0
    told = capsys.readouterr()
    assert told.err == ""
    return told.out


def test_its_sample_and_its_finding_are_what_is_printed(printed):
    (sample,) = fenced(README, "text")
    assert printed.startswith(sample)
    flat = " ".join(printed.split())
    ((team, twice, one),) = re.findall(
        r"\*\* (\S+ \S+)에만 GPU를 두 배로 지원하면 .*? (\d+)%p 낮아진다.*1개로 줄이면 (\d+)%p 높아진다",
        " ".join(TEXT.split()),
    )
    ((chance, low, high),) = re.findall(r"가정을 바꾸면 (\d+)%는 (\d+)~(\d+)% 사이", " ".join(TEXT.split()))
    assert f"{team} {chance}%의 변동 요인" in flat
    assert f"1개 팀 선정: +{one};" in flat
    assert f"GPU ×2: -{twice};" in flat
    assert re.search(rf"{team} .* {chance} \[{low}-{high}\]", printed)
    assert "우열을 가릴 수 없는 팀: 업스테이지, SK텔레콤" in flat


SHORTER = {"compare": ("--runs", "20"), "sweep": ("--runs", "20"), "score": ("--runs", "100")}
LEFT_OUT = {"plot", "sensitivity"}
"""One needs a folder of results, the other minutes."""


def test_its_other_commands_run(copy_of_checkout, capsys):  # noqa: F811
    typed = [shlex.split(each)[1:] for each in re.findall(r"`(sim [^`]+)`", TEXT)]
    played = [[*words, *SHORTER.get(words[0], ())] for words in typed if words[0] not in LEFT_OUT]
    assert {words[0] for words in played} >= {
        "run",
        "recount",
        "trace",
        "compare",
        "sweep",
        "scenario",
        "check",
    }
    for command in played:
        assert main(command) == 0, command
    assert capsys.readouterr().err == ""


def test_its_links_lead_somewhere_and_the_english_one_leads_here():
    for target in re.findall(r"\]\(([^)#]+)\)", TEXT):
        assert (ROOT / target).exists(), target
    assert "](README.ko.md)" in "".join((ROOT / "README.md").read_text(encoding="utf-8").splitlines()[:8])


def test_it_keeps_one_register():
    assert not re.search(r"(어요|아요|습니다|하세요|해요)[.\s]", TEXT)
    assert "추정값" not in TEXT
    assert not re.search(r"\d %", TEXT)
