"""The sample company: the same on every machine, like a French aged balance, wrong where meant."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest

from dispatcher import app
from dispatcher.home import Home, lay_down
from dispatcher.house import Came
from dispatcher.month.play import export
from dispatcher.sample.company import LITTORAL, Company, company
from dispatcher.sample.files import exports, open_items
from dispatcher.sample.ledger import SATURDAY
from dispatcher.wiring import opened_house


DAY = date(2026, 11, 24)

CLASSES = {"not due": 0, "1-30": 30, "31-60": 60, "61-90": 90, "90+": 9999}


@pytest.fixture(scope="module")
def made() -> Company:
    return company(today=DAY)


@pytest.fixture(scope="module")
def came(made: Company, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Came]:
    """The company's files as the example configuration takes them."""
    home = laid(tmp_path_factory.mktemp("sample") / "home", made)
    with opened_house(home, day=str(DAY), writes=True) as house:
        return {each.taken.source: each for each in app.take_in(house)}


def laid(folder: Path, made: Company) -> Home:
    home = lay_down(folder)
    export(home, made, DAY, since=date.min)
    return home


def test_the_same_seed_is_the_same_company() -> None:
    one, other = (exports(company(today=DAY, debtors=30, seed=3), DAY) for _ in range(2))
    assert one == other
    assert one != exports(company(today=DAY, debtors=30, seed=4), DAY)


def test_a_month_ahead_changes_nothing_of_today() -> None:
    now, ahead = (company(today=DAY, debtors=30, ahead=days) for days in (0, 30))
    assert exports(now, DAY) == exports(ahead, DAY)
    assert open_items(now, DAY + timedelta(days=20)) != open_items(ahead, DAY + timedelta(days=20))


def test_it_moves_with_the_day() -> None:
    other = company(today=DAY + timedelta(days=100), debtors=30)
    assert max(each.issued for each in other.invoices) > DAY


def test_it_is_as_large_as_it_says(made: Company) -> None:
    assert len(made.debtors) == 400
    assert 1000 <= len(made.open_on(DAY)) <= 1300
    assert sum(each.debtor.name == LITTORAL for each in made.open_on(DAY)) == 60
    assert len(made.invoices) > 8000  # two years


def test_every_kind_of_debtor_is_there(made: Company) -> None:
    profiles = Counter(each.kind.profile for each in made.debtors)
    assert len(profiles) == 7
    assert min(profiles.values()) >= 5
    heads = {each.postcode[:2] for each in made.debtors}
    assert heads >= {"67", "68", "57", "97", "75"}
    assert any(each.procedure for each in made.debtors)
    for what in ("email", "phone", "mobile"):
        missing = sum(not getattr(each, what) for each in made.debtors)
        assert 20 <= missing <= 300, what
    assert any("@@" in each.email for each in made.debtors)


def test_every_term_of_payment_is_there(made: Company) -> None:
    assert {each.term for each in made.debtors} >= {30, 60, 90}


def test_everything_had_been_said_once(made: Company) -> None:
    kinds = {each.kind for each in made.said}
    assert kinds == {
        "promise_made",
        "dispute_opened",
        "plan_agreed",
        "plan_missed",
        "reply_received",
        "handed_over",
        "reason_given",
    }
    assert any(each.part for each in made.said)
    assert all(each.on <= DAY for each in made.said)


def test_the_aged_balance_looks_like_one(made: Company) -> None:
    """Most is not due, of what is late most is young, some is very old."""
    owed = made.open_on(DAY)
    total = sum(each.balance for each in owed)
    shares = dict.fromkeys(CLASSES, 0.0)
    for each in owed:
        late = each.days_late(DAY)
        name = next(name for name, last in CLASSES.items() if late <= last)
        shares[name] += each.balance / total
    assert 0.6 <= shares["not due"] <= 0.85
    assert 0.08 <= shares["1-30"] <= 0.25
    assert shares["1-30"] > shares["31-60"] > 0.005
    assert 0.005 <= shares["90+"] <= 0.12


def test_amounts_are_spread_as_amounts_are(made: Company) -> None:
    """The mean is far above the median, and cents are not round."""
    amounts = sorted(each.amount for each in made.invoices)
    assert sum(amounts) / len(amounts) > 1.3 * amounts[len(amounts) // 2]
    assert sum(amount % 100 != 0 for amount in amounts) > len(amounts) / 2
    assert min(amounts) > 0


def test_steps_of_the_earlier_tool_are_older_than_today_and_of_working_days(
    made: Company,
) -> None:
    had = [each for each in made.open_on(DAY) if each.step]
    assert {each.step for each in had} == {"R0", "R1", "R2", "R3", "MED"}
    for each in had:
        assert each.step_on is not None
        assert each.due < each.step_on < DAY
        assert each.step_on.weekday() < SATURDAY


def test_only_the_rows_that_are_meant_to_be_wrong_are_refused(came: Mapping[str, Came]) -> None:
    account = came["open_items"].taken.account
    refused = account.filter(account["status"] == "refused")["code"].to_list()
    assert sorted(refused) == [
        "csv/amount",
        "csv/due-day",
        "csv/legal-kind",
        "csv/no-debtor",
        "csv/no-number",
    ]
    remarks = set(account.filter(account["status"] == "remark")["code"].to_list())
    assert remarks == {"csv/email"}
    paid = came["paid_items"].taken.account
    assert set(paid["status"].to_list()) == {"taken"}


def test_every_paid_invoice_finds_its_debtor(came: Mapping[str, Came], made: Company) -> None:
    counts = came["paid_items"].counts
    assert counts.without_debtor == ()
    assert counts.paid.new == sum(
        each.pays_on is not None and each.pays_on < DAY for each in made.invoices
    )


def test_habits_can_be_read_from_it(tmp_path: Path) -> None:
    small = company(today=DAY, debtors=40)
    with opened_house(laid(tmp_path / "home", small), day=str(DAY), writes=True) as house:
        app.take_in(house)
        facts = app.decide(house).facts.unique("debtor_id")
    known = facts["payer_history"].drop_nulls()
    assert known.len() > 20
    assert {"good", "irregular"} <= set(known.cast(str).to_list())
    assert max(facts["usual_days_late"].drop_nulls().to_list()) > 10
