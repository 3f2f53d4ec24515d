"""An HTTP application for what providers report: bounded in every way, and silent about itself.

Each request is one short transaction of its own. What cannot be kept now is answered 503, so that
the provider comes again; nothing that happens here is answered 500.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NoReturn
from urllib.parse import parse_qsl, urlsplit

import anyio
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from dispatcher.errors import RelanceError
from dispatcher.ports import Answered, Heard, Hears, News
from dispatcher.returns.flow import Flow


LONGEST: Final = 65_536  # bytes of a body
HEAD: Final = 16_384  # bytes of all headers
BODY_SECONDS: Final = 10.0  # for all of it
LATER: Final = 5  # seconds after which a provider may come again
AT_ONCE: Final = 2  # transactions that wait for the store
FORM: Final = "application/x-www-form-urlencoded"
MOST_FIELDS: Final = 200

#: What debtors answer may come by an address of its own, beside that of statuses.
PLACES: Final = ("", "/inbound")

HEALTH: Final = "/health"

Keep = Callable[[Sequence[News]], object]
Told = Callable[[str, int, str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """A channel that hears, by its name, and the public address under which it is reached."""

    name: str
    channel: Hears
    url: str

    def address(self, place: str) -> str:
        """The public address of one of `PLACES`, as a provider signs it."""
        return f"{self.url.rstrip('/')}{place}" if place else self.url

    def path(self, place: str) -> str:
        """Its path, under which a proxy passes it on."""
        return urlsplit(self.address(place)).path or "/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What every request is answered with: the book's ear, the clock, the flow, the log.

    `keep` writes news or raises `RelanceError`; `told` gets a channel, a status and a word, and
    never anything that a request said.
    """

    keep: Keep
    now: Callable[[], datetime]
    flow: Flow
    told: Told
    body_seconds: float = BODY_SECONDS


class _Refused(Exception):
    """A request that is not heard."""

    def __init__(self, status: int, why: str, *, after: int = 0) -> None:
        super().__init__(why)
        self.status, self.why, self.after = status, why, after


def application(hooks: Sequence[Hook], desk: Desk) -> Starlette:
    """The application: a route for each channel that hears, and one for whoever asks if we live."""
    waiting = anyio.CapacityLimiter(AT_ONCE)
    routes = [Route(HEALTH, _health, methods=["GET"])]
    for hook in hooks:
        for place in PLACES:
            endpoint = _endpoint(hook, place, desk, waiting)
            routes.append(Route(hook.path(place), endpoint, methods=["POST"]))
    return Starlette(routes=routes, exception_handlers={HTTPException: _plain})


async def _health(_request: Request) -> Response:
    return PlainTextResponse("ok")


async def _plain(_request: Request, error: Exception) -> Response:
    """Another path or method: the status alone."""
    status = error.status_code if isinstance(error, HTTPException) else 404
    return PlainTextResponse("", status_code=status)


def _endpoint(
    hook: Hook, place: str, desk: Desk, waiting: anyio.CapacityLimiter
) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        try:
            answered = await _answered(hook, place, desk, waiting, request)
        except _Refused as refused:
            _tell(desk, hook, refused.status, refused.why)
            again = {"Retry-After": str(refused.after)} if refused.after else {}
            return PlainTextResponse(refused.why, status_code=refused.status, headers=again)
        _tell(desk, hook, answered.status, answered.why)
        text = answered.body or answered.why
        return Response(text, status_code=answered.status, media_type=answered.media)

    return answer


def _tell(desk: Desk, hook: Hook, status: int, why: str) -> None:
    with suppress(OSError):  # a log that nobody reads any more stops no answer
        desk.told(hook.name, status, why)


async def _answered(
    hook: Hook, place: str, desk: Desk, waiting: anyio.CapacityLimiter, request: Request
) -> Answered:
    """What the channel says of a request, once its news are kept."""
    wait = desk.flow.wait(request.client.host if request.client else "")
    if wait:
        raise _Refused(429, "too-many", after=wait)
    if sum(len(name) + len(value) for name, value in request.headers.raw) > HEAD:
        raise _Refused(431, "head")
    body = await _body(request, desk.body_seconds)
    heard = _heard(hook, place, request, body, desk.now())
    try:
        answered = hook.channel.hear(heard)
    except Exception as error:  # noqa: BLE001 - whatever a channel trips over, nobody outside sees it
        _later(type(error).__name__, error)
    if answered.news:
        try:
            await anyio.to_thread.run_sync(desk.keep, answered.news, limiter=waiting)
        except RelanceError as error:
            _later("busy", error)
        except Exception as error:  # noqa: BLE001 - as above
            _later(type(error).__name__, error)
    return answered


def _later(why: str, error: Exception) -> NoReturn:
    raise _Refused(503, why, after=LATER) from error


async def _body(request: Request, seconds: float) -> bytes:
    """The whole body, bounded while it is read."""
    told = request.headers.get("content-length", "")
    if told.isascii() and told.isdecimal() and (len(told) > 9 or int(told) > LONGEST):  # noqa: PLR2004 - far above
        raise _Refused(413, "too-long")
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for piece in request.stream():
                body += piece
                if len(body) > LONGEST:
                    raise _Refused(413, "too-long")
    except TimeoutError as error:
        raise _Refused(408, "too-slow") from error
    except ClientDisconnect as error:
        raise _Refused(400, "gone") from error
    return bytes(body)


def _heard(hook: Hook, place: str, request: Request, body: bytes, at: datetime) -> Heard:
    return Heard(
        url=_public(hook, place, request),
        headers=_headers(request),
        fields=_fields(request, body),
        body=body,
        at=at,
    )


def _public(hook: Hook, place: str, request: Request) -> str:
    """The address as the provider knows it, with the query as sent."""
    query = request.scope["query_string"].decode("latin-1")
    return f"{hook.address(place)}?{query}" if query else hook.address(place)


def _headers(request: Request) -> Mapping[str, str]:
    """By name in lower case; values of one that stands twice are joined, and fit nothing."""
    found = dict[str, str]()
    for name, value in request.headers.items():
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def _fields(request: Request, body: bytes) -> list[tuple[str, str]]:
    """The fields of a form in their order; none of another kind of body."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        return []
    try:
        text = body.decode("ascii")
        return parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError as error:
        raise _Refused(400, "form") from error
