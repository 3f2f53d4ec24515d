"""Safety is asked of every plan of a run, also of the one that a withdrawal makes necessary."""

from datetime import date
from pathlib import Path

import pytest

from dispatcher import app, questions
from dispatcher.errors import WantsPerson
from dispatcher.home import Home, lay_down
from dispatcher.house import House, Report
from dispatcher.model.event import EventKind
from dispatcher.people.work import todo
from dispatcher.store.events import NewEvent
from dispatcher.wiring import looking, opened_house, verified
from tests.app.narrow_rules import narrowed
from tests.app.test_days import TUESDAY, export, row


DEBTORS = 24  # under 20 a share says nothing


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Everybody is due his first reminder, by e-mail, else by a call."""
    laid = narrowed(lay_down(tmp_path / "home"))
    rows = [row(f"F-{number}", Compte=f"C{number}") for number in range(1, DEBTORS + 1)]
    export(laid, TUESDAY, *rows)
    return laid


def opt_out(house: House, debtor: int, day: date) -> None:
    new = NewEvent(
        source="test",
        reference=f"out-{debtor}",
        kind=EventKind.OPTED_OUT,
        debtor_id=debtor,
        day=day,
        detail="email",
    )
    house.book.record_event(new, now=house.clock.now())


def run(home: Home, *, leaving: int) -> Report:
    """The day, confirmed; that many opt out of e-mail once their messages are written."""
    with looking(home, day=str(TUESDAY)) as house:
        digest = questions.preview(house).plan.digest
    found: list[House] = []

    def meanwhile(stage: str, done: int, total: int) -> None:
        if (stage, done) == ("freeze", total) and found:
            house = found.pop()
            for debtor in range(1, leaving + 1):
                opt_out(house, debtor, TUESDAY)

    with opened_house(home, day=str(TUESDAY), writes=True, progress=meanwhile) as house:
        found.append(house)
        report = app.run(house, confirm=digest)
    assert verified(home).first_fault is None
    return report


def calls(home: Home) -> int:
    with opened_house(home, day=str(TUESDAY), writes=False) as house:
        return sum(each.channel == "call" for each in todo(house))


def test_a_plan_that_a_withdrawal_makes_is_asked_about_safety(home: Home) -> None:
    report = run(home, leaving=20)
    assert [problem.code for problem in report.stopped] == ["run/safety"]
    assert report.delivered.count("accepted") == DEBTORS - 20
    assert calls(home) == 0
    with opened_house(home, day=str(TUESDAY), writes=True) as house:
        with pytest.raises(WantsPerson) as asked:
            app.run(house)
        (problem,) = asked.value.problems
        # It is the very plan that the report named.
        assert problem.fields["digest"] == report.stopped[0].fields["digest"]
        app.run(house, confirm=problem.fields["digest"])
    assert calls(home) == 20


def test_a_small_one_goes_in_the_same_run(home: Home) -> None:
    report = run(home, leaving=2)
    assert report.stopped == ()
    assert calls(home) == 2
