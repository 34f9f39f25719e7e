"""`sim score`: how the model would have forecast the stages that are decided."""

from __future__ import annotations

from sim.cli import options
from sim.cli.console import print_as_json, progress
from sim.cli.errors import at_least_one, plainly
from sim.scenario import load, read_overrides
from sim.studies import DEFAULT_RUNS, DEFAULT_SEED


def score(
    scenario: options.ScenarioFile,
    /,
    *,
    runs: options.Whole = DEFAULT_RUNS,
    seed: options.Seed = DEFAULT_SEED,
    set_: options.SetOptions = (),
    jobs: options.Jobs = None,
    json: options.Json = False,
    lang: options.TextLang = "en",
) -> None:
    """Score forecasts of past stages, each by what was known the evening before its result.

    Scored is who left by points: by Brier's, the logarithmic and the ranked probability score, beside
    forecasts that need no model.

    Parameters
    ----------
    runs
        How many times each stage is played.
    set_
        Change a value, PATH=VALUE; may be repeated.
    """
    found = load(scenario, read_overrides(set_))
    at_least_one("--runs", runs)
    at_least_one("--jobs", jobs)
    from sim import api

    with plainly(None), progress(lang) as report:
        result = api.score(found, runs, seed, jobs=jobs, progress=report)
    if json:
        print_as_json(result.as_json())
    else:
        from sim.render.text.layout import print_text
        from sim.render.text.score import render_score

        print_text(render_score(result.findings, scenario.name, lang))
