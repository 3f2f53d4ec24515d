"""The configured mailboxes, opened: secrets resolved; in the sandbox only folders of the home."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from dispatcher.home import Home
from dispatcher.model.problem import Problem
from dispatcher.model.settings import Environment, InboxSettings, Settings
from dispatcher.references import is_open, value_of
from dispatcher.returns.imap import Imap
from dispatcher.returns.mailbox import Mailbox
from dispatcher.returns.maildir import Maildir


def open_mailboxes(settings: Settings, home: Home) -> Sequence[Mailbox]:
    """Every mailbox that may be read here; they connect when they are read.

    In the sandbox no server is asked and no folder outside the home is touched: their mails are
    those of production, and one that was read here would be missing there.
    """
    inside = settings.environment is Environment.SANDBOX
    wanted = [each for each in settings.inbox.values() if not inside or _is_at_home(each, home)]
    return [_opened(each, home) for each in wanted]


def inbox_problems(settings: Settings, home: Home) -> Iterator[Problem]:
    """Passwords that are missing, or lie open to everybody."""
    for each in settings.inbox.values():
        if not each.password or settings.environment is Environment.SANDBOX:
            continue
        fields = {"key": f"inbox.{each.name}.password", "reference": each.password}
        place = each.places.get("password", each.place)
        if not value_of(each.password, home):
            yield Problem(code="config/secret-missing", place=place, fields=fields)
        elif is_open(each.password, home):
            yield Problem(code="config/secret-open", place=place, fields=fields)


def _is_at_home(each: InboxSettings, home: Home) -> bool:
    folder = Path(each.path).resolve()
    return each.kind == "maildir" and folder.is_relative_to(home.folder) and folder.is_dir()


def _opened(each: InboxSettings, home: Home) -> Mailbox:
    if each.kind == "maildir":
        return Maildir(each.name, Path(each.path))
    return Imap(each, value_of(each.password, home))
