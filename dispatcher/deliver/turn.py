"""One channel's turn: claim, and then batch by batch journal, hand over, judge; record, go on."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from dispatcher.deliver.admission import Admission
from dispatcher.deliver.attempt import Attempt, Gate, all_of
from dispatcher.deliver.breaker import PATIENCE, Providers
from dispatcher.deliver.journal import Journal, outcome_word
from dispatcher.deliver.owner import Owner
from dispatcher.deliver.rate import Pace
from dispatcher.deliver.schedule import Draw, Hours
from dispatcher.deliver.settle import settled
from dispatcher.deliver.stride import STALE, Stride
from dispatcher.errors import RelanceError, StoreFault
from dispatcher.model.problem import Problem
from dispatcher.ports import (
    Attempted,
    Channel,
    Claim,
    Clock,
    Guard,
    Message,
    Outbox,
    Outcome,
    Rejected,
)


#: Told after every recorded claim: the channel and its counts so far.
Progress = Callable[[str, Mapping[str, int]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSent:
    """One channel's turn: attempts by outcome word, `planned` for those put back.

    `ended` says why the turn ended before all was sent: empty (it did not), `stopped`,
    `configuration` (we are refused), `unhealthy` (nobody took them), `throttled` (the provider
    asked for a pause), `open` (it is still left alone), `rate` (no more for now), `slow` (it
    would hold up everything). `reason` is what the provider said.
    """

    counts: Mapping[str, int]
    ended: str = ""
    reason: str = ""


class Halt:
    """`stop`, said by a person or by a fault that leaves no channel anything to do."""

    def __init__(self, asked: Callable[[], bool]) -> None:
        self._asked = asked
        self.fault: Exception | None = None

    def __call__(self) -> bool:
        return self.fault is not None or self._asked()

    def fail(self, fault: Exception) -> None:
        self.fault = self.fault or fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What the turns of all channels work with."""

    outbox: Outbox
    journal: Journal
    guard: Guard
    clock: Clock
    owner: Owner
    prepare: Callable[[Claim], Message]
    halt: Halt
    held: Callable[[str], bool]
    progress: Progress
    draw: Draw
    attempt_limit: float
    providers: Providers
    paces: Mapping[str, Pace]
    waits: Callable[[str], bool]
    hours: Hours
    turn_limit: float


@dataclass(slots=True)
class Turn:
    """Claim after claim until nothing is due or something ends the turn.

    A claim grows while its messages go fast. It is handed over in batches: each stands in the
    journal, synced, before anything of it is touched, so of a claim only the last batch can be in
    doubt. What stands in no batch line when the turn ends goes back.
    """

    tools: Tools
    name: str
    channel: Channel
    counts: Counter[str] = field(default_factory=Counter)
    ended: str = ""
    reason: str = ""
    in_a_row: int = 0
    door: Admission | None = None
    stride: Stride = field(init=False)
    suspects: bool = False  # only what had a worker die, one by one

    def __post_init__(self) -> None:
        self.stride = Stride(self.channel.batch)

    def result(self) -> ChannelSent:
        """What came of it so far."""
        return ChannelSent(counts=dict(self.counts), ended=self.ended, reason=self.reason)

    async def take(self) -> None:
        """Send what is due. A fault halts every channel and is kept for the caller."""
        try:
            door = self._door()
            while not self.ended and await self._claimed(door):
                pass
            door.keep()
        except Exception as fault:  # noqa: BLE001 - the others must finish their claims first
            self._fail(fault)

    async def take_suspects(self) -> None:
        """Try the messages with which a worker died, one by one, if the channel still goes on."""
        self.suspects = True
        if not self.tools.halt():
            await self.take()

    def _door(self) -> Admission:
        tools = self.tools
        if self.door is None:
            self.door = Admission(
                channel=self.name,
                clock=tools.clock,
                providers=tools.providers,
                draw=tools.draw,
                waits=lambda: tools.waits(self.name),
                stopped=self._stopped,
                pace=tools.paces.get(self.name),
                turn_limit=tools.turn_limit,
            )
        return self.door

    async def _claimed(self, door: Admission) -> bool:
        """One claim, from the store to the store; whether there may be more."""
        if self._stopped():
            self.ended = "stopped"
            return False
        limit = await door.size(self.stride.size)
        claims = self._claim(limit) if limit else ()
        if not claims:
            self._end(door.ended, door.reason)
            return False
        tried, back = await self._handed_over(claims, door)
        self._record(tried, back)
        return True

    def _stopped(self) -> bool:
        return self.tools.halt() or self.tools.held(self.name)

    def _claim(self, limit: int) -> Sequence[Claim]:
        tools = self.tools
        if self.suspects:
            return tools.outbox.claim_suspect(
                channel=self.name,
                owner=tools.owner.token,
                boot=tools.owner.boot,
                now=tools.clock.now(),
                guard=tools.guard,
            )
        return tools.outbox.claim(
            channel=self.name,
            limit=limit,
            owner=tools.owner.token,
            boot=tools.owner.boot,
            now=tools.clock.now(),
            guard=tools.guard,
        )

    async def _handed_over(
        self, claims: Sequence[Claim], door: Admission
    ) -> tuple[list[Attempted], Sequence[Claim]]:
        """What became of the claims, batch by batch, and those that were never on their way."""
        loop, tried, begun = asyncio.get_running_loop(), list[Attempted](), 0
        began = loop.time()
        for batch in _batches(claims, self.stride.batch):
            begun += len(batch)
            try:
                tried += await self._batch(batch, door)
            except Exception as fault:  # noqa: BLE001 - what is known of the others is recorded
                self._fail(fault)
            # The channels share one thread: after a batch that never waited, let the others go on.
            await asyncio.sleep(0)
            if self.ended or loop.time() - began > STALE:
                break
        self.stride.took(len(claims), loop.time() - began)
        return tried, claims[begun:]

    async def _batch(self, claims: Sequence[Claim], door: Admission) -> list[Attempted]:
        if not self._journalled(claims):
            return self._settled([(claim, None) for claim in claims])
        refused, messages = self._prepared(claims)
        attempts = [self._attempt(*pair) for pair in messages]
        await all_of(attempts, limit=self.tools.attempt_limit)
        sent = [(claim, each.outcome) for (claim, _), each in zip(messages, attempts, strict=True)]
        self._judge([outcome for _, outcome in (*refused, *sent)])
        door.handed([outcome for _, outcome in sent if outcome is not None])
        self._end(door.ended, door.reason)
        return self._settled([*refused, *sent])

    def _journalled(self, claims: Sequence[Claim]) -> bool:
        """Let the journal know of the batch; whether it does."""
        try:
            self.tools.journal.open_batch(claims)
        except OSError as fault:
            self._fail(_journal_fault(self.tools.journal, fault))
            return False
        return True

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

    def _attempt(self, claim: Claim, message: Message) -> Attempt:
        gate = Gate(
            journal_going=partial(self.tools.journal.going, claim),
            stopped=self._stopped,
            on_fault=lambda fault: self._fail(_journal_fault(self.tools.journal, fault)),
        )
        return Attempt(self.channel, message, gate, answered=partial(self._note, claim))

    def _note(self, claim: Claim, outcome: Outcome) -> None:
        try:
            self.tools.journal.gone(claim, outcome)
        except OSError as fault:  # the store may still take the answer
            self._fail(_journal_fault(self.tools.journal, fault))

    def _settled(self, outcomes: Sequence[tuple[Claim, Outcome | None]]) -> list[Attempted]:
        now, tools = self.tools.clock.now(), self.tools
        return [settled(c, o, at=now, draw=tools.draw, hours=tools.hours) for c, o in outcomes]

    def _record(self, tried: Sequence[Attempted], back: Sequence[Claim]) -> None:
        """Write down what became of a claim; what goes on at once counts when it has gone."""
        unsent = self._settled([(claim, None) for claim in back])
        self.tools.outbox.record([*tried, *unsent], owner=self.tools.owner.token)
        self.counts.update(_word(one) for one in tried)
        if self.ended:
            self.counts.update(_word(one) for one in unsent)
        self.tools.progress(self.name, dict(self.counts))

    def _judge(self, outcomes: Sequence[Outcome | None]) -> None:
        """End the turn when going on would only do harm; nothing put back is claimed again."""
        for outcome in outcomes:
            match outcome:
                case None:
                    self._end("stopped")
                case Rejected(scope="message"):  # our texts, or what makes them, are at fault
                    self.in_a_row += 1
                case _:
                    self.in_a_row = 0
        if self.in_a_row >= PATIENCE:
            self._end("unhealthy")

    def _end(self, why: str, reason: str = "") -> None:
        if why and not self.ended:
            self.ended, self.reason = why, reason

    def _fail(self, fault: Exception) -> None:
        self.tools.halt.fail(fault)
        self._end("stopped")


def _batches(claims: Sequence[Claim], size: int) -> Iterator[Sequence[Claim]]:
    for start in range(0, len(claims), size):
        yield claims[start : start + size]


def _word(attempted: Attempted) -> str:
    return "planned" if attempted.outcome is None else outcome_word(attempted.outcome)


def _journal_fault(journal: Journal, fault: OSError) -> StoreFault:
    fields = {"path": str(journal.path), "why": fault.strerror or str(fault)}
    stopped = StoreFault(Problem(code="deliver/journal", fields=fields))
    stopped.__cause__ = fault
    return stopped
