"""`sim explore`: a page on this machine on which to play with a scenario."""

from __future__ import annotations

import os
import socket
from importlib.util import find_spec
from pathlib import Path

from sim.cli import options
from sim.cli.errors import BadInputError, plainly
from sim.studies import DEFAULT_SEED
from sim.text import say

_NEEDED = ("starlette", "uvicorn")


def explore(
    scenario: options.ScenarioFile = Path("k-ai"),
    /,
    *,
    port: options.Whole = 0,
    seed: options.Seed = DEFAULT_SEED,
    open_: options.OpenSwitch = True,
    lang: options.TextLang = "en",
) -> None:
    """Open a page on this machine on which to play with a scenario.

    Sliders move what can be moved; chances follow. Nobody else can reach the page: it listens on this machine
    alone, and its address holds a token.

    Parameters
    ----------
    port
        Port to listen on. [default: any that is free]
    """
    if missing := [name for name in _NEEDED if find_spec(name) is None]:
        raise BadInputError(f"sim explore needs {' and '.join(missing)}: pip install 'evalsched[web]'")
    if not 0 <= port <= _LAST_PORT:
        raise BadInputError(f"--port {port}: expected 0 to {_LAST_PORT}")
    import uvicorn

    from sim.explorer.server import Explorer, app

    with plainly(None):
        explorer = Explorer(scenario, seed, lang)
        listening = listen(port)
    address = f"http://127.0.0.1:{listening.getsockname()[1]}/?token={explorer.token}"
    print(say(lang, "explore.open", name=scenario.stem, address=address), flush=True)
    if open_:
        import webbrowser

        webbrowser.open(address)
    settings = uvicorn.Config(app(explorer), log_level="warning", lifespan="off", server_header=False)
    uvicorn.Server(settings).run(sockets=[listening])


_LAST_PORT = 65535


def listen(port: int) -> socket.socket:
    """Return a socket on this machine alone. Raises `BadInputError` for a port that is taken."""
    found = socket.socket()
    if os.name == "posix":
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind(("127.0.0.1", port))
    except OSError as error:
        raise BadInputError(f"--port {port}: {(error.strerror or str(error)).lower()}") from None
    return found
