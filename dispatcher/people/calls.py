"""Calls and visits: what may come of them, and what each outcome does to ledger and ladder."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from dispatcher.decide import calendars
from dispatcher.errors import BadInput
from dispatcher.house import House
from dispatcher.model.event import EventKind
from dispatcher.model.problem import Problem
from dispatcher.people.happened import PART, WRITTEN_AMOUNT, minor, one_line, unknown_reason
from dispatcher.store.calls import CallRow
from dispatcher.store.events import NewEvent
from dispatcher.store.person import CALLBACK, NO_ANSWER, WRONG_NUMBER
from dispatcher.store.replies import CALL, OF_MESSAGE


ON_ITS_WAY: Final = 3  # business days for money that is said to be on its way


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What an outcome means: the event it makes of each case, what it needs and may say beside.

    `reached`: somebody was spoken to, so the step is done.
    """

    event: EventKind | None = None
    needs: frozenset[str] = frozenset()
    may: frozenset[str] = frozenset()
    reached: bool = True


OUTCOMES: Final[Mapping[str, Outcome]] = {
    "reached": Outcome(),
    "promise": Outcome(
        event=EventKind.PROMISE_MADE, needs=frozenset({"until"}), may=frozenset({"amount"})
    ),
    "dispute": Outcome(event=EventKind.DISPUTE_OPENED, may=frozenset({"amount"})),
    "paid": Outcome(event=EventKind.PAUSED, may=frozenset({"until"})),
    "refuses": Outcome(),
    NO_ANSWER: Outcome(reached=False),
    WRONG_NUMBER: Outcome(reached=False),
    CALLBACK: Outcome(needs=frozenset({"until"}), reached=False),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What a person says of a call: `note` for us, `told` for the debtor to read.

    `amount` is as typed; `until` is the day that was promised, or on which to call again.
    """

    outcome: str
    person: str
    note: str = ""
    told: str = ""
    until: date | None = None
    amount: str = ""
    reason: str = ""


def enter(house: House, row: CallRow, heard: Heard) -> str:
    """Enter what came of a call or visit, with all that was said; the state it is in then.

    Raises:
        BadInput: nothing like that can come of it, or something is missing.
    """
    problems = [*_problems(house, row, heard)]
    if problems:
        raise BadInput(problems)
    done = house.book.finish_by_person(
        row.id,
        outcome=heard.outcome,
        person=one_line(heard.person),
        note=one_line(heard.note),
        now=house.clock.now(),
        until=heard.until,
        followed_by=list(_events(house, row, heard)),
    )
    return done.value


def _problems(house: House, row: CallRow, heard: Heard) -> Iterator[Problem]:
    known = OUTCOMES.get(heard.outcome)
    if known is None:
        fields = {"value": heard.outcome, "allowed": ", ".join(OUTCOMES)}
        yield Problem(code="run/outcome", fields=fields)
        return
    if not one_line(heard.person):
        yield Problem(code="event/person")
    for option in ("until", "amount"):
        given = bool(getattr(heard, option))
        fields = {"kind": heard.outcome, "option": f"--{option}"}
        if given and option not in known.needs | known.may:
            yield Problem(code="event/no-meaning", fields=fields)
        if not given and option in known.needs:
            yield Problem(code="event/missing", fields=fields)
    today = house.clock.today()
    if heard.until is not None and heard.until < today:
        fields = {"value": str(heard.until), "day": str(today)}
        yield Problem(code="event/until", fields=fields)
    yield from _amount(row, heard)
    yield from unknown_reason(heard.reason, house.rulebook)


def _amount(row: CallRow, heard: Heard) -> Iterator[Problem]:
    if not heard.amount:
        return
    if not WRITTEN_AMOUNT.fullmatch(heard.amount) or not minor(heard.amount):
        yield Problem(code="event/amount", fields={"value": heard.amount})
    elif heard.outcome == "dispute" and len(row.case_ids) > 1:
        # Of which invoice a part is disputed has to be said: `relance event`.
        fields = {"kind": heard.outcome, "option": "--amount"}
        yield Problem(code="event/no-meaning", fields=fields)
    elif heard.outcome == "dispute" and minor(heard.amount) >= row.amount:
        yield Problem(code="event/part", fields={"value": heard.amount})


def _events(house: House, row: CallRow, heard: Heard) -> Iterator[NewEvent]:
    """What was said of each case, why nothing is paid, and that somebody was spoken to."""
    outcome = OUTCOMES[heard.outcome]
    if not outcome.reached:
        return
    shares = _shares(house, row, heard)
    for case in row.case_ids:
        if outcome.event is not None and (case in shares or not shares):
            yield _event(house, row, heard, outcome.event, case, shares.get(case))
        if heard.reason:
            yield _event(house, row, heard, EventKind.REASON_GIVEN, case, None)
    yield NewEvent(
        source=CALL,
        reference=f"{OF_MESSAGE}{row.id}",
        kind=EventKind.SPOKEN,
        debtor_id=row.debtor_id,
        day=house.clock.today(),
        note=one_line(heard.told),
        person=one_line(heard.person),
    )


def _event(  # noqa: PLR0917 - what is written of one case
    house: House,
    row: CallRow,
    heard: Heard,
    kind: EventKind,
    case: int,
    amount: int | None,
) -> NewEvent:
    part = kind is EventKind.DISPUTE_OPENED and bool(heard.amount)
    reason = heard.reason if kind is EventKind.REASON_GIVEN else ""
    return NewEvent(
        source=CALL,
        reference=f"{OF_MESSAGE}{row.id}-{kind.value}-{case}",
        kind=kind,
        debtor_id=row.debtor_id,
        invoice_id=case,
        day=house.clock.today(),
        until=_until(house, heard, kind),
        amount=amount,
        detail=PART if part else reason,
        note=one_line(heard.note),
        person=one_line(heard.person),
    )


def _until(house: House, heard: Heard, kind: EventKind) -> date | None:
    """The day promised; of a payment that is said to be made, the day by which it shows."""
    if kind is EventKind.PROMISE_MADE:
        return heard.until
    if kind is not EventKind.PAUSED:
        return None
    place = calendars.territory_of(calendars.HOME, house.settings.creditor.postcode)
    soon = calendars.add_business_days(house.clock.today(), ON_ITS_WAY, place)
    return heard.until or max(soon, house.clock.today() + timedelta(days=1))


def _shares(house: House, row: CallRow, heard: Heard) -> Mapping[int, int]:
    """How much of an amount falls on each case: the oldest first, as payments are counted."""
    if not heard.amount:
        return {}
    left = minor(heard.amount)
    invoices = house.book.frames([row.debtor_id])["invoices"].sort("due", "id")
    shares = dict[int, int]()
    for case, balance in invoices.select("id", "balance").iter_rows():
        if case in row.case_ids and left > 0:
            shares[case] = min(left, balance)
            left -= shares[case]
    return shares
