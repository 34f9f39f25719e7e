"""Who is answered, with what, and what is refused: asked as a browser does, and as others might."""

import json
import threading

import pytest
from starlette.testclient import TestClient

from sim.explorer.guard import MOST_BYTES
from sim.explorer.server import MOST_OPEN, Explorer, web_app
from tests.cli.command import SCENARIOS

HERE = "http://127.0.0.1:8000"
KEEP = "stages.second.cut.keep"


@pytest.fixture(scope="module")
def explorer():
    return Explorer(SCENARIOS / "minimal.yaml", 1, "en")


@pytest.fixture(scope="module")
def client(explorer):
    return TestClient(web_app(explorer), base_url=HERE)


@pytest.fixture
def ask(client, explorer):
    def post(path, body, **headers):
        sent = body if isinstance(body, (str, bytes)) else json.dumps(body)
        return client.post(path, content=sent, headers={"X-Token": explorer.token, **headers})

    return post


def test_the_page_loads_only_what_is_its_own(client, explorer):
    page = client.get(f"/?token={explorer.token}")
    assert page.status_code == 200
    policy = page.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none'")
    for name in ("page.js", "draw.js", "page.css"):
        assert f'"{name}"' in page.text
        assert client.get(f"/{name}").status_code == 200
    assert "http" not in page.text.replace("http-equiv", "")


def test_a_browser_without_hangul_gets_letters(client):
    found = client.get("/hangul.woff")
    assert found.status_code == 200
    assert found.content[:4] == b"wOFF"


def test_scripts_put_no_text_of_a_scenario_into_markup(client):
    for name in ("page.js", "draw.js"):
        text = client.get(f"/{name}").text
        for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
            assert word not in text


@pytest.mark.parametrize("path", ["/", "/?token=", "/?token=wrong"])
def test_an_address_without_its_token_is_refused(client, path):
    assert client.get(path).status_code == 403


@pytest.mark.parametrize("path", ["/ask", "/file", "/facts", "/drop"])
def test_a_request_without_the_token_is_refused(ask, path):
    assert ask(path, {}, **{"X-Token": "wrong"}).status_code == 403


def test_another_host_name_is_refused(client, explorer):
    """A name of somebody else's that leads to this machine."""
    assert client.get(f"/?token={explorer.token}", headers={"Host": "evil.example"}).status_code == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_another_site_is_refused(ask, headers):
    assert ask("/ask", {"settings": {}}, **headers).status_code == 403


def test_the_page_itself_is_not(ask):
    assert ask("/ask", {"runs": 100}, **{"Origin": HERE, "Sec-Fetch-Site": "same-origin"}).status_code == 200


def test_a_body_that_is_too_long_is_refused(ask):
    assert ask("/drop", {"text": "#" * MOST_BYTES}).status_code == 413


@pytest.mark.parametrize(
    "body",
    [
        "no json",
        "[]",
        "\xff",
        {"settings": []},
        {"runs": "many"},
        {"runs": True},
        {"runs": 0},
        {"runs": 10**9},
        {"settings": {"no.such": 1}},
        {"settings": {KEEP: 99}},
        {"settings": {KEEP: {"a": 1}}},
        {"open": "elsewhere"},
    ],
)
def test_what_cannot_be_asked_is_refused_in_a_line(ask, body):
    found = ask("/ask", body)
    assert found.status_code == 422
    assert all("\n" not in line and "Traceback" not in line for line in found.json()["problems"])


def test_a_start_says_what_can_be_moved(client, explorer):
    found = client.get("/start", headers={"X-Token": explorer.token}).json()
    assert [each["place"] for each in found["teams"]] == [0, 1, 2]
    assert {each["path"] for each in found["controls"]} >= {KEEP}
    assert found["answer"]["runs"] == 2000


def test_a_moved_setting_changes_the_answer(ask):
    before, after = (ask("/ask", {"settings": each, "runs": 500}).json() for each in ({}, {KEEP: 3}))
    assert before["teams"] != after["teams"]
    assert before["sentence"] != after["sentence"]


def test_a_file_with_what_was_moved_is_given_back(ask):
    found = ask("/file", {"settings": {KEEP: 2}}).json()
    assert "keep: 2" in found["text"]
    assert found["text"].startswith("extends: minimal.yaml")


def test_of_a_scenario_without_facts_nothing_is_told_of_them(ask):
    assert ask("/facts", {}).json()["lines"] == []
    assert ask("/ask", {"settings": {"facts": False}}).status_code == 422
    assert ask("/facts", {"open": "elsewhere"}).status_code == 422


def test_a_dropped_file_is_opened(ask):
    found = ask("/drop", {"text": "extends: minimal.yaml\nname: Dropped\n"})
    assert found.status_code == 200, found.text
    start = found.json()
    assert start["name"] == "Dropped"
    asked = ask("/ask", {"open": start["open"], "runs": 100})
    assert asked.json()["runs"] == 100


def test_problems_of_a_dropped_file_have_their_place_and_no_folder_of_this_machine(ask):
    found = ask("/drop", {"text": "extends: minimal.yaml\nteams:\n  red: {effect: high}\n"})
    assert found.status_code == 422
    (line,) = found.json()["problems"]
    assert line.startswith("dropped.yaml:3:")


def test_a_dropped_file_reads_no_other_file_of_this_machine(ask, tmp_path):
    (tmp_path / "secret.yaml").write_text("name: secret")
    for name in (str(tmp_path / "secret.yaml"), "../secret.yaml"):
        found = ask("/drop", {"text": f"extends: {name}\n"})
        assert "leads out" in found.json()["problems"][0]


def test_only_so_many_files_stay_open(ask):
    names = [
        ask("/drop", {"text": f"extends: minimal.yaml\nname: Number {n}\n"}).json()["open"]
        for n in range(MOST_OPEN + 1)
    ]
    assert ask("/ask", {"open": names[0], "runs": 10}).status_code == 422
    assert ask("/ask", {"open": names[-1], "runs": 10}).status_code == 200
    assert ask("/ask", {"runs": 10}).status_code == 200  # the file of the command line stays


def test_many_pages_get_fewer_runs_and_are_told(ask, explorer):
    """Each of a dozen that ask at once is answered."""
    held = threading.Event()
    explorer.thread.submit(held.wait)
    found = []
    pages = [
        threading.Thread(target=lambda: found.append(ask("/ask", {"runs": 5000}).json())) for _ in range(12)
    ]
    for page in pages:
        page.start()
    while explorer.waiting < len(pages):
        threading.Event().wait(0.01)
    held.set()
    for page in pages:
        page.join()
    assert {(each["runs"], each["busy"]) for each in found} == {(5000, False), (2000, True)}
