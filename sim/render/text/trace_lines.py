"""What becomes of one team on one day, in a few words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sim.engines.record import Happening, What
from sim.render.text.layout import short
from sim.render.text.words_trace import words

Of = Mapping[What, Happening]
"""What happens to one team in one section of the text, by kind."""


@dataclass
class Phrases:
    """Words for what happens, in one language. `strength` and `closes` are by stage and team."""

    lang: str
    strength: Mapping[tuple[str, str], float]
    closes: Mapping[tuple[str, str], date]

    def say(self, word: str, **values: object) -> str:
        """A fixed phrase with its values filled in."""
        return words(self.lang)[word].format(**values)

    def mark(self, happening: Happening | None) -> str:
        """The mark of what is known to have happened."""
        return self.say("mark") if happening is not None and happening.fixed else ""

    def training(self, of: Of, until: date | None) -> Iterator[str]:
        """A window opens, GPUs are granted, arrive, run slow; `until` is told where the heading does not."""
        grant, delivery, opens = (of.get(what) for what in (What.GRANT, What.DELIVERY, What.WINDOW_OPENS))
        if delivery is not None:
            gpus = self.gpus(delivery.values)
            yield self.say("lent" if grant else "arrived", gpus=gpus)
            if delivery.values["late"] > 0:
                days = delivery.values["late"]
                yield self.say("one_late" if days == 1 else "late", days=f"{days:,.0f}")
        elif grant is not None:
            yield self.say("granted", gpus=self.gpus(grant.values))
        if opens is not None:
            own = self.gpus(opens.values, "own.")
            if own:
                yield self.say("own", gpus=own)
            elif grant is None and delivery is None:
                yield self.say("no_gpus")
        slow = of.get(What.SLOW)
        if slow is not None:
            word = "all_at_speed" if "own_speed" in slow.values else "at_speed"
            yield self.say(word, percent=f"{100 * slow.values['speed']:.0f}")
        if What.NORMAL in of:
            yield self.say("full_speed")
        if until is not None:
            yield self.say("until", date=until)

    def submitted(self, of: Of) -> Iterator[str]:
        """What was trained, on how much, and how strong it is."""
        if What.TOO_LATE in of:
            yield self.say("too_late", gpus=self.gpus(of[What.TOO_LATE].values))
        if What.SUBMITS_NOTHING in of:
            yield self.say("nothing")
            return
        submits = of[What.SUBMITS]
        yield self.say("submits", compute=flop(submits.values["compute"]))
        lent, own = submits.values["gpu_hours"], submits.values["own_gpu_hours"]
        if lent > 0:
            yield self.say("hours", hours=millions(lent))
        if own > 0:
            yield self.say("own_hours" if lent > 0 else "only_own_hours", hours=millions(own))
        if "faults" in submits.values:
            faults = submits.values["faults"]
            yield self.say("one_fault" if faults == 1 else "faults", n=f"{faults:,.0f}")
        eci = self.strength.get((submits.stage, submits.team))
        if eci is not None:
            yield self.say("strength", eci=f"{eci:.1f}")

    def scored(self, of: Of) -> Iterator[str]:
        """The total, and the blocks that it is made of."""
        values = of[What.SCORES].values
        blocks = [
            f"{name[len('points.') :]} {points:.1f}"
            for name, points in values.items()
            if name.startswith("points.")
        ]
        total = f"{values['total']:.1f}"
        yield self.say("total", total=total, blocks=", ".join(blocks)) if len(blocks) > 1 else total

    def decided(self, of: Of) -> Iterator[str]:
        """Rank and fate, and what goes back."""
        if What.RANK in of:
            place = of[What.RANK].values
            yield self.say("rank", rank=f"{place['rank']:.0f}", of=f"{place['of']:.0f}")
        for what, word in _FATES:
            if what in of:
                yield self.say(word) + self.mark(of[what])
                break
        if What.RETURNED in of:
            yield self.say("gives_back", gpus=self.gpus(of[What.RETURNED].values))

    def entry(self, of: Of) -> Iterator[str]:
        """Whether a candidate comes in."""
        what = What.ENTERS if What.ENTERS in of else What.NOT_CHOSEN
        yield self.say("enters" if what is What.ENTERS else "not_chosen") + self.mark(of[what])
        if "score" in of[what].values:
            yield self.say("panel", score=f"{of[what].values['score']:.1f}")

    def of_nobody(self, of: Of) -> Iterator[str]:
        """What happens to no team in particular, apart from headings."""
        if What.RETURNED in of:
            yield self.say("left_over", gpus=self.gpus(of[What.RETURNED].values))
        if What.NOBODY_ENTERS in of:
            yield self.say("nobody_enters") + self.mark(of[What.NOBODY_ENTERS])
        if What.NOBODY_SELECTED in of:
            yield self.say("none_selected") + self.mark(of[What.NOBODY_SELECTED])

    def gpus(self, values: Mapping[str, float], kind: str = "gpus.") -> str:
        """GPUs as "512 B200 + 512 H100"."""
        named: Sequence[str] = [
            f"{short(number)} {name[len(kind) :]}" for name, number in values.items() if name.startswith(kind)
        ]
        return " + ".join(named)


_FATES = (
    (What.SELECTED, "selected"),
    (What.STAYS, "stays"),
    (What.OUT_BY_POINTS, "points_out"),
    (What.OUT_AT_GATE, "gate_out"),
)
"""From what says most to what says least of the same team."""


def flop(compute: float) -> str:
    """Compute as 1.3e24."""
    return f"{compute:.1e}".replace("e+", "e")


def millions(hours: float) -> str:
    """Hours as 1.4M, or in full where they are few."""
    return f"{hours / 1e6:,.1f}M" if hours >= 1e5 else f"{hours:,.0f}"
