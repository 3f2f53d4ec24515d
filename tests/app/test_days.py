"""Several days of one home: what changes outside changes what is in hand, and nothing else."""

import csv
import io
import os
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from dispatcher import app
from dispatcher.home import Home, lay_down
from dispatcher.house import Report
from dispatcher.people.work import todo
from dispatcher.sample.files import HEADINGS
from dispatcher.wiring import opened_house, verified
from tests.app.narrow_rules import narrowed


TUESDAY = date(2026, 11, 24)

Row = dict[str, str]


def row(number: str, late: int = 10, **changes: str) -> Row:
    due = TUESDAY - timedelta(days=late)
    return {
        "Compte": "C1",
        "Raison sociale": "Menuiserie Éluard",
        "Nature": "Entreprise",
        "Profil": "PME",
        "E-mail": "compta@eluard.example",
        "Téléphone": "04 72 10 10 10",
        "Adresse": "12 rue des Lilas",
        "CP": "69003",
        "Ville": "LYON",
        "Facture": number,
        "Date facture": f"{due - timedelta(days=30):%d/%m/%Y}",
        "Échéance": f"{due:%d/%m/%Y}",
        "Montant TTC": "1200,00",
        "Solde": "1200,00",
        **changes,
    }


@pytest.fixture
def day(tmp_path: Path) -> Callable[..., Report]:
    """Run a day with these rows in the export; so few debtors need no confirmation."""
    home = narrowed(lay_down(tmp_path / "home"))

    def run(today: date, *rows: Row) -> Report:
        export(home, today, *rows)
        with opened_house(home, day=str(today), writes=True) as house:
            report = app.run(house)
        assert verified(home).first_fault is None
        return report

    run.home = home  # type: ignore[attr-defined] # so that a test can look around
    return run


def export(home: Home, today: date, *rows: Row) -> None:
    text = io.StringIO()
    table = csv.DictWriter(text, HEADINGS, delimiter=";", lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    path = home.incoming / "open-items.csv"
    path.write_text(text.getvalue(), encoding="utf-8")
    written = datetime(today.year, today.month, today.day, 6, tzinfo=UTC).timestamp()
    os.utime(path, (written, written))


def calls(home: Home, today: date) -> list[str]:
    with opened_house(home, day=str(today), writes=False) as house:
        return [each.number for each in todo(house) if each.channel == "call"]


def answers(report: Report) -> dict[str, str]:
    return dict(report.plan.answers.select("number", "action").iter_rows())


def mute(number: str, late: int = 10, **changes: str) -> Row:
    """Without an e-mail address the first reminder is a call."""
    return {**row(number, late, **changes), "E-mail": ""}


def test_a_call_stays_in_hand_from_day_to_day(day: Callable[..., Report]) -> None:
    home = day.home  # type: ignore[attr-defined]
    first = day(TUESDAY, mute("F-1"), mute("F-2", 2))
    assert answers(first) == {"F-1": "contact", "F-2": "contact"}
    listed = calls(home, TUESDAY)
    assert len(listed) == 1
    for later in (1, 2):
        today = TUESDAY + timedelta(days=later)
        again = day(today, mute("F-1"), mute("F-2", 2))
        assert set(answers(again).values()) == {"under way"}
        assert calls(home, today) == listed


def test_nobody_calls_a_debtor_who_has_paid(day: Callable[..., Report]) -> None:
    home = day.home  # type: ignore[attr-defined]
    day(TUESDAY, mute("F-1"), row("F-9", late=-30, Compte="C2"))
    assert calls(home, TUESDAY)
    day(TUESDAY + timedelta(days=1), row("F-9", late=-30, Compte="C2"))
    assert calls(home, TUESDAY + timedelta(days=1)) == []


def test_a_part_payment_renews_the_call_sheet(day: Callable[..., Report]) -> None:
    home = day.home  # type: ignore[attr-defined]
    day(TUESDAY, mute("F-1"))
    before = calls(home, TUESDAY)
    day(TUESDAY + timedelta(days=1), mute("F-1", Solde="200,00"))
    after = calls(home, TUESDAY + timedelta(days=1))
    assert (len(after), after != before) == (1, True)


def test_the_ladder_goes_on_a_week_later(day: Callable[..., Report]) -> None:
    home = day.home  # type: ignore[attr-defined]
    first = day(TUESDAY, row("F-1"))
    assert first.plan.answers["rule"].to_list() == ["reminder/standard"]
    quiet = day(TUESDAY + timedelta(days=6), row("F-1"))
    assert quiet.plan.answers["action"].to_list() == ["nothing yet"]
    assert quiet.plan.answers["until"].to_list() == [TUESDAY + timedelta(days=7)]
    firm = day(TUESDAY + timedelta(days=7), row("F-1"))
    assert firm.plan.answers["rule"].to_list() == ["second-reminder/standard"]
    mails = sorted(home.sinks.rglob("*.eml"))
    assert len(mails) == 2


def test_a_refused_row_does_not_close_its_case(day: Callable[..., Report]) -> None:
    day(TUESDAY, row("F-1"), row("F-2", Compte="C2"))
    report = day(TUESDAY + timedelta(days=1), row("F-1", Solde="n/c"), row("F-2", Compte="C2"))
    assert set(report.plan.answers["number"]) == {"F-1", "F-2"}


def test_a_paid_case_has_no_answer_any_more(day: Callable[..., Report]) -> None:
    day(TUESDAY, row("F-1"), row("F-2", Compte="C2"))
    report = day(TUESDAY + timedelta(days=1), row("F-2", Compte="C2"))
    assert report.plan.answers["number"].to_list() == ["F-2"]
    assert report.plan.answers.filter(pl.col("number") == "F-1").is_empty()
