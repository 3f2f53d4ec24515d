"""When each message left, as the sockets and folders saw it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from tests.system.strace import Call


_MAIL: Final = re.compile(rb"(?im)^message-id: <([a-z0-9]+)@")
_TEXT: Final = re.compile(rb"StatusCallback=[^&]*d%3D([a-z0-9]+)")
_LETTER: Final = re.compile(r".*/([a-z0-9]{20,})\.pdf")
_DOT: Final = b".\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """A message; `named` is the call that first bore its token, `last` the one past recall."""

    token: str
    channel: str
    named: Call
    last: Call


def departures(calls: Iterable[Call]) -> Iterator[Departure]:
    """Every message that left, in the order of the calls past recall."""
    talking: dict[str, tuple[str, Call]] = {}  # socket -> the mail that it has begun
    for call in calls:
        if call.name == "sendto":
            if (mail := _MAIL.search(call.data)) is not None:
                talking[call.path] = (mail[1].decode(), call)
            if call.data.endswith(_DOT) and call.path in talking:
                token, named = talking.pop(call.path)
                yield Departure(token=token, channel="email", named=named, last=call)
            if (text := _TEXT.search(call.data)) is not None:
                yield Departure(token=text[1].decode(), channel="sms", named=call, last=call)
        elif call.name.startswith(("rename", "link")):
            letter = _LETTER.fullmatch(call.texts[-1].decode())
            if letter is not None:
                yield Departure(token=letter[1], channel="letter", named=call, last=call)
