"""Writing a figure to files that say where they come from."""

from io import BytesIO
from pathlib import Path
from typing import Literal

from matplotlib.figure import Figure

from sim.folder.files import atomic_file
from sim.render.figures.labels import Labels, format_footer, one_line
from sim.render.figures.style import style

Kind = Literal["png", "svg"]
KINDS: tuple[Kind, ...] = ("png", "svg")


def save(figure: Figure, path_without_suffix: Path, labels: Labels) -> list[Path]:
    """Write the figure as PNG (200 pixels an inch) and SVG, and return the paths.

    The same figure gives the same bytes, in one environment. The files' metadata hold the title, the
    finding, and the scenario, runs and date of `labels`. Nothing is written unless all of it could be
    drawn, and each file appears whole or not at all; a file of that name is replaced. Raises OSError if the
    folder is missing or cannot be written to.
    """
    # Not with_suffix: a name may hold dots of its own.
    base = path_without_suffix
    drawn = {base.with_name(f"{base.name}.{kind}"): _draw(figure, kind, labels) for kind in KINDS}
    for path, data in drawn.items():
        with atomic_file(path) as partial:
            partial.write_bytes(data)
    return list(drawn)


def _draw(figure: Figure, kind: Kind, labels: Labels) -> bytes:
    metadata: dict[str, str | None] = {
        "Title": " – ".join((one_line(labels.title), one_line(figure.get_suptitle()))),
        "Description": str(figure.get_label()),
        "Source": format_footer(labels),
    }
    # None takes out what matplotlib would add: its version and the time.
    metadata |= {"Software": None} if kind == "png" else {"Date": None, "Creator": None}
    file = BytesIO()
    with style(labels):
        figure.savefig(file, format=kind, dpi=figure.dpi, metadata=metadata)
    return file.getvalue()
