"""What is true of a world when all is over: the book held against the provider's own log.

Nothing here asks the code that is on trial what happened: the log is the provider's, the rows are
read from the file; only the trail is proved by `verify`, which the tampering tests prove.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Final

from dispatcher.model.message import NOTHING_REACHED, State
from tests.faults.provider import Taken


#: What a message says that has left.
LEFT: Final = frozenset({State.ACCEPTED, State.SENT, State.DELIVERED, State.BOUNCED})

#: What somebody still has to do something for: at the end nothing should be here.
WAITS: Final = frozenset(
    {
        State.AWAITING,
        State.PLANNED,
        State.SENDING,
        State.DEFERRED,
        State.HOLD,
        State.QUARANTINED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A message as the book has it: its cases, and whether it holds their keys."""

    id: int
    token: str
    state: State
    cases: tuple[int, ...]
    live: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """How it ended. Everything but `messages` and `unknown` has to be nothing.

    `twice` are cases whose debtor heard of them twice, `lost` those that the book believes to be
    done, or has forgotten, and of which nobody heard, `stuck` messages that wait for ever, `idle`
    open cases of which every message has ended and nothing is in hand.
    """

    messages: int = 0
    unknown: int = 0
    twice: tuple[int, ...] = ()
    lost: tuple[int, ...] = ()
    stuck: tuple[int, ...] = ()
    idle: tuple[int, ...] = ()
    whole: bool = True
    faults: tuple[str, ...] = ()  # what a deed found besides

    @property
    def is_good(self) -> bool:
        return (
            self.whole
            and not (self.twice or self.lost or self.stuck or self.idle)
            and (not self.faults)
        )

    def as_json(self) -> Mapping[str, object]:
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """What the book says: every message, every open case, whether its trail is whole."""

    messages: Sequence[Row]
    open_cases: Collection[int]
    whole: bool


@dataclass(slots=True)
class _Heard:
    """How often each debtor heard of each case."""

    times: Counter[int] = field(default_factory=Counter)
    strangers: list[int] = field(default_factory=list)  # messages that the book does not have


def judged(
    book: Book,
    taken: Iterable[Taken],
    *,
    refused: Collection[int] = (),
    silent: Collection[int] = (),
    faults: Sequence[str] = (),
) -> Found:
    """How it ended. `refused` are messages that the provider refused for good, `silent` cases that
    nobody should write to.
    """
    heard = _heard(book.messages, taken)
    by_case = _by_case(book.messages)
    believed = [
        case
        for case, rows in by_case.items()
        if any(row.state in LEFT for row in rows) and not heard.times[case]
    ]
    held = {case for row in book.messages if row.live for case in row.cases}
    excused = {case for row in book.messages if row.id in refused for case in row.cases}
    return Found(
        messages=len(book.messages),
        unknown=sum(row.state is State.UNKNOWN for row in book.messages),
        twice=tuple(sorted(case for case, times in heard.times.items() if times > 1)),
        lost=tuple(sorted({*believed, *heard.strangers, *_denied(book.messages, taken)})),
        stuck=tuple(row.id for row in book.messages if row.state in WAITS),
        idle=tuple(sorted(set(book.open_cases) - held - excused - set(silent))),
        whole=book.whole,
        faults=tuple(faults),
    )


def _heard(messages: Sequence[Row], taken: Iterable[Taken]) -> _Heard:
    by_token = {row.token: row for row in messages}
    heard = _Heard()
    for each in taken:
        row = by_token.get(each.token)
        if row is None:
            heard.strangers.append(each.message)
        elif not each.again:
            heard.times.update(row.cases)
    return heard


def _denied(messages: Sequence[Row], taken: Iterable[Taken]) -> list[int]:
    """Cases of messages that left and that the book believes to have reached nobody."""
    tokens = {each.token for each in taken}
    return [
        case
        for row in messages
        if row.token in tokens and row.state in NOTHING_REACHED - {State.BOUNCED}
        for case in row.cases
    ]


def _by_case(messages: Sequence[Row]) -> Mapping[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for row in messages:
        for case in row.cases:
            found[case].append(row)
    return found
