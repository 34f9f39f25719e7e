"""A notebook shows tables, figures and a bar by itself: looked at in a kernel as Jupyter runs it."""

import base64
import struct

import pytest

from tests.notebooks.kernel import run_cells

AT_ONCE = "import sim.render.progress as p; p.QUIET_FOR = p.REDRAWN_EVERY = 0"
CELLS = {
    "result": "import sim\nminimal = sim.load('minimal')\nresult = sim.run(minimal, 300)\nresult",
    "sweep": "sim.sweep(minimal, 'stages.first.cut.keep=1,2', 50)",
    "figure": "result.plot('leaving', 'ko')",
    "pyplot": "import sys; 'matplotlib.pyplot' in sys.modules",
    "bar": f"{AT_ONCE}\nsim.run(minimal, 2_000, block=50, jobs=1).tally.runs",
    "no bar": "sim.run(minimal, 2_000, block=50, jobs=1, progress=False).tally.runs",
    "later": "result.effects[0].runs",
    "inline": "%matplotlib inline\nresult.plot()",
}


@pytest.fixture(scope="module")
def shown():
    """What each cell left, by its name."""
    return dict(zip(CELLS, run_cells(CELLS.values()), strict=True))


def pictures(outputs):
    return [each["data"]["image/png"] for each in outputs if "image/png" in each.get("data", {})]


@pytest.mark.parametrize("cell", ["result", "sweep"])
def test_a_result_is_a_table_below_what_it_is(shown, cell):
    (output,) = shown[cell]
    html = output["data"]["text/html"]
    assert "<table" in html
    assert html.startswith("<p>Result: 300 runs of" if cell == "result" else "<p>SweepResult: 2 points")


def test_a_figure_is_a_picture_without_pyplot(shown):
    (output,) = shown["figure"]
    data = base64.b64decode(output["data"]["image/png"])
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", data[16:24])
    told = output["metadata"]["image/png"]
    # On a page it is smaller than it has pixels, so that it stays sharp.
    assert (width / 2.5, height / 2.5) == pytest.approx((told["width"], told["height"]), abs=1)
    assert "탈락" in told["alt"]
    assert shown["pyplot"][0]["data"]["text/plain"] == "False"


def test_a_figure_is_one_picture_with_pyplot_too(shown):
    assert len(pictures(shown["inline"])) == 1


def test_a_bar_is_shown_while_it_plays_and_gone_at_the_end(shown):
    bars = [each for each in shown["bar"] if each["output_type"] == "display_data"]
    assert [each["data"] for each in bars] == [{"text/html": "", "text/plain": ""}]
    states = shown["bar"].updates
    assert len(states) > 10
    assert states[0].startswith('<progress value="')
    assert states[-1] == ""


def test_a_bar_can_be_refused(shown):
    assert [each["output_type"] for each in shown["no bar"]] == ["execute_result"]


def test_what_is_asked_of_a_result_later_has_a_bar_too(shown):
    assert len(shown["later"].updates) > 1
