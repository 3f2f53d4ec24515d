"""The envelope of an e-mail: who answers for it, who gets a copy, which thread, and its JSON."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from email.utils import parseaddr
from typing import Any

from dispatcher.compose.headers import is_address, safe_name
from dispatcher.compose.mime import Attached, build
from dispatcher.model.debtor import Debtor
from dispatcher.model.mail import EarlierMail, Enclosure, Envelope, Mailbox
from dispatcher.model.settings import Person, Settings


EMAIL = "email"

#: How many earlier messages a thread names: the first and the last ones (RFC 5322 3.6.4).
LONGEST_THREAD = 10


def addressed(
    settings: Settings,
    debtor: Debtor,
    *,
    subject: str,
    copy_to: Sequence[str] = (),
    assignee: str = "",
    earlier: Sequence[EarlierMail] = (),
    files: Sequence[Enclosure] = (),
) -> Envelope:
    """The envelope of one e-mail to a debtor.

    Answers go to a person: who does the step (`assignee`, a role), else the debtor's account
    manager, else the creditor's own address. `copy_to` are roles.
    """
    options = settings.channels[EMAIL].options if EMAIL in settings.channels else {}
    sender = str(options.get("sender", ""))
    house = Mailbox(address=settings.creditor.email or sender, name=settings.creditor.name)
    found = [holder(role, settings, debtor) for role in _responsible(assignee, settings)]
    copies = _distinct(holder(role, settings, debtor) for role in copy_to)
    hidden = options.get("copies") == "bcc"
    return Envelope(
        sender=Mailbox(address=sender, name=safe_name(settings.creditor.name)),
        reply_to=next((each for each in found if each is not None), house),
        subject=subject,
        cc=() if hidden else copies,
        bcc=copies if hidden else (),
        follows=followed(earlier),
        files=tuple(files),
    )


def holder(role: str, settings: Settings, debtor: Debtor) -> Mailbox | None:
    """Who holds a role for this debtor and has an address, else his stand-in; None: nobody."""
    boxes = (
        _in_column(person.column, settings, debtor) if person.column else _box(person)
        for person in settings.stand_ins(role)
    )
    return next((box for box in boxes if box is not None), None)


def followed(earlier: Sequence[EarlierMail]) -> tuple[str, ...]:
    """The Message-IDs that a further message names: the first and the last ones."""
    ids = tuple(each.message_id for each in earlier)
    return ids if len(ids) <= LONGEST_THREAD else (ids[0], *ids[1 - LONGEST_THREAD :])


def _responsible(assignee: str, settings: Settings) -> list[str]:
    managers = [role for role, person in settings.people.items() if person.column]
    return [assignee, *managers] if assignee else managers


def _in_column(column: str, settings: Settings, debtor: Debtor) -> Mailbox | None:
    """Who the debtor's column names: by an address, or by the name of one of our people."""
    written = str(getattr(debtor, column, "")).strip()
    if not written.isprintable():
        return None
    name, address = parseaddr(written)
    if "@" in address:
        return _mailbox(address, name)
    known = written.casefold()
    same = (each for each in settings.people.values() if known and each.name.casefold() == known)
    return next((box for box in map(_box, same) if box is not None), None)


def _box(person: Person) -> Mailbox | None:
    return _mailbox(person.email, person.name)


def _mailbox(address: str, name: str) -> Mailbox | None:
    return Mailbox(address=address, name=safe_name(name)) if is_address(address) else None


def _distinct(boxes: Iterable[Mailbox | None]) -> tuple[Mailbox, ...]:
    return tuple({box.address.lower(): box for box in boxes if box is not None}.values())


# -- as bytes -----------------------------------------------------------------------------------


def as_plain(envelope: Envelope) -> dict[str, Any]:
    """The envelope as JSON keeps it."""
    return {
        "sender": _plain_box(envelope.sender),
        "reply_to": _plain_box(envelope.reply_to),
        "subject": envelope.subject,
        "cc": [_plain_box(each) for each in envelope.cc],
        "bcc": [_plain_box(each) for each in envelope.bcc],
        "follows": list(envelope.follows),
        "files": [
            {
                "name": each.name,
                "media_type": each.media_type,
                "digest": each.digest,
                "size": each.size,
            }
            for each in envelope.files
        ],
    }


def _plain_box(box: Mailbox) -> dict[str, str]:
    return {"address": box.address, "name": box.name}


def from_plain(plain: Mapping[str, Any]) -> Envelope:
    """The envelope that `as_plain` wrote."""
    return Envelope(
        sender=Mailbox(**plain["sender"]),
        reply_to=Mailbox(**plain["reply_to"]),
        subject=plain["subject"],
        cc=tuple(Mailbox(**each) for each in plain["cc"]),
        bcc=tuple(Mailbox(**each) for each in plain["bcc"]),
        follows=tuple(plain["follows"]),
        files=tuple(Enclosure(**each) for each in plain["files"]),
    )


def message_id(token: str, envelope: Envelope) -> str:
    """The Message-ID, without brackets, of the message with this token."""
    return f"{token}@{envelope.sender.address.rpartition('@')[2]}"


def as_mail(
    envelope: Envelope,
    parts: Mapping[str, str],
    contents: Sequence[bytes],
    *,
    to: str,
    token: str,
    date: datetime,
) -> bytes:
    """The whole e-mail; `contents` are the bytes of its files, in their order.

    Raises:
        UnsafeHeader: a header would carry what it must not; nothing is built.
    """
    return build(
        sender=envelope.sender,
        to=Mailbox(address=to),
        reply_to=envelope.reply_to,
        cc=envelope.cc,
        subject=envelope.subject,
        text=parts["text"],
        html=parts["html"],
        date=date,
        message_id=message_id(token, envelope),
        references=envelope.follows,
        attachments=[
            Attached(name=each.name, media_type=each.media_type, content=content)
            for each, content in zip(envelope.files, contents, strict=True)
        ],
    )
