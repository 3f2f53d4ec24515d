"""What a piece of news is about: the message by its public name, else the debtor who speaks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, Row, func, or_, select, text

from dispatcher.ports import News, NewsKind
from dispatcher.store.tables import debtor, message


#: What a person may say of himself without naming a message; a status is always one's.
SPOKEN: Final = frozenset(
    {NewsKind.REPLY, NewsKind.AUTOMATIC, NewsKind.OPTED_OUT, NewsKind.OPTED_IN}
)


#: Debtors behind one address; more are no people, but an error of the export.
MANY: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a piece of news belongs; `message` is a row, both are None where nobody knows.

    `foreign`: it names a message, but gives it another provider's name than the one we know.
    """

    message: Row[tuple[object, ...]] | None = None
    debtor_id: int | None = None
    foreign: bool = False


NOWHERE: Final = Place()


def place(connection: Connection, news: News) -> Place:
    """The message with that token or that provider's name, else the only debtor of that address."""
    row = _message(connection, news)
    if row is not None:
        return with_message(row, news)
    if news.kind in SPOKEN and news.debtor_id is not None:
        return Place(debtor_id=news.debtor_id)
    if news.kind not in SPOKEN or not news.sender:
        return NOWHERE
    return Place(debtor_id=_speaker(connection, news.sender.strip()))


def refusing(connection: Connection, news: News) -> Sequence[int]:
    """Every debtor with the address of somebody who wants no more.

    That he shares it with others must not let the next message go out to it.
    """
    if news.kind is not NewsKind.OPTED_OUT or not news.sender:
        return ()
    return _speakers(connection, news.sender.strip(), at_most=MANY)


def with_message(row: Row[tuple[object, ...]], news: News) -> Place:
    """The place at this message; foreign where the provider knows two of ours by one token."""
    foreign = bool(row.provider_id and news.provider_id and row.provider_id != news.provider_id)
    return Place(message=row, debtor_id=row.debtor_id, foreign=foreign)


def _message(connection: Connection, news: News) -> Row[tuple[object, ...]] | None:
    if news.token:
        found = select(message).where(message.c.token == news.token)
        row = connection.execute(found).first()
        if row is not None:
            return row
    if not news.provider_id:
        return None
    # In the words of the partial index, so that SQLite reads along it.
    named = select(message).where(
        message.c.provider_id == news.provider_id, text("message.provider_id <> ''")
    )
    if news.channel:
        named = named.where(message.c.channel == news.channel)
    rows = connection.execute(named.limit(2)).all()
    return rows[0] if len(rows) == 1 else None


def _speaker(connection: Connection, sender: str) -> int | None:
    """The only debtor with that address or number."""
    found = _speakers(connection, sender, at_most=2)
    return found[0] if len(found) == 1 else None


def _speakers(connection: Connection, sender: str, *, at_most: int) -> Sequence[int]:
    mine = or_(
        func.lower(debtor.c.email) == sender.lower(),
        debtor.c.mobile == sender,
        debtor.c.phone == sender,
    )
    found = select(debtor.c.id).where(mine).order_by(debtor.c.id).limit(at_most)
    return connection.execute(found).scalars().all()
