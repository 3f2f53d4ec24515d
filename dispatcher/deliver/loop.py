"""Sending what is due: claim, journal, hand over, record; every channel on its own pace."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import random

from dispatcher.deliver.attempt import ATTEMPT_LIMIT, hand_over
from dispatcher.deliver.journal import Journal, outcome_word
from dispatcher.deliver.owner import Owner
from dispatcher.deliver.schedule import Draw
from dispatcher.deliver.settle import settled
from dispatcher.errors import RelanceError, StoreFault
from dispatcher.model.problem import Problem
from dispatcher.ports import (
    Attempted,
    Channel,
    Claim,
    Clock,
    Guard,
    Message,
    NotAccepted,
    Outbox,
    Outcome,
    Rejected,
    Unknown,
)


LARGEST_BATCH = 25

#: So many messages in a row that nobody took end a channel's turn: the provider, not the
#: messages, is at fault, and the rest should not use up its tries.
PATIENCE = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSent:
    """One channel's turn: attempts by outcome word, `planned` for those put back.

    `ended` says why the turn ended before all was sent: empty (it did not), `stopped`,
    `configuration` (with the refusal in `reason`), or `unhealthy`.
    """

    counts: Mapping[str, int]
    ended: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What became of everything claimed in this run, by channel."""

    channels: Mapping[str, ChannelSent]

    def count(self, word: str) -> int:
        """Attempts with this outcome over all channels."""
        return sum(channel.counts.get(word, 0) for channel in self.channels.values())


#: Told after every recorded batch: the channel and its counts so far.
Progress = Callable[[str, Mapping[str, int]], None]


async def send_due(
    *,
    outbox: Outbox,
    channels: Mapping[str, Channel],
    journal: Journal,
    guard: Guard,
    clock: Clock,
    owner: Owner,
    prepare: Callable[[Claim], Message],
    stopped: Callable[[], bool],
    progress: Progress,
    draw: Draw = random,
    attempt_limit: float = ATTEMPT_LIMIT,
) -> Sent:
    """Send all that is due now on these channels, side by side.

    `owner` must be alive (`living_owner`). `prepare` makes the message of a claim; if it raises,
    the message is rejected and nothing leaves. `stopped` is asked before every irrevocable byte.
    `attempt_limit` bounds one attempt, in seconds. Channels are not closed here.

    Raises:
        StoreFault: the journal or the store failed; what is known by then is recorded, if it can
            be, and recovery settles the rest.
    """
    halt = _Halt(stopped)
    tools = _Tools(
        outbox=outbox,
        journal=journal,
        guard=guard,
        clock=clock,
        owner=owner,
        prepare=prepare,
        halt=halt,
        progress=progress,
        draw=draw,
        attempt_limit=attempt_limit,
    )
    turns = [_Turn(tools, name, channel) for name, channel in channels.items()]
    while await _round([turn for turn in turns if not turn.ended]):
        pass
    if halt.fault is not None:
        raise halt.fault
    return Sent(channels={turn.name: turn.result() for turn in turns})


async def _round(turns: Sequence["_Turn"]) -> bool:
    """Every channel once, until it has nothing due; whether another round may find something.

    It may after an acceptance: the `also` of a contact is due once its main message is out.
    """
    before = sum(turn.counts["accepted"] for turn in turns)
    async with asyncio.TaskGroup() as group:
        for turn in turns:
            group.create_task(turn.take())
    return sum(turn.counts["accepted"] for turn in turns) > before


class _Halt:
    """`stop`, said by a person or by a fault that leaves no channel anything to do."""

    def __init__(self, asked: Callable[[], bool]) -> None:
        self._asked = asked
        self.fault: Exception | None = None

    def __call__(self) -> bool:
        return self.fault is not None or self._asked()

    def fail(self, fault: Exception) -> None:
        self.fault = self.fault or fault


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tools:
    outbox: Outbox
    journal: Journal
    guard: Guard
    clock: Clock
    owner: Owner
    prepare: Callable[[Claim], Message]
    halt: _Halt
    progress: Progress
    draw: Draw
    attempt_limit: float


@dataclass(slots=True)
class _Turn:
    """One channel's turn: batch after batch until nothing is due or something ends it."""

    tools: _Tools
    name: str
    channel: Channel
    counts: Counter[str] = field(default_factory=Counter)
    ended: str = ""
    reason: str = ""
    in_a_row: int = 0

    def result(self) -> ChannelSent:
        return ChannelSent(counts=dict(self.counts), ended=self.ended, reason=self.reason)

    async def take(self) -> None:
        """Send batches. A fault halts every channel and is kept for the caller."""
        try:
            while not self.ended and await self._batch():
                pass
        except Exception as fault:  # noqa: BLE001 - the others must finish their batches first
            self._fail(fault)

    async def _batch(self) -> bool:
        if self.tools.halt():
            self.ended = "stopped"
            return False
        claims = self._claim()
        if not claims:
            return False
        refused, messages = self._prepared(claims)
        outcomes = [*refused, *await self._sent(messages)]
        self._record(outcomes)
        self._judge([outcome for _, outcome in outcomes])
        # The channels share one thread: after a batch that never waited, let the others go on.
        await asyncio.sleep(0)
        return True

    def _claim(self) -> Sequence[Claim]:
        tools = self.tools
        return tools.outbox.claim(
            channel=self.name,
            limit=max(1, min(self.channel.batch, LARGEST_BATCH)),
            owner=tools.owner.token,
            boot=tools.owner.boot,
            now=tools.clock.now(),
            guard=tools.guard,
        )

    def _prepared(
        self, claims: Sequence[Claim]
    ) -> tuple[list[tuple[Claim, Outcome | None]], list[tuple[Claim, Message]]]:
        refused: list[tuple[Claim, Outcome | None]] = []
        messages: list[tuple[Claim, Message]] = []
        for claim in claims:
            try:
                messages.append((claim, self.tools.prepare(claim)))
            except Exception as error:  # noqa: BLE001 - one bad message never stops the others
                # Only the error's name: its text may quote personal data.
                name = type(error).__name__
                code = error.problems[0].code if isinstance(error, RelanceError) else "unprepared"
                rejected = Rejected(code=code, evidence=name, scope="message")
                refused.append((claim, rejected))
        return refused, messages

    async def _sent(
        self, messages: Sequence[tuple[Claim, Message]]
    ) -> list[tuple[Claim, Outcome | None]]:
        if not messages:
            return []
        try:
            self.tools.journal.open_batch([claim for claim, _ in messages])
        except OSError as fault:
            self._fail(_journal_fault(self.tools.journal, fault))
            return [(claim, None) for claim, _ in messages]
        outcomes = await asyncio.gather(*(self._one(*pair) for pair in messages))
        return [(claim, outcome) for (claim, _), outcome in zip(messages, outcomes, strict=True)]

    async def _one(self, claim: Claim, message: Message) -> Outcome | None:
        def going() -> None:
            self.tools.journal.going(claim)

        outcome = await hand_over(
            self.channel,
            message,
            journal_going=going,
            stopped=self.tools.halt,
            on_fault=lambda fault: self._fail(_journal_fault(self.tools.journal, fault)),
            limit=self.tools.attempt_limit,
        )
        if outcome is not None:
            self._note(claim, outcome)
        return outcome

    def _note(self, claim: Claim, outcome: Outcome) -> None:
        try:
            self.tools.journal.gone(claim, outcome)
        except OSError as fault:  # the store may still take the answer
            self._fail(_journal_fault(self.tools.journal, fault))

    def _record(self, outcomes: Sequence[tuple[Claim, Outcome | None]]) -> None:
        now = self.tools.clock.now()
        attempted = [settled(c, o, at=now, draw=self.tools.draw) for c, o in outcomes]
        self.tools.outbox.record(attempted, owner=self.tools.owner.token)
        self.counts.update(_word(one) for one in attempted)
        self.tools.progress(self.name, dict(self.counts))

    def _judge(self, outcomes: Sequence[Outcome | None]) -> None:
        """End the turn when going on would only do harm; nothing put back is claimed again."""
        for outcome in outcomes:
            match outcome:
                case None:
                    self._end("stopped")
                case Rejected(scope="configuration"):
                    self._end("configuration", f"{outcome.code} {outcome.evidence}")
                case NotAccepted() | Unknown() | Rejected(scope="message"):
                    self.in_a_row += 1
                case _:
                    self.in_a_row = 0
        if self.in_a_row >= PATIENCE:
            self._end("unhealthy")

    def _end(self, why: str, reason: str = "") -> None:
        if not self.ended:
            self.ended, self.reason = why, reason

    def _fail(self, fault: Exception) -> None:
        self.tools.halt.fail(fault)
        self._end("stopped")


def _word(attempted: Attempted) -> str:
    return "planned" if attempted.outcome is None else outcome_word(attempted.outcome)


def _journal_fault(journal: Journal, fault: OSError) -> StoreFault:
    fields = {"path": str(journal.path), "why": fault.strerror or str(fault)}
    stopped = StoreFault(Problem(code="deliver/journal", fields=fields))
    stopped.__cause__ = fault
    return stopped
