"""The text of `sim run` about many teams, many stages and long names: shorter, but nothing is lost."""

import json
import re

import pytest
from rich.cells import cell_len
from ruamel.yaml import YAML

from tests.cli.command import MINIMAL, once

LONG = "대한민국 독자 인공지능 파운데이션 모델 개발 사업단 참여 기관 제"
LANGS = ("en", "ko")
STAYS = {"en": ("stays to", "the end"), "ko": ("최종 잔류", "")}
RESPONSES = {
    "en": ("Strongest leaves, %", "Weakest stays, %"),
    "ko": ("최고 성능 팀 탈락(%)", "최하위 성능 팀 잔류(%)"),
}
CHANCE = r"[<>]?\d+"


def written(path, teams, stages, gate):
    """A file with these names of teams and stages, one or two teams out at each."""
    data = YAML(typ="safe", pure=True).load(MINIMAL.read_text(encoding="utf-8"))
    first = data["stages"]["first"]
    leaves = (len(teams) - 1) // len(stages)
    data["name"] = teams[0] * 4
    data["teams"] = {f"t{t}": {"name": name} for t, name in enumerate(teams)}
    data["stages"] = {
        f"s{n}": {
            **first,
            "name": name,
            "train": f"{2026 + n}-01-01 to {2026 + n}-06-30",
            "result": f"{2026 + n}-07-15",
            "cut": {"keep": len(teams) - leaves * (n + 1)},
            **({"gate": {"risk": 0.05}} if gate else {}),
        }
        for n, name in enumerate(stages)
    }
    path.write_text(json.dumps(data, default=str, ensure_ascii=False), encoding="utf-8")  # JSON is YAML too
    return path


CASES = {
    "long names": ([f"{LONG}{t}" for t in range(32)], [f"{LONG}{n}단계" for n in range(12)], True),
    "twelve stages": ([f"Team {t}" for t in range(32)], [f"Stage {n}" for n in range(12)], True),
    "five stages": ([f"Team {t}" for t in range(6)], [f"Stage {n}" for n in range(5)], True),
    "five stages without gates": ([f"팀 {t}" for t in range(6)], [f"{n}단계" for n in range(5)], False),
    "one stage": ([f"Team {t}" for t in range(2)], ["Only"], True),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("many")


def printed(folder, name, lang, *options):
    path = folder / f"{name.replace(' ', '-')}.yaml"
    if not path.exists():
        written(path, *CASES[name])
    done = once("run", path, "--runs", 100, "--lang", lang, *options)
    assert (done.code, done.err) == (0, "")
    return name, lang, done.out


@pytest.fixture(params=[(name, lang) for name in CASES for lang in LANGS], ids="-".join)
def told(request, folder):
    """Name of the case, language, and what is printed with all details."""
    return printed(folder, *request.param, "--details")


@pytest.fixture(params=[(name, lang) for name in CASES for lang in LANGS], ids="-".join)
def briefly(request, folder):
    """The same for the short text."""
    return printed(folder, *request.param)


def table(out):
    """The lines from the empty one to the first that is neither heading nor team."""
    lines = out.split("\n\n", 1)[1].splitlines()
    return lines[: next(i for i, line in enumerate(lines) if "±" in line)]


def too_wide(out):
    return [line for line in out.splitlines() if cell_len(line) > 80]


def test_no_line_is_wider_than_80_columns(told):
    assert too_wide(told[2]) == []


def test_the_short_text_has_one_row_for_four_teams_or_more_that_nothing_tells_apart(briefly):
    name, _, out = briefly
    teams = len(CASES[name][0])
    rows = [line for line in table(out) if re.search(rf"^  .*{CHANCE}( +{CHANCE})+$", line)]
    names = {re.split(rf"  +(?={CHANCE})", row.strip())[0] for row in rows}
    assert len(names) == len(rows) == (teams if teams < 4 else 1), out
    assert teams < 4 or str(teams) in names.pop()
    assert len(out.splitlines()) <= 16
    assert too_wide(out) == []


def test_every_team_has_its_chance_at_each_stage_that_is_shown_and_at_the_end(told):
    name, lang, out = told
    teams, stages, gate = CASES[name]
    cell = rf"{CHANCE} \+ {CHANCE}" if gate else CHANCE
    columns = min(len(stages), 5)  # of more, some are left out
    rows = [line for line in table(out) if re.search(rf"^  .*{cell}( +{cell})* +{CHANCE}$", line)]
    assert len(rows) == len(teams), out
    assert all(len(re.findall(cell, row)) >= min(columns, 3) for row in rows)
    for word in STAYS[lang]:
        assert any(word in line for line in table(out)), out


def test_teams_keep_names_that_tell_them_apart(told):
    name, _, out = told
    rows = [line for line in table(out) if re.search(rf"^  .*{CHANCE}$", line)]
    names = [re.split(rf"  +(?={CHANCE})", row.strip())[0] for row in rows]
    assert len(set(names)) == len(CASES[name][0]), names


def test_responses_by_stage_keep_their_names(told):
    _, lang, out = told
    assert all(word in out for word in RESPONSES[lang]), out


def test_the_text_is_not_much_longer_than_its_tables(told):
    name, _, out = told
    assert len(out.splitlines()) <= 35 + len(CASES[name][0])
