"""What a plan's contacts come to: by policy, step and channel, with amounts and costs."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from dispatcher.model.plan import PlannedContact
from dispatcher.model.settings import Settings


SEGMENTED: Final = "sms"  # the channel whose price is that of a segment

#: Money is counted in whole parts of a euro: a price has at most five digits behind the point.
PARTS: Final = 100_000

#: Channel -> euros per message, of SMS per segment; a channel whose price nobody said is missing.
Prices = Mapping[str, Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """The messages of one policy and step by one channel.

    `cases` and `amount` (minor units) are what they claim: an `also` claims nothing of its own.
    `cost` is in euros, None where nobody said the price; an SMS counts as one segment.
    """

    policy: str
    step: str
    channel: str
    also: bool
    messages: int
    cases: int
    amount: int
    cost: Decimal | None


def prices_of(settings: Settings) -> Prices:
    """The prices that the configuration names."""
    return {
        name: channel.price
        for name, channel in settings.channels.items()
        if channel.price is not None
    }


def dearest(settings: Settings) -> Prices:
    """What one message of each channel costs at most: an SMS all the segments it may have.

    A channel whose price nobody said counts as free, and is missing.
    """
    return {
        name: price * (settings.channels[name].max_segments if name == SEGMENTED else 1)
        for name, price in prices_of(settings).items()
    }


def shares(contacts: Iterable[PlannedContact], prices: Prices) -> tuple[Share, ...]:
    """What goes out of a plan, in the order of policies and channels; an `also` after its own."""
    found: dict[tuple[str, str, bool, str], list[int]] = {}
    for contact in contacts:
        for channel, also, cases, amount in _messages(contact):
            counts = found.setdefault((contact.policy, contact.step, also, channel), [0, 0, 0])
            counts[0] += 1
            counts[1] += cases
            counts[2] += amount
    return tuple(
        Share(
            policy=policy,
            step=step,
            channel=channel,
            also=also,
            messages=messages,
            cases=cases,
            amount=amount,
            cost=prices[channel] * messages if channel in prices else None,
        )
        for (policy, step, also, channel), (messages, cases, amount) in sorted(found.items())
    )


def cost(contact: PlannedContact, prices: Prices) -> Decimal | None:
    """What one contact costs with its `also`; None where nobody said one of the prices."""
    channels = [channel for channel, *_ in _messages(contact)]
    if not prices.keys() >= set(channels):
        return None
    return sum((prices[channel] for channel in channels), Decimal(0))


def total(found: Iterable[Share]) -> Decimal | None:
    """What is known of the cost in euros; None where nothing is."""
    known = [share.cost for share in found if share.cost is not None]
    return sum(known, Decimal(0)) if known else None


def _messages(contact: PlannedContact) -> Iterator[tuple[str, bool, int, int]]:
    yield contact.channel, False, len(contact.lines), sum(line.amount for line in contact.lines)
    if contact.also:
        yield contact.also, True, 0, 0
