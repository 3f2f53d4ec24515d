"""A real portfolio, end to end: invoices nobody here wrote, imported, planned, sent, explained."""

import csv
import email
import email.policy
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest

from dispatcher import app, questions
from dispatcher.home import Home, lay_down
from dispatcher.house import Report
from dispatcher.wiring import looking, opened_house, verified
from tests.app.narrow_rules import narrowed


DATA = Path(__file__).parents[3] / "shared" / "data" / "ibm-late-payments.csv"

SUNDAY, MONDAY = date(2013, 6, 30), date(2013, 7, 1)

pytestmark = pytest.mark.skipif(not DATA.exists(), reason=f"{DATA.name} is not part of the project")


@dataclass(frozen=True)
class Row:
    customer: str
    number: str
    issued: date
    due: date
    settled: date
    cents: int

    def is_open(self, day: date) -> bool:
        return self.issued <= day < self.settled


def day_of(text: str) -> date:
    return datetime.strptime(text, "%d/%m/%Y").date()  # noqa: DTZ007 - a civil day


def rows() -> list[Row]:
    """The file as the csv module reads it: counts that owe nothing to our intake."""
    with DATA.open(encoding="utf-8", newline="") as file:
        return [
            Row(
                customer=row["customerID"],
                number=row["invoiceNumber"],
                issued=day_of(row["InvoiceDate"]),
                due=day_of(row["DueDate"]),
                settled=day_of(row["SettledDate"]),
                cents=round(float(row["InvoiceAmount"]) * 100),
            )
            for row in csv.DictReader(file)
        ]


@dataclass(frozen=True, kw_only=True)
class Done:
    """A home, and what its run did."""

    home: Home
    report: Report


def founded(folder: Path) -> Home:
    """The shipped configuration with these sources; who has no e-mail address is called."""
    home = narrowed(lay_down(folder))
    shipped = home.config.read_text("utf-8")
    before, _, rest = shipped.partition("sources:\n")
    _, mark, after = rest.partition("# ── Channels")
    assert mark
    sources = (Path(__file__).parent / "ibm-sources.yaml").read_text("utf-8")
    home.config.write_text(f"{before}{sources}\n{mark}{after}", encoding="utf-8")
    (home.incoming / "invoices.csv").write_bytes(DATA.read_bytes())
    customers = sorted({row.customer for row in rows()})
    lines = ["customerID,name,email,phone"]
    # Every tenth customer has no e-mail and is called; every fiftieth has neither.
    for place, name in enumerate(customers):
        mail = "" if place % 10 == 0 else f"{name.lower()}@customer.example"
        phone = "" if place % 50 == 0 else "04 72 10 10 10"
        lines.append(f"{name},Client {name},{mail},{phone}")
    (home.incoming / "customers.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return founded(tmp_path / "ibm")


@pytest.fixture(scope="module")
def monday(tmp_path_factory: pytest.TempPathFactory) -> Done:
    """The Monday, looked at and run; who goes on from it leaves it as it is."""
    home = founded(tmp_path_factory.mktemp("monday") / "ibm")
    with looking(home, day=str(MONDAY)) as house:
        digest = questions.preview(house).plan.digest
    with opened_house(home, day=str(MONDAY), writes=True) as house:
        return Done(home=home, report=app.run(house, confirm=digest))


def test_every_row_of_the_file_is_accounted_for(home: Home) -> None:
    everything = rows()
    with opened_house(home, day=str(SUNDAY), writes=True) as house:
        _, invoices = app.take_in(house)
        counts = {status.value: n for status, n in invoices.taken.counts.items() if n}
        stored = house.book.frames()["invoices"]
    assert sum(counts.values()) == len(everything) == 2466
    assert counts == {
        "taken": sum(row.is_open(SUNDAY) for row in everything),
        "settled": sum(row.settled <= SUNDAY for row in everything),
        "future": sum(row.issued > SUNDAY < row.settled for row in everything),
    }
    assert stored.height == counts["taken"]
    assert stored["balance"].sum() == sum(row.cents for row in everything if row.is_open(SUNDAY))


def test_on_a_sunday_every_contact_waits_for_monday(home: Home) -> None:
    with looking(home, day=str(SUNDAY)) as house:
        plan = questions.preview(house).plan
    assert plan.contacts == ()
    late = {row.number for row in rows() if row.is_open(SUNDAY) and (SUNDAY - row.due).days >= 4}
    waiting = plan.answers.filter(pl.col("reason") == "weekend")
    assert late <= set(waiting["number"])
    assert set(waiting["until"]) == {MONDAY}


def test_on_monday_each_late_debtor_is_contacted_once(monday: Done) -> None:
    home, report = monday.home, monday.report
    open_rows = [row for row in rows() if row.is_open(MONDAY)]
    due = {row.customer for row in open_rows if (MONDAY - row.due).days >= 4}
    customers = sorted({row.customer for row in rows()})
    mute = {name for place, name in enumerate(customers) if place % 10 == 0}
    unreachable = {name for place, name in enumerate(customers) if place % 50 == 0}

    letters = [mail(path) for path in home.sinks.rglob("*.eml")]
    recipients = Counter(letter["To"] for letter in letters)
    assert recipients == {f"{name.lower()}@customer.example": 1 for name in due - mute}
    assert report.delivered.count("accepted") == len(due - unreachable)
    answers = report.plan.answers
    assert answers.height == answers["case_id"].n_unique() == len(open_rows)
    assert verified(home).first_fault is None


def test_a_second_run_of_the_day_plans_nothing(monday: Done) -> None:
    before = {path.name for path in monday.home.sinks.rglob("*.eml")}
    with opened_house(monday.home, day=str(MONDAY), writes=True) as house:
        report = app.run(house)
    assert report.plan.contacts == ()
    assert {path.name for path in monday.home.sinks.rglob("*.eml")} == before


def test_every_open_case_can_be_explained(home: Home) -> None:
    with looking(home, day=str(MONDAY)) as house:
        plan = questions.preview(house).plan
        for name in plan.answers["number"].gather_every(100):
            french = questions.explained(house, name, "fr")
            english = questions.explained(house, name, "en")
            assert french[0].startswith(name)
            assert french != english


def mail(path: Path) -> email.message.EmailMessage:
    return email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
