"""What happened and may be answered, and the answer: a message of its own, without lines."""

from dataclasses import dataclass
from datetime import date, datetime

from dispatcher.model.letter import NO_OCCASION, Occasion


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """An event that nobody has been told of yet; `kind` is an `EventKind`.

    `amount` is in minor units. `message_id` is the call or visit that it came of, `currency` that
    of its case; both may be lacking. `recorded_at` is an instant in UTC.
    """

    event_id: int
    kind: str
    debtor_id: int
    day: date
    recorded_at: datetime
    case_id: int | None = None
    currency: str = ""
    until: date | None = None
    amount: int | None = None
    detail: str = ""
    note: str = ""
    person: str = ""
    message_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a contact answers: the event, the open cases it speaks of, what it has to say.

    `main_id` is the call or visit beside which it stands; an answer to an event has none.
    """

    event_id: int
    cases: tuple[int, ...]
    currency: str
    occasion: Occasion = NO_OCCASION
    main_id: int | None = None
