"""Requests as the provider of SMS sends them, with its signature, for tests."""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from urllib.parse import urlencode

from channels.sms_settings import SmsSettings
from dispatcher.ports import Heard


SECRET = "0123456789abcdef0123456789abcdef"
ACCOUNT = "AC" + "1" * 32
SID = "SM" + "2" * 32
TOKEN = "a" * 32
PUBLIC = "https://relance.example.test/hooks/sms"
NOW = datetime(2026, 5, 6, 9, 0, tzinfo=UTC)

SETTINGS = SmsSettings(
    account_sid=ACCOUNT,
    sender="MaSociete",
    user=ACCOUNT,
    password=SECRET,
    auth_token=SECRET,
    public_url=PUBLIC,
)

STATUS = {"AccountSid": ACCOUNT, "MessageSid": SID, "MessageStatus": "delivered", "To": "+33600"}
INBOUND = {
    "AccountSid": ACCOUNT,
    "MessageSid": "SM" + "3" * 32,
    "From": "+33612345678",
    "Body": "Bonjour, je paie vendredi.",
}


def signature(url: str, fields: Sequence[tuple[str, str]], secret: str = SECRET) -> str:
    """By the provider's description, without its library: address, then names with values."""
    whole = url + "".join(name + value for name, value in sorted(fields))
    return base64.b64encode(hmac.digest(secret.encode(), whole.encode(), hashlib.sha1)).decode()


def headers(url: str, fields: Sequence[tuple[str, str]], secret: str = SECRET) -> dict[str, str]:
    return {
        "content-type": "application/x-www-form-urlencoded; charset=utf-8",
        "x-twilio-signature": signature(url, fields, secret),
    }


def request(
    fields: Mapping[str, str] | Sequence[tuple[str, str]],
    *,
    url: str = f"{PUBLIC}?d={TOKEN}",
    secret: str = SECRET,
    at: datetime = NOW,
) -> Heard:
    """A whole request, signed."""
    pairs = list(fields.items()) if isinstance(fields, Mapping) else list(fields)
    body = urlencode(pairs).encode()
    return Heard(url=url, headers=headers(url, pairs, secret), fields=pairs, body=body, at=at)
