"""Who may ask the server of the page, and for how much: the page itself, or a person who has its address.

Any site that is open in the same browser can send requests to this machine. Hosts, origins and the token are
checked, bodies are short, and what the page may load is its own.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HOSTS = ("127.0.0.1", "localhost")

MOST_BYTES = 64 * 1024
"""Of what a page sends."""

_POLICY = "; ".join(
    [
        "default-src 'none'",
        *(f"{kind}-src 'self'" for kind in ("script", "style", "connect", "font")),
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
)

HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def refuse(text: str, status: int) -> PlainTextResponse:
    """Return a refusal, in a line of text."""
    return PlainTextResponse(text, status, HEADERS)


class Guard:
    """Refuses what comes from another site, and bodies that are too long, before anything reads them."""

    def __init__(self, inner: ASGIApp) -> None:
        self._inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
        elif not _is_from_here(Request(scope)):
            await refuse("asked by another site", 403)(scope, receive, send)
        elif (body := await _body(receive)) is None:
            await refuse(f"more than {MOST_BYTES // 1024} kB", 413)(scope, receive, send)
        else:
            whole: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

            async def again() -> Message:
                return whole.pop() if whole else await receive()  # then only that the page has gone

            await self._inner(scope, again, send)


def _is_from_here(request: Request) -> bool:
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None and site not in ("same-origin", "none"):
        return False
    return origin is None or origin == f"http://{request.headers.get('Host', '')}"


async def _body(receive: Receive) -> bytes | None:
    """The whole body; None for one that is too long, of which no more is read."""
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message["type"] == "http.request" and message.get("more_body", False)
        if len(body) > MOST_BYTES:
            return None
    return body
