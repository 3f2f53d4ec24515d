"""Before anything leaves: the clock, and a day that is not like the days before."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from dispatcher import app, questions
from dispatcher.errors import WantsPerson
from dispatcher.home import Home, lay_down
from dispatcher.house import House
from dispatcher.model.settings import Environment, OutOfUsual, Totals
from dispatcher.wiring import looking, opened_house
from tests.app.narrow_rules import narrowed
from tests.app.test_days import TUESDAY, export, row


PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return narrowed(lay_down(tmp_path / "home"))


def come(home: Home, day: date, *debtors: int) -> None:
    """An export in which these debtors are ten days late, each since the day before it."""
    rows = [row(f"F-{n}", Compte=f"C{n}") for n in debtors]
    export(home, day, *rows)


@contextmanager
def on(home: Home, day: date, *, times: int | None = 2, over: int = 2) -> Iterator[House]:
    with opened_house(home, day=str(day), writes=True) as house:
        totals = Totals(unusual=OutOfUsual(times=times, over=over))
        yield replace(house, settings=replace(house.settings, totals=totals))


NEXT = date(2026, 12, 1)  # the working day after five


@pytest.fixture(scope="module")
def five_days(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with five days on which one new debtor was contacted each; made once."""
    home = narrowed(lay_down(tmp_path_factory.mktemp("usual") / "home"))
    days = [TUESDAY + timedelta(days=n) for n in (0, 1, 2, 3, 6)]
    for number, day in enumerate(days, start=1):
        come(home, day, *range(1, number + 1))
        with on(home, day) as house:
            assert len(app.run(house).plan.contacts) == 1
    return home.folder


@pytest.fixture
def usual(five_days: Path, tmp_path: Path) -> Home:
    return Home(folder=Path(shutil.copytree(five_days, tmp_path / "usual")))


def test_a_day_unlike_the_others_is_confirmed_by_its_digest(usual: Home) -> None:
    come(usual, NEXT, *range(4, 11))  # five new ones: twice as many as usual, and two more
    with on(usual, NEXT) as house:
        with pytest.raises(WantsPerson) as asked:
            app.run(house)
        (problem,) = asked.value.problems
        assert problem.code == "run/unusual-contacts"
        digest = problem.fields.pop("digest")  # type: ignore[attr-defined]
        assert problem.fields == {"today": "5", "mean": "1", "days": "5"}
        assert asked.value.exit_code == 3
        assert len(app.run(house, confirm=digest).plan.contacts) == 5


def test_what_runs_of_the_day_wrote_before_counts_too(usual: Home) -> None:
    come(usual, NEXT, *range(5, 9))
    with on(usual, NEXT) as house:
        assert len(app.run(house).plan.contacts) == 3
    come(usual, NEXT, *range(5, 10))
    with on(usual, NEXT) as house, pytest.raises(WantsPerson) as asked:
        app.run(house)
    assert asked.value.problems[0].fields["today"] == "4"


def test_plan_says_it_too_and_a_home_may_not_want_it(usual: Home) -> None:
    come(usual, NEXT, *range(4, 11))
    with looking(usual, day=str(NEXT)) as house:
        totals = Totals(unusual=OutOfUsual(times=2, over=2))
        told = replace(house, settings=replace(house.settings, totals=totals))
        codes = [problem.code for problem in questions.preview(told).doubts]
    assert codes == ["run/unusual-contacts"]
    with on(usual, NEXT, times=None) as house:
        assert len(app.run(house).plan.contacts) == 5


# -- the clock ----------------------------------------------------------------------------------


@dataclass
class Hands:
    """A clock that a test sets."""

    at: datetime
    zone: ZoneInfo = field(default_factory=lambda: PARIS)

    def now(self) -> datetime:
        return self.at

    def today(self) -> date:
        return self.at.astimezone(self.zone).date()


@contextmanager
def at(home: Home, instant: datetime, *, live: bool = True) -> Iterator[House]:
    """The house at an instant, as in production; messages go to the sink all the same."""
    with opened_house(home, writes=True) as house:
        hands = Hands(instant)
        where = Environment.PRODUCTION if live else Environment.SANDBOX
        yield replace(
            house,
            clock=hands,
            guard=replace(house.guard, clock=hands),
            settings=replace(house.settings, environment=where, max_data_age=900),
        )


TEN = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture
def ran(home: Home) -> Home:
    come(home, TUESDAY, 1)
    with at(home, TEN, live=False) as house:
        app.run(house)
    return home


@pytest.mark.parametrize("act", [app.run, app.send], ids=["run", "send"])
def test_a_clock_that_was_set_back_stops(ran: Home, act: Callable[[House], object]) -> None:
    with at(ran, TEN - timedelta(minutes=6)) as house, pytest.raises(WantsPerson) as asked:
        act(house)
    assert [problem.code for problem in asked.value.problems] == ["run/clock-back"]
    assert asked.value.problems[0].fields["now"] == "2026-11-24 09:54"
    with at(ran, TEN - timedelta(minutes=4)) as house:
        act(house)
    with at(ran, TEN - timedelta(minutes=6), live=False) as house:  # where a day may be chosen
        act(house)


def test_a_person_accepts_a_clock_that_was_set_right(ran: Home) -> None:
    earlier = TEN - timedelta(hours=3)
    with at(ran, earlier) as house:
        app.run(house, accepted=["clock"])


def test_once_accepted_for_a_run_it_no_longer_keeps_a_send_from_leaving(ran: Home) -> None:
    """A small home has few records a day: those of the wrong clock stay among the last for long."""
    with at(ran, TEN - timedelta(hours=2)) as house:
        app.run(house, accepted=["clock"])
        app.send(house)
        app.run(house)
    with at(ran, TEN - timedelta(hours=3)) as house, pytest.raises(WantsPerson):
        app.send(house)


def test_a_clock_that_jumped_ahead_asks(ran: Home) -> None:
    with at(ran, TEN + timedelta(days=15)) as house:
        with pytest.raises(WantsPerson) as asked:
            app.run(house)
        assert [problem.code for problem in asked.value.problems] == ["run/clock-ahead"]
        assert asked.value.problems[0].fields == {"days": "15", "last": "2026-11-24 10:00"}
        app.send(house)
        app.run(house, accepted=["clock"])
        app.run(house)


def test_two_weeks_of_rest_are_nothing(ran: Home) -> None:
    with at(ran, TEN + timedelta(days=13, hours=23)) as house:
        app.run(house)


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        pytest.param(date(2026, 3, 29), 23, id="summer-time-begins"),
        pytest.param(date(2026, 10, 25), 25, id="summer-time-ends"),
        pytest.param(date(2026, 10, 26), 24, id="any-day"),
    ],
)
def test_a_day_on_which_the_clock_changes_is_one_day(day: date, hours: int) -> None:
    midnight = datetime(day.year, day.month, day.day, tzinfo=PARIS).astimezone(UTC)
    quarters = [midnight + timedelta(minutes=15 * n) for n in range(-8, 4 * hours + 8)]
    mine = [instant for instant in quarters if Hands(instant).today() == day]
    assert len(mine) == 4 * hours


def twice_an_hour(day: date) -> set[datetime]:
    """Instants of a day in UTC, around its change of hour and later."""
    locals_ = (datetime(day.year, day.month, day.day, h, 30, tzinfo=PARIS) for h in (2, 10))
    return {each.replace(fold=fold).astimezone(UTC) for each in locals_ for fold in (0, 1)}


@pytest.mark.parametrize(
    "day",
    [
        pytest.param(date(2026, 3, 30), id="after-summer-time-began"),
        pytest.param(date(2026, 10, 26), id="after-summer-time-ended"),
    ],
)
def test_each_day_around_a_change_is_run_once(home: Home, day: date) -> None:
    due = day - timedelta(days=12)
    issued = {"Date facture": f"{due - timedelta(days=30):%d/%m/%Y}"}
    late = row("F-1", Échéance=f"{due:%d/%m/%Y}") | issued
    began = []
    for today in (day - timedelta(days=1), day):
        export(home, today, late)
        for instant in sorted(twice_an_hour(today)):
            with at(home, instant, live=False) as house:
                began += [house.clock.today() for _ in app.run(house).plan.contacts]
    assert began == [day]  # the day of the change is a Sunday
    assert len(list(home.sinks.rglob("*.eml"))) == 1
