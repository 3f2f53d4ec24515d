"""The book without a store: what leaves, what is paid, what comes back, for many debtors."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

import polars as pl
import pytest

from dispatcher.decide.plan import Plan, plan_day
from dispatcher.model.event import EventKind
from dispatcher.model.vocabulary import Value
from dispatcher.prove.days.book_rows import Assumed, Happens, empty_frames
from dispatcher.prove.days.virtual_book import VirtualBook
from dispatcher.prove.trials.opening import ROOM, opened
from dispatcher.prove.trials.world import alone
from tests.decide.decide_world import LEGAL, REACH
from tests.prove.test_prove_timelines import rules, world


MONDAY = date(2026, 6, 8)
CASE: Mapping[str, Value] = {
    "legal_kind": "business",
    "profile": "sme",
    "amount_due": 120_000,
    "has_email": True,
    "has_phone": True,
    "has_address": True,
    "last_step": "none",
}


def book(debtors: int = 1, *, late: int = 10, **facts: Value) -> VirtualBook:
    """So many debtors with one item each."""
    known = world(rules())
    found = VirtualBook(tables=empty_frames(), rulebook=known.rulebook, presented=known.presented)
    for number in range(1, debtors + 1):
        case = {**CASE, "days_late": late, **facts}
        found.bring(opened(number, case, MONDAY, None, known.rulebook))
    return found


def run(kept: VirtualBook, days: int = 0, **people: bool) -> Plan:
    """One day, so many after Monday."""
    known, day = alone(world(rules())), MONDAY + timedelta(days=days)
    plan = plan_day(
        kept.frames(day),
        known.rulebook,
        known.settings,
        today=day,
        now=datetime.combine(day, time(8), UTC),
        reach=REACH,
        legal=LEGAL,
    )
    debtors = kept.tables["debtors"]["id"].to_list()
    kept.apply(plan, day, dict.fromkeys(debtors, Assumed(**people)))
    return plan


def states(kept: VirtualBook) -> list[str]:
    """The states of all messages."""
    return kept.tables["messages"]["state"].to_list()


def test_what_is_planned_leaves_once_for_every_debtor() -> None:
    kept = book(40)
    assert len(run(kept).contacts) == 40
    assert states(kept) == ["sent"] * 40
    assert kept.tables["lines"]["done_on"].to_list() == [MONDAY] * 40
    assert run(kept).contacts == ()
    assert kept.tables["messages"]["id"].is_unique().all()
    assert kept.tables["placements"].height == 40


def test_a_letter_is_done_when_it_has_arrived() -> None:
    kept = book(has_email=False)
    run(kept)
    assert kept.tables["lines"]["done_on"].to_list() == [MONDAY + timedelta(days=3)]
    assert states(kept) == ["accepted"]


def test_what_was_asked_for_and_is_paid_is_thanked_once_per_account() -> None:
    kept = book(2)
    assert kept.pay({ROOM: 100}, MONDAY) == ()  # nobody asked yet
    run(kept)
    part, whole = (
        kept.pay({ROOM: 20_000}, MONDAY),
        kept.pay({ROOM: 10**9, 2 * ROOM: 120_000}, MONDAY),
    )
    assert [(each.kind, each.amount, each.currency) for each in part] == [
        (EventKind.PART_PAID, 20_000, "EUR")
    ]
    assert {(each.kind, each.amount) for each in whole} == {
        (EventKind.ALL_PAID, 99_900),
        (EventKind.ALL_PAID, 120_000),
    }
    assert kept.tables["invoices"].is_empty()
    assert kept.tables["payments"]["id"].to_list() == [ROOM, 2 * ROOM]
    assert run(kept, 30).contacts == ()


def test_a_bounce_takes_the_step_back_and_frees_its_key() -> None:
    kept = book()
    run(kept)
    kept.bounce([ROOM], MONDAY)
    (line,) = kept.tables["lines"].to_dicts()
    assert (line["live"], line["taken_back_on"], line["state"]) == (False, MONDAY, "bounced")
    again = run(kept, 7)
    assert [(each.step, each.lines[0].cycle) for each in again.contacts] == [("reminder", 1)]


def called(**people: bool) -> VirtualBook:
    """A debtor whose third reminder is a call, planned today."""
    kept = book(late=30, last_step="second-reminder", days_since_step=7)
    assert [each.channel for each in run(kept, **people).contacts] == ["call"]
    return kept


def test_a_call_is_made_until_its_attempts_are_used_up() -> None:
    kept = called(reached=False)
    assert (states(kept), kept.in_hand(1)) == (["accepted"], True)
    for day in (1, 2):
        run(kept, day, reached=False)
    assert kept.tables["messages"]["state"].to_list()[0] == "failed"
    assert kept.tables["lines"]["live"].to_list()[0] is False
    assert [each.channel for each in run(kept, 3).contacts] == ["letter"]


def test_a_stop_withdraws_a_call_that_was_not_made() -> None:
    kept = called(reached=False)
    event = Happens(kind=EventKind.DISPUTE_OPENED, debtor_id=1, case_id=ROOM)
    (happening,) = kept.happen([event], MONDAY)
    assert (happening.kind, happening.case_id) == (EventKind.DISPUTE_OPENED, ROOM)
    run(kept, 1)
    assert (states(kept), kept.in_hand(1)) == (["withdrawn"], False)


@pytest.mark.parametrize(
    ("days", "state"),
    [pytest.param(4, "awaiting", id="in-time"), pytest.param(8, "expired", id="too-late")],
)
def test_what_nobody_approves_waits_and_expires(days: int, state: str) -> None:
    kept = book(late=40, last_step="third-reminder", days_since_step=9)
    assert [each.step for each in run(kept, approved=False).contacts] == ["formal-notice"]
    assert states(kept) == ["awaiting"]
    run(kept, days, approved=False)
    assert states(kept)[0] == state


def test_what_is_approved_leaves_with_its_copy() -> None:
    kept = book(late=40, last_step="third-reminder", days_since_step=9)
    run(kept, approved=False)
    kept.approve(1, MONDAY + timedelta(days=1))
    assert kept.tables["messages"].select("channel", "main_id").rows() == [
        ("registered_letter", None),
        ("email", 1),
    ]
    assert kept.tables["lines"]["done_on"].to_list() == [MONDAY + timedelta(days=4)]


def test_a_hold_ends_on_the_first_day_that_does_not_see_it() -> None:
    kept = book()
    kept.happen([Happens(kind=EventKind.PAUSED, debtor_id=1, case_id=ROOM)], MONDAY)
    run(kept)
    run(kept, 1)
    kept.happen(
        [Happens(kind=EventKind.RESUMED, debtor_id=1, case_id=ROOM)], MONDAY + timedelta(days=2)
    )
    run(kept, 2)
    (hold,) = kept.tables["holds"].select("rule", "began_on", "ended_on").rows()
    assert hold == ("stops/pause", MONDAY, MONDAY + timedelta(days=2))
    assert kept.tables["holds"].filter(pl.col("ended_on").is_null()).is_empty()
