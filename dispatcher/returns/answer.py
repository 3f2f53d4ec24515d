"""What a mail is: a machine's report, a complaint, an automatic answer, a person; or nothing."""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha256
from typing import Final

from dispatcher.ports import News, NewsKind
from dispatcher.returns.automatic import is_automatic
from dispatcher.returns.bounce import Failure, failures, looks_returned
from dispatcher.returns.named import answered, is_ours, returned, sender
from dispatcher.returns.parts import Part, read_mail, words
from dispatcher.returns.replied import new_text
from dispatcher.returns.statuses import meaning


EMAIL: Final = "email"
REFERENCE: Final = 40  # letters of a mail's digest, which names it
OLDEST: Final = timedelta(days=30)  # a mail that says that it is older says nothing

_FEEDBACK: Final = re.compile(r"[a-z-]{1,40}")

#: Whole texts that mean: no more e-mails.
_STOP: Final = frozenset(
    {
        "stop",
        "stopper",
        "unsubscribe",
        "desinscrire",
        "desinscription",
        "desabonner",
        "me desinscrire",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A piece of news, and whose address it speaks of (a bounce): in lower case, all spellings.

    `after` is how many such bounces there must be before the address is out for long.
    """

    news: News
    addresses: frozenset[str] = frozenset()
    after: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a mail says; `ignored` is why it says nothing. `subject` may name an invoice."""

    told: tuple[Told, ...] = ()
    ignored: str = ""
    subject: str = ""


def read(raw: bytes, *, source: str, ours: Collection[str], now: datetime) -> Answer:
    """What a mail says, whatever it is; `ours` are our own addresses, in lower case.

    The same bytes are the same news, however often they are read.
    """
    mail = read_mail(raw)
    news = News(
        source=source,
        reference=sha256(raw).hexdigest()[:REFERENCE],
        kind=NewsKind.OTHER,
        at=_written_at(mail, now),
        channel=EMAIL,
    )
    found = failures(mail, raw)
    if found:
        return _reported(found, replace(news, token=returned(mail, raw)))
    if _is_complaint(mail):
        return _complained(mail, raw, news)
    if looks_returned(mail):
        return Answer(told=(Told(news=_unread(mail, raw, news)),))
    return _written(mail, news, ours)


def _reported(found: tuple[Failure, ...], news: News) -> Answer:
    """What an MTA says, recipient by recipient."""
    told = []
    for number, each in enumerate(found):
        means = meaning(each.status)
        reference = f"{news.reference}/{number}" if number else news.reference
        one = replace(
            news,
            reference=reference,
            kind=each.kind,
            code=each.status,
            word=each.kind.value,
            evidence=_seen(f"{', '.join(sorted(each.addresses))}: {each.words}"),
            scope=means.scope,
            expires=means.expires,
        )
        told.append(Told(news=one, addresses=each.addresses, after=means.after))
    return Answer(told=tuple(told))


def _seen(text: str) -> str:
    """The text with a sign for each that nobody sees."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)


def _is_complaint(mail: Part) -> bool:
    return mail.parameters.get("report-type", "").lower() == "feedback-report"


def _complained(mail: Part, raw: bytes, news: News) -> Answer:
    """A complaint by the provider of a mailbox (RFC 5965): its owner wants no more of this."""
    report = next((part for part in mail.walk() if part.kind == "message/feedback-report"), mail)
    blocks = report.blocks()
    said_kind = blocks[0].first("feedback-type").strip().lower() if blocks else ""
    kind = said_kind if _FEEDBACK.fullmatch(said_kind) else ""
    unwanted = kind in {"abuse", "opt-out", "opt-out-list"}
    said = replace(
        news,
        kind=NewsKind.OPTED_OUT if unwanted else NewsKind.OTHER,
        token=returned(mail, raw),
        word=f"complaint {kind}".strip(),
        evidence=words(mail.headers.first("subject")),
    )
    return Answer(told=(Told(news=said),))


def _unread(mail: Part, raw: bytes, news: News) -> News:
    """A report that nobody could read: for a person."""
    subject = words(mail.headers.first("subject"))
    text = " ".join(new_text(mail).split())
    return replace(
        news, token=returned(mail, raw), word="unread report", evidence=f"{subject} | {text}"
    )


def _written(mail: Part, news: News, ours: Collection[str]) -> Answer:
    """By a machine or a person that answers us."""
    writer, subject = sender(mail), words(mail.headers.first("subject"))
    if writer in ours or is_ours(mail):
        return Answer(ignored="our-own")
    text = new_text(mail)
    about = replace(
        news, token=answered(mail), sender=writer, evidence=f"{subject}\n{text}".strip()
    )
    if is_automatic(mail):
        return Answer(told=(Told(news=replace(about, kind=NewsKind.AUTOMATIC)),), subject=subject)
    kind = NewsKind.OPTED_OUT if _is_stop(text) else NewsKind.REPLY
    return Answer(told=(Told(news=replace(about, kind=kind)),), subject=subject)


def _is_stop(text: str) -> bool:
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return " ".join(re.findall(r"[a-z]+", bare)) in _STOP


def _written_at(mail: Part, now: datetime) -> datetime:
    """When it says that it was written, if that can be; else now."""
    try:
        at = parsedate_to_datetime(mail.headers.first("date")[:100])
    except (ValueError, TypeError, IndexError, OverflowError):
        return now
    if at.tzinfo is None:
        return now
    try:
        return at if now - OLDEST <= at <= now else now
    except OverflowError:
        return now
