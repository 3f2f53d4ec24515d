"""What the e-mail channel is told, read and checked once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from dispatcher.ports import BadInput, ChannelSettings, Problem, is_loopback


TLS = ("start_tls", "tls", "none")

#: How copies by role are sent: seen by the debtor or not. The core reads it too.
COPIES = ("cc", "bcc")

#: Option -> whether it is a whole number.
OPTIONS: Final[Mapping[str, bool]] = {
    "host": False,
    "port": True,
    "tls": False,
    "user": False,
    "sender": False,
    "bounces": False,
    "ehlo": False,
    "ca_file": False,
    "timeout": True,
    "final_timeout": True,
    "pool": True,
    "copies": False,
}

#: In `bounces`: where the token of each message stands.
TOKEN: Final = "{token}"  # noqa: S105 - a place, not a secret
TOKEN_LENGTH: Final = 32

#: One address, as it may stand between angle brackets: nothing that could end it or add another.
ADDRESS: Final = re.compile(r"[!#$%&'*+/=?^_`{|}~.0-9A-Za-z-]{1,64}@[0-9A-Za-z.-]{1,253}")

_BOUNDS: Final[Mapping[str, range]] = {
    "port": range(1, 65_536),
    "timeout": range(1, 301),
    "final_timeout": range(1, 841),  # with what comes before it, under one attempt's limit
    "pool": range(1, 26),
}

_PORTS: Final[Mapping[str, int]] = {"start_tls": 587, "tls": 465, "none": 25}


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailSettings:
    """A relay and how to talk to it. Times are in seconds.

    `final_timeout` is how long an answer to a message's last byte is waited for: giving up too
    early makes duplicates (RFC 5321 4.5.3.2.6 wants ten minutes). `bounces` is where messages come
    back to, with `{token}` for the message's own: who knows it speaks of that message. `ca_file`
    is a bundle of certificates to trust besides the system's. `pool` is how many connections there
    are at most.
    """

    host: str
    port: int
    tls: str = "start_tls"
    user: str = ""
    password: str = field(default="", repr=False)
    sender: str = ""
    bounces: str = ""
    ehlo: str = ""
    copies: str = "cc"
    ca_file: str = ""
    timeout: int = 30
    final_timeout: int = 600
    pool: int = 4


def read_settings(settings: ChannelSettings) -> EmailSettings:
    """The checked settings.

    Raises:
        BadInput: with every problem at once.
    """
    problems = [*_unknown(settings), *_missing(settings), *_values(settings)]
    problems += _clear_text(settings)
    if problems:
        raise BadInput(problems)
    options = settings.options
    tls = str(options.get("tls", "start_tls"))
    texts = {
        name: str(options[name])
        for name, number in OPTIONS.items()
        if not number and name in options
    }
    numbers = {
        name: int(options[name]) for name, number in OPTIONS.items() if number and name in options
    }
    return EmailSettings(
        **{"port": _PORTS[tls], **texts, **numbers},  # type: ignore[arg-type]  # by OPTIONS
        password=settings.secrets.get("password", ""),
    )


def _unknown(settings: ChannelSettings) -> list[Problem]:
    allowed = ", ".join([*OPTIONS, "password"])
    names = [name for name in settings.options if name not in OPTIONS]
    names += [name for name in settings.secrets if name != "password"]
    return [
        _problem("deliver/option-unknown", settings, option=name, allowed=allowed) for name in names
    ]


def _missing(settings: ChannelSettings) -> list[Problem]:
    wanted = ["host"]
    if "user" in settings.options and "password" not in settings.secrets:
        wanted.append("password")
    if "password" in settings.secrets and "user" not in settings.options:
        wanted.append("user")
    given = {*settings.options, *settings.secrets}
    return [
        _problem("deliver/option-missing", settings, option=name)
        for name in wanted
        if name not in given
    ]


def _values(settings: ChannelSettings) -> list[Problem]:
    problems = []
    for name, value in settings.options.items():
        allowed = _allowed(name, value)
        if allowed:
            problems.append(
                _problem(
                    "deliver/option-value",
                    settings,
                    option=name,
                    value=str(value),
                    allowed=allowed,
                )
            )
    return problems


def _allowed(name: str, value: str | int | bool) -> str:
    """What may stand there, if this value may not; nothing if it may."""
    words = {"tls": TLS, "copies": COPIES}.get(name)
    if words is not None:
        return "" if value in words else ", ".join(words)
    bounds = _BOUNDS.get(name)
    if bounds is not None:
        fits = isinstance(value, int) and not isinstance(value, bool) and value in bounds
        return "" if fits else f"{bounds.start}, {bounds.start + 1}, ..., {bounds.stop - 1}"
    if name in OPTIONS and (not isinstance(value, str) or not value or not value.isprintable()):
        return '"..."'
    if name == "bounces" and not is_return_path(str(value)):
        return "retours+{token}@example.test"
    if name == "ca_file" and not Path(str(value)).is_file():
        return "a file of certificates that is there"
    return ""


def is_return_path(value: str) -> bool:
    """Whether it is an address with one `{token}` before its `@`, short enough when filled in."""
    filled = value.replace(TOKEN, "2" * TOKEN_LENGTH)
    local = value.partition("@")[0]
    return local.count(TOKEN) == value.count(TOKEN) == 1 and ADDRESS.fullmatch(filled) is not None


def _clear_text(settings: ChannelSettings) -> list[Problem]:
    host = str(settings.options.get("host", ""))
    if settings.options.get("tls") != "none" or is_loopback(host):
        return []
    return [_problem("deliver/clear-text", settings, host=host)]


def _problem(code: str, settings: ChannelSettings, **fields: str) -> Problem:
    return Problem(code=code, place=settings.place, fields={"channel": settings.name, **fields})
