"""What dead workers left `sending`: recorded, planned again, or declared unknown."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from random import random
from typing import Final

from dispatcher.deliver.journal import LARGE, Journal, Told, Trace, outcome_word
from dispatcher.deliver.schedule import Draw
from dispatcher.deliver.settle import settled
from dispatcher.ports import (
    Attempted,
    Claim,
    Clock,
    DeliveryClass,
    Outbox,
    Outcome,
    Unknown,
)


#: So many workers die with a message, and no more.
DEATHS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """Messages of dead workers by what became of them.

    Words of outcomes, `planned` for those tried again, `quarantined` for those set aside.
    """

    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def recover(
    *,
    outbox: Outbox,
    journal: Journal,
    is_alive: Callable[[str], bool],
    boot: str,
    classes: Mapping[str, DeliveryClass],
    clock: Clock,
    draw: Draw = random,
) -> Recovered:
    """Settle every message whose owner is dead, then let a grown journal go.

    `boot` is the running start of the machine, `classes` the delivery class by channel (a channel
    that is gone counts as `none`).
    """
    counts: Counter[str] = Counter()
    dead = _by_dead_owner(outbox, is_alive)
    told = journal.told()  # only now: all that the dead wrote is in it, whoever died a moment ago
    for owner, claims in dead.items():
        attempted = [
            buried(
                claim,
                _trace(claim, told, same_boot=claimed_on == boot),
                same_boot=claimed_on == boot,
                delivery_class=classes.get(claim.channel, "none"),
                at=clock.now(),
                draw=draw,
            )
            for claimed_on, claim in claims
        ]
        outbox.record(attempted, owner=owner)
        counts.update(_word(one) for one in attempted)
    # Spoilt lines would cast doubt on whatever is claimed next.
    journal.compact(lambda: not outbox.abandoned(), over=LARGE if told.clean else 0)
    return Recovered(counts=dict(counts))


def buried(
    claim: Claim,
    trace: Trace | None,
    *,
    same_boot: bool,
    delivery_class: DeliveryClass,
    at: datetime,
    draw: Draw,
) -> Attempted:
    """How the attempt of a dead worker ends.

    Nothing left, then it is tried again, alone; after the last of `DEATHS` the message itself is
    suspected: set aside, or unknown where it may have left after all. One that was claimed and
    never on its way (`trace` None) had no part in the death and is simply planned.
    """
    outcome = verdict(trace, same_boot=same_boot, delivery_class=delivery_class)
    if outcome is not None:
        return settled(claim, outcome, at=at, draw=draw)
    if trace is None:
        return Attempted(claim=claim, outcome=None, at=at)
    last = claim.deaths + 1 >= DEATHS
    if last and (trace.going or not same_boot):
        doubt = Unknown(stage="going", evidence=f"{DEATHS} workers died with this message")
        return Attempted(claim=claim, outcome=doubt, at=at)
    return Attempted(claim=claim, outcome=None, at=at, died=True, aside=last)


def verdict(
    trace: Trace | None, *, same_boot: bool, delivery_class: DeliveryClass
) -> Outcome | None:
    """What is known of an attempt whose worker died; None: nothing left, plan it again.

    What stands in no batch line (`trace` None) did not leave: the line is on the disk before the
    first byte. An answer that was noted is believed. Without one, a channel that may hear twice is
    simply asked again. Otherwise `going` means that it may have left, and after a new start of the
    machine the journal may lack its last lines, so a batch of which it says no more may have, too.
    """
    if trace is None:
        return None
    if trace.outcome is not None:
        return trace.outcome
    if delivery_class == "idempotent":
        return None
    if trace.going:
        return Unknown(stage="going", evidence="the worker died before an answer was noted")
    if not same_boot:
        return Unknown(stage="claimed", evidence="the machine went down during the attempt")
    return None


def _trace(claim: Claim, told: Told, *, same_boot: bool) -> Trace | None:
    """How far the attempt came; None: it was never on its way, for certain.

    A process that is killed loses no line. After a power cut a line may be missing or spoilt; that
    the silence of the others proves something is said by a journal which is whole up to there.
    """
    unsaid = None if same_boot or told.whole else Trace()
    return told.traces.get((claim.id, claim.attempt), unsaid)


def _by_dead_owner(
    outbox: Outbox, is_alive: Callable[[str], bool]
) -> Mapping[str, list[tuple[str, Claim]]]:
    claims: dict[str, list[tuple[str, Claim]]] = defaultdict(list)
    for owner, boot, claim in outbox.abandoned():
        claims[owner].append((boot, claim))
    return {owner: found for owner, found in claims.items() if not is_alive(owner)}


def _word(attempted: Attempted) -> str:
    if attempted.aside:
        return "quarantined"
    return "planned" if attempted.outcome is None else outcome_word(attempted.outcome)
