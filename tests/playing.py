"""What the batch engine plays in this process, wherever: alone, or from where another differs."""

from sim.engines import batch, replay


def watch_plays(monkeypatch, watch):
    """Call `watch(scenario, source, start, stop)` before anything is played, which raises what it raises."""
    alone, course, again = batch.play_batch, replay.play_course, replay.play_again

    def watched(play):
        def watched_play(scenario, source, start, stop, *rules):
            watch(scenario, source, start, stop)
            return play(scenario, source, start, stop, *rules)

        return watched_play

    def watched_again(known, scenario, changes, source, *rules):
        watch(scenario, source, known.inputs.start, known.inputs.stop)
        return again(known, scenario, changes, source, *rules)

    monkeypatch.setattr(batch, "play_batch", watched(alone))
    monkeypatch.setattr(replay, "play_course", watched(course))
    monkeypatch.setattr(replay, "play_again", watched_again)


def forbid_plays(monkeypatch):
    """Let whatever is played from now on raise."""

    def refuse(*_):
        raise AssertionError("played, which was not to be")

    watch_plays(monkeypatch, refuse)


def fail_in(monkeypatch, number, scenario=None):
    """Let a replication raise, wherever it is played; or only where it is played of one scenario."""

    def fail(here, _, start, stop):
        if start <= number < stop and scenario in (None, here):
            raise ZeroDivisionError(f"no power in {number}")

    watch_plays(monkeypatch, fail)
