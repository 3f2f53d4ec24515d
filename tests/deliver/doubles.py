"""Plain stand-ins for the store and for channels: they do what the ports promise, no more."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from dispatcher.deliver.journal import Journal
from dispatcher.deliver.loop import Sent, send_due
from dispatcher.deliver.owner import Owner
from dispatcher.ports import (
    Accepted,
    Attempted,
    Channel,
    Claim,
    DeliveryClass,
    Going,
    Guard,
    Message,
    NotAccepted,
    Outcome,
    Rejected,
    Unknown,
)


NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)


def claim(
    number: int,
    *,
    channel: str = "email",
    attempt: int = 1,
    deferrals: int | None = None,
    legal_effect: bool = False,
) -> Claim:
    return Claim(
        id=number,
        token=f"t{number}",
        debtor_id=number,
        channel=channel,
        to=f"debtor{number}@example.test",
        policy="b2b",
        policy_hash="00",
        rule="reminder/standard",
        template="reminder",
        tone="courteous",
        legal_effect=legal_effect,
        attempt=attempt,
        created_at=NOW,
        printed="",
        content=b"{}",
        deferrals=deferrals,
    )


def message_of(taken: Claim) -> Message:
    return Message(id=taken.id, token=taken.token, channel=taken.channel, to=taken.to, parts={})


@dataclass
class FixedClock:
    instant: datetime = NOW

    def now(self) -> datetime:
        return self.instant

    def today(self) -> date:
        return self.instant.date()


@dataclass
class Stored:
    claim: Claim
    state: str = "planned"
    owner: str = ""
    boot: str = ""
    due: datetime = NOW
    evidence: Mapping[str, str] = field(default_factory=dict)


class MemoryOutbox:
    """Keeps messages in a dict; `log` tells in order what was claimed and recorded."""

    def __init__(self, claims: Iterable[Claim]) -> None:
        self.messages = {each.id: Stored(each) for each in claims}
        self.log: list[tuple[str, tuple[int, ...]]] = []

    def claim(
        self, *, channel: str, limit: int, owner: str, boot: str, now: datetime, guard: Guard
    ) -> Sequence[Claim]:
        return self._take(channel, limit, owner, boot, now, guard, suspects=False)

    def _take(  # noqa: PLR0917 - handed on from the claims
        self,
        channel: str,
        limit: int,
        owner: str,
        boot: str,
        now: datetime,
        guard: Guard,
        *,
        suspects: bool,
    ) -> Sequence[Claim]:
        due = [s for s in self.messages.values() if self._is_due(s, channel, now)]
        due = [s for s in due if bool(s.claim.deaths) is suspects][:limit]
        if due and due[0].claim.legal_effect:
            due = due[:1]
        reasons = guard([s.claim for s in due])
        for stored in due:
            stored.state = "withdrawn" if stored.claim.id in reasons else "sending"
            stored.owner, stored.boot = owner, boot
        taken = [s.claim for s in due if s.state == "sending"]
        if taken or not suspects:
            self.log.append(("claim", tuple(each.id for each in taken)))
        return taken

    def claim_suspect(
        self, *, channel: str, owner: str, boot: str, now: datetime, guard: Guard
    ) -> Sequence[Claim]:
        return self._take(channel, 1, owner, boot, now, guard, suspects=True)

    def record(self, attempted: Sequence[Attempted], *, owner: str) -> None:
        for one in attempted:
            stored = self.messages[one.claim.id]
            if stored.state == "sending" and stored.owner == owner:
                self._settle(stored, one)
        self.log.append(("record", tuple(one.claim.id for one in attempted)))

    def abandoned(self) -> Sequence[tuple[str, str, Claim]]:
        return [(s.owner, s.boot, s.claim) for s in self.messages.values() if s.state == "sending"]

    def states(self) -> dict[int, str]:
        return {number: stored.state for number, stored in self.messages.items()}

    def in_state(self, state: str) -> int:
        return list(self.states().values()).count(state)

    def _is_due(self, stored: Stored, channel: str, now: datetime) -> bool:
        waiting = stored.state in {"planned", "deferred"}
        return waiting and stored.claim.channel == channel and stored.due <= now

    def _settle(self, stored: Stored, one: Attempted) -> None:
        stored.evidence = one.evidence
        stored.state = "quarantined" if one.aside else _state(one.outcome)
        stored.due = one.next_at or stored.due
        seen = stored.claim
        stored.claim = replace(seen, attempt=seen.attempt + 1, deaths=seen.deaths + one.died)


def _state(outcome: Outcome | None) -> str:
    match outcome:
        case None:
            return "planned"
        case Accepted():
            return "sent"
        case Rejected():
            return "failed"
        case NotAccepted():
            return "deferred"
        case Unknown():
            return "unknown"


#: What a scripted channel does with one message.
Deed = Callable[[Message, Going], Outcome]


def accepted(message: Message, going: Going) -> Outcome:
    going()
    return Accepted(provider_id=f"p{message.id}")


def says(outcome: Outcome) -> Deed:
    def deed(_message: Message, _going: Going) -> Outcome:
        return outcome

    return deed


class ScriptedChannel:
    """Does by message id what it is told, and accepts everything else; counts what left."""

    def __init__(
        self,
        name: str = "email",
        deeds: Mapping[int, Deed] | None = None,
        *,
        batch: int = 25,
        delivery_class: DeliveryClass = "none",
    ) -> None:
        self._name = name
        self._deeds = deeds or {}
        self._batch = batch
        self._class: DeliveryClass = delivery_class
        self.left: list[int] = []

    @property
    def name(self) -> str:
        return self._name

    @property
    def delivery_class(self) -> DeliveryClass:
        return self._class

    @property
    def batch(self) -> int:
        return self._batch

    async def send(self, message: Message, going: Going) -> Outcome:
        await asyncio.sleep(0)

        def noted() -> None:
            going()
            self.left.append(message.id)

        return self._deeds.get(message.id, accepted)(message, noted)

    async def close(self) -> None:
        pass


def deliver(
    outbox: MemoryOutbox,
    *channels: Channel,
    journal: Path,
    guard: Guard = lambda _claims: {},
    stopped: Callable[[], bool] = lambda: False,
    prepare: Callable[[Claim], Message] = message_of,
    attempt_limit: float = 60.0,
    progress: Callable[[str, Mapping[str, int]], None] = lambda _channel, _counts: None,
) -> Sent:
    """One run of the loop to its end."""
    with Journal(journal) as opened:
        return asyncio.run(
            send_due(
                outbox=outbox,
                channels={channel.name: channel for channel in channels},
                journal=opened,
                guard=guard,
                clock=FixedClock(),
                owner=Owner(token="me", boot="boot"),
                prepare=prepare,
                stopped=stopped,
                progress=progress,
                draw=lambda: 0.5,
                attempt_limit=attempt_limit,
            )
        )


def after(**spans: float) -> datetime:
    return NOW + timedelta(**spans)
