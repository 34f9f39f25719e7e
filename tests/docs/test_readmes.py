"""Both READMEs: samples and findings are what the program prints, and the Korean one's commands run."""

import re
import shlex

import pytest

from sim.cli.app import run_command
from tests.test_docs import ROOT, commands, copy_of_checkout, fenced, shortened  # noqa: F401  (a fixture)

KOREAN = ROOT / "README.ko.md"
READMES = (ROOT / "README.md", KOREAN)
TEXT = KOREAN.read_text(encoding="utf-8")


@pytest.fixture(params=READMES, ids=lambda path: path.name)
def readme(request):
    return request.param


def flat(text):
    return " ".join(text.split())


def test_its_sample_is_what_its_command_prints(readme, copy_of_checkout, capsys):  # noqa: F811
    (command,) = [words for words in commands(readme) if "--out" in words]
    assert run_command(command) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    assert fenced(readme, "text") == [printed.out]


FINDINGS = {
    "README.md": (
        (
            r"cost (\S+) .* and bring .* (\S+) months nearer",
            r"GPUs ×2 for all .*: no change seen; \+(\S+); gap -(\S+) mo",
        ),
        (
            r"Twice the GPUs for LG AI Research alone take (\d+) points off its (\d+) %",
            r"its (?P<b>\d+) %: (?P<a>\d+) points lower",
        ),
        (r"off its (\d+) %; to keep one", r"LG AI Research \d+ \[\S+\] (\d+) \["),
        (r"Here (\d+) of (\d+) inputs", r"(\d+) of (\d+) inputs are guesses"),
    ),
    "README.ko.md": (
        (
            r"늘리면 (\S+억) 원이 더 들고 세계 최고와의 격차는 (\S+)개월 줄지만",
            r"전 팀 GPU 2배 .*, 뚜렷한 변화 없음; \+(\S+) 원; 격차 -(\S+)개월",
        ),
        (r"두 배로 늘리면 (\d+)%에서 (\d+)%p 낮아진다", r"탈락 (\d+)%에서 (\d+)%p 하락"),
        (r"1개로 줄이면 LG AI연구원의 탈락 확률은 (\d+)%", r"LG AI연구원 (\d+) \["),
        (r"입력 (\d+)개 가운데 (\d+)개", r"입력 (\d+)개 중 (\d+)개"),
    ),
}
"""What a README says outside its sample, and where the sample says it."""


def test_its_findings_are_those_of_its_sample(readme):
    (sample,) = fenced(readme, "text")
    said = flat(readme.read_text(encoding="utf-8").replace(sample, ""))
    for claim, source in FINDINGS[readme.name]:
        (claimed,) = re.finditer(claim, said)
        (printed,) = re.finditer(source, flat(sample))
        named = printed.groupdict()
        assert claimed.groups() == (tuple(named[n] for n in sorted(named)) or printed.groups()), claim


def test_what_one_team_kept_adds_is_the_difference_of_two_chances():
    """29 points: of chances before they are rounded, so within one of the difference of the printed."""
    (sample,) = fenced(READMES[0], "text")
    ((one, two),) = re.findall(r"LG AI Research +(\d+) \[\S+\] +(\d+) \[", sample)
    ((added,),) = [re.findall(r"instead of two adds (\d+)", flat(READMES[0].read_text(encoding="utf-8")))]
    assert abs(int(one) - int(two) - int(added)) <= 1


LEFT_OUT = {"plot", "report", "explore", "sensitivity"}
"""Two need a folder of results, one serves until it is stopped, one takes minutes."""


def test_its_other_commands_run(copy_of_checkout, capsys):  # noqa: F811
    typed = [shlex.split(each)[1:] for each in re.findall(r"`(sim [^`]+)`", TEXT)]
    whole = [words for words in typed if len(words) > 1]  # `sim compare` alone is named, not typed
    played = [shortened(words) for words in whole if words[0] not in LEFT_OUT]
    assert {words[0] for words in played} >= {
        "run",
        "recount",
        "trace",
        "compare",
        "sweep",
        "scenario",
        "check",
    }
    for words in played:
        assert run_command(list(words)) == 0, words
    assert capsys.readouterr().err == ""


def test_its_links_lead_somewhere_and_the_english_one_leads_here():
    for target in re.findall(r"\]\(([^)#]+)\)", TEXT):
        assert (ROOT / target).exists(), target
    assert "](README.ko.md)" in "".join((ROOT / "README.md").read_text(encoding="utf-8").splitlines()[:8])


def test_it_keeps_one_register():
    assert not re.search(r"(어요|아요|습니다|하세요|해요)[.\s]", TEXT)
    assert "추정값" not in TEXT
    assert not re.search(r"\d %", TEXT)
