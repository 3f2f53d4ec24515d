"""What one message has to print about a debtor's account, before anything is formatted."""

from dataclasses import dataclass
from datetime import date

from dispatcher.model.following import NOT_KNOWN, Following
from dispatcher.model.settings import Offer


#: Why an item that stands in a message is not simply claimed.
MARKS = ("disputed", "promised", "planned", "not_due")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One open item as printed: `balance` in minor units, `days_late` 0 up to the due day.

    `term` counts from 1; `terms` is how many the invoice has (1: it is payable at once).
    `marks` are among `MARKS`.
    """

    number: str
    due: date
    balance: int
    days_late: int
    issued: date | None = None
    term: int = 1
    terms: int = 1
    marks: tuple[str, ...] = ()
    engagement: str = ""  # the order number of a public body


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditItem:
    """A credit note or a payment on account, as a positive amount in minor units."""

    number: str
    amount: int
    issued: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """An earlier message about what this one claims."""

    channel: str
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Instalment:
    """One payment of a plan, in minor units."""

    day: date
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """What a debtor contests: his words, the part in minor units, until when we answer."""

    what: str = ""
    amount: int | None = None
    answer_by: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """A call or visit that took place, in words that its other party may read."""

    day: date
    person: str = ""
    notes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """A payment that has come in, and what is still open of what it was for."""

    amount: int
    day: date
    remaining: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """What one message speaks of besides items: each part is there or it is not.

    `recalled` is oldest first; `adviser` is the name and e-mail address of who looks after the
    debtor; `promised_amount` is in minor units; `following` is what comes next.
    """

    recalled: tuple[Recalled, ...] = ()
    offer: Offer | None = None
    plan: tuple[Instalment, ...] = ()
    promised: date | None = None
    promised_amount: int | None = None
    paid: Paid | None = None
    dispute: Dispute | None = None
    conversation: Conversation | None = None
    adviser: tuple[str, str] = ("", "")
    following: Following = NOT_KNOWN


NO_OCCASION = Occasion()
