"""Replications of the batch engine that fail in this process, by their number."""

from sim.engines import batch


def fail_in(monkeypatch, number, scenario=None):
    """Let a replication raise, wherever it is played; or only where it is played of one scenario."""
    play = batch.play_batch

    def may_fail(here, source, start, stop, rules):
        if start <= number < stop and scenario in (None, here):
            raise ZeroDivisionError(f"no power in {number}")
        return play(here, source, start, stop, rules)

    monkeypatch.setattr(batch, "play_batch", may_fail)
