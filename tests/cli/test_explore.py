"""`sim explore` from the command line: its address, and what it refuses."""

import json
import signal
import socket
import subprocess
import sys
from importlib import util
from urllib.request import ProxyHandler, build_opener
from zipfile import ZipFile

import pytest

from tests.cli.command import MINIMAL, command


def test_it_prints_an_address_answers_there_and_ends_at_ctrl_c():
    started = [sys.executable, "-m", "sim", "explore", str(MINIMAL), "--no-open"]
    running = subprocess.Popen(started, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert running.stdout is not None
        line = running.stdout.readline()
        address = next(word for word in line.split() if word.startswith("http://127.0.0.1:"))
        with build_opener(ProxyHandler({})).open(address, timeout=60) as page:
            assert b"page.js" in page.read()
        running.send_signal(signal.SIGINT)
        _, told = running.communicate(timeout=60)
    finally:
        running.kill()
        running.wait()
    assert running.returncode == 130
    assert "Traceback" not in told


def test_a_port_that_is_taken_is_told():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        found = command("explore", MINIMAL, "--no-open", "--port", port)
    assert (found.code, found.out) == (2, "")
    assert found.err.startswith(f"sim: --port {port}: address already in use")


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_no_port_is_refused(port):
    found = command("explore", MINIMAL, "--port", port)
    assert found.code == 2
    assert "expected 1 to 65535" in found.err


def test_a_scenario_that_cannot_be_read_is_refused_with_its_place(tmp_path):
    path = tmp_path / "wrong.yaml"
    path.write_text("extends: minimal.yaml\nteams: {red: {effect: high}}\n", encoding="utf-8")
    found = command("explore", path, "--no-open")
    assert found.code == 2
    assert f"{path}:2:" in found.err


def test_without_its_packages_it_says_how_to_get_them(monkeypatch):
    monkeypatch.setattr(
        "sim.cli.explore.find_spec", lambda name: None if name == "uvicorn" else util.find_spec(name)
    )
    found = command("explore", MINIMAL, "--no-open")
    assert found.code == 2
    assert "needs uvicorn: pip install 'evalsched[web]'" in found.err


def test_what_can_be_moved_is_printed_for_programs():
    found = json.loads(command("scenario", "explain", "--json").out)
    by_path = {each["path"]: each for each in found}
    keep = by_path["stages.stage-3.cut.keep"]
    assert (keep["kind"], keep["values"]) == ("choice", [2, 1, 3])
    assert by_path["capability.team_spread"]["fixed"] == "past"
    other = json.loads(command("scenario", "explain", MINIMAL, "--json").out)
    assert "teams.red.effect" in {each["path"] for each in other}
    assert command("scenario", "explain").code == 2


def test_a_page_to_mail_can_be_packed(tmp_path):
    for name in ("page.html", "page.zip"):
        printed = command("explore", MINIMAL, "--export", tmp_path / name)
        assert (printed.code, printed.err) == (0, "")
    with ZipFile(tmp_path / "page.zip") as archive:
        assert archive.namelist() == ["page.html"]
        assert archive.read("page.html") == (tmp_path / "page.html").read_bytes()
    assert f"{(tmp_path / 'page.zip').stat().st_size // 1000:,} kB" in printed.out
