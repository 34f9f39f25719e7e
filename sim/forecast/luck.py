"""The random numbers of an island: uniforms of a counter-based generator, and what is made of them."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator, Philox

from sim.model.draws import Floats, Key, Purpose, philox_key
from sim.model.quantiles import normal


class Luck:
    """The numbers of one island of one seed, for one purpose (`part`); an order is part of their meaning."""

    def __init__(self, seed: int, island: int, part: str) -> None:
        key = philox_key(seed, Key(Purpose.FORECAST, stage=part, item=str(island)))
        self._generator = Generator(Philox(key=key))

    def uniform(self, shape: tuple[int, ...]) -> Floats:
        """Uniforms in (0, 1)."""
        return self._generator.random(shape) * (1 - 2.0**-53) + 2.0**-54

    def normal(self, shape: tuple[int, ...]) -> Floats:
        """Standard normal numbers."""
        return normal(self.uniform(shape))

    def below(self, count: int) -> int:
        """A whole number from 0 to before `count`."""
        return int(self._generator.random() * count)

    def choose(self, among: int, count: int) -> np.ndarray:
        """`count` different whole numbers from 0 to before `among`, in random order."""
        return np.argsort(self._generator.random(among), kind="stable")[:count]
