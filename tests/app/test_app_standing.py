"""Where cases stand, over whole runs: the book keeps what the next day goes on from."""

import csv
import io
import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from dispatcher import app
from dispatcher.errors import BadInput
from dispatcher.home import Home, lay_down
from dispatcher.model.event import EventKind
from dispatcher.people.work import finish, todo
from dispatcher.sample.files import HEADINGS
from dispatcher.store.events import NewEvent
from dispatcher.wiring import looking, opened_house, verified
from tests.app.narrow_rules import narrowed
from tests.app.test_days import row


TUESDAY = date(2026, 11, 24)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return narrowed(lay_down(tmp_path / "home"))


def on(days: int) -> date:
    return TUESDAY + timedelta(days=days)


def export(home: Home, today: date, *rows: dict[str, str]) -> None:
    text = io.StringIO()
    table = csv.DictWriter(text, HEADINGS, delimiter=";", lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    path = home.incoming / "open-items.csv"
    path.write_text(text.getvalue(), encoding="utf-8")
    written = datetime(today.year, today.month, today.day, 6, tzinfo=UTC).timestamp()
    os.utime(path, (written, written))


def run(home: Home, days: int, *rows: dict[str, str]) -> dict[str, str]:
    """A whole day; the reasons of the answers by invoice number."""
    today = on(days)
    export(home, today, *(rows or (row("F-1"),)))
    with opened_house(home, day=str(today), writes=True) as house:
        plan = app.run(house).plan
    assert verified(home).first_fault is None
    said = plan.answers.select("number", "action", "reason").iter_rows()
    return {number: f"{action}: {reason}" for number, action, reason in said}


def happens(home: Home, days: int, kind: EventKind) -> None:
    with opened_house(home, day=str(on(days)), writes=True) as house:
        new = NewEvent(
            source="test",
            reference=f"{kind}-{days}",
            kind=kind,
            debtor_id=1,
            invoice_id=1,
            day=on(days),
        )
        house.book.record_event(new, now=house.clock.now())


def dispute(home: Home) -> list[tuple[object, ...]]:
    with opened_house(home, day=str(on(30)), writes=False) as house:
        kept = house.book.frames()["holds"].filter(pl.col("rule") == "stops/dispute")
    return kept.select("began_on", "ended_on").rows()


def test_a_dispute_is_kept_from_the_run_that_saw_it_to_the_one_that_does_not(home: Home) -> None:
    assert run(home, 0) == {"F-1": "contact: "}
    happens(home, 1, EventKind.DISPUTE_OPENED)
    assert run(home, 1) == {"F-1": "hold: dispute"}
    assert run(home, 2) == {"F-1": "hold: dispute"}
    assert dispute(home) == [(on(1), None)]
    happens(home, 6, EventKind.DISPUTE_SETTLED)
    run(home, 7)
    assert dispute(home) == [(on(1), on(7))]


def test_an_account_that_was_settled_is_remembered_as_such(home: Home) -> None:
    other = row("F-9", late=-30) | {"Compte": "C2"}
    run(home, 0, row("F-1"), other)
    run(home, 1, other)
    with opened_house(home, day=str(on(1)), writes=False) as house:
        kept = house.book.frames()["placements"].select("policy", "settled_on").rows()
    assert set(kept) == {("b2b-standard", None), ("b2b-standard", on(1))}


def without(home: Home, step: str) -> None:
    """Call a step of the shipped ladder for firms otherwise, wherever its name stands."""
    (home.rules / "key-accounts.yaml").unlink()  # it goes on from that very step
    for name in ("b2b-standard.yaml", "base.yaml"):
        path = home.rules / name
        text = path.read_text(encoding="utf-8")
        for before in (f"- id: {step}\n", f"from: {step}\n", f"to: {step}}}"):
            text = text.replace(before, before.replace(step, "first"))
        path.write_text(text, encoding="utf-8")
    for path in (*home.rules.glob("consumers*"), *home.rules.glob("public-bodies*")):
        path.unlink()  # nor have these a step of the new name
    (home.rules / "b2b-standard.test.yaml").unlink()


def test_a_step_on_which_cases_stand_cannot_be_taken_out(home: Home) -> None:
    run(home, 0)
    with looking(home, day=str(on(1))) as house:
        app.decide(house)
    without(home, "reminder")
    with looking(home, day=str(on(1))) as house, pytest.raises(BadInput) as refused:
        app.decide(house)
    (problem,) = refused.value.problems
    assert problem.code == "policy/step-in-use"
    assert problem.fields == {"policy": "b2b-standard", "step": "reminder", "count": "1"}


def test_a_call_that_nobody_makes_goes_to_the_owner_of_the_policy(home: Home) -> None:
    called = row("F-1") | {"E-mail": ""}
    run(home, 0, called)
    for days, up in ((2, False), (3, False), (6, True), (7, True)):
        with opened_house(home, day=str(on(days)), writes=False) as house:
            (call,) = todo(house)
        assert call.escalated is up, days
        assert (call.assignee == "credit-management@example.test") is up
    with opened_house(home, day=str(on(7)), writes=True) as house:
        assert finish(house, call.number, outcome="reached", person="anne", note="") == "sent"
