"""What the provider of SMS sends us over HTTP: statuses of our messages, and what debtors answer.

Nothing is believed before the signature is proven: it covers the address under which we are
reached, with its query, and every field of the form. A request that is genuine and means nothing
to us is answered 200, so that the provider does not send it again.
"""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from channels.sms_reported import STATUSES, reported
from channels.sms_settings import SmsSettings
from dispatcher.ports import Answered, Heard, News, NewsKind


#: The provider takes it as "nothing to say to the debtor".
SILENCE: Final = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>'

LONGEST: Final = 65_536  # bytes of a body
MOST_FIELDS: Final = 100
TOO_OLD: Final = timedelta(hours=48)
LONGEST_TEXT: Final = 1_600  # characters that an SMS of several parts can have

FORM: Final = "application/x-www-form-urlencoded"
JSON: Final = "application/json"

_SID = re.compile(r"(?:SM|MM)[0-9a-fA-F]{32}")
_TOKEN = re.compile(r"[a-z2-7]{32}")
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
_ERROR = re.compile(r"[0-9]{0,6}")
_ONCE = re.compile(r"[0-9A-Za-z-]{1,64}")
_DONE = re.compile(r"[0-9]{10}")  # YYMMDDhhmm, of the carrier

#: Whole answers by which a debtor says: no more of these. Without case, accents and signs.
STOP: Final = frozenset(
    (
        "stop",
        "stopall",
        "stop all",
        "stop sms",
        "unsubscribe",
        "cancel",
        "end",
        "quit",
        "revoke",
        "optout",
        "opt out",
        "arret",
        "arreter",
        "arretez",
        "desinscrire",
        "desinscription",
        "me desinscrire",
        "desabonner",
        "desabonnement",
    )
)
START: Final = frozenset(("start", "unstop", "reprise", "reprendre", "reinscrire", "opt in"))

_SAYS: Final[Mapping[str, NewsKind]] = {
    "STOP": NewsKind.OPTED_OUT,
    "START": NewsKind.OPTED_IN,
}


def hear(heard: Heard, *, name: str, settings: SmsSettings) -> Answered:
    """The answer to one request for the channel of that name, and the news it brought."""
    for why, (status, right) in RIGHT.items():
        if not right(heard, settings):
            return Answered(status=status, why=why)
    if _media(heard) == JSON:
        return _done("json")  # genuine, and nothing that we asked for
    fields = dict(heard.fields)
    if "MessageStatus" in fields:
        return _status(heard, fields, name)
    return _inbound(heard, fields, name)


def _short(heard: Heard, _settings: SmsSettings) -> bool:
    return len(heard.body) <= LONGEST


def _bears_signature(heard: Heard, _settings: SmsSettings) -> bool:
    return "x-twilio-signature" in heard.headers


def _known_media(heard: Heard, _settings: SmsSettings) -> bool:
    return _media(heard) in {FORM, JSON}


def _said_once(heard: Heard, _settings: SmsSettings) -> bool:
    return len(dict(heard.fields)) == len(heard.fields) <= MOST_FIELDS


def _signed(heard: Heard, settings: SmsSettings) -> bool:
    """Whether the signature is the provider's: of the address with and without its port."""
    from twilio.request_validator import (  # noqa: PLC0415 - half a second, only where one listens
        RequestValidator,
        add_port,
        remove_port,
    )

    validator = RequestValidator(settings.auth_token)
    fields = {} if _media(heard) == JSON else dict(heard.fields)
    given = heard.headers["x-twilio-signature"].encode()
    parts = urlsplit(heard.url)
    # Both are always compared: how long it takes tells nothing.
    right = [
        hmac.compare_digest(validator.compute_signature(url, fields).encode(), given)
        for url in (remove_port(parts), add_port(parts))
    ]
    return any(right)


def _known_algorithm(heard: Heard, _settings: SmsSettings) -> bool:
    """Whether it is signed as the account's token signs: nothing else is proven by it."""
    told = heard.headers.get("x-twilio-webhooks-signature-settings", "")
    named = [part.partition("=") for part in told.split(",")]
    return all(
        value.strip().upper() == "HMAC_SHA1"
        for name, _, value in named
        if name.strip() == "algorithm"
    )


def _hashed(heard: Heard, _settings: SmsSettings) -> bool:
    """Whether the address, which is signed, names the digest of a body that is no form."""
    if _media(heard) == FORM:
        return True
    told = [value for key, value in _query(heard) if key == "bodySHA256"]
    digest = hashlib.sha256(heard.body).hexdigest()
    return len(told) == 1 and hmac.compare_digest(told[0].lower().encode(), digest.encode())


def _our_account(heard: Heard, settings: SmsSettings) -> bool:
    return _media(heard) == JSON or dict(heard.fields).get("AccountSid") == settings.account_sid


def _known_once(heard: Heard, _settings: SmsSettings) -> bool:
    return _ONCE.fullmatch(heard.headers.get("i-twilio-idempotency-token", "-")) is not None


#: What a request has to be, in this order; else it is answered so, by the word.
RIGHT: Final[Mapping[str, tuple[int, Callable[[Heard, SmsSettings], bool]]]] = {
    "no-secret": (403, lambda _heard, settings: bool(settings.auth_token)),
    "too-long": (400, _short),
    "no-signature": (403, _bears_signature),
    "algorithm": (403, _known_algorithm),
    "media": (400, _known_media),
    "body-hash": (400, _hashed),
    "repeated": (400, _said_once),
    "signature": (403, _signed),
    "account": (403, _our_account),
    "idempotency": (400, _known_once),
}


def _status(heard: Heard, fields: Mapping[str, str], name: str) -> Answered:
    sid, status = fields.get("MessageSid", ""), fields["MessageStatus"]
    tokens = [value for key, value in _query(heard) if key == "d"]
    error = fields.get("ErrorCode", "")
    if not _SID.fullmatch(sid):
        return Answered(status=400, why="sid")
    if len(tokens) > 1 or not all(_TOKEN.fullmatch(each) for each in tokens):
        return Answered(status=400, why="token")
    if not _ERROR.fullmatch(error):
        return Answered(status=400, why="code")
    if status not in STATUSES:
        return _done("status")
    if _is_old(fields, heard.at):
        return _done("old")
    news = reported(
        source=name,
        sid=sid,
        status=status,
        error=error.lstrip("0"),
        token="".join(tokens),
        at=heard.at,
    )
    return _done("heard", news)


def _inbound(heard: Heard, fields: Mapping[str, str], name: str) -> Answered:
    sid, sender = fields.get("MessageSid", ""), fields.get("From", "")
    if not _SID.fullmatch(sid):
        return Answered(status=400, why="sid")
    if not _NUMBER.fullmatch(sender):
        return _done("sender")  # a name or a short code: no debtor of ours
    text = fields.get("Body", "")[:LONGEST_TEXT]
    news = News(
        source=name,
        reference=f"{sid}/received",
        kind=_SAYS.get(fields.get("OptOutType", "")) or kind_of(text),
        at=heard.at,
        channel=name,
        sender=sender,
        word="received",
        evidence=text,
    )
    return _done("heard", news)


def kind_of(text: str) -> NewsKind:
    """What a debtor's whole answer says: no more, again, or something for a person to read."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(mark if mark.isalnum() else " " for mark in folded if mark.isascii())
    words = " ".join(plain.split())
    if words in STOP:
        return NewsKind.OPTED_OUT
    return NewsKind.OPTED_IN if words in START else NewsKind.REPLY


def _is_old(fields: Mapping[str, str], at: datetime) -> bool:
    """Whether the carrier's own time, where it is told, lies too far back."""
    told = fields.get("RawDlrDoneDate", "")
    if not _DONE.fullmatch(told):
        return False
    try:
        done = datetime.strptime(told, "%y%m%d%H%M").replace(tzinfo=UTC)
    except ValueError:
        return False
    return at - done > TOO_OLD


def _media(heard: Heard) -> str:
    return heard.headers.get("content-type", "").partition(";")[0].strip().lower()


def _query(heard: Heard) -> list[tuple[str, str]]:
    try:
        return parse_qsl(urlsplit(heard.url).query, keep_blank_values=True, max_num_fields=20)
    except ValueError:
        return []


def _done(why: str, *news: News) -> Answered:
    return Answered(status=200, why=why, news=news, body=SILENCE, media="text/xml")
