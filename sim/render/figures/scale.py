"""The axes of the figures of survival: percents up, stages along."""

from typing import Any

from matplotlib.axes import Axes

from sim.render.figures.labels import Labels
from sim.render.figures.measure import shorten, widest
from sim.render.figures.style import GREY, PALE, TINY
from sim.render.figures.words import words

_NAME_LIMIT = 1.2  # inches


def percents(axes: Axes, step: int) -> None:
    """A scale from 0 to 100 with pale lines every `step`."""
    axes.set_ylim(0, 100)
    ticks = range(0, 101, step)
    axes.set_yticks(ticks, [str(y) for y in ticks], color=GREY, fontsize=TINY)
    axes.grid(axis="y", color=PALE, linewidth=0.5)
    axes.set_axisbelow(True)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def stage_names(stages: tuple[str, ...], labels: Labels) -> list[str]:
    """The names along the axis: the start, then each stage."""
    names = (words(labels.lang).start, *(labels.stage(stage) for stage in stages))
    return [shorten(name, TINY, _NAME_LIMIT) for name in names]


def room_below(names: list[str], pitch: float) -> float:
    """The height in inches that the names need when they stand `pitch` inches apart."""
    return 0.24 if _level(names, pitch) else 0.72 * widest(names, TINY) + 0.2


def stages_along(axes: Axes, names: list[str], pitch: float) -> None:
    """The names along the axis, slanted if they are wider than their pitch in inches."""
    turned: dict[str, Any] = (
        {} if _level(names, pitch) else {"rotation": 45, "ha": "right", "rotation_mode": "anchor"}
    )
    axes.set_xticks(range(len(names)), names, color=GREY, fontsize=TINY, **turned)


def _level(names: list[str], pitch: float) -> bool:
    return widest(names, TINY) < pitch - 0.06
