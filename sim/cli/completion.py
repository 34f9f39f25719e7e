"""`sim --install-completion`: the Tab key completes verbs, options and their values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from sim.cli.errors import BadInputError, plainly
from sim.cli.options import TextLang
from sim.text import say

if TYPE_CHECKING:
    from cyclopts import App

Shell = Literal["bash", "zsh", "fish", "powershell"]


def install_completion(
    *,
    shell: Annotated[Shell | None, Parameter(help="Your shell; found out if left out.")] = None,
    lang: TextLang = "en",
) -> None:
    """Write what your shell needs to complete sim's verbs and options, and load it at start-up.

    It goes where the shell looks for it in your home folder; bash, zsh and PowerShell get a line in their
    start-up file. Do it again after an update. sim itself is not run when you press Tab.
    """
    from sim.cli.app import app  # late: it lists this command

    chosen = shell or _find_shell()
    with plainly(None):
        path = app().install_completion(shell=chosen)
    print(say(lang, "completion.installed", shell=chosen, path=path))
    print(say(lang, "completion.next"))


def _find_shell() -> Shell:
    from cyclopts.completion.detect import ShellDetectionError, detect_shell

    try:
        return detect_shell()
    except ShellDetectionError:
        raise BadInputError(
            "cannot tell which shell this is; name it: --shell bash, zsh, fish or powershell"
        ) from None


def offer_completion(found: App) -> None:
    """Add the option to the verbs, among those that stand below them."""
    found.command(
        "sim.cli.completion:install_completion",
        name="--install-completion",
        group="Set-up",  # a panel of its own, or the column of verbs would be as wide as it
        help="Complete verbs and options in your shell with Tab.",
    )
