"""Rows of the virtual book: what happens, what people do, and what becomes of a message."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Final

import polars as pl

from dispatcher.decide.replies import STILL
from dispatcher.model.message import Line, State
from dispatcher.model.plan import PlannedContact
from dispatcher.model.reply import Happening
from dispatcher.model.tables import FRAMES


SCHEMAS: Final[Mapping[str, Mapping[str, Any]]] = {
    name: {column: getattr(pl, kind) for column, kind in columns.items()}
    for name, columns in FRAMES.items()
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumed:
    """What people are assumed to do on a day, where nobody says what they do.

    `approved`: what needs an approval gets it the day it is planned. `reached`: a call or visit
    reaches somebody; `wrong_number`: it never will, so the next channel takes its turn.
    """

    approved: bool = True
    reached: bool = True
    wrong_number: bool = False


USUAL: Final = Assumed()
NOBODY: Final[Mapping[int, Assumed]] = {}


#: What goes at once.
SENT: Final[Mapping[str, Any]] = {"state": State.SENT.value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What becomes of a message on a day; `open`: people have it in hand."""

    state: State
    contact_on: date | None = None
    done_on: date | None = None
    open: bool = False

    @property
    def of_message(self) -> dict[str, Any]:
        fault = "recipient" if self.state is State.FAILED else ""
        return {"state": self.state.value, "contact_on": self.contact_on, "fault": fault}

    @property
    def of_lines(self) -> dict[str, Any]:
        live = self.state is not State.FAILED
        return {"state": self.state.value, "done_on": self.done_on, "live": live}


@dataclass(frozen=True, slots=True, kw_only=True)
class Happens:
    """Something that happens to a debtor; `case_id` None: to all of him. `amount` is minor units.

    `kind` is an `EventKind`.
    """

    kind: str
    debtor_id: int
    case_id: int | None = None
    until: date | None = None
    amount: int | None = None
    detail: str = ""


#: Tables whose rows others name by their id.
NAMED: Final = frozenset({"debtors", "invoices", "payments"})


def empty_frames() -> dict[str, pl.DataFrame]:
    """Every frame of the book, without a row."""
    return {name: pl.DataFrame(schema=schema) for name, schema in SCHEMAS.items()}


def message_row(contact: PlannedContact, channel: str) -> dict[str, Any]:
    """The row of a message of a contact; its state is set beside it."""
    return {
        "debtor_id": contact.debtor_id,
        "channel": channel,
        "policy": contact.policy,
        "rule": contact.rule,
        "template": contact.template,
        "tone": contact.tone,
        "legal_effect": contact.legal_effect,
        "fault": "",
    }


def line_row(line: Line, message: int, channel: str) -> dict[str, Any]:
    """The row of a case in a message."""
    return {
        "message_id": message,
        "invoice_id": line.case_id,
        "step": line.step,
        "choice": line.choice,
        "cycle": line.cycle,
        "claimed": line.claimed,
        "amount": line.amount,
        "channel": channel,
    }


def answerable(
    rows: Iterable[Mapping[str, Any]], money: Mapping[int, str]
) -> tuple[Happening, ...]:
    """The events that a policy may answer, with the currency of their case."""
    return tuple(
        _happening(row, money.get(row["invoice_id"], "")) for row in rows if row["kind"] in STILL
    )


def _happening(row: Mapping[str, Any], currency: str) -> Happening:
    return Happening(
        event_id=row["id"],
        kind=row["kind"],
        debtor_id=row["debtor_id"],
        day=row["day"],
        recorded_at=datetime.combine(row["day"], time(), UTC),
        case_id=row["invoice_id"],
        currency=currency,
        until=row["until"],
        amount=row["amount"],
        detail=row["detail"],
    )
