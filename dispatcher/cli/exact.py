"""A frozen message for the eyes of a person: in lines, and as the very files that would leave."""

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Final

from dispatcher.ports import Message
from dispatcher.preview.files import write


_HEADERS: Final = ("From", "To", "Cc", "Reply-To", "Subject", "Date")


def told(message: Message) -> list[str]:
    """Where it goes and every word of it, as text."""
    lines = [f"[{message.channel}]"]
    lines += _of_mail(message.mime) if message.mime else _of_paper(message)
    words = message.parts.get("text") or message.parts.get("sms") or message.parts.get("script", "")
    return [*lines, "", *(_shown(line) for line in words.rstrip().split("\n")), ""]


def as_written(message: Message, folder: Path, number: str) -> list[Path]:
    """The mail or the finished letter, byte for byte, as files for their own programs.

    Raises:
        BadInput: the folder cannot be written.
    """
    files = {"mail.eml": message.mime} if message.mime else message.files
    return [
        write(folder / f"{number}-{message.channel}-{_name(name)}", content)
        for name, content in files.items()
    ]


def _name(name: str) -> str:
    name = Path(name).name
    return name if "." in name else f"{name}.pdf"


def _of_paper(message: Message) -> list[str]:
    """Where it goes, and the subject where it has one: a letter says it nowhere else."""
    lines = [f"  {_shown(line)}" for line in message.to.split("\n")]
    subject = message.parts.get("subject", "")
    return [*lines, f"  Subject: {_shown(subject)}"] if subject else lines


def _of_mail(mime: bytes) -> Iterator[str]:
    mail = message_from_bytes(mime, policy=policy.default)
    assert isinstance(mail, EmailMessage)  # noqa: S101 - what the default policy makes
    for header in _HEADERS:
        if mail[header]:
            yield f"  {header}: {_shown(str(mail[header]))}"
    for part in mail.iter_attachments():
        size = len(part.get_payload(decode=True) or b"")
        yield f"  + {_shown(part.get_filename() or '')} ({size} B)"


def _shown(line: str) -> str:
    """The line without anything that a terminal would obey."""
    return "".join(mark if mark.isprintable() or mark in "\u202f\u00a0" else " " for mark in line)
