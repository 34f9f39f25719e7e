"""The server of the page: what is open, and what each request is answered with."""

from __future__ import annotations

import asyncio
import json
import secrets
import tempfile
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sim.explorer.answers import FEW_RUNS, Answers, Asked, TooSlowError
from sim.explorer.font import hangul_font
from sim.explorer.guard import HEADERS, HOSTS, Guard, refuse
from sim.explorer.page_data import page_data
from sim.explorer.settings import Playground, SettingError, played_hash
from sim.scenario.problems import ScenarioError
from sim.text import Lang

MOST_WAITING = 3
"""Answers that wait beside the one that is worked out; above that all have few runs."""

MOST_PROBLEMS = 20
"""Of a file that was dropped, that are told."""

MOST_OPEN = 4
"""Files that were dropped on pages and are kept ready."""

_TYPES = {
    "index.html": "text/html",
    "page.css": "text/css",
    "letters.css": "text/css",
    "draw.js": "text/javascript",
    "many.js": "text/javascript",
    "requests.js": "text/javascript",
    "page.js": "text/javascript",
}

Sent = dict[str, Any]
"""What a page sends, as plain data."""


class Explorer:
    """What is open: the scenario of the command line, and files that were dropped on the page."""

    def __init__(self, file: Path, seed: int, lang: Lang) -> None:
        """Open a file. Raises `ScenarioError`."""
        self.seed, self.lang = seed, lang
        self.token = secrets.token_urlsafe(16)
        # One thread: it remembers luck and courses, and answers in the order in which pages ask.
        self.thread = ThreadPoolExecutor(max_workers=1)
        self.waiting = 0
        self._dropped: OrderedDict[str, Answers] = OrderedDict()
        self._first = self.thread.submit(lambda: Answers(Playground(file), seed, lang)).result()

    def start(self, _: Sent) -> Sent:
        """Return what a page begins with."""
        return self._start("")

    def ask(self, sent: Sent) -> Sent:
        """Return chances. Raises `SettingError`, `ScenarioError`, `TooSlowError`."""
        asked = Asked(_table(sent, "settings"), _table(sent, "baseline"), _whole(sent, "runs"))
        return {**self._answers(sent).answer(asked), "busy": bool(sent.get("busy"))}

    def download(self, sent: Sent) -> Sent:
        """Return the file with what was moved, and its hash."""
        playground, settings = self._answers(sent).playground, _table(sent, "settings")
        text = playground.file_of(settings, self.lang)
        return {"text": text, "hash": played_hash(playground.file, text, settings)}

    def tell_facts(self, sent: Sent) -> Sent:
        """Return what the facts moved, one fact more each time it is asked."""
        return self._answers(sent).facts.tell()

    def drop(self, sent: Sent) -> Sent:
        """Open a file that was dropped on the page. Raises `ScenarioError`."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "dropped.yaml")
            path.write_text(str(sent.get("text", "")), encoding="utf-8")
            answers = Answers(Playground(path), self.seed, self.lang)
        name = secrets.token_urlsafe(8)
        self._dropped[name] = answers
        if len(self._dropped) > MOST_OPEN:
            self._dropped.popitem(last=False)
        return self._start(name)

    def thinned(self, sent: Sent) -> Sent:
        """Ask for few runs where too many wait, and say so."""
        is_busy = self.waiting > MOST_WAITING and sent.get("runs") != FEW_RUNS and "runs" in sent
        return {**sent, "runs": FEW_RUNS, "busy": True} if is_busy else sent

    def _answers(self, sent: Sent) -> Answers:
        name = str(sent.get("open", ""))
        if name and name not in self._dropped:
            raise SettingError("this scenario is no longer open: drop its file again")
        return self._dropped[name] if name else self._first

    def _start(self, name: str) -> Sent:
        answers = self._answers({"open": name})
        return {"open": name, **page_data(answers, answers.answer(Asked({}, {}, FEW_RUNS)))}


def _table(sent: Sent, name: str) -> dict[str, Any]:
    found = sent.get(name, {})
    if not isinstance(found, dict):
        raise SettingError(f"{name}: expected values by path")
    return found


def _whole(sent: Sent, name: str) -> int:
    found = sent.get(name, FEW_RUNS)
    if not isinstance(found, int) or isinstance(found, bool):
        raise SettingError(f"{name}: expected a whole number")
    return found


def web_app(explorer: Explorer) -> Starlette:
    """Return the application of a page."""
    return Starlette(
        routes=[
            Route("/", _page(explorer)),
            *(Route(f"/{name}", _asset(name)) for name in _TYPES if name != "index.html"),
            Route("/hangul.woff", _font),
            Route("/start", _answering(explorer, explorer.start)),
            Route("/ask", _answering(explorer, explorer.ask), methods=["POST"]),
            Route("/file", _answering(explorer, explorer.download), methods=["POST"]),
            Route("/facts", _answering(explorer, explorer.tell_facts), methods=["POST"]),
            Route("/drop", _answering(explorer, explorer.drop), methods=["POST"]),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=list(HOSTS)), Middleware(Guard)],
    )


Handler = Callable[[Request], Awaitable[Response]]


def _page(explorer: Explorer) -> Handler:
    async def page(request: Request) -> Response:
        if not secrets.compare_digest(request.query_params.get("token", ""), explorer.token):
            return refuse("the address lacks its token: take the one that `sim explore` printed", 403)
        return _file("index.html")

    return page


def _asset(name: str) -> Handler:
    async def asset(_: Request) -> Response:
        return _file(name)

    return asset


async def _font(_: Request) -> Response:
    """Letters for a browser that has no Hangul; any other never asks."""
    font = await asyncio.to_thread(hangul_font)
    if font is None:
        return refuse("no Korean font: install koreanize-matplotlib", 404)
    return Response(font, media_type="font/woff", headers={**HEADERS, "Cache-Control": "max-age=86400"})


def _file(name: str) -> Response:
    text = files("sim.explorer").joinpath("page", name).read_bytes()
    return Response(text, media_type=f"{_TYPES[name]}; charset=utf-8", headers=HEADERS)


def _answering(explorer: Explorer, work: Callable[[Sent], Sent]) -> Handler:
    """A handler that answers pages that have the token by `work`, which is done in the one thread."""

    async def answering(request: Request) -> Response:
        if not secrets.compare_digest(request.headers.get("X-Token", ""), explorer.token):
            return refuse("no token", 403)
        try:
            sent = explorer.thinned(_read(await request.body()))
            explorer.waiting += 1
            try:
                found = await asyncio.get_running_loop().run_in_executor(explorer.thread, work, sent)
            finally:
                explorer.waiting -= 1
        except SettingError as error:
            return JSONResponse({"problems": [str(error)]}, 422, HEADERS)
        except TooSlowError as error:
            return JSONResponse({"problems": [str(error)]}, 503, HEADERS)
        except ScenarioError as error:
            told = [str(replace(each, file=Path(each.file).name)) for each in error.problems[:MOST_PROBLEMS]]
            return JSONResponse({"problems": told}, 422, HEADERS)
        return JSONResponse(found, headers=HEADERS)

    return answering


def _read(body: bytes) -> Sent:
    """What a page sent. Raises `SettingError` for anything but a JSON object."""
    try:
        sent = json.loads(body or b"{}")
    except ValueError:
        sent = None
    if not isinstance(sent, dict):
        raise SettingError("expected a JSON object")
    return sent
