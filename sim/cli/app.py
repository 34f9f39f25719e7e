"""The command `sim`: its verbs, no logic of its own. Results go to stdout, everything else to stderr."""

from __future__ import annotations

import errno
import gc
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from cyclopts import App, CycloptsError

import sim
from sim.cli.completion import offer_completion
from sim.cli.console import guard_outputs
from sim.cli.errors import BadInputError
from sim.cli.interrupt import say_stopped
from sim.cli.language import format_message, format_problems, language_of, point_to_help, say_more
from sim.scenario.problems import ScenarioError, printable
from sim.text import Lang

if TYPE_CHECKING:
    from sim.cli.help import KoreanHelp

# Before NumPy is imported: see `sim.execute.pool`. A person's own Python session is left as it is.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

HELP = (
    "Chances of elimination in staged selection programmes.\n\n"
    "A scenario file says who takes part, on which GPUs, and by which rules teams leave. "
    "sim run plays it thousands of times and prints each team's chances with their error."
)

BAD_INPUT = 2

MOST_LINES = 20
"""Problems of a scenario that are printed."""


def app(lang: Lang = "en") -> App:
    """The verbs, with their help in one language."""
    found = App(
        name="sim",
        help=HELP,
        help_format="plaintext",
        help_formatter=_formatter(lang),
        version=lambda: sim.__version__,
        suppress_keyboard_interrupt=False,  # which would end the process without a word
    )
    found.command("sim.cli.run:run", help="Play a scenario and print each team's chances.")
    found.command(
        "sim.cli.compare:compare", help="Play scenarios with the same luck and print how they differ."
    )
    found.command("sim.cli.sweep:sweep", help="Play a scenario at many points, by what varies.")
    found.command(
        "sim.cli.sensitivity:sensitivity", help="Say which uncertain numbers matter for who leaves."
    )
    found.command("sim.cli.score:score", help="Score forecasts of past stages by what has happened.")
    found.command("sim.cli.results:resume", help="Go on with what was saved and broken off, or verify it.")
    found.command("sim.cli.trace:trace", help="Tell one replication: what happens to whom, on which day.")
    found.command("sim.cli.results:plot", help="Draw the figures of saved results.")
    found.command("sim.cli.explore:explore", help="Open a page on which to play with a scenario.")
    found.command("sim.cli.report:report", help="Write a report of saved results, to send or to print.")
    found.command("sim.cli.check:check", help="Say what is wrong with scenario files, without running them.")
    found.command("sim.cli.recount:recount", help="Recount reported points: who leaves, at which weights.")
    found.command(_scenario())
    found.command(_results())
    offer_completion(found)
    return found


def _formatter(lang: Lang) -> KoreanHelp | None:
    """What prints help; None for that of cyclopts."""
    if lang == "en":
        return None
    from sim.cli.help import KoreanHelp

    return KoreanHelp()


def _scenario() -> App:
    """The verbs about scenario files."""
    found = App(name="scenario", help="List, show, compare, explain and begin scenario files.")
    found.command("sim.cli.scenario:list_", name="list", help="List the scenarios that come with it.")
    found.command(
        "sim.cli.scenario:show_scenario",
        name="show",
        help="Print a scenario with where each value comes from.",
    )
    found.command("sim.cli.scenario:diff", help="Print by which paths two scenarios differ.")
    found.command("sim.cli.scenario:explain", help="Say what a key of a scenario means.")
    found.command("sim.cli.scenario:new", help="Write a commented scenario file to begin with.")
    found.command("sim.cli.scenario:schema", help="Print the JSON schema of scenario files, for editors.")
    return found


def _results() -> App:
    """The verbs about folders of results."""
    found = App(name="results", help="Show, merge and replay folders that --out has written.")
    found.command(
        "sim.cli.results:show_results",
        name="show",
        help="Say what is in a folder, and how much of it is done.",
    )
    found.command("sim.cli.results:merge", help="Join ranges of one run that were computed apart.")
    found.command("sim.cli.results:replay", help="Run a manifest again and compare every byte.")
    return found


def run_command(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 if all is well, 2 for bad input, told in plain lines without a traceback.

    Also 2 if the results could not be printed, which keeps nothing from being saved; but 0 if whoever read
    them has read enough. 130 if Ctrl-C has stopped it.
    """
    with guard_outputs() as failure:
        given = sys.argv[1:] if arguments is None else list(arguments)
        code = _run(given, language_of(given))
        error = failure()
        if error is not None and error.errno != errno.EPIPE:
            return code or _refuse(f"sim: standard output: {(error.strerror or str(error)).lower()}")
        return code


def _run(arguments: list[str], lang: Lang) -> int:
    try:
        command, given, _ = app(lang).parse_args(arguments, exit_on_error=False, print_error=False)
        if not gc.isenabled():  # see `sim.cli.process`
            gc.freeze()
            gc.enable()
        command(*given.args, **given.kwargs)
    except ScenarioError as error:
        return _refuse(_first_lines(error, lang))
    except CycloptsError as error:
        told = format_message(" ".join(str(error).split()), lang)
        return _refuse(f"sim: {point_to_help(told, lang)}")
    except BadInputError as error:
        return _refuse(f"sim: {format_message(str(error), lang)}")
    except KeyboardInterrupt:
        return say_stopped()
    return 0


def _first_lines(error: ScenarioError, lang: Lang) -> str:
    """The first problems of a file; who mends these will mend the rest."""
    lines = format_problems(error.problems, lang)
    more = [say_more(len(lines) - MOST_LINES, lang)] if len(lines) > MOST_LINES else []
    return "\n".join([*lines[:MOST_LINES], *more])


def _refuse(text: str) -> int:
    # What people typed is quoted here, and must not command the terminal.
    print("\n".join(map(printable, text.split("\n"))), file=sys.stderr)
    return BAD_INPUT
