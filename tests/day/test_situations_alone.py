"""Situations that want days of their own: a promise, a payer with habits, the first day."""

from datetime import date, timedelta
from pathlib import Path
from typing import Final

import pytest

from dispatcher.errors import WantsPerson
from dispatcher.people.first_day import begin, first_day, steps_of
from dispatcher.wiring import looking, opened_house
from tests.day.situation_town import TUESDAY, Row, Town, due, founded, row


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return founded(tmp_path / "home")


def said(town: Town, day: date, case: str, *rows: Row) -> tuple[str, str, date | None]:
    """Action, reason or rule, and next day of a case in that day's plan."""
    answers = town.plan(day, *rows).answers
    (answer,) = answers.filter(answers["number"] == case).to_dicts()
    return answer["action"], answer["reason"] or answer["rule"], answer["until"]


WEDNESDAY: Final = date(2027, 3, 24)
GOOD_FRIDAY: Final = date(2027, 3, 26)  # a working day in Lyon; Monday is Easter Monday
GRACE: Final = (date(2027, 3, 30), date(2027, 3, 31))  # two business days after the promise
BROKEN: Final = date(2027, 4, 1)


def test_a_promise_before_a_long_weekend_is_broken_after_two_business_days(town: Town) -> None:
    item = row("W-1", late=10, today=WEDNESDAY)
    town.comes_in(WEDNESDAY, item)
    town.happens(WEDNESDAY, "W-1", "promise_made", until=str(GOOD_FRIDAY))
    for day in (GOOD_FRIDAY, *GRACE):
        assert said(town, day, "W-1", item)[:2] == ("hold", "promise")
    action, rule, _ = said(town, BROKEN, "W-1", item)
    assert (action, rule) == ("contact", "reminder/standard")


def test_a_promise_that_is_kept_ends_in_silence(town: Town) -> None:
    item = row("W-1", late=10, today=WEDNESDAY)
    other = row("W-2", late=-30, today=WEDNESDAY)
    town.comes_in(WEDNESDAY, item, other)
    town.happens(WEDNESDAY, "W-1", "promise_made", until=str(GOOD_FRIDAY))
    morning = town.run(BROKEN, other)
    assert morning.report.plan.answers["number"].to_list() == ["W-2"]
    assert morning.mails == []


TOWN_HALL: Final = {
    "Compte": "M1",
    "Raison sociale": "Mairie de Vénissieux",
    "Nature": "Public",
    "Profil": "Public",
    "E-mail": "finances@mairie.example",
}


def test_a_public_body_that_always_pays_at_45_days_is_left_in_peace_until_then(town: Town) -> None:
    dues = [date(2026, month, 15) for month in (3, 5, 7)]
    for at, day in enumerate(dues):  # each is settled when it is 45 days late
        paid = day + timedelta(days=45)
        rest = [due(f"B-{n}", later, **TOWN_HALL) for n, later in enumerate(dues) if n > at]
        now = due("B-9", date(2026, 10, 1), **TOWN_HALL)
        if at == 0:
            town.comes_in(paid - timedelta(days=1), due("B-0", day, **TOWN_HALL), *rest, now)
        town.comes_in(paid, *rest, now)
    asked = {late: date(2026, 10, 1) + timedelta(days=late) for late in (14, 20, 46, 53)}
    assert said(town, asked[14], "B-9", now)[0] == "nothing yet"
    assert said(town, asked[20], "B-9", now)[:2] == ("wait", "reminder/usual-payer")
    assert said(town, asked[46], "B-9", now)[:2] == ("wait", "reminder/usual-payer")
    assert said(town, asked[53], "B-9", now)[:2] == ("contact", "reminder/standard")


def test_without_that_habit_a_public_body_is_reminded_after_15_days(town: Town) -> None:
    item = due("B-9", date(2026, 10, 1), **TOWN_HALL)
    assert said(town, date(2026, 10, 21), "B-9", item)[:2] == ("contact", "reminder/standard")


MANY: Final = 60  # debtors on the first day, more than the team can call on one


def old_portfolio() -> list[Row]:
    """Debtors without e-mail, whose only invoice is up to a year late; one is time-barred."""
    rows = [
        {**row(f"H-{at:02}", late=5 + at * 6, Compte=f"H{at:02}"), "E-mail": ""}
        for at in range(MANY)
    ]
    return [*rows, row("H-99", late=6 * 365, Compte="H99")]


def test_the_first_day_is_shown_spread_and_begins_only_when_confirmed(town: Town) -> None:
    rows = old_portfolio()
    town.comes_in(TUESDAY, *rows)
    with looking(town.home, day=str(TUESDAY)) as house:
        had = steps_of(["over-90=second-reminder"], house.rulebook)
        shown = first_day(house, had)
    assert shown.barred == ("H-99",)
    assert len(set(shown.days.values())) > 1
    assert min(shown.days.values()) == TUESDAY
    with opened_house(town.home, day=str(TUESDAY), writes=True) as house:
        with pytest.raises(WantsPerson):
            begin(house, shown, confirmed="0000", person="Claire")
        begin(house, first_day(house, had), confirmed=shown.digest[:12], person="Claire")
    morning = town.run(TUESDAY, *rows)
    called = {each.cases[0] for each in town.calls(TUESDAY)}
    today = [debtor for debtor, day in shown.days.items() if day == TUESDAY]
    assert len(called) == len(today) <= 40  # what the team can do
    later = morning.report.plan.answers.filter(morning.report.plan.answers["reason"] == "first-day")
    assert later.height == len(shown.days) - len(today)
    assert morning.says("H-99")[1] == "time_barred"
