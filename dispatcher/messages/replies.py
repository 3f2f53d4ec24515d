"""Answers to what has happened: who is told what, put together for the outbox and the guard."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

import polars as pl

from dispatcher.compose.occasion import instalments
from dispatcher.decide import calendars
from dispatcher.decide.facts import build_facts
from dispatcher.decide.replies import Unsaid, planned_replies
from dispatcher.model.event import EventKind
from dispatcher.model.letter import Conversation, Dispute, Instalment, Occasion, Paid
from dispatcher.model.plan import PlannedContact
from dispatcher.model.reply import Happening
from dispatcher.model.settings import Settings
from dispatcher.policy.terms import Rulebook
from dispatcher.ports import Frames


#: After so long nobody is surprised any more: an older event is not answered.
LATE: Final = timedelta(days=7)

MOST: Final = 120  # instalments of a plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Replies:
    """The answers that are due, as contacts without lines, and those that are not given.

    `facts` are those of the open cases of their debtors; `happened` are the events looked at.
    """

    contacts: tuple[PlannedContact, ...]
    unsaid: tuple[Unsaid, ...]
    facts: pl.DataFrame
    happened: tuple[Happening, ...] = ()

    def facts_of(self, debtors: Iterable[int]) -> pl.DataFrame:
        """The facts of these debtors."""
        return self.facts.filter(pl.col("debtor_id").is_in(list(debtors)))


NOTHING: Final = Replies(contacts=(), unsaid=(), facts=pl.DataFrame())


def replies_to(
    happened: Sequence[Happening],
    frames: Frames,
    rulebook: Rulebook,
    settings: Settings,
    *,
    today: date,
    now: datetime,
    reach: frozenset[str],
) -> Replies:
    """The answers to these events with all that they say; `frames` hold the events' debtors."""
    place = calendars.territory_of(calendars.HOME, settings.creditor.postcode)
    contacts, unsaid = planned_replies(
        happened, frames, rulebook, settings, today=today, now=now, reach=reach, place=place
    )
    by_id = {each.event_id: each for each in happened}
    balances = dict(frames["invoices"].select("id", "balance").iter_rows())
    told = tuple(
        replace(
            contact,
            reply=replace(
                reply,
                occasion=_occasion(
                    by_id[reply.event_id],
                    sum(balances.get(case, 0) for case in reply.cases),
                    _promise(by_id[reply.event_id], frames, reply.cases),
                ),
            ),
        )
        for contact in contacts
        if (reply := contact.reply) is not None
    )
    facts = build_facts(frames, rulebook, today=today, timezone=settings.timezone, place=place)
    return Replies(contacts=told, unsaid=unsaid, facts=facts, happened=tuple(happened))


def _occasion(each: Happening, owed: int, promise: tuple[date, int | None] | None) -> Occasion:
    """What is known of an event, in the places where templates look for it."""
    match EventKind(each.kind):
        case EventKind.DISPUTE_OPENED:
            # The note is for our own people: what the debtor said is not read back to him.
            return Occasion(dispute=Dispute(amount=each.amount))
        case EventKind.PLAN_AGREED:
            return Occasion(plan=_instalments(each, owed))
        case EventKind.PROMISE_MADE:
            return Occasion(promised=each.until, promised_amount=each.amount)
        case EventKind.PART_PAID | EventKind.ALL_PAID:
            return Occasion(paid=Paid(amount=each.amount or 0, day=each.day, remaining=owed))
        case EventKind.SPOKEN:
            until, amount = promise or (None, None)
            return Occasion(
                conversation=Conversation(day=each.day, notes=each.note),
                promised=until,
                promised_amount=amount,
            )
        case _:
            return Occasion()


def _instalments(each: Happening, owed: int) -> tuple[Instalment, ...]:
    """The payments of a plan, where number and first day were said: never guessed."""
    count = int(each.detail) if each.detail.isdigit() else 0
    total = each.amount or owed
    if each.until is None or not 1 <= count <= min(MOST, total):
        return ()
    return instalments(total, count, each.until)


def _promise(
    each: Happening, frames: Frames, cases: Sequence[int]
) -> tuple[date, int | None] | None:
    """What was promised in a call: the day, and the amount of all its cases together."""
    if each.kind != EventKind.SPOKEN:
        return None
    events = frames["events"]
    made = [
        row
        for row in events.iter_rows(named=True)
        if row["kind"] == EventKind.PROMISE_MADE
        and row["day"] == each.day
        and row["invoice_id"] in cases
        and row["until"] is not None
    ]
    if not made:
        return None
    amounts = [row["amount"] for row in made]
    known = [amount for amount in amounts if amount is not None]
    return made[-1]["until"], sum(known) if len(known) == len(amounts) else None
