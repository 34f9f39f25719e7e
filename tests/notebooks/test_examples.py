"""The notebooks in `examples` run from top to bottom, are kept without outputs, show what they promise."""

from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.notebooks.kernel import run_notebook

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*.ipynb"))

SHOWN: dict[str, dict[str, Any]] = {
    "01-first-steps": {"tables": 4, "pictures": 1, "texts": ["manifest.json"]},
    "02-gpu-budget": {"tables": 2, "pictures": 1, "texts": ["percentage points for each 10 billion won"]},
    "03-own-rules": {"tables": 2, "pictures": 0, "texts": ["[]", "red      0."]},
    "04-duckdb-rows": {"tables": 3, "pictures": 0, "texts": ["(6, True)"]},
    "05-seaborn-tables": {"tables": 0, "pictures": 3, "texts": []},
}


def test_each_example_has_its_place_here():
    assert [path.stem for path in EXAMPLES] == list(SHOWN)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_kept_small_and_without_outputs(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in cells)
    assert path.stat().st_size < 8_000


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_runs_and_shows_what_it_promises(path, tmp_path):
    notebook = nbformat.read(path, as_version=4)
    run_notebook(notebook, tmp_path)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert [each.text for each in outputs if each.get("name") == "stderr"] == []
    data = [each.get("data", {}) for each in outputs]
    promised = SHOWN[path.stem]
    assert sum("<table" in each.get("text/html", "") for each in data) == promised["tables"]
    assert sum("image/png" in each for each in data) == promised["pictures"]
    said = "\n".join(
        [each.get("text/plain", "") for each in data] + [each.get("text", "") for each in outputs]
    )
    assert [text for text in promised["texts"] if text not in said] == []
    assert "Empty DataFrame" not in said
