"""What the tests of channels share: a message, a channel on a port, one attempt."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from channels.email import EmailChannel, open_channel
from dispatcher.ports import ChannelSettings, Message, Outcome
from dispatcher.testing import EXTENSIONS, Fault, SmtpServer, smtp_server


CONTENT = b"Message-ID: <t1@creditor.test>\r\nSubject: Relance\r\n\r\nBonjour,\r\n.\r\n..fin\r\n"


def message(
    number: int = 1,
    *,
    to: str = "debtor@example.test",
    sender: str = "billing@creditor.test",
    mime: bytes = CONTENT,
) -> Message:
    return Message(
        id=number,
        token=f"t{number}",
        channel="email",
        to=to,
        parts={},
        mime=mime,
        sender=sender,
    )


def settings(
    port: int, options: Mapping[str, str | int | bool] | None = None, password: str = ""
) -> ChannelSettings:
    return ChannelSettings(
        name="email",
        adapter="email",
        options={
            "host": "127.0.0.1",
            "port": port,
            "tls": "none",
            "timeout": 1,
            "final_timeout": 1,
            "ehlo": "client.test",
            **(options or {}),
        },
        secrets={"password": password} if password else {},
    )


@dataclass
class Seen:
    """One conversation as both sides saw it."""

    outcomes: list[Outcome]
    server: SmtpServer
    going: list[int] = field(default_factory=list)
    taken_when_going: list[int] = field(default_factory=list)

    @property
    def outcome(self) -> Outcome:
        return self.outcomes[0]


Told = Mapping[str, Iterable[Fault | None]]


def talk(
    faults: Told | None = None,
    messages: Sequence[Message] = (),
    options: Mapping[str, str | int | bool] | None = None,
    going: Callable[[], None] = lambda: None,
    extensions: Iterable[str] = EXTENSIONS,
) -> Seen:
    """Send messages one after the other to a server that misbehaves as told."""

    async def run() -> Seen:
        async with smtp_server(faults, extensions=extensions) as server:
            channel = open_channel(settings(server.port, options))
            seen = Seen(outcomes=[], server=server)
            await _send(channel, messages or [message()], seen, going)
            await channel.close()
            return seen

    return asyncio.run(run())


async def _send(
    channel: EmailChannel, messages: Sequence[Message], seen: Seen, going: Callable[[], None]
) -> None:
    for each in messages:

        def noted(number: int = each.id) -> None:
            going()
            seen.going.append(number)
            seen.taken_when_going.append(len(seen.server.received))

        seen.outcomes.append(await channel.send(each, noted))
