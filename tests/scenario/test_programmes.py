"""Programmes that happened: each file plays, says only what it can say, and has what happened within its reach.

What happened stands here with its source, beside the chance that must hold of the model: where no input tells
teams apart, who is chosen is a lot, and its law is known without a computer.
"""

import re
from functools import cache
from math import comb
from typing import NamedTuple

import numpy as np
import pytest

from sim.engines import batch, event
from sim.model.draws import Draws
from sim.rules.decisions import Fate
from sim.scenario import load
from sim.scenario.checks.lint import lint_warnings
from sim.scenario.language.files import PROGRAMMES, bundled_folder
from tests.cli.command import command
from tests.engines.agree import first_difference
from tests.helpers import assert_chances, z_score

NAMES = sorted(path.stem for path in (bundled_folder() / PROGRAMMES).glob("*.yaml"))
RUNS = 200


@cache
def fresh(name, **changes):
    """A programme with nothing known of its results."""
    return load(name, {path.replace("__", "."): value for path, value in changes.items()}).from_start()


@cache
def drawn(name, size=20_000):
    """Outcomes of a programme with nothing known of its results."""
    return batch.play_batch(fresh(name), Draws(20_260_818), 0, size)


def columns(name, teams):
    """Where teams stand in the arrays of outcomes."""
    ids = list(load(name).teams)
    return [ids.index(team) for team in teams]


@pytest.mark.parametrize("name", NAMES)
def test_nothing_about_a_programme_is_odd(name):
    assert lint_warnings(load(name)) == []


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("from_start", [False, True])
def test_both_engines_play_a_programme_alike(name, from_start):
    scenario = fresh(name) if from_start else load(name)
    of_event, of_batch = (
        play(scenario, Draws(3), 5, 5 + RUNS) for play in (event.play_events, batch.play_batch)
    )
    assert first_difference(scenario, of_event, of_batch) is None
    for one, other in zip(of_event.stages, of_batch.stages, strict=True):
        assert np.array_equal(one.award, other.award)
        assert np.allclose(one.paid, other.paid, rtol=1e-12, atol=0)


@cache
def printed(name, lang, from_start):
    """What `sim run` prints; of a scenario without results there is one way to run it."""
    done = command("run", name, "--runs", RUNS, "--lang", lang, *(["--from-start"] * from_start))
    assert (done.code, done.err) == (0, "")
    return done.out


RUNS_OF = [
    (name, lang, from_start)
    for name in NAMES
    for lang in ("en", "ko")
    for from_start in ((False, True) if load(name) != load(name).from_start() else (False,))
]
"""Every way to run every programme."""

COMPUTE = re.compile(
    r"\bECI\b|FLOP|GPU|\blease|frontier|Epoch|best of the world|behind the best|train|임차|학습|세계 최고", re.IGNORECASE
)
WON = re.compile(r"\bwon\b|KRW|₩|억|만원|조 원", re.IGNORECASE)
OF_CURRENCY = {"USD": r"\$\d", "EUR": r"€\d", "JPY": r"¥\d", "INR": r"₹\d"}
IN_KOREAN = {"USD": "달러", "EUR": "유로", "JPY": "엔", "INR": "루피"}


@pytest.mark.parametrize(("name", "lang", "from_start"), RUNS_OF)
def test_where_there_is_no_hardware_nothing_is_said_of_compute(name, lang, from_start):
    found = COMPUTE.findall(printed(name, lang, from_start))
    assert bool(found) == bool(load(name).hardware), found


@pytest.mark.parametrize(("name", "lang", "from_start"), RUNS_OF)
def test_money_is_told_in_the_currency_of_the_programme_alone(name, lang, from_start):
    out, scenario = printed(name, lang, from_start), load(name)
    pays = any(stage.pays for stage in scenario.stages.values()) or bool(scenario.hardware)
    if lang == "en":
        assert WON.findall(out) == []
        told = [code for code, shape in OF_CURRENCY.items() if re.search(shape, out)]
    else:
        told = [code for code, word in IN_KOREAN.items() if re.search(rf"[\d만억] ?{word}", out)]
    assert told == ([scenario.money] if pays else [])


class Chosen(NamedTuple):
    """Who stayed at a stage of teams that nothing tells apart, and where it is written."""

    name: str
    stage: int
    stayed: tuple[str, ...]
    of: tuple[str, ...] | None  # the teams of the track; None: all that were there
    source: str


KEYS = tuple(load("pqc").groups["keys"])
SIGNATURES = tuple(load("pqc").groups["signatures"])

CHOSEN = [
    Chosen(
        "k-ai-call", 0, ("naver", "motif", "upstage", "skt", "ncai", "lg", "kakao", "kt", "konan", "kaist"), None,
        "Byline Network, 2025-07-25, in the ministry's order",
    ),
    Chosen(
        "k-ai-call", 1, ("naver", "upstage", "skt", "ncai", "lg"), None,
        "Ministry of Science and ICT, 2025-08-04 (nttSeqNo 3186073)",
    ),
    Chosen(
        "aes", 0, ("mars", "rc6", "rijndael", "serpent", "twofish"), None, "IEEE Cipher newsbriefs, 1999-08"
    ),
    Chosen("aes", 1, ("rijndael",), None, "NIST, 2000-10-02"),
    Chosen(
        "pqc", 0, ("bike", "mceliece", "kyber", "frodo", "hqc", "ntru", "prime", "saber", "sike"), KEYS,
        "NIST, third-round candidates, 2020-07-22",
    ),
    Chosen(
        "pqc", 0, ("dilithium", "falcon", "gemss", "picnic", "rainbow", "sphincs"), SIGNATURES,
        "NIST, third-round candidates, 2020-07-22",
    ),
    Chosen("pqc", 1, ("dilithium", "falcon", "sphincs"), SIGNATURES, "NIST IR 8413, 2022-07-05"),
    Chosen("cots", 0, ("rpk", "spacex"), ("andrews", "rpk", "spacedev", "spacex", "spacehab", "tspace"),
        "Space.com, 2006-08-18"),
    Chosen(
        "aixcc", 0, ("b3yond", "fuzzing", "lacrosse", "shellphish", "atlanta", "theori", "bits"), None,
        "aicyberchallenge.com; The Readable, 2024-08",
    ),
    Chosen(
        "lagc", 0, ("lingua", "textgain", "tilde", "unbabel", "multiverse"), None,
        "EuroHPC JU, 2024-06-26; The Watcher Post, 2024-06 (the fifth)",
    ),
]  # fmt: skip
"""What happened, as published."""


def of_chosen(one):
    return f"{one.name}-{one.stage}-{len(one.stayed)}"


def lot(field, places, ours):
    """Chances that so many of `ours` teams have one of the places that a lot gives to some of the field."""
    ways = [comb(ours, k) * comb(field - ours, places - k) for k in range(min(ours, places) + 1)]
    return np.array(ways) / comb(field, places)


@pytest.mark.parametrize("one", CHOSEN, ids=of_chosen)
def test_among_equals_the_model_gives_whoever_was_chosen_the_chance_of_a_lot(one):
    outcomes, teams = drawn(one.name), one.of or tuple(load(one.name).teams)
    kept = outcomes.stages[one.stage].fate == Fate.KEPT
    law = lot(len(teams), len(one.stayed), len(one.stayed))
    met = kept[:, columns(one.name, one.stayed)].sum(axis=1)
    assert (kept[:, columns(one.name, teams)].sum(axis=1) == len(one.stayed)).all()
    often = np.flatnonzero(law * len(met) > 20)  # a normal law is near enough to a count
    assert len(often) >= 2
    assert_chances(met[:, None] == often, law[often])


@pytest.mark.parametrize("one", [one for one in CHOSEN if not load(one.name).ahead], ids=of_chosen)
def test_a_file_that_knows_a_result_knows_what_was_published(one):
    (stage, teams) = list(load(one.name).stages.values())[one.stage], one.of or tuple(load(one.name).teams)
    before = list(load(one.name).stages.values())[: one.stage]
    gone = {team for each in before for team in each.happened or ()}
    assert set(teams) - gone - set(stage.happened) == set(one.stayed)
