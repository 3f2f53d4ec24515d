"""What the provider of SMS sends us: believed only with its signature, never an error of ours."""

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest

from channels.sms_callbacks import SILENCE, hear, kind_of
from channels.sms_reported import STATUSES
from dispatcher.ports import Answered, Heard, NewsKind
from tests.channels.sms_signed import (
    ACCOUNT,
    INBOUND,
    NOW,
    PUBLIC,
    SECRET,
    SETTINGS,
    SID,
    STATUS,
    TOKEN,
    headers,
    request,
    signature,
)


def said(heard: Heard) -> Answered:
    return hear(heard, name="sms", settings=SETTINGS)


def test_a_status_is_news_of_our_message() -> None:
    answered = said(request(STATUS))
    (news,) = answered.news
    assert (answered.status, answered.body, answered.media) == (200, SILENCE, "text/xml")
    assert (news.kind, news.token, news.provider_id) == (NewsKind.DELIVERED, TOKEN, SID)
    assert (news.source, news.reference, news.channel) == ("sms", f"{SID}/delivered", "sms")
    assert said(request(STATUS)).news == (news,)  # the same a second time: the book knows it


@pytest.mark.parametrize(
    ("status", "error", "meaning"),
    [
        ("queued", "", (NewsKind.DELAYED, "message", None)),
        ("sent", "", (NewsKind.SENT, "message", None)),
        ("read", "", (NewsKind.DELIVERED, "message", None)),
        ("failed", "30005", (NewsKind.BOUNCED, "recipient", None)),
        ("undelivered", "30006", (NewsKind.BOUNCED, "recipient", None)),
        ("undelivered", "30003", (NewsKind.BOUNCED, "recipient", 3)),
        ("undelivered", "30007", (NewsKind.BOUNCED, "message", None)),
        ("undelivered", "30034", (NewsKind.BOUNCED, "configuration", None)),
        ("undelivered", "30410", (NewsKind.OTHER, "message", None)),
        ("failed", "21610", (NewsKind.BOUNCED, "recipient", None)),
        ("failed", "99999", (NewsKind.BOUNCED, "message", None)),
        ("failed", "", (NewsKind.BOUNCED, "message", None)),
        ("canceled", "0", (NewsKind.BOUNCED, "message", None)),
    ],
)
def test_a_status_means_what_the_table_says(
    status: str, error: str, meaning: tuple[NewsKind, str, int | None]
) -> None:
    (news,) = said(request({**STATUS, "MessageStatus": status, "ErrorCode": error})).news
    assert (news.kind, news.scope, news.expires) == meaning


def test_every_status_of_the_provider_is_known() -> None:
    assert len(STATUSES) == 10


def _without(heard: Heard, header: str) -> Heard:
    return replace(heard, headers={k: v for k, v in heard.headers.items() if k != header})


def _with(heard: Heard, **more: str) -> Heard:
    told = {name.replace("_", "-"): value for name, value in more.items()}
    return replace(heard, headers={**heard.headers, **told})


def _json(body: bytes, digest: str) -> Heard:
    url = f"{PUBLIC}?bodySHA256={digest}" if digest else PUBLIC
    told = {"content-type": "application/json", "x-twilio-signature": signature(url, [])}
    return Heard(url=url, headers=told, fields=(), body=body, at=NOW)


OLD = (NOW - timedelta(hours=49)).strftime("%y%m%d%H%M")
FRESH = (NOW - timedelta(hours=47)).strftime("%y%m%d%H%M")
GOOD = request(STATUS)

BAD: dict[str, tuple[Heard, int, str]] = {
    "no signature": (_without(GOOD, "x-twilio-signature"), 403, "no-signature"),
    "an empty signature": (_with(GOOD, x_twilio_signature=""), 403, "signature"),
    "a signature in other signs": (_with(GOOD, x_twilio_signature="é" * 28), 403, "signature"),
    "another's secret": (request(STATUS, secret="f" * 32), 403, "signature"),
    "another way to sign": (
        _with(GOOD, x_twilio_webhooks_signature_settings="key=x,algorithm=HMAC_MD5"),
        403,
        "algorithm",
    ),
    "another address": (replace(GOOD, url=f"{PUBLIC}?d={'b' * 32}"), 403, "signature"),
    "another query": (replace(GOOD, url=f"{GOOD.url}&x=1"), 403, "signature"),
    "a field changed": (
        replace(GOOD, fields=[*GOOD.fields[:-1], ("To", "+33601")]),
        403,
        "signature",
    ),
    "another account": (request({**STATUS, "AccountSid": "AC" + "9" * 32}), 403, "account"),
    "no account": (request({"MessageSid": SID, "MessageStatus": "sent"}), 403, "account"),
    "a field twice": (request([*STATUS.items(), ("MessageSid", SID)]), 400, "repeated"),
    "too many fields": (request({**STATUS, **{f"x{n}": "" for n in range(101)}}), 400, "repeated"),
    "a long body": (replace(GOOD, body=b"x" * 65_537), 400, "too-long"),
    "another kind of body": (_with(GOOD, content_type="text/plain"), 400, "media"),
    "no kind of body": (_without(GOOD, "content-type"), 400, "media"),
    "JSON without its digest": (_json(b"{}", ""), 400, "body-hash"),
    "JSON of another digest": (_json(b"{}", "0" * 64), 400, "body-hash"),
    "JSON": (_json(b"{}", hashlib.sha256(b"{}").hexdigest()), 200, "json"),
    "a strange name of a message": (request({**STATUS, "MessageSid": "SM1"}), 400, "sid"),
    "a strange name of an answer": (request({**INBOUND, "MessageSid": "../x"}), 400, "sid"),
    "a strange token": (request(STATUS, url=f"{PUBLIC}?d=%00"), 400, "token"),
    "two tokens": (request(STATUS, url=f"{PUBLIC}?d={TOKEN}&d={TOKEN}"), 400, "token"),
    "a strange code": (request({**STATUS, "ErrorCode": "1e9"}), 400, "code"),
    "a strange idempotency token": (
        _with(GOOD, i_twilio_idempotency_token="\n"),
        400,
        "idempotency",
    ),
    "an unknown status": (request({**STATUS, "MessageStatus": "teleported"}), 200, "status"),
    "an old status": (request({**STATUS, "RawDlrDoneDate": OLD}), 200, "old"),
    "an answer of a short code": (request({**INBOUND, "From": "36200"}), 200, "sender"),
}


@pytest.mark.parametrize(("heard", "status", "why"), BAD.values(), ids=BAD)
def test_what_is_not_good_changes_nothing(heard: Heard, status: int, why: str) -> None:
    answered = said(heard)
    assert (answered.status, answered.why, answered.news) == (status, why, ())


@pytest.mark.parametrize(
    "heard",
    [
        _with(GOOD, i_twilio_idempotency_token="0b8a-12"),
        request({**STATUS, "RawDlrDoneDate": FRESH}),
        request({**STATUS, "RawDlrDoneDate": "9999999999"}),
        request(STATUS, url=PUBLIC),
        replace(
            GOOD,
            headers=headers(f"https://relance.example.test:443/hooks/sms?d={TOKEN}", GOOD.fields),
        ),
    ],
    ids=["idempotency", "fresh", "no such day", "no token", "signed with its port"],
)
def test_what_is_good_is_heard(heard: Heard) -> None:
    assert said(heard).why == "heard"


def test_without_a_secret_nothing_is_believed() -> None:
    answered = hear(
        request(STATUS, secret=""), name="sms", settings=replace(SETTINGS, auth_token="")
    )
    assert (answered.status, answered.news) == (403, ())


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("STOP", NewsKind.OPTED_OUT),
        (" stop. ", NewsKind.OPTED_OUT),
        ("Arrêt", NewsKind.OPTED_OUT),
        ("ARRET !", NewsKind.OPTED_OUT),
        ("Désinscrire", NewsKind.OPTED_OUT),
        ("unsubscribe", NewsKind.OPTED_OUT),
        ("START", NewsKind.OPTED_IN),
        ("Stop, je paie demain", NewsKind.REPLY),
        ("👍", NewsKind.REPLY),
        ("", NewsKind.REPLY),
        ("s\u0301top", NewsKind.OPTED_OUT),
    ],
)
def test_a_whole_answer_may_be_a_wish(text: str, kind: NewsKind) -> None:
    assert kind_of(text) is kind
    (news,) = said(request({**INBOUND, "Body": text})).news
    assert (news.kind, news.sender, news.token) == (kind, "+33612345678", "")


@pytest.mark.parametrize(
    ("word", "kind"),
    [("STOP", NewsKind.OPTED_OUT), ("START", NewsKind.OPTED_IN), ("HELP", NewsKind.REPLY)],
)
def test_the_provider_says_what_it_took_an_answer_for(word: str, kind: NewsKind) -> None:
    (news,) = said(request({**INBOUND, "OptOutType": word, "Body": "…"})).news
    assert news.kind is kind


def test_the_signature_here_is_the_providers_own() -> None:
    """The tests sign by its description; its library must agree."""
    from twilio.request_validator import RequestValidator  # noqa: PLC0415 - half a second

    library = RequestValidator(SECRET)
    assert library.compute_signature(GOOD.url, dict(STATUS)) == signature(
        GOOD.url, list(STATUS.items())
    )
    assert ACCOUNT in dict(GOOD.fields).values()
