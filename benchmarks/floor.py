"""The floor under any engine that is fed by keyed draws: drawing the same numbers and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from sim.engines import batch
from sim.model.draws import Floats, Key, Purpose, Source
from sim.model.quantiles import normal
from sim.scenario import Scenario

NORMAL = frozenset(
    {Purpose.TEAM, Purpose.STAGE, Purpose.TASTE, Purpose.IMPRESSION, Purpose.NOISE, Purpose.PANEL}
)
"""What the model uses as normals; the rest stays uniform here (a handful of parameters have other laws)."""


class Recorder:
    """A source that notes which columns it is asked for, request by request."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.requests: list[list[Key]] = []

    def columns(self, keys: Sequence[Key], start: int, stop: int) -> Floats:
        """The columns of the source itself."""
        self.requests.append(list(keys))
        return self._source.columns(keys, start, stop)

    def sequence(self, key: Key, index: int) -> Iterator[float]:
        """The sequence of the source itself; not noted, for the batch engine has no use for it."""
        return self._source.sequence(key, index)


def requests_of_batch(scenario: Scenario, source: Source, size: int) -> list[list[Key]]:
    """The requests for columns that the batch engine makes for a block of `size` replications."""
    recorder = Recorder(source)
    batch.play_batch(scenario, recorder, 0, size)
    return recorder.requests


def draw_uniforms(source: Source, requests: list[list[Key]], size: int) -> None:
    """Draw the columns of every request, and nothing else."""
    for keys in requests:
        source.columns(keys, 0, size)


def draw_numbers(source: Source, requests: list[list[Key]], size: int) -> None:
    """Draw the columns of every request and turn those that the model uses as normals into normals."""
    for keys in requests:
        columns = source.columns(keys, 0, size)
        row = 0
        for is_normal, run in groupby(keys, lambda key: key.purpose in NORMAL):
            first, row = row, row + len(list(run))
            if is_normal:
                normal(columns[first:row], out=columns[first:row])
