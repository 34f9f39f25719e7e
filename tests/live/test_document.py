"""The file that is mailed: what is in it, what it may load, and how large it is."""

import base64
import hashlib
import json
import re
from io import BytesIO

import numpy as np
import pytest
from fontTools.ttLib import TTFont

from sim.explorer.answers import Answers
from sim.explorer.settings import Playground
from sim.live.document import live_page
from sim.live.saved import embed_letters
from tests.cli.command import SCENARIOS, command

SCRIPT = re.compile(r"<script([^>]*)>(.*?)</script>", re.DOTALL)

HOSTILE = """
extends: minimal.yaml
name: "</title><script>alert(1)</script>"
teams: {red: {name: "<script>alert(2)</script>"}, blue: {name: "]]> & $luck \\"'"}}
"""


@pytest.fixture(scope="module")
def made():
    """The file of the least scenario."""
    return live_page(Answers(Playground(SCENARIOS / "minimal.yaml"), 1, "ko"), 300)


def scripts(text):
    return [(attributes.strip(), body) for attributes, body in SCRIPT.findall(text)]


def test_one_script_runs_and_its_hash_is_in_the_policy(made):
    text, parts = made
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', text)
    policy = policy.replace("&#x27;", "'")
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none'; ")
    (running,) = [body for attributes, body in scripts(text) if not attributes]
    digest = base64.b64encode(hashlib.sha256(running.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy
    styles = re.findall(r"<style[^>]*>(.*?)</style>", text, re.DOTALL)
    digests = [base64.b64encode(hashlib.sha256(each.encode()).digest()).decode() for each in styles]
    assert len(digests) == 3
    sources = " ".join(f"'sha256-{each}'" for each in digests)
    assert f"style-src {sources};" in policy
    assert parts.policy == policy


def test_nothing_is_loaded(made):
    text, _ = made
    assert re.findall(r'\b(?:src|href)="?([^" >]*)', SCRIPT.sub("", text)) == ["data:,"]
    (running,) = [body for attributes, body in scripts(text) if not attributes]
    assert not re.search(r"\bfetch\(|XMLHttpRequest|\bimport\(|WebSocket|innerHTML|\beval\(", running)


def test_luck_and_data_are_read_back(made):
    text, parts = made
    blocks = {
        attributes.split('id="')[1].strip('"'): body for attributes, body in scripts(text) if attributes
    }
    data = json.loads(blocks["data"])
    luck = np.frombuffer(base64.b64decode(blocks["luck"]), dtype="<f4").reshape(-1, data["kernel"]["runs"])
    assert data["kernel"]["runs"] == parts.runs == 300
    assert abs(luck.mean(axis=1)).max() < 1000
    assert "<" not in blocks["data"]
    movable = {each["path"] for each in data["page"]["controls"] if each["fixed"] is None}
    assert movable == set(data["kernel"]["moves"])


def test_the_table_stands_there_without_a_script(made):
    text, parts = made
    still = SCRIPT.sub("", text)
    for each in parts.page["answer"]["teams"]:
        assert f"<td>{each['chance']['text']}%</td>" in still
    assert "300회" in still
    assert "<noscript>" in still


def test_names_cannot_end_a_script_or_a_tag(tmp_path):
    path = SCENARIOS / "minimal.yaml"
    (tmp_path / "minimal.yaml").write_bytes(path.read_bytes())
    (tmp_path / "hostile.yaml").write_text(HOSTILE, encoding="utf-8")
    text, parts = live_page(Answers(Playground(tmp_path / "hostile.yaml"), 1, "en"), 100)
    assert len(scripts(text)) == 3
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(2)" in text
    assert text.count("</title>") == 1
    assert parts.luck not in parts.data


@pytest.mark.parametrize("name", ["k-ai", "k-ai-2025-plan"])
def test_a_page_has_three_megabytes_at_most_and_says_how_many_runs(name, tmp_path):
    path = tmp_path / "page.html"
    printed = command("explore", SCENARIOS / f"{name}.yaml", "--export", path)
    assert path.stat().st_size <= 3_000_000
    runs = {"k-ai": "10,000", "k-ai-2025-plan": "2,600"}[name]
    assert f"{runs} runs" in printed.out
    again = tmp_path / "again.html"
    command("explore", SCENARIOS / f"{name}.yaml", "--export", again)
    assert again.read_bytes() == path.read_bytes()


def test_a_refusal_is_one_line(tmp_path):
    refused = command("explore", SCENARIOS / "late-gpus.yaml", "--export", tmp_path / "page.html")
    assert refused.code == 2
    assert refused.err.splitlines() == [
        "sim: late-gpus: no live page, for its kernel does not take stages.stage-3.grants.delay"
    ]
    assert not list(tmp_path.iterdir())


def test_a_page_of_a_forecast_says_the_chances_without_facts():
    """Beside the table and below the sliders; those of `sim run --without-facts`."""
    text, parts = live_page(Answers(Playground(SCENARIOS / "k-ai.yaml"), 1, "en"), 1000)
    told = json.loads(
        command("run", SCENARIOS / "k-ai.yaml", "--without-facts", "--runs", parts.runs, "--json").out
    )
    p = f"{100 * told['teams']['lg']['leaves_at_all']['p']:.0f} %"  # no input tells the three apart
    assert SCRIPT.sub("", text).count(f"each would leave with a chance of {p}.</p>") == 2
    fixed = {each["path"]: each["fixed"] for each in parts.page["controls"]}
    assert fixed["facts"] == "live"


def test_a_page_without_facts_says_nothing_of_them(made):
    assert "점수" not in SCRIPT.sub("", made[0])
    assert "facts" not in {each["path"] for each in made[1].page["controls"]}


def test_every_hangul_letter_that_the_page_may_show_has_its_glyph():
    """Those of sentences that are said only once something is moved, too; in the weight of titles as well."""
    text, _ = live_page(Answers(Playground(SCENARIOS / "k-ai.yaml"), 1, "ko"), 200, fonts=embed_letters)
    (data,) = [body for attributes, body in scripts(text) if "json" in attributes]
    shown = set(re.findall("[가-힣]", data))
    fonts = dict(re.findall(r"font-weight:(\d+);[^}]*?base64,([^\"]+)", text))
    assert fonts.keys() == {"400", "700"}
    for font in fonts.values():
        known = TTFont(BytesIO(base64.b64decode(font))).getBestCmap()
        assert {letter for letter in shown if ord(letter) not in known} == set()
