"""Replications of the batch engine that fail in this process, by their number."""

from sim.engines import batch


def fail_in(monkeypatch, number, scenario=None):
    """Let a replication raise, wherever it is played; or only where it is played of one scenario."""
    alone, course, decisions = batch.play_batch, batch.play_course, batch.play_decisions

    def check(here, start, stop):
        if start <= number < stop and scenario in (None, here):
            raise ZeroDivisionError(f"no power in {number}")

    def failing(play):
        def may_fail(here, source, start, stop, rules):
            check(here, start, stop)
            return play(here, source, start, stop, rules)

        return may_fail

    def may_fail_later(known, here, source, rules):
        check(here, known.inputs.start, known.inputs.stop)
        return decisions(known, here, source, rules)

    monkeypatch.setattr(batch, "play_batch", failing(alone))
    monkeypatch.setattr(batch, "play_course", failing(course))
    monkeypatch.setattr(batch, "play_decisions", may_fail_later)
