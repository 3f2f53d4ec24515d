"""What ends or holds back one channel's turn, and that it costs the others nothing."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from dispatcher.deliver.breaker import PATIENCE
from dispatcher.deliver.journal import Journal
from dispatcher.deliver.loop import Sent, send_due
from dispatcher.deliver.owner import Owner
from dispatcher.deliver.rate import Pace
from dispatcher.model.health import Health
from dispatcher.model.settings import Rate
from dispatcher.ports import (
    Accepted,
    Channel,
    Claim,
    Going,
    Message,
    NotAccepted,
    Outcome,
    Rejected,
    Unknown,
)
from tests.deliver.doubles import (
    NOW,
    FixedClock,
    MemoryOutbox,
    ScriptedChannel,
    after,
    claim,
    message_of,
    says,
)


AWAY = NotAccepted(code="smtp/connect", evidence="refused")
WRONG = Rejected(code="smtp/535", evidence="535 no", scope="configuration")
NO_USER = Rejected(code="smtp/5.1.1", evidence="550 who?")
THROTTLED = NotAccepted(code="sms/429", evidence="429", schedule="throttled", retry_after=600)


@dataclass
class Memory:
    """Providers kept in a dict; `told` are the changes in order."""

    known: dict[str, Health] = field(default_factory=dict)
    told: list[Health] = field(default_factory=list)

    def health(self, channel: str) -> Health:
        return self.known.get(channel, Health(channel=channel))

    def keep(self, health: Health, *, was: Health, now: datetime) -> None:
        assert self.health(health.channel) == was
        assert now >= NOW
        if health != was:
            self.known[health.channel] = health
            self.told.append(health)


@dataclass
class World:
    """Sends again and again with one memory, each time at its own instant."""

    journal: Path
    outbox: MemoryOutbox
    providers: Memory = field(default_factory=Memory)
    waits: bool = True

    def send(
        self,
        *channels: Channel,
        now: datetime = NOW,
        attempt_limit: float = 60.0,
        paces: dict[str, Pace] | None = None,
    ) -> Sent:
        with Journal(self.journal) as opened:
            return asyncio.run(
                send_due(
                    outbox=self.outbox,
                    channels={channel.name: channel for channel in channels},
                    journal=opened,
                    guard=lambda _claims: {},
                    clock=FixedClock(now),
                    owner=Owner(token="me", boot="boot"),
                    prepare=message_of,
                    stopped=lambda: False,
                    progress=lambda _channel, _counts: None,
                    draw=lambda: 0.0,
                    attempt_limit=attempt_limit,
                    providers=self.providers,
                    paces=paces,
                    waits=lambda _channel: self.waits,
                )
            )


def claims(count: int, channel: str = "email", first: int = 1) -> list[Claim]:
    return [claim(number, channel=channel) for number in range(first, first + count)]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(journal=tmp_path / "journal", outbox=MemoryOutbox(claims(30)))


def always(outcome: Outcome, name: str = "email", batch: int = 5) -> ScriptedChannel:
    return ScriptedChannel(name, {n: says(outcome) for n in range(1, 100)}, batch=batch)


def test_while_it_is_open_nothing_is_claimed(world: World) -> None:
    world.send(always(AWAY))
    log = len(world.outbox.log)
    sent = world.send(ScriptedChannel(), now=after(seconds=59))
    assert len(world.outbox.log) == log
    assert (sent.channels["email"].ended, sent.channels["email"].counts) == ("open", {})
    assert sent.channels["email"].reason == "smtp/connect"


def test_then_one_tries_for_all_and_a_failure_leaves_it_alone_for_longer(world: World) -> None:
    world.send(always(AWAY))
    sent = world.send(always(AWAY), now=after(minutes=2))
    assert sent.count("not_accepted") == 1
    assert sent.channels["email"].ended == "unhealthy"
    assert world.providers.health("email").open_until == after(minutes=7)


def test_and_an_acceptance_opens_the_way_for_all_the_others(world: World) -> None:
    world.send(always(AWAY))
    channel = ScriptedChannel(batch=10)
    sent = world.send(channel, now=after(minutes=2))
    assert sent.channels["email"].ended == ""
    assert world.outbox.in_state("planned") == 0
    assert not world.providers.health("email").is_open
    sizes = [len(numbers) for what, numbers in world.outbox.log if what == "record"]
    assert sizes == [PATIENCE, 1, 10, 19]  # a claim that went fast doubles


def test_one_who_is_refused_does_not_close_it_and_the_next_one_tries(world: World) -> None:
    world.send(always(AWAY))
    channel = ScriptedChannel(deeds={1: says(NO_USER)})
    world.send(channel, now=after(minutes=2))
    assert world.outbox.states()[1] == "failed"
    sizes = [len(numbers) for what, numbers in world.outbox.log if what == "record"]
    assert sizes[1:] == [1, 1, 25, 3]
    assert not world.providers.health("email").is_open


def test_troubles_of_several_processes_add_up(world: World) -> None:
    for minute in range(PATIENCE):
        assert not world.providers.health("email").is_open
        world.outbox = MemoryOutbox(claims(1))
        world.send(always(AWAY), now=after(minutes=minute))
    assert world.providers.health("email").is_open


ENDED: dict[str, tuple[Outcome, str, timedelta]] = {
    "configuration": (WRONG, "smtp/535 535 no", timedelta(minutes=1)),
    "throttled": (THROTTLED, "sms/429", timedelta(minutes=10)),
    "unhealthy": (Unknown(stage="content", evidence="x"), "unknown/content", timedelta(minutes=1)),
}


@pytest.mark.parametrize("word", ENDED)
def test_why_a_turn_ends_is_said_and_kept(world: World, word: str) -> None:
    outcome, reason, span = ENDED[word]
    sent = world.send(always(outcome))
    assert (sent.channels["email"].ended, sent.channels["email"].reason) == (word, reason)
    assert world.outbox.in_state("planned") >= 25
    assert world.providers.health("email").open_until == NOW + span


def test_of_a_channel_with_nothing_to_send_nothing_is_said(world: World) -> None:
    world.send(always(AWAY))
    world.waits = False
    assert world.send(ScriptedChannel()).channels["email"].ended == ""


# -- rates ----------------------------------------------------------------------------------------


def test_a_rate_per_second_is_waited_for(world: World) -> None:
    twenty = Pace(Rate(count=20, span=timedelta(seconds=0.2)))
    sent = world.send(ScriptedChannel(), paces={"email": twenty})
    assert sent.count("accepted") == 30
    sizes = [len(numbers) for what, numbers in world.outbox.log if what == "claim" and numbers]
    assert max(sizes) <= 20


def test_a_rate_per_hour_leaves_the_rest_for_the_next_send(world: World) -> None:
    hourly = Rate(count=10, span=timedelta(hours=1))
    sent = world.send(ScriptedChannel(), paces={"email": Pace(hourly, [after(minutes=-1)] * 4)})
    assert sent.channels["email"].counts == {"accepted": 6}
    assert sent.channels["email"].ended == "rate"
    assert world.outbox.in_state("planned") == 24


def test_the_rate_of_one_channel_does_not_slow_another(world: World) -> None:
    world.outbox = MemoryOutbox([*claims(5), *claims(20, "sms", first=50)])
    one = Pace(Rate(count=1, span=timedelta(days=1)))
    sent = world.send(ScriptedChannel(), ScriptedChannel("sms"), paces={"email": one})
    assert sent.channels["email"].counts == {"accepted": 1}
    assert sent.channels["sms"].counts == {"accepted": 20}


# -- slow and dead ones ---------------------------------------------------------------------------


class Hung(ScriptedChannel):
    """Says going and never answers."""

    async def send(self, message: Message, going: Going) -> Outcome:
        going()
        self.left.append(message.id)
        await asyncio.Event().wait()
        return Accepted()


class Crawling(ScriptedChannel):
    """Takes its time for each message, as at one byte a second."""

    async def send(self, message: Message, going: Going) -> Outcome:
        for _ in range(20):
            await asyncio.sleep(0)
        return await super().send(message, going)


def test_a_hung_and_a_crawling_channel_cost_the_others_nothing(world: World) -> None:
    fast = ("sms", "letter", "call")
    world.outbox = MemoryOutbox(
        [
            *claims(40, "email"),
            *claims(40, "crawling", first=100),
            *(each for n, name in enumerate(fast) for each in claims(50, name, 200 + 100 * n)),
        ]
    )
    hung, crawling = Hung("email", batch=2), Crawling("crawling", batch=1)
    others = [ScriptedChannel(name) for name in fast]
    sent = world.send(hung, crawling, *others, attempt_limit=0.5)
    assert [len(each.left) for each in others] == [50, 50, 50]
    assert all(sent.channels[name].ended == "" for name in fast)
    # The hung one is left alone after a few, all of them unknown; none of the rest is touched.
    assert sent.channels["email"].ended == "unhealthy"
    assert sent.channels["email"].counts == {"unknown": 6}
    assert len(crawling.left) == 40
    assert world.outbox.in_state("planned") == 34


def test_a_turn_that_crawls_ends_and_leaves_the_rest_for_the_next_send(world: World) -> None:
    class Day:
        """A channel on whose clock every message takes a quarter of an hour."""

        def __init__(self) -> None:
            self.inner = ScriptedChannel(batch=1)
            self.name, self.batch, self.delivery_class = "email", 1, self.inner.delivery_class

        async def send(self, message: Message, going: Going) -> Outcome:
            loop = asyncio.get_running_loop()
            shift = getattr(loop, "shift", 0.0) + 900
            plain = type(loop).time
            loop.shift = shift  # type: ignore[attr-defined]  # a note on the loop
            loop.time = lambda: plain(loop) + shift  # type: ignore[method-assign]  # time passes
            return await self.inner.send(message, going)

        async def close(self) -> None:
            await self.inner.close()

    sent = world.send(Day(), attempt_limit=10**9)
    assert sent.channels["email"].ended == "slow"
    assert sent.channels["email"].counts == {"accepted": 2}
    assert world.outbox.in_state("planned") == 28
