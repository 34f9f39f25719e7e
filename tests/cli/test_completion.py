"""`sim --install-completion`: what it writes completes verbs and options in a real bash."""

import os
import shutil
import subprocess

import pytest

from tests.cli.command import command, process

ASK = r"""
. "$1"
COMP_WORDS=("${@:2}"); COMP_CWORD=$(($# - 2)); COMP_LINE="${*:2}"; COMP_POINT=${#COMP_LINE}
"$(complete -p sim | sed 's/.*-F \([^ ]*\).*/\1/')"
printf '%s\n' "${COMPREPLY[@]}"
"""


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("ZSH", "ZSH_CUSTOM", "ZSH_VERSION", "BASH_VERSION", "FISH_VERSION"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        (["sim", "sw"], {"sweep"}),
        (["sim", "run", "--se"], {"--seed", "--set"}),
        (["sim", "results", "re"], {"replay"}),
        (["sim", "run", "--lang", ""], {"en", "ko"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bash_completes_verbs_options_and_values(home, typed, offered):
    assert command("--install-completion", "--shell", "bash").code == 0
    script = home / ".local/share/bash-completion/completions/sim"
    done = subprocess.run(
        ["bash", "--norc", "-c", ASK, "ask", str(script), *typed], check=True, capture_output=True, text=True
    )
    assert set(done.stdout.split()) == offered


def test_a_new_bash_loads_it_once(home):
    (home / ".bashrc").write_text("alias mine=ls", encoding="utf-8")
    for _ in range(2):
        printed = command("--install-completion", "--shell", "bash")
    script = home / ".local/share/bash-completion/completions/sim"
    lines = (home / ".bashrc").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "alias mine=ls"
    assert [line for line in lines if str(script) in line] == [f'[ -f "{script}" ] && . "{script}"']
    assert str(script) in printed.out
    assert printed.err == ""


@pytest.mark.parametrize(
    ("shell", "file"),
    [("zsh", ".zsh/completions/_cyclopts_sim"), ("fish", ".config/fish/completions/sim.fish")],
)
def test_other_shells_find_it_where_they_look(home, shell, file):
    printed = command("--install-completion", "--shell", shell, "--lang", "ko")
    assert (printed.code, printed.err) == (0, "")
    assert f"{shell} 자동 완성을 설치하였다: {home / file}" in printed.out
    assert "sensitivity" in (home / file).read_text(encoding="utf-8")


def test_the_shell_is_found_out_or_asked_for(home, monkeypatch):
    monkeypatch.setenv("FISH_VERSION", "4.0")
    assert command("--install-completion").out.startswith("fish completes")
    monkeypatch.delenv("FISH_VERSION")
    monkeypatch.setenv("SHELL", "/bin/tcsh")
    monkeypatch.setattr(os, "getppid", lambda: 0)  # nor is the parent a shell
    printed = command("--install-completion")
    assert (printed.code, printed.out) == (2, "")
    assert printed.err.splitlines() == [
        "sim: cannot tell which shell this is; name it: --shell bash, zsh, fish or powershell"
    ]


def test_a_home_that_cannot_be_written_is_one_line(home, monkeypatch):
    (home / ".config").write_text("a file", encoding="utf-8")
    printed = command("--install-completion", "--shell", "fish")
    assert (printed.code, len(printed.err.splitlines())) == (2, 1)
    assert str(home / ".config") in printed.err


def test_it_imports_no_heavy_library(home):
    code = (
        "import sys\nfrom sim.cli.app import run_command\nrun_command(sys.argv[1:])\n"
        "print(sorted({'numpy', 'pandas', 'matplotlib', 'scipy'} & set(sys.modules)))"
    )
    printed = process("--install-completion", "--shell", "bash", code=code, HOME=str(home))
    assert printed.out.splitlines()[-1] == "[]"
