"""What makes a simulation trustworthy: a store that really lives the same days does the same.

Nobody pays; both meet the same events. In the store every message is rendered and delivered into
sinks, people enter the outcomes of calls, give their yes and do the tasks of steps. Two months:
`./run test tests/day/test_simulate_agrees.py -m slow`.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

import polars as pl
import pytest

from dispatcher import app
from dispatcher.cli.policies.ahead import world_of
from dispatcher.decide.plan import Plan
from dispatcher.home import Home, lay_down
from dispatcher.house import House
from dispatcher.model.message import HUMAN_CHANNELS
from dispatcher.model.plan import HAND_OVER
from dispatcher.model.reply import Happening
from dispatcher.other_days import unchanged
from dispatcher.people import approval, happened, work
from dispatcher.people.hand_overs import lacking
from dispatcher.prove.days.ahead import taken_up
from dispatcher.prove.days.book_rows import Assumed, Happens
from dispatcher.prove.days.simulation import Simulation, run_days
from dispatcher.prove.days.virtual_book import VirtualBook
from dispatcher.sample.portfolio import portfolio
from dispatcher.wiring import looking, opened_house
from tests.cli.cli_shell import export


START: Final = date(2026, 11, 24)  # a Tuesday
DEBTORS: Final = 14

#: What an earlier tool had done about what is so many days late.
EARLIER: Final = {25: "R3", 15: "R2"}

#: Tasks that do a step of the shipped policies.
OF_STEPS: Final = frozenset({"check-portal"})


@dataclass(frozen=True)
class Event:
    """Something that a person enters in the morning, of the open item in that place."""

    after: int
    place: int
    kind: str
    until: int | None = None


EVENTS: Final = (
    Event(2, 0, "dispute_opened"),
    Event(7, 0, "dispute_settled"),
    Event(3, 3, "promise_made", until=6),
    Event(6, 5, "paused"),
    Event(8, 5, "resumed"),
    Event(3, 7, "reply_received"),
    Event(6, 7, "reply_read"),
)


def hold(house: House, number: str) -> None:
    happened.hold_case(house, number, reason="Geste", person="Paul")


def take(house: House, number: str) -> None:
    happened.take_case(house, number, reason="Geste", person="Paul")


#: What people say with commands of their own.
HELD: Final = {"paused": hold, "resumed": take}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    laid = lay_down(tmp_path / "home")
    export(laid, further_on(portfolio(today=START, debtors=DEBTORS)), day=str(START))
    with opened_house(laid, day=str(START), writes=True) as house:
        app.take_in(house)
    return laid


def further_on(text: str) -> str:
    """The export without the invoices of later days, which a simulation does not have; what is
    late had its reminders from an earlier tool.
    """
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    kept = [row for row in rows if day_of(row["Date facture"]) <= START]
    for row in kept:
        late = (START - day_of(row["Échéance"])).days
        had = next((step for days, step in EARLIER.items() if late >= days), "")
        if had:
            row |= {"Niveau": had, "Date relance": f"{START - timedelta(days=9):%d/%m/%Y}"}
    out = io.StringIO()
    table = csv.DictWriter(out, list(rows[0]), delimiter=";", lineterminator="\n")
    table.writeheader()
    table.writerows(kept)
    return out.getvalue()


def day_of(text: str) -> date:
    """The day of a cell; that of no other where somebody mistyped it."""
    try:
        return datetime.strptime(text, "%d/%m/%Y").date()  # noqa: DTZ007 - a civil day
    except ValueError:
        return date.max


@pytest.mark.parametrize(
    "days", [pytest.param(10, id="10"), pytest.param(60, id="60", marks=pytest.mark.slow)]
)
def test_a_simulation_does_what_real_runs_do(home: Home, days: int) -> None:
    with looking(home, day=str(START)) as house:
        simulated = simulate(house, days)
    real = lived(home, days)
    assert said(simulated.tables) == said(real)
    assert steps(simulated.tables) == steps(real)
    assert stops(simulated.tables) == stops(real)
    # Enough of the ladder has been climbed to speak of agreement.
    channels = set(real["messages"]["channel"])
    assert channels >= {"email", "sms", "letter", "call", "registered_letter"}
    assert len(said(real)) > 15
    assert {"stops/dispute", "stops/promise", "stops/pause", "stops/reply"} <= set(
        real["holds"]["rule"]
    )


def run_on(house: House, days: int) -> Sequence[date]:
    end = START + timedelta(days=days - 1)
    return run_days(house.rulebook, house.settings.creditor.postcode, START, end)


# -- simulated -------------------------------------------------------------------------------------


@dataclass
class Scripted:
    """A course in which the events happen and nothing else."""

    cases: Sequence[tuple[int, int]]
    left: list[Event] = field(default_factory=lambda: list(EVENTS))

    def morning(self, book: VirtualBook, day: date) -> Sequence[Happening]:
        now = [each for each in self.left if START + timedelta(days=each.after) <= day]
        self.left = [each for each in self.left if each not in now]
        return book.happen(map(self._happens, now), day)

    def _happens(self, event: Event) -> Happens:
        case, debtor = self.cases[event.place]
        whole = event.kind.startswith("reply")
        until = None if event.until is None else START + timedelta(days=event.until)
        return Happens(
            kind=event.kind, debtor_id=debtor, case_id=None if whole else case, until=until
        )

    def people(self, book: VirtualBook, plan: Plan, day: date) -> Mapping[int, Assumed]:
        del book, plan, day
        return {}

    def evening(
        self, book: VirtualBook, plan: Plan, day: date, assumed: Mapping[int, Assumed]
    ) -> None:
        """Nobody reacts."""


def simulate(house: House, days: int) -> VirtualBook:
    world = world_of(house)
    book = taken_up(house.book.frames(), house.rulebook, world.presented, START)
    cases = book.tables["invoices"].sort("number").select("id", "debtor_id").rows()
    Simulation(world=world, book=book, course=Scripted(cases)).live(run_on(house, days))
    return book


# -- real ------------------------------------------------------------------------------------------


def lived(home: Home, count: int) -> Mapping[str, pl.DataFrame]:
    """The tables of the store after real runs."""
    with ExitStack() as stack:
        with opened_house(home, day=str(START), writes=False) as house:
            days = run_on(house, count)
            render = stack.enter_context(house.rendering())
            library = house.library
        events = list(EVENTS)
        for day in days:
            with opened_house(home, day=str(day), writes=True) as opened:
                # Made ready once: each day would take a second for it.
                ready = replace(opened, rendering=lambda: nullcontext(render), library=library)
                kept = unchanged(ready)
                now = [each for each in events if START + timedelta(days=each.after) <= day]
                events = [each for each in events if each not in now]
                live_a_day(kept, now)
    with opened_house(home, day=str(days[-1]), writes=False) as house:
        return dict(house.book.frames())


def live_a_day(house: House, events: Iterable[Event]) -> None:
    numbers = house.book.frames()["invoices"].sort("number")["number"]
    for event in events:
        number = numbers[event.place]
        if event.kind in HELD:
            HELD[event.kind](house, number)
            continue
        until = "" if event.until is None else str(START + timedelta(days=event.until))
        told = happened.Told(kind=event.kind, person="Paul", until=until)
        happened.record(house, number, told)
    app.take_in(house, accepted=["open_items"])
    settled(house)
    for todo in list(work.todo(house)):
        people(house, todo)
    app.send(house)


def settled(house: House) -> None:
    """A run whose plan a person has confirmed, whatever safety says of nine debtors."""
    plan = app.decide(house)
    with house.post() as post:
        app.act(house, plan)
        app.reply(house)
        app.deliver(house, post)


def people(house: House, todo: work.Todo) -> None:
    """Our people do at once what they are asked for."""
    if todo.approves:
        waits = approval.waits(house, todo.number)
        for person in each_another(waits.who):
            approval.approve(house, todo.number, code=waits.code, person=person)
    elif todo.channel:
        work.finish(house, todo.number, outcome="reached", person="Paul", note="", until=None)
    elif todo.name == HAND_OVER:
        rows = {f"{work.TASK}{row.id}": row for row in house.book.tasks()}
        for role in lacking(house, rows[todo.number]):
            name = house.settings.people[role].name
            work.finish(house, todo.number, outcome="handed_over", person=name, note="", until=None)
    elif todo.name in OF_STEPS:
        work.finish(house, todo.number, outcome="done", person="Paul", note="", until=None)


def each_another(who: Iterable[tuple[str, tuple[str, ...]]]) -> Iterator[str]:
    spoken = set[str]()
    for _role, names in who:
        person = next(name for name in names if name not in spoken)
        spoken.add(person)
        yield person


# -- what is compared ------------------------------------------------------------------------------


def said(tables: Mapping[str, pl.DataFrame]) -> list[tuple[object, ...]]:
    """Every contact: on which day, with whom, by which rule and channel; copies and answers too.

    The note after a call is written by what the caller enters: nobody can foresee it.
    """
    names = ("contact_on", "debtor_id", "channel", "policy", "rule", "tone")
    messages = tables["messages"]
    calls = messages.filter(pl.col("channel").is_in(HUMAN_CHANNELS))["id"]
    note = pl.col("main_id").is_in(calls.implode()).fill_null(value=False)
    left = messages.filter(pl.col("contact_on").is_not_null(), ~note)
    return sorted(left.select(*names, beside=pl.col("main_id").is_not_null()).iter_rows())


def steps(tables: Mapping[str, pl.DataFrame]) -> list[tuple[object, ...]]:
    """Every step that a case has done, and when it counts as done."""
    done = tables["lines"].filter(pl.col("done_on").is_not_null())
    return sorted(done.select("invoice_id", "step", "choice", "cycle", "done_on").iter_rows())


def stops(tables: Mapping[str, pl.DataFrame]) -> list[tuple[object, ...]]:
    """Every stop that held, from when to when."""
    held = tables["holds"].select("invoice_id", "rule", "began_on", "ended_on")
    return sorted(held.iter_rows(), key=str)
