"""What the documents say is run: their Python, their commands, and their table of parameters."""

import math
import re
import runpy
import shlex
from functools import cache
from pathlib import Path

import pytest

import sim
from sim.scenario.language.catalogue import keys
from tests.cli.command import command

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def fenced(document, language):
    """The code blocks of one language in a document."""
    return re.findall(
        rf"^```{language}\n(.*?)^```", document.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )


def commands(document):
    """The `sim ...` commands that a document shows in code, as lists of words."""
    text = document.read_text(encoding="utf-8")
    found = re.findall(
        r"(?:^|`|run )(sim (?:run|plot|sweep|compare|trace|sensitivity|score)"
        r" [^`\n…]*scenarios/[^`\n]*|sim plot out)",
        text,
        re.MULTILINE,
    )
    return [shlex.split(command.rstrip(". "))[1:] for command in found]


@pytest.fixture
def copy_of_checkout(tmp_path, monkeypatch):
    """An empty folder in which the scenarios are found as in a checkout."""
    (tmp_path / "scenarios").symlink_to(ROOT / "scenarios")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sim.cli.console.PLAIN_EVERY", math.inf)  # a slow machine tells its progress


@pytest.mark.parametrize("document", [d for d in DOCUMENTS if fenced(d, "python")], ids=lambda d: d.name)
def test_the_python_of_a_document_runs(document, copy_of_checkout):
    names: dict[str, object] = {}
    for block in fenced(document, "python"):
        exec(compile(block, document.name, "exec"), names)


SHORTER = {"run": ("--runs", "300"), "compare": ("--runs", "20"), "sweep": ("--runs", "20")}
SHORTER |= {"score": ("--runs", "100")}


def shortened(words):
    """A command as it is typed, with fewer runs unless it says how many: samples are compared elsewhere."""
    said = {"--runs", "--replications", "--until-halfwidth"} & set(words)
    return (*words, *(() if said else SHORTER.get(words[0], ())))


@cache
def once(*words):
    """A command that leaves no file: several documents show the same."""
    return command(*words)


@pytest.mark.parametrize("document", [d for d in DOCUMENTS if commands(d)], ids=lambda d: d.name)
def test_the_commands_of_a_document_run(document, copy_of_checkout):
    for words in sorted(commands(document), key=lambda words: words[0] == "plot"):
        run = command if "--out" in words or words[0] == "plot" else once
        printed = run(*shortened(words))
        assert (printed.code, printed.err) == (0, ""), words


def test_the_tables_of_keys_are_those_of_the_models():
    fields = runpy.run_path(str(ROOT / "docs" / "fields.py"))
    text = (ROOT / "docs" / "scenario.md").read_text(encoding="utf-8")
    assert fields["written"](text) == text, "python docs/fields.py writes them anew"
    shown = set(re.findall(r"<!-- keys of (\S+) -->", text))
    blocks = {".".join(key.path[:-1]) or "top" for key in keys()}
    copies = {
        "stages.*.points.*.items.*.raters",
        *("teams.*.faults", "teams.*.faults.bad_nodes", "teams.*.faults.storage"),
        "stages.*.reported",
        "stages.*.grants.shares",
        "stages.*.grants.supply.shares",
        "openness.continued",
        "openness.continued.closes",
        "stages.*.points.*.items.*.efficiency",
    }
    assert shown == blocks - copies


def test_the_page_of_everything_public_is_that_of_the_docstrings():
    api = runpy.run_path(str(ROOT / "docs" / "api.py"))
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    assert api["page"]() == text, "python docs/api.py writes it anew"
    assert {f"`sim.{name}`" for name in sim.__all__} <= set(re.findall(r"`sim\.\w+`", text))
    assert 'engine: EngineChoice = "auto"' in text.replace("'", '"')


def test_what_stands_for_machines_says_where_things_are():
    text = (ROOT / "llms.txt").read_text(encoding="utf-8")
    assert text.startswith("# evalsched\n\n> ")
    named = re.findall(r"\]\(([^)]+)\)", text)
    assert {f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")} <= set(named)
    assert [target for target in named if not (ROOT / target).exists()] == []


def test_links_between_documents_lead_somewhere():
    for document in DOCUMENTS:
        for target in re.findall(r"\]\(([^)#]+)\)", document.read_text(encoding="utf-8")):
            assert "://" in target or (document.parent / target).exists(), f"{document.name}: {target}"
