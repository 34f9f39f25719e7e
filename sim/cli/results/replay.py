"""`sim results replay`: run a manifest again and compare every byte."""

from __future__ import annotations

from pathlib import Path

from sim.cli.errors import BadInputError, at_least_one, plainly
from sim.cli.options import Jobs, TextLang
from sim.cli.progress import progress
from sim.text import say


def replay(folder: Path, /, *, jobs: Jobs = None, lang: TextLang = "en") -> None:
    """Run what the manifest says again, elsewhere, and say whether every byte agrees.

    Parameters
    ----------
    folder
        A complete folder that sim run, sweep, compare or sensitivity --out has written. It is not changed.
    """
    from rich.text import Text

    from sim.execute.runner import Runner
    from sim.render.text.layout import print_text
    from sim.studies.resume import replay_folder

    at_least_one("--jobs", jobs)
    with plainly(folder), progress(lang) as report:
        found = replay_folder(folder, Runner(jobs=jobs, progress=report))
    if found.versions:
        print_text(Text(say(lang, "results.versions", versions="; ".join(found.versions))))
    if found.more:
        print_text(Text(say(lang, "results.not_of_it", files=", ".join(found.more))))
    if found.differ:
        lines = [
            f"{folder / name}: {say(lang, f'results.replay.{why}')}" for name, why in found.differ.items()
        ]
        heading = say(lang, "results.other", n=len(lines), of=found.files)
        raise BadInputError("\n".join([heading, *lines]))
    print(say(lang, "results.same", n=found.files))
