"""Days on a virtual clock: assumptions, capacity, limits, pressure, past ledgers lived again."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

import polars as pl
import pytest

from dispatcher.decide.costs import prices_of
from dispatcher.model.vocabulary import Value
from dispatcher.prove.days.ahead import Assuming, taken_up
from dispatcher.prove.days.assumptions import (
    Assumption,
    Payments,
    Response,
    chance,
    happens,
    read_assumption,
)
from dispatcher.prove.days.book_rows import SCHEMAS, empty_frames
from dispatcher.prove.days.diary import Diary
from dispatcher.prove.days.forecast import Forecast, Load, forecast
from dispatcher.prove.days.pressure import Pressure, pressed
from dispatcher.prove.days.replay import Ledger, Past, opened
from dispatcher.prove.days.replayed import Replayed, replayed
from dispatcher.prove.days.simulation import Simulation, run_days
from dispatcher.prove.days.virtual_book import VirtualBook
from dispatcher.prove.trials.opening import ROOM, Case
from dispatcher.prove.trials.opening import opened as debtor
from dispatcher.prove.trials.world import World
from tests.prove.prove_world import world


MONDAY = date(2026, 6, 8)
CASE: Mapping[str, Value] = {
    "legal_kind": "business",
    "profile": "sme",
    "amount_due": 120_000,
    "has_email": True,
    "has_phone": True,
    "has_address": True,
    "last_step": "none",
    "days_late": 10,
}


def book(*cases: Mapping[str, Value]) -> VirtualBook:
    """A debtor for each case."""
    found = VirtualBook(
        tables=empty_frames(), rulebook=world().rulebook, presented=world().presented
    )
    for number, case in enumerate(cases, 1):
        found.bring(debtor(number, {**CASE, **case}, MONDAY, None, world().rulebook))
    return found


def days(count: int) -> list[date]:
    return [MONDAY + timedelta(days=number) for number in range(count)]


def told(diary: Diary, here: World) -> Forecast:
    settings = here.settings
    return forecast(diary, here.rulebook, settings.totals, prices_of(settings))


def simulated(
    kept: VirtualBook, count: int, assumption: Assumption | None = None, here: World | None = None
) -> Forecast:
    """So many days from Monday on."""
    course = Assuming(assumption=assumption or Assumption())
    course.begin(kept, MONDAY, count)
    known = here or world()
    diary = Simulation(world=known, book=kept, course=course).live(days(count))
    return told(diary, known)


# -- assumptions ----------------------------------------------------------------------------------

FILE = """\
payments: history
after:
  reminder: {share: 35%, within: 10 days}
promises: {kept: 70%, made: 20%, within: 6 days}
calls: {reached: 60%}
approvals: {given: 90%}
new_invoices: as_last_month
"""


def test_an_assumption_is_read_from_a_file() -> None:
    found, problems = read_assumption(FILE, file="a.yaml", seed=7)
    assert problems == ()
    assert found == Assumption(
        payments=Payments.HISTORY,
        after={"reminder": Response(share=35, within=10)},
        kept=70,
        made=Response(share=20, within=6),
        reached=60,
        approved=90,
        again=True,
        seed=7,
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("payments: soon\n", "policy/unknown-word", id="word"),
        pytest.param("after: {reminder: {share: 35%}}\n", "policy/missing-key", id="missing"),
        pytest.param("calls: {reached: 3}\n", "policy/percent", id="percent"),
        pytest.param("paiements: none\n", "policy/unknown-key", id="key"),
    ],
)
def test_every_mistake_of_an_assumption_is_reported(text: str, code: str) -> None:
    found, problems = read_assumption(text, file="a.yaml", seed=1)
    assert found is None
    assert [each.code for each in problems] == [code]


def test_draws_belong_to_their_question() -> None:
    assert chance(1, "pays", 10) == chance(1, "pays", 10)
    drawn = {chance(seed, "pays", case) for seed in (1, 2) for case in range(50)}
    assert len(drawn) == 100
    share = sum(happens(Assumption(), 30, "pays", case) for case in range(2_000))
    assert 500 < share < 700
    assert not any(happens(Assumption(), 0, "x", case) for case in range(100))
    assert all(happens(Assumption(), 100, "x", case) for case in range(100))


def test_who_pays_as_late_as_ever_pays_on_that_day_and_not_at_all_once_he_is_later() -> None:
    kept = book({"usual_days_late": 14}, {"usual_days_late": 5})
    course = Assuming(assumption=Assumption(payments=Payments.HISTORY))
    course.begin(kept, MONDAY, 10)
    assert course.late_already == 1
    for day in days(5):
        course.morning(kept, day)
    assert kept.tables["invoices"]["debtor_id"].to_list() == [2]
    (paid,) = kept.tables["payments"].filter(pl.col("id") == ROOM).to_dicts()
    assert paid["closed_on"] == MONDAY + timedelta(days=4)


def test_a_share_of_cases_is_paid_after_a_step() -> None:
    after = {"reminder": Response(share=100, within=1)}
    kept = book({}, {"last_step": "reminder", "days_since_step": 1})
    simulated(kept, 3, Assumption(after=after))
    assert kept.tables["invoices"]["debtor_id"].to_list() == [2]


def test_invoices_of_the_last_month_come_again() -> None:
    kept = book({"days_late": 0, "days_before_due": 20})
    course = Assuming(assumption=Assumption(again=True))
    course.begin(kept, MONDAY, 45)
    for day in days(45):
        course.morning(kept, day)
    issued = kept.tables["invoices"].sort("issued").select("number", "issued", "balance").rows()
    first = MONDAY - timedelta(days=10)
    again = first + timedelta(days=30)
    assert issued == [(f"F{ROOM}", first, 120_000), (f"F{ROOM}+1", again, 120_000)]


def test_promises_are_kept_by_the_share_that_is_assumed() -> None:
    promised: Case = {"promise": "open", "days_late": 20, "last_step": "reminder"}
    for kept_share, left in ((100, 0), (0, 1)):
        kept = book(promised)
        course = Assuming(assumption=Assumption(kept=kept_share))
        course.begin(kept, MONDAY, 10)
        for day in days(9):
            course.morning(kept, day)
        assert kept.tables["invoices"].height == left


def test_what_people_had_in_hand_is_done_on_the_first_morning() -> None:
    kept = book({"days_late": 45, "last_step": "third-reminder", "days_since_step": 9})
    course = Assuming(assumption=Assumption(approved=0))
    course.begin(kept, MONDAY, 1)
    Simulation(world=world(), book=kept, course=course).live(days(1))
    assert kept.tables["messages"]["state"].to_list() == ["awaiting"]
    again = taken_up(kept.tables, world().rulebook, world().presented, MONDAY)
    assert again.tables["messages"]["state"].to_list() == ["sent"]
    assert again.tables["lines"]["done_on"].null_count() == 0


# -- figures --------------------------------------------------------------------------------------


def test_calls_beyond_what_the_team_can_wait_and_are_counted() -> None:
    here = world()
    totals = replace(here.settings.totals, per_day={"call": 1})
    narrow = replace(here, settings=replace(here.settings, totals=totals))
    due: Case = {"days_late": 30, "last_step": "second-reminder", "days_since_step": 12}
    found = simulated(book(due, due, due), 3, here=narrow)
    (calls,) = (each for each in found.loads if each.what == "call")
    assert calls == Load(what="call", total=3, most=1, can=1, full=3)
    (limit,) = (each for each in found.limits if each.gate == "capacity: call")
    assert (limit.contacts, limit.days, limit.longest) == (2, 3, 2)


def test_what_stands_still_at_the_end_is_named() -> None:
    found = simulated(book({}, {"pause": True}), 1)
    (stuck,) = found.stuck
    assert (stuck.action, stuck.reason, stuck.cases, stuck.amount) == ("hold", "pause", 1, 120_000)
    assert found.contacts == 1
    assert found.debtors == 1


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        pytest.param([0], (1, 1, None), id="once"),
        pytest.param([0, 5, 29], (3, 3, 5), id="in-the-window"),
        pytest.param([0, 30, 33, 59], (4, 3, 3), id="across-windows"),
    ],
)
def test_pressure_is_the_most_in_any_thirty_days(
    after: Sequence[int], expected: tuple[int, int, int | None]
) -> None:
    contacts = pl.DataFrame(
        {"debtor_id": [1] * len(after), "day": [MONDAY + timedelta(days=n) for n in after]}
    )
    (found,) = pressed(contacts)
    assert (found.contacts, found.most, found.shortest) == expected


def test_the_hardest_pressed_stands_first() -> None:
    rows = [(1, 0), (2, 0), (2, 9), (3, 0), (3, 4)]
    contacts = pl.DataFrame(
        {
            "debtor_id": [who for who, _ in rows],
            "day": [MONDAY + timedelta(days=day) for _, day in rows],
        }
    )
    found: tuple[Pressure, ...] = pressed(contacts)
    assert [each.debtor_id for each in found] == [3, 2, 1]


def test_runs_are_made_on_working_days() -> None:
    rulebook = world().rulebook
    found = run_days(rulebook, "69003", date(2026, 7, 11), date(2026, 7, 16))
    # A Saturday because it is the first; the fourteenth of July is a holiday.
    assert [day.day for day in found] == [11, 13, 15, 16]
    policy = rulebook.active[0]
    always = replace(policy, limits=replace(policy.limits, business_days=False))
    daily = replace(rulebook, policies={**rulebook.policies, policy.name: always})
    assert len(run_days(daily, "69003", date(2026, 7, 11), date(2026, 7, 16))) == 6


# -- a past ledger --------------------------------------------------------------------------------

#: Days from Monday: issued, due, settled (None: never), disputed.
INVOICES = (
    (-40, -10, 1, False),  # asked for on Monday, and paid the day after
    (-40, -10, 9, False),  # asked for, and paid later
    (-30, 0, 2, False),  # paid before anybody asks
    (-40, -10, None, True),  # disputed: nobody asks
    (-90, -60, -20, False),  # over before
)


def ledger() -> Ledger:
    """An invoice for each debtor."""
    who = [debtor(n, CASE, MONDAY, None, world().rulebook) for n in range(1, len(INVOICES) + 1)]
    rows = [
        {
            "id": number,
            "number": f"F{number}",
            "term": 1,
            "debtor_id": number,
            "currency": "EUR",
            "amount": 50_000,
            "balance": 50_000,
            "issued": MONDAY + timedelta(days=issued),
            "due": MONDAY + timedelta(days=due),
            "extra": "{}",
        }
        for number, (issued, due, _, _) in enumerate(INVOICES, 1)
    ]
    settled = [None if paid is None else MONDAY + timedelta(days=paid) for *_, paid, _ in INVOICES]
    invoices = pl.DataFrame(rows, schema_overrides=SCHEMAS["invoices"]).with_columns(
        as_of=pl.lit(None, dtype=pl.Date),
        settled_on=pl.Series(settled, dtype=pl.Date),
        disputed=pl.Series([disputed for *_, disputed in INVOICES]),
    )
    return Ledger(debtors=pl.concat([each["debtors"] for each in who]), invoices=invoices)


def lived(assumption: Assumption | None = None) -> Replayed:
    """Ten days of the ledger."""
    here, past = world(), Past(ledger=ledger(), assumption=assumption or Assumption())
    past.begin(MONDAY)
    kept = opened(past.ledger, here.rulebook, here.presented, MONDAY)
    diary = Simulation(world=here, book=kept, course=past).live(days(10))
    return replayed(diary, past, kept.tables["events"], told(diary, here), "FR")


def test_a_ledger_is_lived_with_its_own_payments() -> None:
    found = lived()
    assert (found.forecast.contacts, found.asked, found.next_day, found.disputes) == (3, 2, 1, 0)
    assert (found.invoices, found.paid, found.silent) == (4, 3, 1)
    assert found.days_late == pytest.approx(32 / 3)
    assert found.median_late == 11.0


def test_what_is_assumed_does_not_change_what_really_was() -> None:
    after = {"reminder": Response(share=100, within=3)}
    real, soon = lived(), lived(Assumption(after=after))
    assert real.really_late == real.days_late == soon.really_late
    assert soon.days_late is not None
    assert soon.days_late < (real.days_late or 0)


def test_what_a_step_is_assumed_to_bring_moves_payments_forward_only() -> None:
    after = {"reminder": Response(share=100, within=3)}
    soon = Past(ledger=ledger(), assumption=Assumption(after=after))
    soon.begin(MONDAY)
    here = world()
    kept = opened(soon.ledger, here.rulebook, here.presented, MONDAY)
    Simulation(world=here, book=kept, course=soon).live(days(2))
    assert soon.paid_on[1] == MONDAY + timedelta(days=1)
    assert soon.paid_on[2] <= MONDAY + timedelta(days=3)
    assert 4 not in soon.paid_on


def test_the_span_of_a_ledger_is_its_first_and_last_day() -> None:
    assert ledger().span == (MONDAY - timedelta(days=90), MONDAY + timedelta(days=9))
