"""A town that reads its mail: a Maildir in the home, and mails put into it as an MTA would."""

import email
import email.policy
from datetime import date
from pathlib import Path

from tests.day.situation_town import Town, founded


def reading(folder: Path) -> Town:
    """A home with a mailbox."""
    town = founded(folder)
    config = town.home.config
    text = config.read_text("utf-8").replace(
        "    host: smtp.example.test",
        '    bounces: "retours+{token}@example.test"\n    host: smtp.example.test',
    )
    config.write_text(text, "utf-8")
    return town


def arrives(town: Town, raw: bytes) -> Path:
    """A mail is delivered."""
    new = town.home.var / "mail" / "new"
    path = new / f"17{len(list(new.parent.rglob('*.mx')))}.mx"
    path.write_bytes(raw)
    return path


def waiting(town: Town) -> int:
    """How many mails nobody has read."""
    return len(list((town.home.var / "mail" / "new").iterdir()))


def token_of(town: Town) -> str:
    """The public name of the mail that was sent last."""
    newest = max(town.home.sinks.rglob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
    sent = email.message_from_bytes(newest.read_bytes(), policy=email.policy.default)
    return str(sent["Message-ID"]).strip("<>").partition("@")[0]


def mornings(first: date, *days: int) -> list[date]:
    """The first day and others so many days later."""
    return [first, *(date.fromordinal(first.toordinal() + each) for each in days)]
