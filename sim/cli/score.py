"""`sim score`: how the model would have forecast the stages that are decided."""

from __future__ import annotations

from pathlib import Path

from sim.cli import options
from sim.cli.console import print_json
from sim.cli.errors import at_least_one, plainly
from sim.cli.progress import progress
from sim.scenario import read_overrides
from sim.scenario.language.load import load_with_places
from sim.studies import DEFAULT_RUNS, DEFAULT_SEED


def score(
    scenario: Path,
    /,
    *,
    runs: options.Whole = DEFAULT_RUNS,
    seed: options.Whole = DEFAULT_SEED,
    set_: options.SetOptions = (),
    jobs: options.Jobs = None,
    json: options.Switch = False,
    lang: options.TextLang = "en",
) -> None:
    """Score forecasts of past stages, each by what was known the evening before its result.

    Scored is who left by points: by Brier's, the logarithmic and the ranked probability score, beside
    forecasts that need no model.

    Parameters
    ----------
    scenario
        The scenario file, or the name of a bundled scenario such as k-ai.
    runs
        How many times each stage is played.
    seed
        Another seed is other luck.
    set_
        Change a value, PATH=VALUE; may be repeated.
    json
        Print JSON for programs instead of text.
    """
    found, _ = load_with_places(scenario, read_overrides(set_))
    at_least_one("--runs", runs)
    at_least_one("--jobs", jobs)
    from sim import api

    with plainly(None), progress(lang) as report:
        result = api.score(found, runs, seed, jobs=jobs, progress=report)
    if json:
        from sim.folder.files import as_json_text

        print_json(as_json_text(result.as_json()))
    else:
        from sim.render.text.layout import print_text
        from sim.render.text.score import render_score

        print_text(render_score(result.findings, scenario.name, lang))
