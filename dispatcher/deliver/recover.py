"""What dead workers left `sending`: recorded, planned again, or declared unknown."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import random

from dispatcher.deliver.journal import Journal, Trace, outcome_word
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """Messages of dead workers by what became of them: outcome words, or `planned`."""

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
    traces = journal.read()
    for owner, claims in _by_dead_owner(outbox, is_alive).items():
        attempted = [
            settled(
                claim,
                verdict(
                    traces.get((claim.id, claim.attempt), Trace()),
                    same_boot=claimed_on == boot,
                    delivery_class=classes.get(claim.channel, "none"),
                ),
                at=clock.now(),
                draw=draw,
            )
            for claimed_on, claim in claims
        ]
        outbox.record(attempted, owner=owner)
        counts.update(_word(one) for one in attempted)
    journal.compact(lambda: not outbox.abandoned())
    return Recovered(counts=dict(counts))


def verdict(trace: Trace, *, same_boot: bool, delivery_class: DeliveryClass) -> Outcome | None:
    """What is known of an attempt whose worker died; None: nothing left, plan it again.

    An answer that was noted is believed. Without one, a channel that may hear twice is simply
    asked again. Otherwise `going` means that it may have left, and after a new start of the
    machine the journal may lack its last lines, so its silence proves nothing.
    """
    if trace.outcome is not None:
        return trace.outcome
    if delivery_class == "idempotent":
        return None
    if trace.going:
        return Unknown(stage="going", evidence="the worker died before an answer was noted")
    if not same_boot:
        return Unknown(stage="claimed", evidence="the machine went down during the attempt")
    return None


def _by_dead_owner(
    outbox: Outbox, is_alive: Callable[[str], bool]
) -> Mapping[str, list[tuple[str, Claim]]]:
    claims: dict[str, list[tuple[str, Claim]]] = defaultdict(list)
    for owner, boot, claim in outbox.abandoned():
        claims[owner].append((boot, claim))
    return {owner: found for owner, found in claims.items() if not is_alive(owner)}


def _word(attempted: Attempted) -> str:
    return "planned" if attempted.outcome is None else outcome_word(attempted.outcome)
