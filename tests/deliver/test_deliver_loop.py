import asyncio
import errno
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from dispatcher.deliver.journal import Journal, Trace
from dispatcher.deliver.loop import LARGEST_BATCH, PATIENCE
from dispatcher.deliver.stride import STALE
from dispatcher.errors import StoreFault
from dispatcher.ports import (
    Accepted,
    Attempted,
    Claim,
    Going,
    Message,
    NotAccepted,
    Outcome,
    Rejected,
    Unknown,
    Withheld,
)
from tests.deliver.doubles import (
    MemoryOutbox,
    ScriptedChannel,
    accepted,
    after,
    claim,
    deliver,
    message_of,
    says,
)


DEFERRED = NotAccepted(code="smtp/451", evidence="451 later")
NO_SUCH_USER = Rejected(code="smtp/5.1.1", evidence="550 who?")
WRONG_PASSWORD = Rejected(code="smtp/535", evidence="535 no", scope="configuration")


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "journal"


def claims(count: int, channel: str = "email") -> list[Claim]:
    return [claim(number, channel=channel) for number in range(1, count + 1)]


def test_all_that_is_due_leaves_once_in_claims_that_grow_each_recorded_before_the_next(
    journal: Path,
) -> None:
    outbox = MemoryOutbox(claims(160))
    channel = ScriptedChannel(batch=1000)
    sent = deliver(outbox, channel, journal=journal)
    assert sorted(channel.left) == list(range(1, 161))
    assert sent.channels["email"].counts == {"accepted": 160}
    sizes = [(what, len(numbers)) for what, numbers in outbox.log if numbers]
    assert sizes == [
        ("claim", LARGEST_BATCH),
        ("record", LARGEST_BATCH),
        ("claim", 2 * LARGEST_BATCH),
        ("record", 2 * LARGEST_BATCH),
        ("claim", 85),
        ("record", 85),
    ]


def batches(journal: Path) -> list[list[int]]:
    lines = [json.loads(line) for line in journal.read_text(encoding="ascii").splitlines()]
    return [[number for number, _ in line["batch"]] for line in lines if "batch" in line]


def test_of_a_claim_only_one_batch_is_on_its_way_and_it_stands_in_the_journal_first(
    journal: Path,
) -> None:
    on_their_way: list[int] = []

    def look(message: Message, going: Going) -> Outcome:
        assert message.id in batches(journal)[-1]
        on_their_way.append(len(batches(journal)))
        return accepted(message, going)

    channel = ScriptedChannel(deeds=dict.fromkeys(range(1, 15), look), batch=2)
    deliver(MemoryOutbox(claims(14)), channel, journal=journal)
    assert batches(journal) == [[n, n + 1] for n in range(1, 14, 2)]
    assert on_their_way == [1 + n // 2 for n in range(14)]


def test_nothing_of_a_batch_is_touched_before_it_stands_in_the_journal(journal: Path) -> None:
    def prepare(taken: Claim) -> Message:
        assert taken.id in batches(journal)[-1]
        return message_of(taken)

    sent = deliver(MemoryOutbox(claims(5)), ScriptedChannel(), journal=journal, prepare=prepare)
    assert sent.count("accepted") == 5


def test_what_was_claimed_and_is_not_on_its_way_when_a_turn_ends_goes_back(journal: Path) -> None:
    outbox = MemoryOutbox(claims(30))
    shut = ScriptedChannel(deeds={7: says(WRONG_PASSWORD)}, batch=2)
    sent = deliver(outbox, shut, journal=journal)
    # Claimed were 2, 4 and 8; the first batch of the third met the refusal.
    assert shut.left == [1, 2, 3, 4, 5, 6, 8]
    assert outbox.log[-1] == ("record", tuple(range(7, 15)))
    assert sent.channels["email"].counts == {"accepted": 7, "planned": 7}
    assert outbox.in_state("planned") == 23


class Stalling(ScriptedChannel):
    """Takes one message for a long time, on the loop's own clock."""

    def __init__(self, slow: int) -> None:
        super().__init__(batch=2)
        self._slow = slow

    async def send(self, message: Message, going: Going) -> Outcome:
        if message.id == self._slow:
            loop = asyncio.get_running_loop()
            late = loop.time() + STALE
            loop.time = lambda: late  # type: ignore[method-assign]  # time passes
        return await super().send(message, going)


def test_what_was_claimed_long_ago_is_decided_again_before_it_leaves(journal: Path) -> None:
    asked: list[int] = []

    def guard(taken: Sequence[Claim]) -> Mapping[int, str]:
        asked.extend(each.id for each in taken)
        return {}

    outbox = MemoryOutbox(claims(14))
    channel = Stalling(7)
    sent = deliver(outbox, channel, journal=journal, guard=guard)
    # 2, 4, and of 8 the first two; the rest of them once more, in claims of half the size.
    assert asked == [*range(1, 15), *range(9, 15)]
    assert [len(ids) for what, ids in outbox.log if what == "claim" and ids] == [2, 4, 8, 4, 2]
    assert channel.left == list(range(1, 15))
    assert sent.channels["email"].counts == {"accepted": 14}


def test_a_second_run_sends_nothing(journal: Path) -> None:
    outbox = MemoryOutbox(claims(3))
    channel = ScriptedChannel()
    deliver(outbox, channel, journal=journal)
    assert deliver(outbox, channel, journal=journal).count("accepted") == 0
    assert channel.left == [1, 2, 3]


def test_every_attempt_is_in_the_journal_with_its_answer(journal: Path) -> None:
    deeds = {2: says(DEFERRED)}
    deliver(MemoryOutbox(claims(2)), ScriptedChannel(deeds=deeds), journal=journal)
    with Journal(journal) as opened:
        assert opened.read() == {
            (1, 1): Trace(going=True, outcome=Accepted(provider_id="p1")),
            (2, 1): Trace(going=True, outcome=DEFERRED),
        }


def test_the_journal_says_going_before_the_message_leaves(journal: Path) -> None:
    seen: list[bool] = []

    def look(_message: Message, going: Going) -> Outcome:
        seen.append(b"going" in journal.read_bytes())
        going()
        seen.append(b"going" in journal.read_bytes())
        return Accepted()

    deliver(MemoryOutbox(claims(1)), ScriptedChannel(deeds={1: look}), journal=journal)
    assert seen == [False, True]


OUTCOMES: dict[str, tuple[Outcome, str]] = {
    "accepted": (Accepted(), "sent"),
    "rejected": (NO_SUCH_USER, "failed"),
    "not accepted": (DEFERRED, "deferred"),
    "unknown": (Unknown(stage="content", evidence="lost"), "unknown"),
}


@pytest.mark.parametrize(("outcome", "state"), OUTCOMES.values(), ids=OUTCOMES)
def test_an_outcome_becomes_a_state_and_the_others_go_on(
    journal: Path, outcome: Outcome, state: str
) -> None:
    outbox = MemoryOutbox(claims(3))
    deliver(outbox, ScriptedChannel(deeds={2: says(outcome)}), journal=journal)
    assert outbox.states() == {1: "sent", 2: state, 3: "sent"}


def test_a_message_not_accepted_is_due_again_by_its_schedule(journal: Path) -> None:
    outbox = MemoryOutbox(claims(1))
    deliver(outbox, ScriptedChannel(deeds={1: says(DEFERRED)}), journal=journal)
    assert outbox.messages[1].due == after(minutes=2.5)  # half of 5 minutes: the draw is 0.5


ESCAPES: dict[str, tuple[BaseException, bool, str]] = {
    "before going": (RuntimeError("secret"), False, "unknown"),
    "after going": (RuntimeError("secret"), True, "unknown"),
    "its own cancelling": (asyncio.CancelledError(), True, "unknown"),
    "a timeout": (TimeoutError(), True, "unknown"),
    "withheld after going": (Withheld(), True, "unknown"),
    "withheld before going": (Withheld(), False, "planned"),
}


@pytest.mark.parametrize(("error", "gone", "state"), ESCAPES.values(), ids=ESCAPES)
def test_whatever_escapes_from_an_adapter_is_unknown(
    journal: Path, error: BaseException, gone: bool, state: str
) -> None:
    def deed(_message: Message, going: Going) -> Outcome:
        if gone:
            going()
        raise error

    outbox = MemoryOutbox(claims(2))
    deliver(outbox, ScriptedChannel(deeds={1: deed}), journal=journal)
    assert outbox.states() == {1: state, 2: "sent"}
    assert b"secret" not in journal.read_bytes()


def test_an_answer_that_is_no_outcome_is_unknown(journal: Path) -> None:
    def deed(_message: Message, _going: Going) -> Outcome:
        return "sent, I think"  # type: ignore[return-value]  # what an adapter must not do

    outbox = MemoryOutbox(claims(1))
    deliver(outbox, ScriptedChannel(deeds={1: deed}), journal=journal)
    assert outbox.states() == {1: "unknown"}


class SlowChannel(ScriptedChannel):
    """Never answers; `before` it says going, or after."""

    def __init__(self, *, gone: bool) -> None:
        super().__init__()
        self._gone = gone

    async def send(self, message: Message, going: Going) -> Outcome:
        if self._gone:
            going()
            self.left.append(message.id)
        await asyncio.Event().wait()
        return Accepted()


@pytest.mark.parametrize(("gone", "state"), [(True, "unknown"), (False, "deferred")])
def test_an_attempt_out_of_time_is_unknown_only_if_it_may_have_left(
    journal: Path, gone: bool, state: str
) -> None:
    outbox = MemoryOutbox(claims(1))
    deliver(outbox, SlowChannel(gone=gone), journal=journal, attempt_limit=0.01)
    assert outbox.states() == {1: state}


class LateChannel(ScriptedChannel):
    """Holds on when it is cancelled and wants to send after all."""

    async def send(self, message: Message, going: Going) -> Outcome:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            going()
            self.left.append(message.id)
        return Accepted()


def test_out_of_time_means_that_nothing_leaves_any_more(journal: Path) -> None:
    outbox = MemoryOutbox(claims(1))
    channel = LateChannel()
    deliver(outbox, channel, journal=journal, attempt_limit=0.01)
    assert channel.left == []
    assert outbox.states() == {1: "deferred"}


def test_stop_is_looked_at_before_every_going(journal: Path) -> None:
    channel = ScriptedChannel(batch=10)
    outbox = MemoryOutbox(claims(30))
    sent = deliver(outbox, channel, journal=journal, stopped=lambda: len(channel.left) >= 13)
    assert len(channel.left) == 13
    assert outbox.in_state("sent") == 13
    assert outbox.in_state("planned") == 17
    assert sent.channels["email"].counts == {"accepted": 13, "planned": 17}
    assert sent.channels["email"].ended == "stopped"


def test_stopped_from_the_start_claims_nothing(journal: Path) -> None:
    outbox = MemoryOutbox(claims(3))
    deliver(outbox, ScriptedChannel(), journal=journal, stopped=lambda: True)
    assert outbox.log == []


def test_a_refused_configuration_stops_its_channel_and_uses_nothing_up(journal: Path) -> None:
    outbox = MemoryOutbox([*claims(30), claim(99, channel="call")])
    refusing = ScriptedChannel(deeds={n: says(WRONG_PASSWORD) for n in range(1, 31)}, batch=10)
    sent = deliver(outbox, refusing, ScriptedChannel("call"), journal=journal)
    assert outbox.in_state("planned") == 30
    assert outbox.states()[99] == "sent"
    email = sent.channels["email"]
    assert (email.ended, email.counts) == ("configuration", {"planned": 10})
    assert email.reason == "smtp/535 535 no"
    assert outbox.messages[1].evidence == {"code": "smtp/535", "configuration": "535 no"}


def test_a_provider_that_takes_nothing_ends_the_turn(journal: Path) -> None:
    outbox = MemoryOutbox(claims(40))
    away = ScriptedChannel(deeds={n: says(DEFERRED) for n in range(1, 41)}, batch=PATIENCE)
    sent = deliver(outbox, away, journal=journal)
    assert sent.channels["email"].ended == "unhealthy"
    assert outbox.in_state("deferred") == PATIENCE
    assert outbox.in_state("planned") == 40 - PATIENCE


def test_many_wrong_addresses_are_no_fault_of_the_provider(journal: Path) -> None:
    outbox = MemoryOutbox(claims(40))
    deeds = {number: says(NO_SUCH_USER) for number in range(1, 31)}
    deliver(outbox, ScriptedChannel(deeds=deeds, batch=5), journal=journal)
    assert outbox.in_state("failed") == 30
    assert outbox.in_state("sent") == 10


def test_a_message_that_cannot_be_made_is_rejected_and_the_others_go(journal: Path) -> None:
    def prepare(taken: Claim) -> Message:
        if taken.id == 2:
            raise ValueError("Jean Dupont <jean@example.test>")
        return message_of(taken)

    outbox = MemoryOutbox(claims(3))
    channel = ScriptedChannel()
    sent = deliver(outbox, channel, journal=journal, prepare=prepare)
    assert channel.left == [1, 3]
    assert outbox.states()[2] == "failed"
    assert sent.count("rejected") == 1


def test_what_the_guard_names_does_not_leave(journal: Path) -> None:
    outbox = MemoryOutbox(claims(3))
    channel = ScriptedChannel()
    deliver(outbox, channel, journal=journal, guard=lambda _claims: {2: "paid"})
    assert channel.left == [1, 3]
    assert outbox.states()[2] == "withdrawn"


def test_legal_effect_goes_one_by_one(journal: Path) -> None:
    outbox = MemoryOutbox(claim(number, legal_effect=True) for number in (1, 2, 3))
    deliver(outbox, ScriptedChannel(), journal=journal)
    assert [numbers for what, numbers in outbox.log if what == "record"] == [(1,), (2,), (3,)]


class WaitingChannel(ScriptedChannel):
    """Does not answer before another channel has sent everything."""

    def __init__(self, other: ScriptedChannel, count: int) -> None:
        super().__init__("email")
        self._other, self._count = other, count

    async def send(self, message: Message, going: Going) -> Outcome:
        while len(self._other.left) < self._count:  # noqa: ASYNC110 - the other knows no event
            await asyncio.sleep(0)
        return await super().send(message, going)


def test_a_slow_channel_costs_the_others_nothing(journal: Path) -> None:
    quick = ScriptedChannel("call", batch=2)
    outbox = MemoryOutbox([claim(1), *(claim(number, channel="call") for number in range(10, 30))])
    deliver(outbox, WaitingChannel(quick, 20), quick, journal=journal)
    assert outbox.in_state("sent") == 21


class OutboxWithAlso(MemoryOutbox):
    """The `also` (2) is due once its main message (1) is out."""

    def _is_due(self, stored: object, channel: str, now: object) -> bool:
        if channel == "letter" and self.messages[1].state != "sent":
            return False
        return super()._is_due(stored, channel, now)  # type: ignore[arg-type]  # passed through


def test_an_also_leaves_in_the_same_run_after_its_main_message(journal: Path) -> None:
    outbox = OutboxWithAlso([claim(1), claim(2, channel="letter")])
    deliver(outbox, ScriptedChannel("letter"), ScriptedChannel("email"), journal=journal)
    assert outbox.states() == {1: "sent", 2: "sent"}


def test_progress_is_told_after_every_claim(journal: Path) -> None:
    told: list[tuple[str, int]] = []

    def progress(channel: str, counts: Mapping[str, int]) -> None:
        told.append((channel, counts["accepted"]))

    channel = ScriptedChannel(batch=2)
    deliver(MemoryOutbox(claims(7)), channel, journal=journal, progress=progress)
    assert told == [("email", 2), ("email", 6), ("email", 7)]


def full_disk(_file: int, _content: bytes) -> int:
    raise OSError(errno.ENOSPC, "no space left")


def test_without_a_journal_nothing_leaves_and_everything_stays_planned(
    journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox = MemoryOutbox(claims(3))
    channel = ScriptedChannel()
    monkeypatch.setattr(os, "write", full_disk)
    with pytest.raises(StoreFault) as raised:
        deliver(outbox, channel, journal=journal)
    assert raised.value.problems[0].code == "deliver/journal"
    assert channel.left == []
    assert outbox.in_state("planned") == 3


def test_a_disk_that_fills_up_under_way_withholds_the_rest_and_records_what_is_known(
    journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fills_up(message: Message, going: Going) -> Outcome:
        going()
        monkeypatch.setattr(os, "write", full_disk)
        return Accepted(provider_id=f"p{message.id}")

    outbox = MemoryOutbox([*claims(4), claim(9, channel="call")])
    channel = ScriptedChannel(deeds={2: fills_up})
    with pytest.raises(StoreFault):
        deliver(outbox, channel, journal=journal)
    assert outbox.states()[1] == "sent"
    assert outbox.states()[2] == "sent"
    assert outbox.states()[3] == "planned"


def test_a_store_that_fails_is_told_after_the_other_channels_finished_their_batch(
    journal: Path,
) -> None:
    class Failing(MemoryOutbox):
        def record(self, attempted: Sequence[Attempted], *, owner: str) -> None:
            if attempted[0].claim.channel == "email":
                raise RuntimeError("database is gone")
            super().record(attempted, owner=owner)

    outbox = Failing([claim(1), claim(2, channel="call")])
    with pytest.raises(RuntimeError, match="database is gone"):
        deliver(outbox, ScriptedChannel("email"), ScriptedChannel("call"), journal=journal)
    assert outbox.states() == {1: "sending", 2: "sent"}
