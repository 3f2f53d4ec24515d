"""What one message has to print about a debtor's account, before anything is formatted."""

from dataclasses import dataclass
from datetime import date


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


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditItem:
    """A credit note or a payment on account, as a positive amount in minor units."""

    number: str
    amount: int
    issued: date | None = None
