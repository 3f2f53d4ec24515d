"""One home through anything in any order: it does what a model of a hundred lines allows, no more.

A hundred lives of 30 steps, and the system broken on purpose, which has to be seen:
`./run test -m slow tests/machine/test_machine.py`; full size with `MACHINE=2000x40` before it.
"""

import os
import shutil
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from dispatcher import restoring, wiring
from dispatcher.deliver import recover
from dispatcher.home import Home
from dispatcher.messages.guard import Recheck
from dispatcher.model.message import NOTHING_REACHED, State
from dispatcher.ports import NewsKind
from dispatcher.store import forward, passage
from dispatcher.store.interventions import Deed
from tests.machine.machine_deeds import Town
from tests.machine.machine_home import EDITIONS, NUMBERS, founded
from tests.machine.machine_world import ANSWERS, Hands


#: Days before a clock change, spring and autumn, and before the end of February in a leap year.
STARTS: Final = (date(2027, 3, 25), date(2027, 10, 28), date(2028, 2, 25))

NEWS: Final = (
    NewsKind.SENT,
    NewsKind.DELIVERED,
    NewsKind.DELAYED,
    NewsKind.BOUNCED,
    NewsKind.REPLY,
    NewsKind.OPTED_OUT,
)
EVENTS: Final = (
    "paid",
    "paid by mistake",
    "dispute_opened",
    "dispute_settled",
    "reply_read",
    "opted_out",
    "promise_made",
)

DEEDS: Final = (*Deed, "approve", "refuse", "reached", "no_answer", "wrong_number")

numbers = st.sampled_from(NUMBERS)
channels = st.sampled_from(("email", "sms", "call"))
kills = st.sampled_from((0, *range(20)))
answers = st.lists(st.sampled_from(ANSWERS), min_size=1, max_size=4)

#: In memory where the system has such a folder: a life syncs its files hundreds of times.
MEMORY: Final = Path("/dev/shm")


class Lives(RuleBasedStateMachine):
    """A home, the model beside it, and everything that can happen to both."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(mkdtemp(dir=MEMORY if MEMORY.is_dir() else None))

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    @initialize(start=st.sampled_from(STARTS))
    def founded(self, start: date) -> None:
        home = Home(folder=Path(shutil.copytree(self.template, self.folder / "home")))
        clock = Hands(datetime(start.year, start.month, start.day, 9, tzinfo=UTC))
        self.town = Town(home=home, clock=clock, due=start - timedelta(days=5))
        self.town.run()

    # -- time and commands: what the rest is about, so there are many ways to come to it

    @rule(days=st.integers(1, 3), kill=kills)
    def run_of_a_morning(self, days: int, kill: int) -> None:
        self.town.morning(days)
        self.town.run(kill)

    @rule(kill=kills, answers=answers)
    def run_of_the_next_morning(self, kill: int, answers: list[str]) -> None:
        self.town.answers(answers)
        self.town.morning(1)
        self.town.run(kill)

    @rule(edition=st.integers(0, len(EDITIONS) - 1), answers=answers)
    def run_after_an_edit(self, edition: int, answers: list[str]) -> None:
        self.town.edit(edition)
        self.town.answers(answers)
        self.town.morning(2)
        self.town.run()

    @rule(kill=kills)
    def run_again(self, kill: int) -> None:
        self.town.run(kill)

    @rule(hours=st.integers(0, 30), kill=kills, restarted=st.booleans())
    def send_hours_later(self, hours: int, kill: int, restarted: bool) -> None:
        self.town.world.boot += "'" * restarted
        self.town.clock.passes(hours=hours)
        self.town.send(kill)

    # -- what comes from outside

    @rule(number=numbers, kind=st.sampled_from(EVENTS), days=st.integers(0, 4), channel=channels)
    def happen(self, number: str, kind: str, days: int, channel: str) -> None:
        more = {
            "promise_made": {"until": str(self.town.clock.today() + timedelta(days=days))},
            "opted_out": {"channel": channel},
        }
        self.town.happens(number, kind, **more.get(kind, {}))

    @rule(which=st.integers(0, 9), kind=st.sampled_from(NEWS), again=st.booleans())
    def news(self, which: int, kind: NewsKind, again: bool) -> None:
        written = [each for each in self.town.model.left if each.channel != "call"]
        if again and self.town.told:
            self.town.tells(which % len(self.town.told))
        elif written:
            self.town.hears(written[which % len(written)], kind)

    # -- what people do

    @rule(choice=st.sampled_from(("truth", "truth", "send-again", "leave")))
    def resolve(self, choice: str) -> None:
        self.town.resolves(choice)

    @rule(deed=st.sampled_from(DEEDS))
    def people(self, deed: str) -> None:
        self.town.people(deed)

    @rule(channel=st.sampled_from(("resume", "resume", "", "email", "sms")))
    def stop_or_resume(self, channel: str) -> None:
        if channel == "resume":
            self.town.resumes()
        else:
            self.town.stops(channel)

    @rule(which=st.integers(0, 2), back=st.booleans())
    def copy_the_store_or_put_it_back(self, which: int, back: bool) -> None:
        if back and self.town.copies:
            self.town.puts_back(which % len(self.town.copies))
        elif len(self.town.copies) < 3:
            self.town.copies_store()

    @invariant()
    def all_is_as_the_model_has_it(self) -> None:
        self.town.check()


@pytest.fixture(scope="module")
def lives(tmp_path_factory: pytest.TempPathFactory) -> type[Lives]:
    home = founded(tmp_path_factory.mktemp("template") / "home")
    return type("Lives", (Lives,), {"template": home.folder})


def live(
    lives: Callable[[], Lives], examples: int, steps: int, phases: Sequence[Phase] = tuple(Phase)
) -> None:
    run_state_machine_as_test(
        lives,  # type: ignore[arg-type]  # a class is called without arguments
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=True,
            database=None,
            phases=phases,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_a_home_does_what_the_model_allows(lives: type[Lives]) -> None:
    live(lives, examples=7, steps=18)


@pytest.mark.slow
@pytest.mark.timeout(0)
def test_so_do_very_many(lives: type[Lives]) -> None:
    examples, _, steps = os.environ.get("MACHINE", "100x30").partition("x")
    live(lives, examples=int(examples), steps=int(steps))


# -- the system broken on purpose -----------------------------------------------------------------


def guard_looks_away(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Recheck, "__call__", lambda _guard, _claims: {})


def death_proves_that_nothing_left(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(recover, "verdict", lambda trace, **_: trace.outcome)


def news_may_go_back(patch: pytest.MonkeyPatch) -> None:
    ways = {state: frozenset(State) for state in State}
    patch.setattr(passage, "WAYS", ways)
    patch.setattr(forward, "RANK", dict.fromkeys(forward.RANK, 0))
    path = forward._path  # noqa: SLF001 - what is broken here
    goals = forward.GOAL

    def back(state: State, kind: NewsKind) -> tuple[State, ...]:
        goal = goals.get(kind)
        return (goal,) if state in forward.RANK and goal not in {None, state} else path(state, kind)

    patch.setattr(forward, "_path", back)


def copies_are_not_noticed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(wiring, "refuse_restored", lambda *_: None)
    patch.setattr(restoring, "forgotten", lambda *_: None)


def unknown_frees_the_key(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(passage, "NOTHING_REACHED", NOTHING_REACHED | {State.UNKNOWN})


BREAKS: Final = {
    guard_looks_away: "paid|disputed|promised|opted out|replied|day off|quiet hour|two contacts",
    death_proves_that_nothing_left: "sent again|same step",
    news_may_go_back: " -> |(sent|delivered) (True|False)",
    copies_are_not_noticed: "sent again|same step",
    unknown_frees_the_key: "unknown",
}


@pytest.mark.slow
@pytest.mark.timeout(0)
@pytest.mark.parametrize(("breaks", "seen"), BREAKS.items())
def test_what_is_broken_is_seen(
    lives: type[Lives],
    monkeypatch: pytest.MonkeyPatch,
    breaks: Callable[[pytest.MonkeyPatch], None],
    seen: str,
) -> None:
    breaks(monkeypatch)
    with pytest.raises(AssertionError, match=seen):
        live(lives, examples=150, steps=30, phases=[Phase.generate])
