"""Listening for what providers report: the channels that hear, and a book that is written to.

No run lock is held: each piece of news is a transaction of its own beside a run at work.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from dispatcher.clocks import SystemClock
from dispatcher.errors import BadInput
from dispatcher.home import Home
from dispatcher.model.host import is_loopback
from dispatcher.model.problem import Problem
from dispatcher.model.settings import ChannelSettings, Settings
from dispatcher.outlets import open_channel
from dispatcher.ports import Hears, News
from dispatcher.wiring import opened_store
from dispatcher.writings import Unusable, read_settings


if TYPE_CHECKING:
    from starlette.applications import Starlette

    from dispatcher.returns.listen import Hook, Told


PUBLIC_URL: Final = "public_url"  # the option of a channel that is reached over HTTP
BUSY_SECONDS: Final = 5  # a provider waits fifteen for its answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Ear:
    """The application that listens, and the addresses under which providers reach it."""

    application: "Starlette"
    urls: tuple[str, ...]


def refuse_strangers(host: str, *, public: bool) -> None:
    """Refuse to listen where others can reach us in clear text, unless it was said so.

    Raises:
        BadInput: the address is not this machine's own.
    """
    if not public and not is_loopback(host):
        raise BadInput(Problem(code="listen/public", fields={"host": host}))


@contextmanager
def ear(home: Home, *, told: "Told") -> Iterator[Ear]:
    """The application on an open store; nothing is opened for sending.

    Raises:
        BadInput: the configuration cannot be read, nothing has come in yet, no channel hears, or
            one of them cannot prove who speaks.
        StoreFault: the store cannot be opened.
    """
    import time  # noqa: PLC0415 - with what follows

    from dispatcher.returns.flow import Flow  # noqa: PLC0415 - only to listen
    from dispatcher.returns.listen import Desk, application  # noqa: PLC0415 - as above
    from dispatcher.store.book import Book  # noqa: PLC0415 - SQLAlchemy, 200 ms

    settings, problems, sources = read_settings(home)
    if settings is None:
        raise Unusable(problems, sources)
    hooks = _hooks(settings, home)
    if not settings.store.exists():
        raise BadInput(Problem(code="store/missing", fields={"path": str(settings.store)}))
    clock = SystemClock(zone=ZoneInfo(settings.timezone))
    with opened_store(settings, create=False, now=clock.now()) as store:
        store.wait_at_most(BUSY_SECONDS)
        book = Book(store, day_of=_day_of(clock))

        def keep(news: Sequence[News]) -> object:
            return book.hear(news, now=clock.now())

        desk = Desk(keep=keep, now=clock.now, flow=Flow(time.monotonic), told=told)
        yield Ear(application=application(hooks, desk), urls=tuple(each.url for each in hooks))


def _day_of(clock: SystemClock) -> Callable[[datetime], date]:
    return lambda instant: instant.astimezone(clock.zone).date()


def _hooks(settings: Settings, home: Home) -> "list[Hook]":
    from dispatcher.returns.listen import Hook  # noqa: PLC0415 - as above

    hooks, problems = list[Hook](), list[Problem]()
    for each in settings.channels.values():
        url = str(each.options.get(PUBLIC_URL, ""))
        if not url:
            continue
        try:
            channel = open_channel(each, home)
        except BadInput as error:
            problems += error.problems
            continue
        if isinstance(channel, Hears):
            problems += _unproven(each)
            hooks.append(Hook(name=each.name, channel=channel, url=url))
    problems += _shared(hooks)
    if not hooks and not problems:
        problems.append(Problem(code="listen/nobody"))
    if problems:
        raise BadInput(problems)
    return hooks


def _unproven(channel: ChannelSettings) -> list[Problem]:
    """A channel whose provider cannot sign what it reports: everything would be refused."""
    if "auth_token" in channel.secrets:
        return []
    return [Problem(code="listen/unsigned", place=channel.place, fields={"channel": channel.name})]


def _shared(hooks: "Sequence[Hook]") -> list[Problem]:
    """Two channels under one path: whose a request is could not be told."""
    paths = [each.path("").rstrip("/") for each in hooks]
    return [
        Problem(code="listen/shared", fields={"channel": each.name, "path": each.path("")})
        for at, each in enumerate(hooks)
        if paths[at] in paths[:at]
    ]
