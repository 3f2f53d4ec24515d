"""A played month, read again in the store by other means: nobody is contacted who should not be."""

import io
import json
import sqlite3
from contextlib import closing, redirect_stdout
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dispatcher.cli.month import month
from dispatcher.cli.say import Speaker
from dispatcher.home import Home
from dispatcher.wiring import verified


THURSDAY = date(2026, 11, 26)
DAYS = 6

#: Every case that a message claims: message, debtor, case, channel, when it left, legal effect.
LEFT = """
    SELECT message.id, message.debtor_id, line.invoice_id, message.channel, went.at,
           message.legal_effect, message.needs_approval
    FROM message
    JOIN (SELECT message_id, min(started_at) AS at FROM attempt GROUP BY message_id) AS went
      ON went.message_id = message.id
    JOIN line ON line.message_id = message.id AND line.claimed
    WHERE message.channel <> 'task' ORDER BY message.id
"""

#: Cases of which a part is disputed: the rest may be asked for.
PARTLY = "SELECT invoice_id FROM event WHERE kind = 'dispute_opened' AND detail = 'part'"

Row = tuple[Any, ...]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, str]:
    """Six days of a small company, played once, and what the command said of them."""
    folder, said = tmp_path_factory.mktemp("month") / "demo", io.StringIO()
    with redirect_stdout(said):
        assert month(Speaker("fr"), folder, days=DAYS, debtors=90, start=str(THURSDAY)) == 0
    return Home(folder=folder.resolve()), said.getvalue()


@pytest.fixture
def home(played: tuple[Home, str]) -> Home:
    return played[0]


def asked(home: Home, query: str) -> list[Row]:
    with closing(sqlite3.connect(home.var / "relance.sqlite")) as driver:
        return driver.execute(query).fetchall()


def day_of(ms: int) -> date:
    return datetime.fromtimestamp(ms / 1000, ZoneInfo("Europe/Paris")).date()


def said(home: Home, kind: str) -> dict[int, list[Row]]:
    """Events of that kind by case: day, until, when they were entered."""
    found: dict[int, list[Row]] = {}
    query = f"SELECT invoice_id, day, until, recorded_at FROM event WHERE kind = '{kind}'"
    for case, *told in asked(home, query):
        found.setdefault(case, []).append(tuple(told))
    return found


def test_a_month_is_told_day_by_day(played: tuple[Home, str]) -> None:
    _, told = played
    lines = told.splitlines()
    days = [
        line for line in lines if line.startswith(("26/11", "27/11", "28/11", "29/11", "30/11"))
    ]
    assert len(days) == DAYS - 1
    assert [line.endswith("  rien") for line in days] == [False, False, True, True, False]
    assert "la piste est entière" in told
    assert "échu" in lines[-2]


def test_enough_happens_to_prove_something(home: Home) -> None:
    left = asked(home, LEFT)
    assert len({row[0] for row in left}) > 10
    assert {"email", "call"} <= {row[3] for row in left}
    assert len(said(home, "promise_made")) > 5
    assert len(said(home, "dispute_opened")) > 3
    assert verified(home).first_fault is None


def test_nothing_leaves_on_a_weekend(home: Home) -> None:
    days = {day_of(row[4]) for row in asked(home, LEFT)}
    assert {day.weekday() for day in days} <= {0, 1, 2, 3, 4}
    assert max(days) > THURSDAY + timedelta(days=3)  # it went on after it


def test_nobody_is_asked_for_what_he_has_paid(home: Home) -> None:
    paid: dict[int, str] = dict(
        asked(home, "SELECT id, closed_on FROM invoice WHERE closed_on IS NOT NULL")
    )
    asked_for = [(row[2], day_of(row[4])) for row in asked(home, LEFT)]
    # What was paid that day shows in the export of the next morning.
    late = [(case, day) for case, day in asked_for if case in paid and paid[case] < str(day)]
    assert late == []


def test_nobody_is_asked_for_what_he_promised_or_disputes(home: Home) -> None:
    promised, disputed = said(home, "promise_made"), said(home, "dispute_opened")
    settled, plans = said(home, "dispute_settled"), said(home, "plan_agreed")
    missed = said(home, "plan_missed")
    parts = {case for (case,) in asked(home, PARTLY)}
    for _, _, case, _, at, *_ in asked(home, LEFT):
        day = str(day_of(at))
        assert not [u for _, u, known in promised.get(case, []) if known < at and u >= day]
        open_ = [known for *_, known in disputed.get(case, []) if known < at]
        ended = [known for *_, known in settled.get(case, []) if known < at]
        assert len(open_) <= len(ended) or case in parts
        assert not [k for *_, k in plans.get(case, []) if k < at] or case in missed


def test_nothing_leaves_for_whoever_is_handed_over_or_insolvent(home: Home) -> None:
    handed = asked(home, "SELECT debtor_id, recorded_at FROM event WHERE kind = 'handed_over'")
    insolvent = {
        debtor
        for debtor, extra in asked(home, "SELECT id, extra FROM debtor")
        if json.loads(extra).get("insolvency") is True
    }
    assert handed
    assert insolvent
    for _, debtor, _, _, at, *_ in asked(home, LEFT):
        assert debtor not in insolvent
        assert not [known for who, known in handed if who == debtor and known < at]


def test_a_notice_leaves_after_every_role_has_said_yes(home: Home) -> None:
    approved: dict[int, dict[str, int]] = {}
    for message, role, at in asked(home, "SELECT message_id, role, at FROM approval WHERE granted"):
        approved.setdefault(message, {})[role] = at
    waited = [row for row in asked(home, LEFT) if json.loads(row[6])]
    assert waited
    for message, _, _, _, at, _, needs in waited:
        assert {role for role, yes in approved[message].items() if yes <= at} >= {
            *json.loads(needs)
        }


def test_nobody_hears_from_us_twice_in_five_days(home: Home) -> None:
    """But for the e-mail that goes beside a letter: that is the same contact."""
    mains = asked(
        home,
        """SELECT debtor_id, contact_on FROM message
        WHERE main_id IS NULL AND event_id IS NULL AND channel NOT IN ('task', 'call', 'visit')
        AND contact_on IS NOT NULL ORDER BY debtor_id, contact_on""",
    )
    for (one, before), (other, after) in pairwise(mains):
        if one == other:
            assert (date.fromisoformat(after) - date.fromisoformat(before)).days >= 5
