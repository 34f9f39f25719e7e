"""What the documents say is run: their Python, their commands, and their table of parameters."""

import re
import shlex
from pathlib import Path

import pytest
from pydantic import BaseModel

from sim.cli.app import main
from sim.scenario.science import Capability, Faults, Frontier, Judging, Training

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCKS: dict[str, type[BaseModel]] = {
    "capability": Capability,
    "frontier": Frontier,
    "judging": Judging,
    "training": Training,
    "faults": Faults,
}


def fenced(document, language):
    """The code blocks of one language in a document."""
    return re.findall(
        rf"^```{language}\n(.*?)^```", document.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )


def commands(document):
    """The `sim ...` commands that a document shows in code, as lists of words."""
    text = document.read_text(encoding="utf-8")
    found = re.findall(
        r"(?:^|`|run )(sim (?:run|plot|trace) [^`\n…]*scenarios/[^`\n]*|sim plot out)", text, re.MULTILINE
    )
    return [shlex.split(command.rstrip(". "))[1:] for command in found]


def parameter_table():
    """The rows of the table of parameters in docs/scenario.md, made from the models."""
    rows = ["| key | symbol | default | unit | meaning |", "|---|---|---|---|---|"]
    for block, model in BLOCKS.items():
        for name, field in model.model_fields.items():
            extra = field.json_schema_extra
            if isinstance(extra, dict) and "unit" in extra:
                default = f"{field.default:g}" if isinstance(field.default, float) else str(field.default)
                cells = [
                    f"`{block}.{name}`",
                    str(extra["symbol"]),
                    default,
                    str(extra["unit"]),
                    str(field.description),
                ]
                rows.append(f"| {' | '.join(cells)} |")
    return rows


@pytest.fixture
def copy_of_checkout(tmp_path, monkeypatch):
    """An empty folder in which the scenarios are found as in a checkout."""
    (tmp_path / "scenarios").symlink_to(ROOT / "scenarios")
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("document", [d for d in DOCUMENTS if fenced(d, "python")], ids=lambda d: d.name)
def test_the_python_of_a_document_runs(document, copy_of_checkout):
    names: dict[str, object] = {}
    for block in fenced(document, "python"):
        exec(compile(block, document.name, "exec"), names)


@pytest.mark.parametrize("document", [d for d in DOCUMENTS if commands(d)], ids=lambda d: d.name)
def test_the_commands_of_a_document_run(document, copy_of_checkout, capsys):
    for command in sorted(commands(document), key=lambda words: words[0] == "plot"):
        assert main(command) == 0, command
    assert capsys.readouterr().err == ""


def test_the_table_of_parameters_is_that_of_the_models():
    text = (ROOT / "docs" / "scenario.md").read_text(encoding="utf-8")
    missing = [row for row in parameter_table() if row not in text]
    assert not missing, "docs/scenario.md lacks:\n" + "\n".join(missing)


def test_links_between_documents_lead_somewhere():
    for document in DOCUMENTS:
        for target in re.findall(r"\]\(([^)#]+)\)", document.read_text(encoding="utf-8")):
            assert "://" in target or (document.parent / target).exists(), f"{document.name}: {target}"
