"""What the SMS channel is told, read and checked once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from dispatcher.ports import BadInput, ChannelSettings, Problem, is_loopback


#: Option -> what a text looks like, or the bounds of a whole number.
OPTIONS: Final[Mapping[str, re.Pattern[str] | range]] = {
    "account_sid": re.compile(r"AC[0-9a-fA-F]{32}"),
    "sender": re.compile(r".+"),  # by its own rule below
    "public_url": re.compile(r"https://[^\s?#@]+"),
    "edge": re.compile(r"[a-z0-9-]+"),
    "region": re.compile(r"[a-z0-9-]+"),
    "base_url": re.compile(r"https?://[^\s?#@]+"),
    "validity": range(6, 36_001),  # the provider's own bounds
    "connect_timeout": range(1, 61),
    "read_timeout": range(1, 121),
    "pool": range(1, 26),
}

_ALLOWED: Final[Mapping[str, str]] = {
    "account_sid": "AC0123456789abcdef0123456789abcdef, ...",
    "public_url": "https://host/path",
    "edge": "dublin, ...",
    "region": "ie1, ...",
    "base_url": "https://host",
}

SECRETS: Final = ("auth_token", "api_key", "secret")

# The operators of France take a name, or a short code that is rented; a sender that looks like a
# mobile or an ordinary number is blocked, and the provider only says so once messages are lost.
_NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9][A-Za-z0-9 ]{0,9}[A-Za-z0-9]|[A-Za-z]")
_SHORT_CODE = re.compile(r"[1-9][0-9]{4,5}")

_NEEDED = ("account_sid", "sender")


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsSettings:
    """An account and how to talk to its provider. Times are in seconds.

    `public_url` is where the provider reports what became of a message; none when empty. It signs
    what it reports with `auth_token`, whatever we log in with.
    `validity` is how long it may keep a message it cannot deliver at once: a reminder accepted in
    the afternoon must not ring at night.
    """

    account_sid: str
    sender: str
    user: str
    password: str = field(repr=False)
    auth_token: str = field(default="", repr=False)
    public_url: str = ""
    edge: str | None = None
    region: str | None = None
    base_url: str = ""
    validity: int = 3600
    connect_timeout: float = 10
    read_timeout: float = 30
    pool: int = 4


def read_settings(settings: ChannelSettings) -> SmsSettings:
    """The checked settings.

    Raises:
        BadInput: with every problem at once.
    """
    problems = [*_unknown(settings), *_missing(settings), *_values(settings), *_clear(settings)]
    if problems:
        raise BadInput(problems)
    secrets = settings.secrets
    options = dict(settings.options)
    sender = str(options.pop("sender"))
    by_key = "api_key" in secrets
    return SmsSettings(
        sender=sender,
        user=secrets["api_key"] if by_key else str(options["account_sid"]),
        password=secrets.get("secret" if by_key else "auth_token", ""),
        auth_token=secrets.get("auth_token", ""),
        **options,  # type: ignore[arg-type]  # by OPTIONS
    )


def is_here(url: str) -> bool:
    """Whether an address is on this machine, by its host's name, without asking anybody."""
    return is_loopback(urlsplit(url).hostname or "")


def _url(settings: ChannelSettings) -> str:
    return str(settings.options.get("base_url", ""))


def _unknown(settings: ChannelSettings) -> list[Problem]:
    allowed = ", ".join([*OPTIONS, *SECRETS])
    names = [name for name in settings.options if name not in OPTIONS]
    names += [name for name in settings.secrets if name not in SECRETS]
    return [
        _problem("deliver/option-unknown", settings, option=name, allowed=allowed) for name in names
    ]


def _missing(settings: ChannelSettings) -> list[Problem]:
    """An account needs its token, or a key of it with the key's secret; the sandbox neither."""
    wanted = [name for name in _NEEDED if name not in settings.options]
    keyed = [name for name in ("api_key", "secret") if name in settings.secrets]
    if keyed:
        wanted += [name for name in ("api_key", "secret") if name not in keyed]
    elif "auth_token" not in settings.secrets and not is_here(_url(settings)):
        wanted.append("auth_token")
    return [_problem("deliver/option-missing", settings, option=name) for name in wanted]


def _values(settings: ChannelSettings) -> list[Problem]:
    problems = []
    for name, value in settings.options.items():
        rule = OPTIONS.get(name)
        if name == "sender" and not _may_send(str(value)):
            problems.append(_problem("deliver/sms-sender", settings, value=str(value)))
        elif rule is not None and not _fits(rule, value):
            allowed = _allowed(name, rule)
            fields = {"option": name, "value": str(value), "allowed": allowed}
            problems.append(_problem("deliver/option-value", settings, **fields))
    return problems


def _may_send(sender: str) -> bool:
    return bool(_NAME.fullmatch(sender) or _SHORT_CODE.fullmatch(sender))


def _fits(rule: re.Pattern[str] | range, value: str | int | bool) -> bool:
    if isinstance(rule, range):
        return isinstance(value, int) and not isinstance(value, bool) and value in rule
    return rule.fullmatch(str(value)) is not None


def _allowed(name: str, rule: re.Pattern[str] | range) -> str:
    if isinstance(rule, range):
        return f"{rule.start}, {rule.start + 1}, ..., {rule.stop - 1}"
    return _ALLOWED.get(name, '"..."')


def _clear(settings: ChannelSettings) -> list[Problem]:
    """Credentials and debts in clear text: only towards this machine."""
    url = _url(settings)
    if not url.startswith("http://") or is_here(url):
        return []
    host = urlsplit(url).hostname or ""
    return [_problem("deliver/clear-web", settings, host=host)]


def _problem(code: str, settings: ChannelSettings, **fields: str) -> Problem:
    return Problem(code=code, place=settings.place, fields={"channel": settings.name, **fields})
