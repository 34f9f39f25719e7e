"""Programmes that happened: each file plays, says only what it can, and has what happened within its reach.

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
from sim.scenario.checks.cuts import feasible_counts
from sim.scenario.checks.lint import lint_warnings
from sim.scenario.language.files import PROGRAMMES, bundled_folder
from tests.cli.command import command, once
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


@pytest.mark.parametrize("name", NAMES)
def test_as_many_are_left_as_the_rules_allow(name):
    counts = feasible_counts(fresh(name))
    for stage, expected in zip(drawn(name).stages, counts.values(), strict=True):
        left = (stage.fate == Fate.KEPT).sum(axis=1)
        assert expected.least_left <= left.min() <= left.max() <= expected.most_left


def printed(name, lang, from_start):
    """What `sim run` prints; of a scenario without results there is one way to run it."""
    done = once("run", name, "--runs", RUNS, "--lang", lang, *(["--from-start"] * from_start))
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
    r"\bECI\b|FLOP|GPU|\blease|frontier|Epoch|best of the world|behind the best|train|임차|학습|세계 최고",
    re.IGNORECASE,
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


TRACKS = load("pqc").groups or {}
KEYS, SIGNATURES = TRACKS["keys"], TRACKS["signatures"]

CHOSEN = [
    Chosen(
        "k-ai-call", 0,
        ("naver", "motif", "upstage", "skt", "ncai", "lg", "kakao", "kt", "konan", "kaist"), None,
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


def chance_of_one_of_a_kind(field, kind, places, most_places):
    """Of `kind` in `field`, `places` stay by a lot; one is among the first `most_places` of a second."""
    none = sum(
        comb(kind, k) * comb(field - kind, places - k) / comb(field, places)
        * comb(places - k, most_places) / comb(places, most_places)
        for k in range(kind + 1)
    )  # fmt: skip
    return 1 - none


def test_of_the_three_lattices_of_which_one_may_stay_one_did_as_in_two_of_three_runs():
    # Kyber alone stayed (NIST IR 8413). Of 17 keys 9 stay, then 5 of these; a lattice among the first five
    # of the second ranking stays, and bars the others.
    lattices = columns("pqc", ("kyber", "ntru", "saber"))
    kept = drawn("pqc").stages[1].fate[:, lattices] == Fate.KEPT
    one = chance_of_one_of_a_kind(17, 3, 9, 5)
    assert (kept.sum(axis=1) <= 1).all()
    assert_chances(kept.any(axis=1)[:, None], [one])
    assert_chances(kept, [one / 3] * 3)


def test_partners_of_nasa_are_lost_as_often_as_their_gate_says_and_the_money_found_another():
    # Rocketplane Kistler and SpaceX of six, the first ended on 2007-10-18 (NASA release 07-228), then one of
    # four (NASA release 08-058), then both flew.
    ids, scenario = list(load("cots").teams), fresh("cots", judging__follows_strength=0)
    first, second, third = batch.play_batch(scenario, Draws(7), 0, 100_000).stages
    rpk, spacex, orbital = (ids.index(t) for t in ("rpk", "spacex", "orbital"))
    parted = (second.fate[:, rpk] == Fate.OUT_AT_GATE) & (second.fate[:, spacex] == Fate.KEPT)
    assert_chances(parted[:, None], [1 / 15 * 0.5 * 0.5])
    came = parted & np.isin(third.fate[:, orbital], (Fate.KEPT, Fate.OUT_AT_GATE))
    assert_chances(came[:, None], [1 / 15 * 0.5 * 0.5 / 4])
    done = came & (third.fate[:, orbital] == Fate.KEPT) & (third.fate[:, spacex] == Fate.KEPT)
    assert_chances(done[:, None], [1 / 15 * 0.5 * 0.5 / 4 * 0.8**2])
    assert np.unique(first.paid).tolist() == [0.0]


def test_what_nasa_paid_by_milestones_is_what_the_inspector_general_added_up():
    # $396 million and $288 million (OIG IG-13-016), and $32.1 million to the one that left (release 07-228).
    outcomes = batch.play_batch(load("cots"), Draws(1), 0, 10)
    paid = np.sum([stage.paid for stage in outcomes.stages], axis=0)
    expected = {"spacex": 396e6, "orbital": 288e6, "rpk": 32.1e6}
    assert dict(zip(load("cots").teams, paid[0], strict=True)) == {
        team: pytest.approx(expected.get(team, 0.0)) for team in load("cots").teams
    }


def test_each_of_42_teams_is_as_likely_to_win_the_final_and_the_money_is_all_paid_out():
    # Team Atlanta, Trail of Bits, Theori (SSBCrack News, 2025-08); $14 million and $8.5 million.
    semifinal, final = drawn("aixcc").stages
    for place, team in enumerate(("atlanta", "bits", "theori"), start=1):
        assert_chances(final.award[:, columns("aixcc", (team,))] == place, [1 / 42])
    assert np.allclose(semifinal.paid.sum(axis=1) + final.paid.sum(axis=1), 22.5e6)
    best = np.sort(final.paid, axis=1)[:, -3:]
    assert np.allclose(best, [1.5e6, 3e6, 4e6])


def test_four_of_94_share_the_hours_and_the_fifth_is_the_alternate():
    # EuroHPC JU, 2024-06-26: 8 million hours for four; Multiverse was fifth (The Watcher Post).
    selection, training = drawn("lagc").stages
    assert_chances(selection.award[:, columns("lagc", ("multiverse",))] == 2, [1 / 94])
    assert np.allclose(training.gpu_hours, np.where(selection.award == 1, 2e6, 0.0))
    assert np.allclose(selection.paid, np.where(selection.award == 1, 0.25e6, 0.0))


def binomial(n, p):
    """Chances of 0 to n of n."""
    return np.array([comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)])


def test_the_open_calls_of_geniac_are_filled_as_often_as_enough_apply():
    # Twenty were supported in the second cycle (Yahoo Japan) and 24 in the third; of 30, each applies by 0.8.
    _, second, third = drawn("geniac").stages
    there = [np.isin(stage.fate, (Fate.KEPT, Fate.OUT_BY_POINTS)) for stage in (second, third)]
    applying = binomial(30, 0.8)
    assert_chances(there[0].sum(axis=1)[:, None] == 20, [applying[20:].sum()])
    assert (there[1].sum(axis=1) == 24).all()  # 24 of 54 do not fail to apply
    places = sum(chance * min(n, 20) for n, chance in enumerate(applying))
    for teams in (("elements", "sakana"), ("woven", "second-1")):
        assert_chances(there[0][:, columns("geniac", teams)], [places / 30] * 2)


def test_the_hours_of_bharatgen_are_those_that_were_reported():
    # 4,096 H100 for two months and 8,192 for ten: 61 and 304 days. The award was INR 988.6 crore and had more
    # in it, so that the main run alone cannot cost more.
    stage = batch.play_batch(load("indiaai"), Draws(1), 0, 50).stages[-1]
    (team,) = columns("indiaai", ("bharatgen",))
    hours = 24.0 * (4096 * 61 + 8192 * 304)
    assert np.allclose(stage.gpu_hours[:, team], hours)
    assert np.allclose(stage.cost[:, team], 110 * hours)
    assert 110 * hours < 988.6e7


OUT = ["gregg", "jennifer", "tim", "thom", "scott", "alison", "judy", "steve", "sunetra", "pixie", "jake"]
FROM_BELOW = (2, 2, 2, 4, 2, 2, 1, 1, 1, 2, 1)
"""Who left in weeks 2 to 12 of 2014, and the place of each from below on the judges' marks.

Ties count as the lower place. Wikipedia, Strictly Come Dancing series 12; marks of
four-tens/strictly-come-dancing-results.
"""


def in_bottom_two(**changes):
    """How often, (weeks,), who leaves Strictly is one of the two with the fewest points of the judges."""
    first, *weeks = batch.play_batch(fresh("strictly", **changes), Draws(5), 0, 4_000).stages[:-1]
    found, carried = [], first.points[:, 0].copy()
    for week in weeks:
        judges = week.points[:, 0] + carried
        out = week.fate == Fate.OUT_BY_POINTS
        below = (judges[:, None, :] < judges[:, :, None]).sum(axis=2)
        found.append((below < 2)[out].mean())
        carried[:] = 0.0
    return np.array(found)


WEEKS = [f"week-{n}" for n in range(2, 13)]
LEFT = np.arange(15, 4, -1)
"""Couples that dance in each of these weeks."""


def of_public(**keys):
    """Changes of the public's block in all weeks."""
    return {f"stages.{week}.points.public.{key}": value for week in WEEKS for key, value in keys.items()}


def test_that_ten_of_eleven_were_among_the_judges_last_two_lies_between_a_silent_and_a_deaf_public():
    silent = in_bottom_two(**of_public(spread=0, noise=0))
    assert (silent == 1).all()  # the judges alone decide, and the last one leaves
    alone = {f"stages.{week}.points.judges.per_strength": 1e-3 for week in WEEKS}
    deaf = in_bottom_two(**alone, **of_public(follows_strength=0), **{"stages.week-2.points_carried": 0})
    written = in_bottom_two()
    assert_chances_of_weeks(
        deaf[1:], 2 / LEFT[1:]
    )  # in the second week the first is carried, and here is not
    happened = sum(place <= 2 for place in FROM_BELOW)
    assert (len(OUT), happened) == (len(WEEKS), 10)
    assert (deaf < written).all()
    assert (written < silent).all()
    assert at_least(happened, deaf) < at_least(happened, written) < 1


def assert_chances_of_weeks(found, expected):
    assert np.all(np.abs(z_score(found * 4_000, 4_000, expected)) <= 4)


def at_least(count, chances):
    """Chance that so many of independent events come about, or more."""
    law = np.array([1.0])
    for p in chances:
        law = np.convolve(law, [1 - p, p])
    return law[count:].sum()


OVER = [name for name in NAMES if load(name).is_over]


@pytest.mark.parametrize("name", OVER)
@pytest.mark.parametrize("details", [(), ("--details",)])
def test_of_a_programme_that_is_over_the_text_tells_what_happened_and_no_chances(name, details):
    scenario = load(name)
    said = " ".join(command("run", name, "--runs", "20", *details).out.split())
    assert said.startswith("All results are known: after ")
    assert "the rules" not in said
    assert "CHANCE OF LEAVING" not in said
    head, _, table = said.partition("WHO LEFT")
    for team, one in scenario.teams.items():
        where = head if team in scenario.contenders else table
        assert one.name.en in where or team.startswith("others-")  # copies are called by first and last


def test_programmes_that_are_over_are_those_of_which_every_result_is_known():
    assert {"aes", "cots", "pqc", "k-ai-call"} <= set(OVER)
    assert not {"strictly", "indiaai", "geniac"} & set(OVER)


def test_whoever_leads_five_ballots_can_lose_the_sixth_where_members_have_a_taste_of_their_own():
    # Rishi Sunak led with 88, 101, 115, 118 and 137 votes and lost by 60,399 to 81,326 (2022-09-05).
    *ballots, members = drawn("leadership").stages
    leads = np.logical_and.reduce([ballot.rank == 1 for ballot in ballots])
    assert 0.4 < leads.any(axis=1).mean() < 0.47
    two = (members.rank > 0).sum(axis=1) == 2
    loses = ((members.fate == Fate.OUT_BY_POINTS) & leads).any(axis=1)[two & leads.any(axis=1)]
    assert abs(z_score(loses.sum(), loses.size, 0.5)) < 4
    assert_chances((members.fate == Fate.KEPT)[two], [1 / 8] * 8)
    assert (ballots[0].total[ballots[0].fate == Fate.KEPT] >= 30).all()


def test_each_city_is_as_likely_and_a_leader_of_a_round_may_leave_in_the_next():
    # Madrid led round 2 with 32 votes of 100 and left in round 3 with 31 (IOC, Singapore, 2005-07-06).
    stages = drawn("olympics-2012").stages
    assert_chances(stages[-1].fate == Fate.KEPT, [1 / 5] * 5)
    fell = ((stages[1].rank == 1) & (stages[2].fate == Fate.OUT_BY_POINTS)).any(axis=1)
    assert 0.17 < fell.mean() < 0.21


def test_finishers_are_binomial_and_the_award_is_theirs_alone():
    # 4 of 23 within ten hours, 2005-10-08; in 2004 nobody of 15 got through.
    race = drawn("darpa").stages[1]
    in_time = (race.fate == Fate.KEPT).sum(axis=1)
    assert_chances(in_time[:, None] == np.arange(24), binomial(23, 0.2))
    assert ((race.award == 1).sum(axis=1) == (in_time > 0)).all()
    assert_chances(race.award[:, :1] == 1, [(1 - 0.8**23) / 43])


def test_twelve_of_120_interviewed_are_a_tenth():
    # NASA, astronaut candidate class of 2017.
    second = drawn("astronauts").stages[1]
    assert ((second.fate == Fate.KEPT).sum(axis=1) == 12).all()
    assert_chances((second.fate == Fate.KEPT)[:, :12], [1 / 10] * 12)
    happened = load("astronauts").stages["first"].happened
    assert set(happened or {}) == {f"others-{i}" for i in range(39, 109)}


def test_a_sweep_and_weights_of_a_programme_that_is_over_say_that_its_results_are_known():
    swept = " ".join(command("sweep", "aes", "--vary", "strength.luck=1,2", "--runs", 20).out.split())
    assert "All results are known, and nothing moves a chance any more" in swept
    assert "is the same for every team" not in swept
    weighed = " ".join(command("sensitivity", "aes", "--points", 64).out.split())
    assert "All results are known, and no number matters for them" in weighed
    assert "rules alone" not in weighed
