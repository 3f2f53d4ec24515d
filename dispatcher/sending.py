"""The way out: what dead workers left is settled, what is not wanted recalled, what is due sent."""

import asyncio
from collections.abc import Mapping, Sequence

from dispatcher.deliver.loop import Sent, send_due
from dispatcher.deliver.rate import Pace
from dispatcher.deliver.recover import Recovered, recover
from dispatcher.house import House, Post
from dispatcher.messages.caps import Capped
from dispatcher.messages.freeze import thaw
from dispatcher.messages.hours import DebtorHours
from dispatcher.model.settings import Environment
from dispatcher.ports import Claim
from dispatcher.store.providers import StoredProviders


WAITS = "wait: "  # how the guard's reasons begin that only postpone


def settle(house: House, post: Post) -> Recovered:
    """What workers that died left behind: recorded, planned again, or declared unknown."""
    return recover(
        outbox=house.outbox,
        journal=post.journal,
        is_alive=post.is_alive,
        boot=post.owner.boot,
        classes={name: channel.delivery_class for name, channel in post.channels.items()},
        clock=house.clock,
    )


def recall(house: House) -> Mapping[int, str]:
    """Withdraw what has not left and is not wanted any more; message id -> reason.

    Nobody calls a debtor who has paid since the call was planned. What only has to wait stays.
    """

    def named(claims: Sequence[Claim]) -> Mapping[int, str]:
        reasons = house.guard(claims)
        return {message: why for message, why in reasons.items() if not why.startswith(WAITS)}

    return house.outbox.recall(now=house.clock.now(), guard=named)


def deliver(house: House, post: Post) -> Sent:
    """All that is due now, every channel side by side."""
    house.guard.withdrawn.clear()
    total = house.outbox.due(house.clock.now())
    sent: dict[str, int] = {}
    providers = StoredProviders(house.book.store)

    def tell(channel: str, counts: Mapping[str, int]) -> None:
        sent[channel] = sum(counts.values())
        house.progress("send", sum(sent.values()), max(total, sum(sent.values())))

    async def all_channels() -> Sent:
        try:
            return await send_due(
                outbox=house.outbox,
                channels=post.channels,
                journal=post.journal,
                guard=_capped(house),
                clock=house.clock,
                owner=post.owner,
                prepare=lambda claim: thaw(claim, house.blobs.read, day=house.clock.today()),
                stopped=house.stopped,
                held=lambda channel: any(each.channel == channel for each in house.halted()),
                progress=tell,
                providers=providers,
                paces=_paces(house, providers),
                waits=lambda channel: house.outbox.waits(channel, house.clock.now()),
                hours=DebtorHours(rulebook=house.rulebook, where=house.guard.where),
            )
        finally:
            for channel in post.channels.values():
                await channel.close()

    with house.stage("send"):
        return asyncio.run(all_channels())


def _capped(house: House) -> Capped:
    """The guard, and the limits of the home around it."""
    return Capped(
        guard=house.guard,
        settings=house.settings,
        left=house.book.left_on,
        today=house.clock.today,
        postponed=house.guard.postponed,
        spent=house.guard.spent,
    )


def _paces(house: House, providers: StoredProviders) -> Mapping[str, Pace]:
    """What is left of each channel's rate; a sandbox bothers no provider."""
    if house.settings.environment is Environment.SANDBOX:
        return {}
    now = house.clock.now()
    return {
        name: Pace(
            channel.rate,
            providers.lately(name, most=channel.rate.count, span=channel.rate.span, now=now),
        )
        for name, channel in house.settings.channels.items()
        if channel.rate is not None
    }
