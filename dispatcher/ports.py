"""What the core asks of the world, and all that an author of a channel needs.

A channel is one coroutine, `send`, that answers with one of four outcomes. Whatever escapes from
it is taken as `Unknown`: nobody knows whether the message left, so nobody sends it again.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

from dispatcher.errors import BadInput, Withheld
from dispatcher.model.host import is_loopback
from dispatcher.model.message import Line, State
from dispatcher.model.news import News, NewsKind
from dispatcher.model.problem import Problem
from dispatcher.model.settings import ChannelSettings, Environment


if TYPE_CHECKING:
    import polars as pl


__all__ = [
    "Accepted",
    "Answered",
    "Attempted",
    "BadInput",
    "Channel",
    "ChannelSettings",
    "Claim",
    "Clock",
    "DeliveryClass",
    "Environment",
    "Frames",
    "Frozen",
    "Going",
    "Guard",
    "Heard",
    "Hears",
    "LooksUp",
    "Message",
    "News",
    "NewsKind",
    "NotAccepted",
    "OpenChannel",
    "Outbox",
    "Outcome",
    "Polls",
    "Problem",
    "Rejected",
    "Sought",
    "Unknown",
    "Withheld",
    "is_loopback",
]


# -- for authors of channels ----------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What a channel delivers: to one debtor, frozen when it was planned.

    `token` is ours, unguessable and the same on every attempt; it goes into whatever the provider
    gives back (Message-ID, reference, callback). `to` is the address in the channel's own form:
    an e-mail address, an E.164 number, postal lines joined by line feeds. `parts` are the frozen
    texts by name (`subject`, `text`, `html`, `sms`, `script`). `mime` is the whole e-mail, empty
    for other channels; `copies` are further addresses that get the same bytes. A copy that is
    refused never stops the message. `files` are finished files by name: the PDF of a letter
    (`letter.pdf`), attachments. `day` is the home's civil day of this attempt.
    """

    id: int
    token: str
    channel: str
    to: str
    parts: Mapping[str, str]
    mime: bytes = b""
    copies: tuple[str, ...] = ()
    sender: str = ""
    legal_effect: bool = False
    files: Mapping[str, bytes] = field(default_factory=dict)
    day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The provider, or a person, has it: its own reference and the words of its receipt."""

    provider_id: str = ""
    receipt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """Refused for good, with proof: nothing reached anyone.

    `scope` says what is at fault: this `recipient`, this `message`, or our `configuration`.
    """

    code: str
    evidence: str
    scope: Literal["recipient", "message", "configuration"] = "recipient"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAccepted:
    """Not taken this time, with proof: nothing reached anyone, and a later try may do better.

    `retry_after` is what the provider asked for, in seconds. `schedule` names how patiently the
    core tries again (`deliver.schedule.SCHEDULES`); a name unknown there counts as `standard`.
    """

    code: str
    evidence: str
    retry_after: int | None = None
    schedule: str = "standard"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """It may have left. `stage` says how far it got, `evidence` what was seen last."""

    stage: str
    evidence: str


Outcome = Accepted | Rejected | NotAccepted | Unknown

#: `idempotent`: a second hand-over with the same token is harmless for ever. `lookup`: the
#: provider can be asked by token. `none`: neither.
DeliveryClass = Literal["idempotent", "lookup", "none"]

#: Called by a channel just before the first byte that cannot be taken back (the end of an
#: e-mail's data, the body of an HTTP request). Writes the journal; raises `Withheld` when `stop`
#: was said: the channel lets it through and sends nothing.
Going = Callable[[], None]


class Channel(Protocol):
    """One way to reach debtors.

    `batch` is what it sends in about a second, at most 25: so many are on their way together.
    `send` may be called for several messages at once; it bounds its own time, and neither retries
    an attempt whose outcome is not proven nor touches the store.
    """

    @property
    def name(self) -> str: ...

    @property
    def delivery_class(self) -> DeliveryClass: ...

    @property
    def batch(self) -> int: ...

    async def send(self, message: Message, going: Going) -> Outcome: ...

    async def close(self) -> None: ...


#: What an entry point of the group `relance.channels` names.
OpenChannel = Callable[[ChannelSettings], Channel]


# -- what a channel may be able to do besides ------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """A message whose outcome nobody knows, as a provider can be asked about it.

    `since` is when its attempt began (UTC), `taken` the provider's names of our other messages.
    """

    token: str
    to: str
    parts: Mapping[str, str]
    since: datetime
    taken: frozenset[str] = frozenset()


@runtime_checkable
class LooksUp(Protocol):
    """A channel whose provider can be asked what became of a message (class `lookup`).

    `settle` are the seconds after an attempt before which an answer of "not there" says nothing.
    """

    @property
    def settle(self) -> int: ...

    async def look_up(self, sought: Sought) -> Outcome | None:
        """`Accepted` if it is found, `NotAccepted` if it is proven not there; None: unsaid."""
        ...


@runtime_checkable
class Polls(Protocol):
    """A channel whose provider can be asked for news of what it took."""

    async def poll(self, provider_id: str) -> Sequence[News]:
        """What is known of it now; nothing where the provider does not answer."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One HTTP request that came for a channel.

    `url` is the public address under which the configuration says that we are reached, with the
    query as sent; `headers` have names in lower case, `fields` are those of the form in order.
    """

    url: str
    headers: Mapping[str, str]
    fields: Sequence[tuple[str, str]]
    body: bytes
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What a request is answered with: HTTP status, why in a word, and the news that it brought.

    `body` of type `media` goes back to the provider; without one `why` does.
    """

    status: int
    why: str = ""
    news: tuple[News, ...] = ()
    body: str = ""
    media: str = "text/plain"


@runtime_checkable
class Hears(Protocol):
    """A channel whose provider reports over HTTP; proves who is speaking, never sends anything."""

    def hear(self, heard: Heard) -> Answered: ...


# -- for the core -----------------------------------------------------------------------------

#: The store's tables as frames, by name (`model.tables.FRAMES`).
Frames = Mapping[str, "pl.DataFrame"]

#: Measures what happens inside a stage of that name.
Stage = Callable[[str], AbstractContextManager[None]]


def unmeasured(_name: str) -> AbstractContextManager[None]:
    """A stage that nobody measures."""
    return nullcontext()


class Clock(Protocol):
    """The only source of time; `now` is an instant in UTC, `today` the day in the home's zone."""

    def now(self) -> datetime: ...

    def today(self) -> date: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """A message as planned and rendered, ready to be written with its lines in one transaction.

    `content` is canonical JSON of the parts (UTF-8, sorted keys). `printed` is the digest of every
    value that the message prints and that may change before it leaves (amounts, recipient,
    address, IBAN, own dates). `not_before` and `valid_until` bound its sending (UTC).
    `also_of` is the index, in the batch being written, of the main message. `needs_approval` are
    the roles that must say yes first; then `state` is awaiting. `event_id` names what it answers,
    `main_id` the call or visit beside which it is written afterwards; it has no lines.
    """

    debtor_id: int
    channel: str
    to: str
    policy: str
    policy_hash: str
    rule: str
    template: str
    tone: str
    lines: tuple[Line, ...]
    content: bytes
    printed: str
    planned_on: date
    not_before: datetime
    valid_until: datetime
    legal_effect: bool = False
    assignee: str = ""
    due_on: date | None = None
    attempts: int = 1
    also_of: int | None = None
    event_id: int | None = None
    main_id: int | None = None
    needs_approval: tuple[str, ...] = ()
    state: State = State.PLANNED


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A message taken for one attempt: the stored row, its lines and its frozen content.

    `main_id` names the main message of which this one is the `also`; it has no lines of its own.
    `attempt` counts from 1 and never twice the same; `deferrals` counts the earlier attempts that
    were proven not accepted (None: not counted, every earlier attempt is taken for one); `deaths`
    those in which our own worker died and nothing had left.
    """

    id: int
    token: str
    debtor_id: int
    channel: str
    to: str
    policy: str
    policy_hash: str
    rule: str
    template: str
    tone: str
    legal_effect: bool
    attempt: int
    created_at: datetime
    printed: str
    content: bytes
    lines: tuple[Line, ...] = ()
    main_id: int | None = None
    event_id: int | None = None  # what it answers
    deferrals: int | None = None
    deaths: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempted:
    """How one claimed message ended this time; `next_at` is set for a deferred one.

    A withheld message has no outcome: it goes back to planned. `died`: its worker died before
    anything left; with `aside` that was once too often, and it is set aside for a person.
    """

    claim: Claim
    outcome: Outcome | None
    at: datetime
    next_at: datetime | None = None
    evidence: Mapping[str, str] = field(default_factory=dict)
    died: bool = False
    aside: bool = False


#: Asked inside the claiming transaction: which of these messages must not leave any more, and
#: why (message id -> reason). One not named goes.
Guard = Callable[[Sequence[Claim]], Mapping[int, str]]


class Outbox(Protocol):
    """The store's side of delivery. Each method is one transaction with its trail records."""

    def claim(
        self, *, channel: str, limit: int, owner: str, boot: str, now: datetime, guard: Guard
    ) -> Sequence[Claim]:
        """Take due messages of a channel for one attempt.

        Messages past `valid_until` expire, those that the guard names are withdrawn; both free
        their keys here. The rest is `sending` under `owner` when this returns.
        """
        ...

    def claim_suspect(
        self, *, channel: str, owner: str, boot: str, now: datetime, guard: Guard
    ) -> Sequence[Claim]:
        """Take one due message that had a worker die: `claim` leaves those out.

        It should be tried while nothing else is on its way, so that no other is lost with it. One
        that has seen fewer deaths comes first.
        """
        ...

    def record(self, attempted: Sequence[Attempted], *, owner: str) -> None:
        """Write outcomes and the states that follow, for messages still owned by `owner`."""
        ...

    def abandoned(self) -> Sequence[tuple[str, str, Claim]]:
        """Every `sending` message with its owner and the owner's boot id, oldest first."""
        ...
