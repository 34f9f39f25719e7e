"""What particles tell of the past, as the engines take it: the draws of decided stages.

A particle has the uncertain numbers and the points of all teams. What made these points (lasting strength,
luck of a stage, taste, impressions, noise, the means of items) is drawn anew for each particle from its exact
normal law given them. Engines that take these draws play the decided stages to the very same points.

What particles depend on is one hash, by which they are kept: whatever else changes, they stay the same.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any
from weakref import WeakValueDictionary

import numpy as np

from sim.forecast.gaussian import Patterns, Precision, precision, weigh_teams
from sim.forecast.island import Effort, Island
from sim.forecast.luck import Luck
from sim.forecast.prior import Prior, decided_stages, mean_path
from sim.model.draws import Floats, Key, Particles, PastSource, Purpose, Source
from sim.model.points import trimmed_mean_sd
from sim.scenario.models.scenario import Scenario

METHOD = 3
"""Goes up with whatever changes particles: what was kept before is inferred anew."""

_SAYS_NOTHING = frozenset(("name", "source", "confidence", "guess", "prior_from", "reported", "known"))
"""Keys that inform readers, and no draw."""

_LEAST = 2.0**-54


def past_identity(scenario: Scenario, seed: int, effort: Effort) -> str:
    """SHA-256 of all that decides the particles of a scenario's past, in hexadecimal."""
    decided = decided_stages(scenario)
    left_out: dict[str, Any] = dict.fromkeys((_AHEAD | {*scenario.idle}) - {"stages"}, True)
    left_out["stages"] = scenario.stages.keys() - {*decided}
    # As text, which pydantic writes ten times as fast: points of a sweep mostly say the same of the past.
    text = scenario.model_dump_json(exclude_none=True, exclude=left_out)
    return _identity(text, seed, effort)


@lru_cache(maxsize=64)
def _identity(text: str, seed: int, effort: Effort) -> str:
    """The identity by what a scenario says of its past, as JSON."""
    data = json.loads(text)
    stages = data.pop("stages")
    for stage in stages.values():
        stage["facts"] = dict(sorted(stage.get("facts", {}).items()))  # their order says nothing
        stage.pop("held", None)  # nor does this: a stage with a result was held
    for hardware in data.get("hardware", {}).values():
        hardware["own_price"] = 0.0  # as where none is given: what own GPUs cost makes no points
    said = [METHOD, seed, list(vars(effort).values()), _silent({**data, "stages": stages})]
    again = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(again.encode()).hexdigest()


_AHEAD = frozenset(
    (
        *("afterwards", "as_of", "breakthroughs", "choices", "doubts", "format", "frontier", "given"),
        *("known", "stages", "supply"),
    )
)
"""Parts of a scenario that say nothing of its decided stages; `forecast_errors` refuses those that might."""


def lies_ahead(scenario: Scenario, path: str) -> bool:
    """Tell whether what stands at a path says nothing of decided stages, whose past it leaves as it is."""
    part, *ids = path.split(".")
    return part in _AHEAD and not (part == "stages" and ids[0] in decided_stages(scenario))


def _silent(data: Any) -> Any:
    """Data without what only informs readers."""
    if isinstance(data, Mapping):
        return {key: _silent(value) for key, value in data.items() if key not in _SAYS_NOTHING}
    return [_silent(each) for each in data] if isinstance(data, list) else data


@dataclass(frozen=True)
class Past:
    """The draws of all particles; replication r is the future of particle r modulo their number.

    Islands take turns among particles, so that whatever replications are played, each has its share.
    """

    islands: int
    uniforms: Mapping[Key, Floats]  # (particles,), by key; numbers of one name are all the same

    @property
    def size(self) -> int:
        """How many particles there are."""
        return len(next(iter(self.uniforms.values())))

    def source(self, numbers: Source) -> Source:
        """`numbers`, but for the past."""
        return PastSource(numbers, self._particles)

    @cached_property
    def _particles(self) -> Particles:
        return Particles(self.uniforms)

    @cached_property
    def _digest(self) -> str:
        """SHA-256 of the draws, in hexadecimal."""
        found = hashlib.sha256(str(self.islands).encode())
        for key, column in self.uniforms.items():
            found.update(repr(key).encode() + np.ascontiguousarray(column).tobytes())
        return found.hexdigest()

    def __reduce__(self) -> tuple[Callable[..., Past], tuple[object, ...]]:
        """Leave behind what was made of the draws: workers make it themselves, each once."""
        return _arrive, (self._digest, self.islands, self.uniforms)

    def name_here(self) -> str:
        """Return a name for `past_here`, in this process and wherever the past has been sent."""
        _here.setdefault(self._digest, self)
        return self._digest


_here: WeakValueDictionary[str, Past] = WeakValueDictionary()
"""The pasts that were named or sent here and are still in use, by their names."""


def past_here(name: str) -> Past:
    """Return a past by its name."""
    return _here[name]


def _arrive(name: str, islands: int, uniforms: Mapping[Key, Floats]) -> Past:
    """Return the past that was sent; if it was before, that very same.

    What is made of it, and how replications went with it, is kept by the past that it is of.
    """
    return _here.setdefault(name, Past(islands, uniforms))


def past_of(prior: Prior, seed: int, islands: Sequence[Island]) -> Past:
    """The draws that the particles of all islands stand for."""
    patterns = Patterns(prior.grid.mask, prior.mean_sd)
    lucks = [Luck(seed, number, "past") for number in range(len(islands))]
    parts = [
        _uniforms(prior, patterns, islands[first : first + _TOGETHER], lucks[first : first + _TOGETHER])
        for first in range(0, len(islands), _TOGETHER)
    ]
    # (particles, islands) in memory: islands take turns
    uniforms = {
        key: np.concatenate([part[key] for part in parts]).reshape(len(islands), -1).T.ravel()
        for key in parts[0]
    }
    return Past(len(islands), uniforms)


_TOGETHER = 4
"""Islands at once: calls take as long for one as for a few, and matrices of many take much memory."""


def _uniforms(
    prior: Prior, patterns: Patterns, islands: Sequence[Island], lucks: Sequence[Luck]
) -> dict[Key, Floats]:
    """The uniforms of some islands, one after another, by key."""
    from scipy.special import ndtr

    of_numbers = np.concatenate([island.uniforms for island in islands])
    law = prior.law(of_numbers, prior.strength(of_numbers))
    points = np.concatenate([island.points for island in islands])
    deviation = prior.grid.spread(points) - law.mean * prior.grid.mask
    found = precision(law, patterns)
    means = _means(found, patterns, deviation, lucks)
    own = deviation - means[:, None] * prior.grid.mask
    latents = _latents(law.loadings, found, patterns, own, lucks)
    uniforms = {
        Key(Purpose.PARAMETER, item=name): of_numbers[:, k] for k, name in enumerate(prior.numbers.all)
    }
    for i, item in enumerate(prior.grid.items):
        block = prior.scenario.stages[item.stage].points[item.block]
        path = mean_path(item.stage, item.block, block, item.item)
        uniforms[Key(Purpose.PARAMETER, item=path)] = ndtr(means[:, i] / prior.mean_sd[i])
    of_latents = ndtr(latents * [_shrink(latent, prior) for latent in prior.latents])
    for t, team in enumerate(prior.grid.teams):
        there = prior.grid.mask[t]
        for j, latent in enumerate(prior.latents):
            if there.any() and _is_seen(latent, prior, there):
                uniforms[latent._replace(team=team)] = of_latents[:, t, j]
    return {key: np.clip(u, _LEAST, 1 - 2 * _LEAST) for key, u in uniforms.items()}


def _normal(lucks: Sequence[Luck], shape: tuple[int, ...]) -> Floats:
    """Standard normal numbers for the particles of some islands, each from the luck of its own."""
    size, *rest = shape
    return np.concatenate([luck.normal((size // len(lucks), *rest)) for luck in lucks])


def _means(found: Precision, patterns: Patterns, deviation: Floats, lucks: Sequence[Luck]) -> Floats:
    """How far the means of items are from their centres, (particles, items), drawn given the points."""
    weighted = weigh_teams(found, patterns, deviation).sum(1)
    centre = (found.of_means @ weighted[..., None])[..., 0]
    means: Floats = np.zeros_like(centre)
    free = np.flatnonzero(patterns.variance > 0)
    if len(free):
        root = np.linalg.cholesky(found.of_means[:, free[:, None], free])
        means[:, free] = centre[:, free] + (root @ _normal(lucks, (len(centre), len(free), 1)))[..., 0]
    return means


def _latents(
    loadings: Floats, found: Precision, patterns: Patterns, deviation: Floats, lucks: Sequence[Luck]
) -> Floats:
    """The normal numbers behind `deviation`, (particles, teams, latents): Matheron's rule, for each team."""
    particles, teams, _ = deviation.shape
    free = _normal(lucks, (particles, teams, loadings.shape[2]))
    apart = deviation - free @ np.swapaxes(loadings, 1, 2)
    weighted = weigh_teams(found, patterns, apart)
    moved: Floats = free + weighted @ loadings
    return moved


def _is_seen(latent: Key, prior: Prior, there: np.ndarray) -> bool:
    """Whether a team's points depend on a latent: not on the luck of a stage at which it was not there."""
    stages = {item.stage for item, seen in zip(prior.grid.items, there, strict=True) if seen}
    return latent.stage == "" or latent.stage in stages


def _shrink(latent: Key, prior: Prior) -> float:
    """What the noise of an item is multiplied by where raters give it: each has the error of their mean."""
    if latent.purpose is not Purpose.NOISE:
        return 1.0
    block_id, item_id = latent.item.split("/")
    block = prior.scenario.stages[latent.stage].points[block_id]
    item = block.items.get(item_id) or block.whole
    raters = item.raters or (block.raters if item.noise is None else None)
    return 1.0 if raters is None else trimmed_mean_sd(raters.n, raters.trim)
