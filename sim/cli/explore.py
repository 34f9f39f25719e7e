"""`sim explore`: a page on this machine on which to play with a scenario."""

from __future__ import annotations

import os
import socket
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from sim.cli import options
from sim.cli.errors import BadInputError, plainly
from sim.folder.archive import ENDING, zipped
from sim.folder.files import write_bytes_atomically
from sim.studies import DEFAULT_SEED
from sim.text import Lang, say

_NEEDED = ("starlette", "uvicorn")


def explore(
    scenario: options.ScenarioFile = Path("k-ai"),
    /,
    *,
    port: options.Whole | None = None,
    seed: options.Seed = DEFAULT_SEED,
    no_open: Annotated[options.Switch, Parameter(help="Print the address and open no browser.")] = False,
    export: Annotated[Path | None, Parameter(name="--export")] = None,
    lang: options.TextLang = "en",
) -> None:
    """Open a page on this machine on which to play with a scenario.

    Sliders move what can be moved; chances follow. Nobody else can reach the page: it listens on this machine
    alone, and its address holds a token.

    Parameters
    ----------
    port
        Port to listen on. [default: any that is free]
    export
        Write one HTML file with the sliders of the stages ahead instead, to be mailed: it asks for nothing.
        A name that ends in .zip holds it packed, for mail systems that drop attachments of .html.
    """
    if export is not None:
        _export(scenario, export, seed, lang)
        return
    if missing := [name for name in _NEEDED if find_spec(name) is None]:
        raise BadInputError(f"sim explore needs {' and '.join(missing)}: pip install 'evalsched[web]'")
    if port is not None and not 0 < port <= _LAST_PORT:
        raise BadInputError(f"--port {port}: expected 1 to {_LAST_PORT}")
    import uvicorn

    from sim.explorer.server import Explorer, web_app

    with plainly(None):
        explorer = Explorer(scenario, seed, lang)
        listening = listen(port or 0)
    address = f"http://127.0.0.1:{listening.getsockname()[1]}/?token={explorer.token}"
    print(say(lang, "explore.open", name=scenario.stem, address=address), flush=True)
    if not no_open:
        import webbrowser

        webbrowser.open(address)
    settings = uvicorn.Config(web_app(explorer), log_level="warning", lifespan="off", server_header=False)
    uvicorn.Server(settings).run(sockets=[listening])
    raise KeyboardInterrupt  # nothing else ends it; whether the signal comes through to here is a race


def _export(scenario: Path, target: Path, seed: int, lang: Lang) -> None:
    """Write a page to mail. Raises `BadInputError` for a scenario whose kernel does not take it."""
    from sim.explorer.answers import Answers
    from sim.explorer.settings import Playground
    from sim.live.document import live_page
    from sim.live.saved import embed_letters
    from sim.live.taken import NotTakenError

    with plainly(target.parent):
        answers = Answers(Playground(scenario), seed, lang)
        try:
            text, parts = live_page(answers, fonts=embed_letters)
        except NotTakenError as refused:
            raise BadInputError(say(lang, "live.refused", name=scenario.stem, what=refused)) from None
        page = text.encode()
        is_packed = target.suffix == ENDING
        data = zipped({target.with_suffix(".html").name: page}) if is_packed else page
        write_bytes_atomically(target, data)
    size = len(data) // 1000
    print(
        say(
            lang, "live.written", path=target, bytes=f"{size:,}", n=f"{parts.runs:,}", controls=parts.controls
        )
    )


_LAST_PORT = 65535


def listen(port: int) -> socket.socket:
    """Return a socket on this machine alone. Raises `BadInputError` for a port that is taken."""
    found = socket.socket()
    if os.name == "posix":
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind(("127.0.0.1", port))
        found.listen()  # now, so that a browser that is quicker than the server waits for it
    except OSError as error:
        found.close()
        raise BadInputError(f"--port {port}: {(error.strerror or str(error)).lower()}") from None
    return found
