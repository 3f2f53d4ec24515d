"""Sending what is due: claim, journal, hand over, record; every channel on its own pace."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import random

from dispatcher.deliver.admission import TURN_LIMIT
from dispatcher.deliver.attempt import ATTEMPT_LIMIT
from dispatcher.deliver.breaker import PATIENCE, Forgetful, Providers
from dispatcher.deliver.journal import Journal
from dispatcher.deliver.owner import Owner
from dispatcher.deliver.rate import Pace
from dispatcher.deliver.schedule import ANY_HOUR, Draw, Hours
from dispatcher.deliver.stride import LARGEST_BATCH
from dispatcher.deliver.turn import ChannelSent, Halt, Progress, Tools, Turn
from dispatcher.ports import Channel, Claim, Clock, Guard, Message, Outbox


__all__ = ["LARGEST_BATCH", "PATIENCE", "ChannelSent", "Sent", "send_due"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What became of everything claimed in this run, by channel."""

    channels: Mapping[str, ChannelSent]

    def count(self, word: str) -> int:
        """Attempts with this outcome over all channels."""
        return sum(channel.counts.get(word, 0) for channel in self.channels.values())


def nothing_held(_channel: str) -> bool:
    """No channel waits for a person's word."""
    return False


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
    held: Callable[[str], bool] = nothing_held,
    draw: Draw = random,
    attempt_limit: float = ATTEMPT_LIMIT,
    providers: Providers | None = None,
    paces: Mapping[str, Pace] | None = None,
    waits: Callable[[str], bool] = lambda _channel: True,
    hours: Hours = ANY_HOUR,
    turn_limit: float = TURN_LIMIT,
) -> Sent:
    """Send all that is due now on these channels, side by side.

    `owner` must be alive (`living_owner`). `prepare` makes the message of a claim; if it raises,
    the message is rejected and nothing leaves. `stopped` is asked before every irrevocable
    byte, and `held` whether a person stopped just this channel.
    `attempt_limit` bounds one attempt, `turn_limit` a channel that crawls, in seconds. `providers`
    keep the health of each, `paces` what is left of their rates, `waits` tells whether anything of
    a channel may be due, `hours` when a debtor may be reached again. Channels are not closed here.

    Raises:
        StoreFault: the journal or the store failed; what is known by then is recorded, if it can
            be, and recovery settles the rest.
    """
    halt = Halt(stopped)
    tools = Tools(
        outbox=outbox,
        journal=journal,
        guard=guard,
        clock=clock,
        owner=owner,
        prepare=prepare,
        halt=halt,
        held=held,
        progress=progress,
        draw=draw,
        attempt_limit=attempt_limit,
        providers=providers or Forgetful(),
        paces=paces or {},
        waits=waits,
        hours=hours,
        turn_limit=turn_limit,
    )
    turns = [Turn(tools, name, channel) for name, channel in channels.items()]
    while await _round([turn for turn in turns if not turn.ended]):
        pass
    for turn in turns:  # nothing else is on its way now: who dies here dies of this message
        await turn.take_suspects()
    if halt.fault is not None:
        raise halt.fault
    return Sent(channels={turn.name: turn.result() for turn in turns})


async def _round(turns: Sequence[Turn]) -> bool:
    """Every channel once, until it has nothing due; whether another round may find something.

    It may after an acceptance: the `also` of a contact is due once its main message is out.
    """
    before = sum(turn.counts["accepted"] for turn in turns)
    async with asyncio.TaskGroup() as group:
        for turn in turns:
            group.create_task(turn.take())
    return sum(turn.counts["accepted"] for turn in turns) > before
