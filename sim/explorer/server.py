"""The server of the page: on this machine only, for whoever has its address with the token in it.

A page that anybody else's site opens in the same browser must not be able to ask it anything: hosts, origins and
the token are checked, bodies are small, and what the page may load is its own.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import tempfile
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sim.explorer.answers import FEW_RUNS, Answers, Asked, TooSlowError
from sim.explorer.settings import Playground, SettingError
from sim.explorer.words import page_words
from sim.scenario.language.load import load_beside
from sim.scenario.problems import ScenarioError
from sim.text import Lang

MOST_BYTES = 64 * 1024
"""Of what a page sends."""

MOST_WAITING = 3
"""Answers that wait beside the one that is worked out; above that all have few runs."""

MOST_PROBLEMS = 20
"""Of a file that was dropped, that are told."""

MOST_OPEN = 4
"""Scenarios that are kept ready, of files that were dropped on the page."""

POLICY = "; ".join(
    [
        "default-src 'none'",
        *(f"{kind}-src 'self'" for kind in ("script", "style", "connect", "font")),
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_TYPES = {
    "index.html": "text/html",
    "page.css": "text/css",
    "draw.js": "text/javascript",
    "page.js": "text/javascript",
}


class Explorer:
    """What is open: the scenario of the command line, and files that were dropped on the page."""

    def __init__(self, file: Path, seed: int, lang: Lang) -> None:
        """Open a file. Raises `ScenarioError`."""
        self.seed, self.lang = seed, lang
        self.token = secrets.token_urlsafe(16)
        # One thread: it remembers luck and courses, and answers in the order in which pages ask.
        self.thread = ThreadPoolExecutor(max_workers=1)
        self.waiting = 0
        self._open: OrderedDict[str, Answers] = OrderedDict()
        self.first = self.thread.submit(self.open, Playground(file)).result()

    def open(self, playground: Playground) -> str:
        """Make a scenario ready; return the name by which pages ask for it."""
        name = secrets.token_urlsafe(8)
        self._open[name] = Answers(playground, self.seed, self.lang)
        dropped = [each for each in self._open if each != getattr(self, "first", name)]
        for each in dropped[:-MOST_OPEN]:
            del self._open[each]
        return name

    def answers(self, name: str) -> Answers:
        """Return what answers for an open scenario. Raises `SettingError` for one that is not open any more."""
        if name not in self._open:
            raise SettingError("this scenario is no longer open: load the page again")
        return self._open[name]


def app(explorer: Explorer) -> Starlette:
    """Return the application of a page."""

    async def page(request: Request) -> Response:
        if not secrets.compare_digest(request.query_params.get("token", ""), explorer.token):
            return _plain("the address lacks its token: take the one that `sim explore` printed", 403)
        return _file("index.html")

    async def asset(request: Request) -> Response:
        return _file(request.url.path.lstrip("/"))

    async def start(request: Request) -> Response:
        return await _in_thread(explorer, lambda: start_of(explorer, explorer.first))

    async def ask(request: Request) -> Response:
        sent = await _sent(request)
        runs = int(sent.get("runs", FEW_RUNS))
        few = explorer.waiting > MOST_WAITING and runs > FEW_RUNS
        asked = Asked(_table(sent, "settings"), _table(sent, "baseline"), FEW_RUNS if few else runs)

        def work() -> dict[str, Any]:
            return {**explorer.answers(str(sent.get("open"))).answer(asked), "busy": few}

        return await _in_thread(explorer, work)

    async def download(request: Request) -> Response:
        sent = await _sent(request)

        def work() -> dict[str, Any]:
            playground = explorer.answers(str(sent.get("open"))).playground
            text = playground.file_of(_table(sent, "settings"))
            return {"text": text, "hash": load_beside(playground.file, text).digest()}

        return await _in_thread(explorer, work)

    async def drop(request: Request) -> Response:
        sent = await _sent(request)

        def work() -> dict[str, Any]:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder, "dropped.yaml")
                path.write_text(str(sent.get("text", "")), encoding="utf-8")
                return start_of(explorer, explorer.open(Playground(path)))

        return await _in_thread(explorer, work)

    assets = [Route(f"/{name}", asset) for name in _TYPES if name != "index.html"]
    return Starlette(
        routes=[
            Route("/", page),
            *assets,
            Route("/start", _guarded(explorer, start)),
            Route("/ask", _guarded(explorer, ask), methods=["POST"]),
            Route("/file", _guarded(explorer, download), methods=["POST"]),
            Route("/drop", _guarded(explorer, drop), methods=["POST"]),
        ],
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"]),
            Middleware(Guard),
        ],
    )


def start_of(explorer: Explorer, name: str) -> dict[str, Any]:
    """Return what a page needs to begin: what can be moved, the words, and the first answer."""
    answers = explorer.answers(name)
    scenario, lang = answers.playground.scenario, explorer.lang
    return {
        "open": name,
        "name": scenario.name.get(lang),
        "date": str(scenario.as_of),
        "hash": scenario.digest(),
        "lang": lang,
        "words": page_words(lang),
        "teams": [
            {
                "id": team,
                "name": scenario.teams[team].name.get(lang),
                "place": list(scenario.teams).index(team),
            }
            for team in answers.teams
        ],
        "stages": {s: stage.name.get(lang) if stage.name else s for s, stage in scenario.stages.items()},
        "controls": [
            {**asdict(each), "name": each.names[lang], "labels": [one[lang] for one in each.labels]}
            for each in answers.playground.controls
        ],
        "answer": answers.answer(Asked({}, {}, FEW_RUNS)),
    }


Handler = Callable[[Request], Awaitable[Response]]


def _guarded(explorer: Explorer, handler: Handler) -> Handler:
    """A handler that answers only to pages that have the token."""

    async def guarded(request: Request) -> Response:
        if not secrets.compare_digest(request.headers.get("X-Token", ""), explorer.token):
            return _plain("no token", 403)
        try:
            return await handler(request)
        except SettingError as error:
            return JSONResponse({"problems": [str(error)]}, 422, _HEADERS)
        except TooSlowError as error:
            return JSONResponse({"problems": [str(error)]}, 503, _HEADERS)
        except ScenarioError as error:
            told = [str(replace(each, file=Path(each.file).name)) for each in error.problems[:MOST_PROBLEMS]]
            return JSONResponse({"problems": told}, 422, _HEADERS)

    return guarded


async def _in_thread(explorer: Explorer, work: Callable[[], dict[str, Any]]) -> Response:
    explorer.waiting += 1
    try:
        found = await asyncio.get_running_loop().run_in_executor(explorer.thread, work)
    finally:
        explorer.waiting -= 1
    return JSONResponse(found, headers=_HEADERS)


async def _sent(request: Request) -> dict[str, Any]:
    """The JSON that a page sends. Raises `SettingError` for anything else."""
    try:
        sent = json.loads(await request.body())
    except ValueError:
        sent = None
    if not isinstance(sent, dict):
        raise SettingError("expected a JSON object")
    return sent


def _table(sent: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = sent.get(name, {})
    if not isinstance(found, dict):
        raise SettingError(f"{name}: expected values by path")
    return found


def _file(name: str) -> Response:
    text = files("sim.explorer").joinpath("page", name).read_bytes()
    return Response(text, media_type=f"{_TYPES[name]}; charset=utf-8", headers=_HEADERS)


def _plain(text: str, status: int) -> Response:
    return PlainTextResponse(text, status, headers=_HEADERS)


class Guard:
    """Refuses what comes from another site, and bodies that are too long."""

    def __init__(self, inner: ASGIApp) -> None:
        self._inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        request = Request(scope)
        if not _is_from_here(request):
            await _plain("asked by another site", 403)(scope, receive, send)
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if len(body) > MOST_BYTES:
                await _plain(f"more than {MOST_BYTES // 1024} kB", 413)(scope, receive, send)
                return
            if message["type"] != "http.request" or not message.get("more_body", False):
                break

        async def again() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        await self._inner(scope, again, send)


def _is_from_here(request: Request) -> bool:
    """Whether the page itself asks, or a person who typed the address."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None and site not in ("same-origin", "none"):
        return False
    return origin is None or origin == f"http://{request.headers.get('Host', '')}"
