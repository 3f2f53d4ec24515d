"""What a channel must pass whose provider can be asked what became of a message."""

import asyncio
from collections.abc import Callable, Collection, Coroutine, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import partial
from typing import Final

from dispatcher.ports import Accepted, LooksUp, NotAccepted, Sought
from dispatcher.testing.suite import Check


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A channel and a provider that keeps some messages; `ids` are its names for those."""

    channel: LooksUp
    ids: frozenset[str]


#: Opens a channel and a provider that keeps the message, does not (""), or has a fault.
Asking = Callable[[str], AbstractAsyncContextManager[Kept]]

#: What the provider does when it is asked, by the name that the author's opening is given.
UNSAID: Final[Mapping[str, str]] = {
    "refused": "nobody listens",
    "silent": "it never answers",
    "cut": "it cuts the line",
    "broken": "it says that it broke",
    "garbage": "it answers nonsense",
    "denied": "it refuses us",
}

FOUND: Final = "kept"


def looking_up(
    opened: Asking,
    sought: Sought,
    *,
    faults: Collection[str] = tuple(UNSAID),
    patience: float = 30.0,
) -> tuple[Check, ...]:
    """The checks for one channel that `LooksUp`; `opened("kept")` keeps exactly `sought`."""
    checks: dict[str, Callable[[], Coroutine[object, object, None]]] = {
        "what the provider keeps is found under its name": partial(_found, opened, sought),
        "what is another message's is not taken for it": partial(_taken, opened, sought),
        "what it does not keep is never found": partial(_not_there, opened, sought),
        **{f"{name}: {UNSAID[name]}": partial(_unsaid, opened, sought, name) for name in faults},
    }
    return tuple(
        Check(name=name, run=partial(_run, check, patience)) for name, check in checks.items()
    )


async def _found(opened: Asking, sought: Sought) -> None:
    async with opened(FOUND) as kept:
        assert kept.channel.settle > 0, "a provider needs a while before its silence means anything"
        outcome = await kept.channel.look_up(sought)
        assert isinstance(outcome, Accepted), f"it is there, and we say {outcome}"
        assert outcome.provider_id in kept.ids, "found under a name that the provider did not give"


async def _taken(opened: Asking, sought: Sought) -> None:
    async with opened(FOUND) as kept:
        others = Sought(
            token=sought.token,
            to=sought.to,
            parts=sought.parts,
            since=sought.since,
            taken=kept.ids,
        )
        outcome = await kept.channel.look_up(others)
        assert not isinstance(outcome, Accepted), "it took another message for this one"


async def _not_there(opened: Asking, sought: Sought) -> None:
    async with opened("") as kept:
        outcome = await kept.channel.look_up(sought)
        assert outcome is None or isinstance(outcome, NotAccepted), f"not there: {outcome}"


async def _unsaid(opened: Asking, sought: Sought, fault: str) -> None:
    async with opened(fault) as kept:
        outcome = await kept.channel.look_up(sought)
        assert outcome is None, f"{fault}: the provider said nothing, and we say {outcome}"


def _run(check: Callable[[], Coroutine[object, object, None]], patience: float) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(patience):
            await check()

    asyncio.run(bounded())
