"""What came back into the book: each piece once, with all that follows from it."""

import hashlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, Row, insert, select, text, update

from dispatcher.model.event import EventKind
from dispatcher.model.message import State
from dispatcher.model.news import Verdict
from dispatcher.model.record import SALT_BYTES, Content, commitment
from dispatcher.ports import News, NewsKind
from dispatcher.store.events import NewEvent, record_event
from dispatcher.store.forward import RECIPIENT, Passage, forward
from dispatcher.store.instants import from_ms, to_ms
from dispatcher.store.numbers import ids
from dispatcher.store.passage import move
from dispatcher.store.placing import Place, place, refusing, with_message
from dispatcher.store.sealed import Own, is_erased
from dispatcher.store.tables import message, report
from dispatcher.store.trail import Entry, append


DayOf = Callable[[datetime], date]

#: What people say becomes an event of theirs.
EVENTS: Final[Mapping[NewsKind, EventKind]] = {
    NewsKind.REPLY: EventKind.REPLY_RECEIVED,
    NewsKind.OPTED_OUT: EventKind.OPTED_OUT,
    NewsKind.OPTED_IN: EventKind.OPTED_IN,
}

#: Machines say these of anything; nobody has to look where they belong to nothing of ours.
IDLE: Final = frozenset({NewsKind.AUTOMATIC, NewsKind.DELAYED})

WORD: Final = 100  # characters of a provider's word, code or name that are kept
REFERENCE: Final = 200  # a longer one is kept as its digest
NOTE: Final = 2_000  # characters of what a debtor wrote


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a placed piece of news has done: the verdict, and whether a person has to look."""

    verdict: Verdict
    open: bool


def hear(
    connection: Connection, news: Sequence[News], *, now: datetime, day_of: DayOf
) -> tuple[Verdict, ...]:
    """Keep each piece that is not known and do what follows from it; the verdicts, in order.

    A message only moves forward: one that is further stays where it is. News of a message that is
    being handed over waits for that outcome. Nothing here plans or sends.
    """
    catch_up(connection, now=now, day_of=day_of)
    return tuple(_hear(connection, _tidy(each), now=now, day_of=day_of) for each in news)


def catch_up(connection: Connection, *, now: datetime, day_of: DayOf) -> None:
    """Do what the news say that waited for an outcome that is known by now, in their order."""
    # The words as they stand in the partial index, so that SQLite reads along it.
    waiting = (
        select(report)
        .join(message, message.c.id == report.c.message_id)
        .where(text("report.verdict = 'waiting'"), message.c.state != State.SENDING.value)
    )
    for row in connection.execute(waiting.order_by(report.c.message_id, report.c.id)).all():
        news, about = told_by(row), select(message).where(message.c.id == row.message_id)
        placed = with_message(connection.execute(about).one(), news)
        effect = _move(connection, row.id, news, placed, now=now, day_of=day_of)
        restate(connection, row, effect, now=now, place=placed)


def apply(
    connection: Connection, number: int, news: News, placed: Place, *, now: datetime, day_of: DayOf
) -> Effect:
    """Do what follows from a piece of news, kept as that report, for whom it is about."""
    if placed.debtor_id is None:
        if _refuse(connection, news, now=now, day_of=day_of):
            return Effect(verdict=Verdict.NOTED, open=False)
        return Effect(verdict=Verdict.KEPT, open=news.kind not in IDLE)
    moved = _move(connection, number, news, placed, now=now, day_of=day_of)
    if _note(connection, news, placed, now=now, day_of=day_of) and moved.verdict is Verdict.KEPT:
        return Effect(verdict=Verdict.NOTED, open=False)
    return moved


def restate(
    connection: Connection,
    row: Row[tuple[object, ...]],
    effect: Effect,
    *,
    now: datetime,
    place: Place,
    person: str = "",
) -> None:
    """Write where a report stands now, with its record."""
    message_id = row.message_id if place.message is None else place.message.id
    values = {
        "verdict": effect.verdict.value,
        "open": effect.open,
        "message_id": message_id,
        "debtor_id": place.debtor_id,
        "person": person,
        "evidence": Own(place.debtor_id or 0, row.evidence),
    }
    connection.execute(update(report).where(report.c.id == row.id).values(**values))
    told: dict[str, Content] = {
        "report": row.id,
        "from": stands(row.verdict, row.open, row.message_id, row.debtor_id),
        "to": stands(effect.verdict.value, effect.open, message_id, place.debtor_id),
    }
    if person:
        told["person"] = person
    append(connection, [Entry("report-moved", told)], at=now)


def stands(
    verdict: str, open_: object, message_id: int | None, debtor_id: int | None
) -> list[Content]:
    """Where a report stands, as records tell it; nothing is 0."""
    return [verdict, int(bool(open_)), message_id or 0, debtor_id or 0]


def _hear(connection: Connection, news: News, *, now: datetime, day_of: DayOf) -> Verdict:
    known = select(report.c.id).where(
        report.c.source == news.source, report.c.reference == news.reference
    )
    if connection.execute(known).first() is not None:
        return Verdict.KNOWN
    placed = place(connection, news)
    number = next(ids(connection, report))
    effect = apply(connection, number, news, placed, now=now, day_of=day_of)
    _keep(connection, number, news, placed, effect, now=now)
    return effect.verdict


def _move(
    connection: Connection, number: int, news: News, placed: Place, *, now: datetime, day_of: DayOf
) -> Effect:
    if placed.message is None:
        return Effect(verdict=Verdict.KEPT, open=news.kind is NewsKind.OTHER)
    if placed.foreign:
        return Effect(verdict=Verdict.KEPT, open=True)
    passage = forward(connection, placed.message, news, report=number, now=now, day_of=day_of)
    for each in passage.moves:  # one by one: each begins where the one before has ended
        append(connection, move(connection, [each], now=now), at=now)
    _close_for_a_time(connection, news, placed, passage, now=now, day_of=day_of)
    return Effect(verdict=passage.verdict, open=passage.open)


def _note(
    connection: Connection, news: News, placed: Place, *, now: datetime, day_of: DayOf
) -> bool:
    """Enter what a person said; it stands for all cases of the debtor."""
    kind = EVENTS.get(news.kind)
    if kind is None or placed.debtor_id is None:
        return False
    new = NewEvent(
        source=news.source,
        reference=news.reference,
        kind=kind,
        debtor_id=placed.debtor_id,
        day=min(day_of(news.at), day_of(now)),
        detail="" if kind is EventKind.REPLY_RECEIVED else _channel(news, placed),
        note=" ".join(news.evidence.split())[:NOTE],
    )
    return record_event(connection, new, now=now) is not None


def _refuse(connection: Connection, news: News, *, now: datetime, day_of: DayOf) -> bool:
    """Enter for every debtor of an address that it wants no more; whether there are any."""
    several = refusing(connection, news)
    for debtor_id in several:
        own = replace(news, reference=f"{news.reference} {debtor_id}")
        _note(connection, own, Place(debtor_id=debtor_id), now=now, day_of=day_of)
    return bool(several)


def _close_for_a_time(
    connection: Connection,
    news: News,
    placed: Place,
    passage: Passage,
    *,
    now: datetime,
    day_of: DayOf,
) -> None:
    """Close a channel for an address that may be good again later, from today on."""
    row, bounced = placed.message, news.kind is NewsKind.BOUNCED and passage.moves
    if row is None or not bounced or news.expires is None or news.scope != RECIPIENT:
        return
    today = day_of(now)
    new = NewEvent(
        source=news.source,
        reference=news.reference,
        kind=EventKind.CHANNEL_CLOSED,
        debtor_id=row.debtor_id,
        day=today,
        until=today + timedelta(days=news.expires),
        detail=f"{row.channel} {row.recipient}",
        note=" ".join(f"{news.code} {news.word}".split()),
    )
    record_event(connection, new, now=now)


def _channel(news: News, placed: Place) -> str:
    return news.channel or ("" if placed.message is None else str(placed.message.channel))


def _keep(
    connection: Connection, number: int, news: News, placed: Place, effect: Effect, *, now: datetime
) -> None:
    salt, evidence = secrets.token_bytes(SALT_BYTES), news.evidence.encode()
    if is_erased(connection, placed.debtor_id):
        evidence = b""  # a late word about somebody who was erased is not kept
    message_id = None if placed.message is None else placed.message.id
    values = {
        "id": number,
        "source": news.source,
        "reference": news.reference,
        "kind": news.kind.value,
        "channel": _channel(news, placed),
        "message_id": message_id,
        "debtor_id": placed.debtor_id,
        "word": news.word,
        "code": news.code,
        "provider_id": news.provider_id,
        "scope": news.scope if news.kind is NewsKind.BOUNCED else "",
        "expires": news.expires,
        "verdict": effect.verdict.value,
        "open": effect.open,
        "said_at": to_ms(news.at),
        "recorded_at": to_ms(now),
        "salt": salt,
        "evidence": Own(placed.debtor_id or 0, evidence),
    }
    connection.execute(insert(report).values(**values))
    told: dict[str, Content] = {
        "report": number,
        "source": news.source,
        "reference": news.reference,
        "report_kind": news.kind.value,
        "evidence": commitment(salt=salt, content=evidence),
        "stands": stands(effect.verdict.value, effect.open, message_id, placed.debtor_id),
    }
    told |= {name: word for name, word in (("word", news.word), ("code", news.code)) if word}
    append(connection, [Entry("report", told)], at=now)


def told_by(row: Row[tuple[object, ...]]) -> News:
    """The piece of news that a report keeps, without what it was found by."""
    return News(
        source=row.source,
        reference=row.reference,
        kind=NewsKind(row.kind),
        at=from_ms(row.said_at),
        channel=row.channel,
        provider_id=row.provider_id,
        word=row.word,
        code=row.code,
        evidence=row.evidence.decode(),
        scope=row.scope or RECIPIENT,
        expires=row.expires,
    )


def _tidy(news: News) -> News:
    """The same without what no text of ours can hold: its words come from anywhere."""
    reference = _clean(news.reference)
    if len(reference) > REFERENCE:
        reference = hashlib.sha256(reference.encode()).hexdigest()
    return replace(
        news,
        reference=reference,
        word=_clean(news.word)[:WORD],
        code=_clean(news.code)[:WORD],
        provider_id=_clean(news.provider_id)[:WORD],
        evidence=_clean(news.evidence),
    )


def _clean(words: str) -> str:
    """The text without half characters, which UTF-8 cannot write, and without NUL."""
    return words.replace("\0", " ").encode("utf-8", "replace").decode()
