"""The house that the use cases work in, and what they hand back: values, built by `wiring`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import polars as pl

from dispatcher.compose.library import Library
from dispatcher.decide.day import Aside
from dispatcher.decide.plan import Plan
from dispatcher.deliver.journal import Journal
from dispatcher.deliver.loop import Sent
from dispatcher.deliver.owner import Owner
from dispatcher.deliver.recover import Recovered
from dispatcher.intake.take import Taken
from dispatcher.messages.freeze import Render, Unrendered
from dispatcher.messages.guard import Recheck
from dispatcher.model.problem import Problem
from dispatcher.model.settings import Settings, SourceSettings
from dispatcher.model.stop import Said
from dispatcher.policy.terms import Rulebook
from dispatcher.ports import Channel, Clock, Stage, unmeasured
from dispatcher.returns.mailbox import Mailbox
from dispatcher.store.answers import AnswersFile, Pair
from dispatcher.store.blobs import Blobs
from dispatcher.store.book import Book
from dispatcher.store.outbox import StoredOutbox
from dispatcher.store.taking import TakenCounts
from dispatcher.store.unknown import NONE_UNKNOWN, Unknowns
from dispatcher.store.unsent import NOTHING_UNSENT, Unsent


#: Open invoices above which debtors are decided in slices of about as many.
SLICE_SIZE: Final = 1_000_000

#: Told a stage, how many are done, and of how many.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class InFile:
    """A source's file as read: its bytes and the day it was written."""

    source: SourceSettings
    content: bytes
    written_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """The way out, open: channels, the journal, and who we are while it is open."""

    channels: Mapping[str, Channel]
    journal: Journal
    owner: Owner
    is_alive: Callable[[str], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """All that a use case needs, built by `wiring`."""

    settings: Settings
    rulebook: Rulebook
    library: Library
    book: Book
    blobs: Blobs
    outbox: StoredOutbox
    clock: Clock
    guard: Recheck
    incoming: Callable[[], Sequence[InFile]]
    rendering: Callable[[], AbstractContextManager[Render]]
    drawing: Callable[[], AbstractContextManager[Render]]  # the same, with pictures of letters
    post: Callable[[], AbstractContextManager["Post"]]
    keep_answers: Callable[[date, int, Iterable[Pair]], AnswersFile]
    aside: Aside
    read_answers: Callable[[date, int, str], tuple[pl.DataFrame, pl.DataFrame | None]]
    stopped: Callable[[], bool]
    halted: Callable[[], Sequence[Said]]  # what people have stopped: everything, or a channel
    progress: Progress
    reach: frozenset[str]
    legal: frozenset[str]
    closing: frozenset[str]
    stage: Stage = unmeasured
    slice_size: int = SLICE_SIZE
    mailboxes: Callable[[], Sequence[Mailbox]] = tuple


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """One source taken in: how each row ended, and what changed in the book."""

    taken: Taken
    counts: TakenCounts


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """What a plan's contacts became: written, in hand already, or not to be put into words."""

    written: int = 0
    in_hand: int = 0
    unrendered: tuple[Unrendered, ...] = ()
    remarks: tuple[Problem, ...] = ()  # files that do not go along

    def __add__(self, other: "Frozen") -> "Frozen":
        return Frozen(
            written=self.written + other.written,
            in_hand=self.in_hand + other.in_hand,
            unrendered=self.unrendered + other.unrendered,
            remarks=self.remarks + other.remarks,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What asking providers has brought: unknown messages by what was said of them, and news."""

    counts: Mapping[str, int] = field(default_factory=dict)
    news: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MailRead:
    """How the mails ended that were read, and the mailboxes that could not be read."""

    counts: Mapping[str, int] = field(default_factory=dict)  # by `mailroom` words
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What was settled of earlier, interrupted runs, and what was sent, turn by turn."""

    recovered: Recovered
    sent: tuple[Sent, ...]
    replies: Frozen = Frozen()  # answers to events that were written before
    unsent: Unsent = NOTHING_UNSENT  # what lies in the outbox afterwards
    asked: Asked = Asked()  # before anything was sent
    mail: MailRead = MailRead()  # as above
    limited: Mapping[str, int] = field(default_factory=dict)  # what waits for tomorrow, by limit
    stops: tuple[Problem, ...] = ()  # what people have stopped, everything or single channels
    unknown: Unknowns = NONE_UNKNOWN  # how many may or may not have left, afterwards
    withdrawn: Mapping[str, int] = field(default_factory=dict)  # at the last moment, by reason
    news: int = 0  # what came back and waits for a person, afterwards

    @property
    def halted(self) -> bool:
        """A person stopped everything meanwhile."""
        return any(problem.code == "run/stopped" for problem in self.stops)

    def count(self, word: str) -> int:
        """Attempts with this outcome."""
        return sum(turn.count(word) for turn in self.sent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One run from end to end."""

    run_id: int
    day: date
    came: tuple[Came, ...]
    plan: Plan
    frozen: Frozen
    delivered: Delivered
    replies: Frozen = Frozen()  # answers to what has happened
    stopped: tuple[Problem, ...] = ()  # what safety said of the plan after a withdrawal
