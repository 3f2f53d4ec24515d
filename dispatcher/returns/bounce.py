"""What a mail says of messages that did not arrive: by its own form, else as people read it."""

import logging
import re
from dataclasses import dataclass, replace
from email import message_from_bytes
from typing import Final

from dispatcher.ports import NewsKind
from dispatcher.returns.automatic import came_from_nobody
from dispatcher.returns.parts import Headers, Part, words
from dispatcher.returns.replied import whole_text
from dispatcher.returns.statuses import UNSAID, status_in, status_of_words


MANY: Final = 50  # recipients of one mail that are looked at
LOOKED_AT: Final = 65_536  # characters of the text of a mail that has no form
DETECTED: Final = 32_768  # bytes of it for the rules of flufl.bounce
NESTED: Final = 20
WORDS: Final = 500

_UNSEEN: Final = r"\x00-\x1f\x7f-\xa0\u200b-\u206f\ufeff\ud800-\udfff"
_SIGN: Final = rf"[^\s<>;,:\"(){_UNSEEN}]"
_ADDRESS: Final = re.compile(rf"{_SIGN}{{1,64}}@{_SIGN}{{1,253}}")
_MACHINES: Final = re.compile(
    r"(mailer-daemon|postmaster|mail-daemon|maildaemon|bounce|mmdf)\b[^@]*@", re.IGNORECASE
)
_RETURNED: Final = re.compile(
    r"undeliver|delivery (status|failure|has failed)|returned mail|mail delivery (failed|system)|"
    r"failure notice|non remis|non d[ée]livr|[ée]chec (de|d'|lors)|impossible de remettre|"
    r"message retourn|delivery incomplete|delayed|retard[ée]",
    re.IGNORECASE,
)

#: What an MTA did with a message (RFC 3464 2.3.3).
ACTIONS: Final = {
    "failed": NewsKind.BOUNCED,
    "delayed": NewsKind.DELAYED,
    "delivered": NewsKind.DELIVERED,
    "relayed": NewsKind.SENT,
    "expanded": NewsKind.SENT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What a mail says of one recipient; `addresses` are his, final and original, in lower case."""

    kind: NewsKind
    addresses: frozenset[str]
    status: str
    words: str


def failures(mail: Part, raw: bytes) -> tuple[Failure, ...]:
    """What it says of each recipient; nothing where it is no such mail."""
    told = tuple(
        failure
        for part in mail.walk()
        if part.kind in {"message/delivery-status", "message/global-delivery-status"}
        for block in part.blocks()
        for failure in [_formal(block)]
        if failure is not None
    )
    if len(told) == 1 and told[0].kind is NewsKind.BOUNCED and told[0].status == UNSAID:
        return (_explained(told[0], mail),)
    return told[:MANY] or (_informal(mail, raw) if looks_returned(mail) else ())


def looks_returned(mail: Part) -> bool:
    """Whether a machine that delivers mail wrote it, by its sender and its subject."""
    headers = mail.headers
    if headers.has("x-failed-recipients"):
        return True
    machine = _MACHINES.search(headers.first("from")) is not None
    subject = _RETURNED.search(words(headers.first("subject"))) is not None
    return (machine and (subject or came_from_nobody(headers))) or (
        subject and came_from_nobody(headers)
    )


def _formal(block: Headers) -> Failure | None:
    """One recipient's block of a delivery status (RFC 3464)."""
    named = [block.first("final-recipient"), block.first("original-recipient")]
    addresses = frozenset(_address(each) for each in named) - {""}
    kind = ACTIONS.get(block.first("action").partition(" ")[0].strip().lower())
    diagnostic = words(block.first("diagnostic-code"))
    written = status_in(block.first("status"))
    status = status_in(f"{written} {diagnostic}") if written in {"", UNSAID} else written
    if not addresses or (kind is None and not status):
        return None
    kind = kind or (NewsKind.DELAYED if status.startswith("4") else NewsKind.BOUNCED)
    if kind is NewsKind.BOUNCED and status in {"", UNSAID}:
        status = status_of_words(diagnostic) or status or UNSAID
    return Failure(kind=kind, addresses=addresses, status=status, words=_said(status, diagnostic))


def _explained(failure: Failure, mail: Part) -> Failure:
    """The same with the reason that its text gives: OpenSMTPD writes it nowhere else."""
    text = whole_text(mail)[:LOOKED_AT]
    status = status_in(text) or status_of_words(text) or UNSAID
    return replace(failure, status=status, words=_said(status, text))


def _informal(mail: Part, raw: bytes) -> tuple[Failure, ...]:
    """The same of a mail without that form, as the rules of flufl.bounce read it."""
    named = mail.headers.first("x-failed-recipients")
    failed = frozenset(each.lower() for each in _ADDRESS.findall(named))
    delayed: frozenset[str] = frozenset()
    if not failed:
        delayed, failed = _detected(raw)
    text = whole_text(mail)[:LOOKED_AT].partition("Message-ID:")[0]
    status = status_in(text) or status_of_words(text) or UNSAID
    said = _said("", " ".join(text.split()))
    given_up = [
        Failure(kind=NewsKind.BOUNCED, addresses=frozenset({each}), status=status, words=said)
        for each in sorted(failed)[:MANY]
    ]
    waiting = [
        Failure(kind=NewsKind.DELAYED, addresses=frozenset({each}), status=status, words=said)
        for each in sorted(delayed - failed)[:MANY]
    ]
    return (*given_up, *waiting)


def _detected(raw: bytes) -> tuple[frozenset[str], frozenset[str]]:
    """Addresses with a delay, and with a failure; its rules stumble over some mails."""
    from flufl.bounce import all_failures  # noqa: PLC0415 - some 50 ms, for bounces without a form

    told = raw[:DETECTED]
    # Its parser goes any depth, and makes an object of every empty line of a delivery status.
    if told.lower().count(b"boundary=") > NESTED or b"delivery-status" in told.lower():
        return frozenset(), frozenset()
    # It would print a traceback for every rule that stumbles.
    logging.getLogger("flufl.bounce").disabled = True
    try:
        delayed, failed = all_failures(message_from_bytes(told))
    except Exception:  # noqa: BLE001 - a mail by anybody, read by rules of others: it says nothing
        return frozenset(), frozenset()
    return _letters(delayed), _letters(failed)


def _letters(addresses: object) -> frozenset[str]:
    found = addresses if isinstance(addresses, set | frozenset | list | tuple) else ()
    told = (
        each.decode("ascii", "replace") if isinstance(each, bytes) else str(each) for each in found
    )
    return frozenset(each.lower() for each in told if _ADDRESS.fullmatch(each))


def _address(value: str) -> str:
    """The address of `rfc822; somebody@example.test`."""
    found = _ADDRESS.search(value.rpartition(";")[2])
    return found[0].strip("<>").lower() if found is not None else ""


def _said(status: str, text: str) -> str:
    line = "".join(sign if sign.isprintable() else " " for sign in f"{status} {text}")
    return " ".join(line.split())[:WORDS]
