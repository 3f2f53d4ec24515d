"""A provider that lives in a file: what it took stays taken, whoever of us dies.

Its log is the truth that the book is held against. Each line is written by one call of the system,
so it is there whole or not at all, whoever writes at the same time.
"""

import asyncio
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Final, Literal

from dispatcher.ports import (
    Accepted,
    DeliveryClass,
    Going,
    Message,
    News,
    NewsKind,
    NotAccepted,
    Outcome,
    Rejected,
    Sought,
    Unknown,
)
from tests.faults.points import POINTS


#: What a provider does with the first attempt of a message.
Deed = Literal["take", "refuse", "later", "silence", "lost"]

#: How it can be dealt with: what our classes know, and one that reports back by itself.
Kind = Literal["none", "lookup", "idempotent", "callbacks"]

KINDS: Final[Sequence[Kind]] = ("none", "lookup", "idempotent", "callbacks")


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One acceptance: whose message, which, and under which provider's name."""

    token: str
    message: int
    again: bool = False  # the provider knew it already, and nobody hears of it twice


class Log:
    """The provider's own book: acceptances in order, and what it has refused once."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def note(self, what: str, token: str, message: int) -> None:
        """Write one line, whole."""
        line = json.dumps({"what": what, "token": token, "message": message}) + "\n"
        file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            PLAIN_WRITE(file, line.encode())
        finally:
            os.close(file)

    def lines(self) -> Iterator[Mapping[str, object]]:
        """All of it."""
        if self.path.exists():
            for line in self.path.read_text("ascii").splitlines():
                yield json.loads(line)

    def taken(self) -> list[Taken]:
        """Every acceptance."""
        return [
            Taken(
                token=str(line["token"]),
                message=int(str(line["message"])),
                again=line["what"] == "again",
            )
            for line in self.lines()
            if line["what"] in {"taken", "again"}
        ]

    def has(self, token: str, what: str = "taken") -> bool:
        """Whether there is such a line of that message."""
        if not self.path.exists():
            return False
        content = self.path.read_bytes()
        return b'{"what": "%b", "token": "%b"' % (what.encode(), token.encode()) in content


#: The world's own writing is no point of ours: the log is not our file.
PLAIN_WRITE: Final = os.write


def takes(_message: Message) -> Deed:
    """Takes everything."""
    return "take"


def nobody(_news: News) -> None:
    """Nobody listens."""


@dataclass(slots=True, kw_only=True)
class Provider:
    """A channel to a provider in a file.

    `script` says what it does at the first attempt with a message: take it; `refuse` it for good;
    `later`: not this time; `silence`: take it and never answer; `lost`: neither take nor answer.
    `told` hears the callback, which comes before the answer. `slow` are seconds of an answer.
    """

    log: Log
    kind: Kind
    now: Callable[[], datetime]
    name: str = "email"
    batch: int = 3
    settle: int = 120
    script: Callable[[Message], Deed] = takes
    told: Callable[[News], None] = nobody
    slow: float = 0.0
    draw: Random = field(default_factory=lambda: Random(1))

    @property
    def delivery_class(self) -> DeliveryClass:
        return "none" if self.kind == "callbacks" else self.kind

    async def send(self, message: Message, going: Going) -> Outcome:
        first = not self.log.has(message.token, "tried")
        deed = self.script(message) if first or self.script(message) == "refuse" else "take"
        if deed in {"refuse", "later"}:
            if first:
                self.log.note("tried", message.token, message.id)
            return _REFUSALS[deed]
        await self._passes()
        going()
        POINTS.tick()
        if deed != "lost":
            self.take(message)
        if deed != "take":
            self.log.note("tried", message.token, message.id)
        POINTS.tick()
        await self._passes()
        if deed != "take":
            return Unknown(stage="answer", evidence="no answer")
        return Accepted(provider_id=f"p-{message.token}")

    def take(self, message: Message) -> None:
        """Take a message: from here on the debtor has it."""
        known = self.kind == "idempotent" and self.log.has(message.token)
        self.log.note("again" if known else "taken", message.token, message.id)
        if self.kind == "callbacks":
            self.told(self.callback(message.token))

    def callback(self, token: str) -> News:
        """What it reports of a message that it took."""
        return News(
            source=self.name,
            reference=f"delivered-{token}",
            kind=NewsKind.DELIVERED,
            at=self.now(),
            channel=self.name,
            token=token,
            provider_id=f"p-{token}",
            word="delivered",
        )

    async def close(self) -> None:
        pass

    async def _passes(self) -> None:
        await asyncio.sleep(self.slow * self.draw.random())


class Asked(Provider):
    """The same, that can be asked what became of a message."""

    async def look_up(self, sought: Sought) -> Outcome | None:
        await asyncio.sleep(0)
        POINTS.tick()
        if self.log.has(sought.token):
            return Accepted(provider_id=f"p-{sought.token}", receipt="found")
        return NotAccepted(code="provider/not-there", evidence="")


def provider(kind: Kind, **given: object) -> Provider:
    """A provider that can be dealt with in that way."""
    made = Asked if kind == "lookup" else Provider
    return made(kind=kind, **given)  # type: ignore[arg-type]  # by the caller


_REFUSALS: Final[Mapping[str, Outcome]] = {
    "refuse": Rejected(code="550", evidence="no such mailbox"),
    "later": NotAccepted(code="451", evidence="try again"),
}
