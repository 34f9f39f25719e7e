"""How one team's training is told in a trace: on what, how it went, and what was trained."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from sim.engines.happenings import Happening, What
from sim.findings.trace import OfTeam, TraceFindings
from sim.render.text.layout import Names, short
from sim.text.hours import format_hours

_BASES = (("base.continued", "trace.from_continued"), ("base.open", "trace.from_open"))
"""What a team begins from, by the value of its window's opening."""

_STOPS = {"faults": "trace.faults", "replaced": "trace.replaced", "repaired": "trace.repaired"}
"""What stopped training, how often spares stood in, and how often nodes were repaired."""


class TrainingPhrases:
    """What is said of training in one replication, in one language, a few words at a time."""

    def __init__(self, found: TraceFindings, names: Names) -> None:
        self.found, self.say, self.lang = found, names.say, names.lang

    def begins(self, of: OfTeam, until: date | None) -> Iterator[str]:
        """A window opens, GPUs are granted, arrive, run slow; `until` is where no heading says it."""
        grant, delivery, opens = (of.get(what) for what in (What.GRANT, What.DELIVERY, What.WINDOW_OPENS))
        if delivery is not None:
            yield self.say("trace.lent" if grant else "trace.arrived", gpus=format_gpus(delivery.values))
            if delivery.values["late"] > 0:
                yield self.say("trace.late", n=delivery.values["late"])
        elif grant is not None:
            yield self.say("trace.granted", gpus=format_gpus(grant.values))
        if opens is not None:
            yield from self._opening(opens, lent=grant is not None or delivery is not None)
        yield from self._changes(of)
        if until is not None:
            yield self.say("trace.until", date=until)
        yield from self._late_data(of)

    def _changes(self, of: OfTeam) -> Iterator[str]:
        """What is lent goes again, runs slow, or recovers."""
        if What.TAKEN_BACK in of:
            yield self.say("trace.goes_back", gpus=format_gpus(of[What.TAKEN_BACK].values))
        yield from self._speeds(of)
        if What.FALLS_BACK in of:
            yield self.say("trace.falls_back", n=of[What.FALLS_BACK].values["lost"])

    def _speeds(self, of: OfTeam) -> Iterator[str]:
        """How fast GPUs run from now on: those that are lent, or all of them where storage is slow."""
        for slow in (of[what] for what in (What.SLOW, What.SLOW_STORAGE) if what in of):
            all_slow = slow.what is What.SLOW_STORAGE or "own_speed" in slow.values
            key = "trace.all_at_speed" if all_slow else "trace.at_speed"
            yield self.say(key, percent=f"{100 * slow.values['speed']:.0f}")
        if What.NORMAL in of:
            yield self.say("trace.slow_is_over" if self._may_wait_for_storage(of) else "trace.full_speed")
        if What.STORAGE_NORMAL in of:
            yield self.say("trace.storage_recovers")

    def _may_wait_for_storage(self, of: OfTeam) -> bool:
        """Whether a team's storage may be slow while what is lent runs at full speed."""
        return self.found.scenario.faults_of(of[What.NORMAL].team).storage is not None

    def _opening(self, opens: Happening, *, lent: bool) -> Iterator[str]:
        """What a team trains with beside what it is lent."""
        own = format_gpus(opens.values, "own.")
        if own:
            yield self.say("trace.own", gpus=own)
        elif not lent:
            yield self.say("trace.no_gpus")
        for value, key in _BASES:
            if value in opens.values:
                yield self.say(key)
        if ids_of_research(opens):
            yield self.say("trace.uses", names=self.name_research(opens))

    def _late_data(self, of: OfTeam) -> Iterator[str]:
        """How long a window was kept closed for want of data."""
        if What.WINDOW_OPENS in of and "until_data" in of[What.WINDOW_OPENS].values:
            yield self.say("trace.until_data", n=of[What.WINDOW_OPENS].values["until_data"])

    def ends(self, of: OfTeam) -> Iterator[str]:
        """What was trained, on how much, and how strong it is."""
        if What.TOO_LATE in of:
            yield self.say("trace.too_late", gpus=format_gpus(of[What.TOO_LATE].values))
        if What.SUBMITS_NOTHING in of:
            yield self.say("trace.nothing")
            return
        submits = of[What.SUBMITS]
        yield self.say("trace.submits", compute=format_flop(submits.values["compute"]))
        lent, own = submits.values["gpu_hours"], submits.values["own_gpu_hours"]
        if lent > 0:
            yield self.say("trace.hours", hours=format_hours(lent, self.lang))
        if own > 0:
            key = "trace.own_hours" if lent > 0 else "trace.only_own_hours"
            yield self.say(key, hours=format_hours(own, self.lang))
        yield from self._went(submits.values)
        eci = self.found.capability.get((submits.stage, submits.team))
        if eci is not None:
            yield self.say("trace.strength", eci=f"{eci:.1f}")

    def _went(self, values: Mapping[str, float]) -> Iterator[str]:
        """How training went: what was trained, what stopped it, and what effort made of it."""
        if "active" in values:
            yield from self._trained(values)
        for what in ("faults", "replaced", "repaired"):
            if values.get(what) or (what == "faults" and what in values):
                yield self.say(_STOPS[what], n=values[what])
        if values.get("hours_lost"):
            yield self.say("trace.hours_lost", hours=format_hours(values["hours_lost"], self.lang))
        if values.get("effort", 1.0) != 1:
            yield self.say("trace.effort", percent=f"{100 * values['effort']:.0f}")
        for what, key in (("brought", "trace.brought"), ("saved", "trace.saved")):
            if what in values:
                yield self.say(key, compute=format_flop(values[what]))

    def _trained(self, values: Mapping[str, float]) -> Iterator[str]:
        """The size of a model, its tokens, and what they make of compute."""
        size = format_size(values["parameters"], values["active"])
        yield self.say("trace.model", size=size, tokens=format_count(values["tokens"]))
        if values["epochs"] > 1:
            yield self.say("trace.epochs", n=f"{values['epochs']:.1f}")
        if values["unused"] > _NEXT_TO_NOTHING * values["compute"]:
            yield self.say("trace.unused_compute", compute=format_flop(values["unused"]))
        eci = f"{values['lost_eci']:.1f}"
        yield self.say("trace.equivalent", compute=format_flop(values["equivalent"]), eci=eci)

    def name_research(self, one: Happening) -> str:
        """Name the research that a happening is about."""
        known, ids = self.found.scenario.breakthroughs or {}, ids_of_research(one)
        return ", ".join((name.get(self.lang) if (name := known[each].name) else each) for each in ids)


def ids_of_research(one: Happening) -> list[str]:
    """The breakthroughs that a happening names."""
    return [name.removeprefix("research.") for name in one.values if name.startswith("research.")]


def format_gpus(values: Mapping[str, float], kind: str = "gpus.") -> str:
    """Return the GPUs among the values of a happening as "512 B200 + 512 H100"."""
    return " + ".join(
        f"{short(number)} {name.removeprefix(kind)}"
        for name, number in values.items()
        if name.startswith(kind)
    )


_NEXT_TO_NOTHING = 1e-9
"""Share of compute below which what is unused is rounding."""

_SCALES = ((1e12, "T"), (1e9, "B"), (1e6, "M"))


def format_count(number: float) -> str:
    """Return parameters or tokens as 250B or 12.5T."""
    scale, letter = next(((one, letter) for one, letter in _SCALES if number >= one), (1.0, ""))
    return f"{number / scale:.3g}{letter}"


def format_size(parameters: float, active: float) -> str:
    """Return the size of a model as 250B-A15B, or as 8B if it is dense."""
    whole = format_count(parameters)
    return whole if active == parameters else f"{whole}-A{format_count(active)}"


def format_flop(compute: float, digits: int = 1) -> str:
    """Return compute as 1.3e24."""
    return f"{compute:.{digits}e}".replace("e+", "e")
