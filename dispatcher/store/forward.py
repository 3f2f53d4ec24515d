"""What a piece of news does to its message: forward only, and never a second time out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection, Row, func, select

from dispatcher.model.message import HUMAN_CHANNELS, NOTHING_REACHED, UNFINISHED, State
from dispatcher.model.news import Verdict
from dispatcher.ports import News, NewsKind
from dispatcher.store.instants import from_ms
from dispatcher.store.late import given_up
from dispatcher.store.passage import Move
from dispatcher.store.tables import attempt, line


#: How far a message that left has come.
RANK: Final[Mapping[State, int]] = {
    State.ACCEPTED: 0,
    State.SENT: 1,
    State.DELIVERED: 2,
    State.BOUNCED: 3,
}

#: What each kind says of where its message stands.
GOAL: Final[Mapping[NewsKind, State]] = {
    NewsKind.SENT: State.SENT,
    NewsKind.DELIVERED: State.DELIVERED,
    NewsKind.BOUNCED: State.BOUNCED,
}

#: Whoever says this of a message has seen that it left.
PROOFS: Final = frozenset(
    {
        *GOAL,
        NewsKind.DELAYED,
        NewsKind.REPLY,
        NewsKind.AUTOMATIC,
        NewsKind.OPTED_OUT,
    }
)

#: Ended as if nothing had left; a bounce of one changes nothing, for it reached nobody either.
GIVEN_UP: Final = NOTHING_REACHED - {State.BOUNCED}

#: The book does not say that these left: whoever proves it has more than our own record.
NOT_KNOWN_TO_HAVE_LEFT: Final = (UNFINISHED | GIVEN_UP) - {State.SENDING}

RECIPIENT: Final = "recipient"

#: At fault is the recipient, but not for good: an event says until when.
PASSING: Final = "passing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """What follows from a piece of news for its message: the moves, in order, and the verdict.

    `open`: a person has to look at it.
    """

    verdict: Verdict
    open: bool = False
    moves: tuple[Move, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Days:
    """When the step of a message is done, and whether it is already."""

    lines: bool
    done: bool
    attempted_on: date
    said_on: date
    heard_on: date


def forward(
    connection: Connection,
    row: Row[tuple[object, ...]],
    news: News,
    *,
    report: int,
    now: datetime,
    day_of: Callable[[datetime], date],
) -> Passage:
    """What this piece of news, kept as that report, does to the message of this row."""
    state = State(row.state)
    if news.kind not in PROOFS:
        return Passage(verdict=Verdict.KEPT, open=news.kind is NewsKind.OTHER)
    if state is State.SENDING:
        return Passage(verdict=Verdict.WAITING)
    if row.channel in HUMAN_CHANNELS:
        return Passage(verdict=Verdict.KEPT, open=True)
    path = _path(state, news.kind)
    if not path:
        return _unmoved(state, news.kind)
    instead: tuple[Move, ...] = ()
    if state in GIVEN_UP:
        believed = given_up(connection, row)
        if not believed.moves:  # its debtor has, or may have, another one like it
            return Passage(verdict=Verdict.KEPT, open=True)
        instead = believed.instead
    days = _days(connection, row, news, now=now, day_of=day_of)
    return Passage(
        verdict=Verdict.PROVED if state in NOT_KNOWN_TO_HAVE_LEFT else Verdict.MOVED,
        moves=(*instead, *_moves(row, path, news, days, report)),
    )


def _path(state: State, kind: NewsKind) -> tuple[State, ...]:
    """The states that follow, in order; none where it is further already, or ended."""
    goal = GOAL.get(kind)
    if state in GIVEN_UP and goal not in {State.SENT, State.DELIVERED}:
        return ()
    if state in NOT_KNOWN_TO_HAVE_LEFT:
        further = () if goal is None or goal is State.SENT else (goal,)
        return (State.SENT, *further)
    if goal is None or RANK[goal] <= RANK[state]:
        return ()
    return (goal,)


def _unmoved(state: State, kind: NewsKind) -> Passage:
    """Two words that cannot both be true are for a person; the rest is only late."""
    if kind not in GOAL:
        return Passage(verdict=Verdict.KEPT)
    if state is State.BOUNCED and kind is NewsKind.DELIVERED:
        return Passage(verdict=Verdict.KEPT, open=True)
    return Passage(verdict=Verdict.BEHIND)


def _days(
    connection: Connection,
    row: Row[tuple[object, ...]],
    news: News,
    *,
    now: datetime,
    day_of: Callable[[datetime], date],
) -> _Days:
    carried = select(func.count(), func.count(line.c.done_on)).where(line.c.message_id == row.id)
    lines, done = connection.execute(carried).one()
    began = select(func.max(attempt.c.started_at)).where(attempt.c.message_id == row.id)
    started_at = connection.execute(began).scalar()
    heard_on = day_of(now)
    said_on = min(day_of(news.at), heard_on)
    return _Days(
        lines=lines > 0,
        done=done > 0,
        attempted_on=said_on if started_at is None else day_of(from_ms(started_at)),
        said_on=said_on,
        heard_on=heard_on,
    )


def _moves(
    row: Row[tuple[object, ...]], path: tuple[State, ...], news: News, days: _Days, report: int
) -> tuple[Move, ...]:
    moves, start, done = list[Move](), State(row.state), days.done
    for to in path:
        done_on = _done_on(start, to, days) if days.lines and not done else None
        taken_back = to is State.BOUNCED and done
        moves.append(
            Move(
                message_id=row.id,
                start=start,
                to=to,
                reason=f"{news.kind}/{news.code}" if news.code else news.kind.value,
                columns=_columns(row, start, to, news, days),
                done_on=done_on,
                taken_back_on=days.heard_on if taken_back else None,
                content={"report": report},
            )
        )
        start, done = to, done or done_on is not None
    return tuple(moves)


def _done_on(start: State, to: State, days: _Days) -> date | None:
    """One that was never known to leave was done when it was tried; a letter when it arrived."""
    if to is State.BOUNCED:
        return None
    return days.attempted_on if start in NOT_KNOWN_TO_HAVE_LEFT else days.said_on


def _columns(
    row: Row[tuple[object, ...]], start: State, to: State, news: News, days: _Days
) -> dict[str, object]:
    columns: dict[str, object] = {}
    if start in NOT_KNOWN_TO_HAVE_LEFT:
        contact_on = row.contact_on or days.attempted_on
        columns |= {"next_at": None, "contact_on": contact_on, "fault": ""}
    if news.provider_id and not row.provider_id:
        columns["provider_id"] = news.provider_id
    if to is State.BOUNCED:
        # For a time only: an event says how long, and the message says nothing of its address.
        lasting = news.scope != RECIPIENT or news.expires is None
        columns["fault"] = news.scope if lasting else PASSING
    return columns
