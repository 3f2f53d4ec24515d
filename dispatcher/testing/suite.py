"""What every channel must pass, ours like anybody's.

The author plays his provider on this machine, well and with each fault of `FAULTS`; the checks
send through the channel and compare its outcome with what the provider took. They need no test
runner; with pytest:

    @pytest.mark.parametrize("check", conformance(opened, message), ids=str)
    def test_it_is_a_channel(check: Check) -> None:
        check.run()
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Coroutine, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Final, get_args

from dispatcher.ports import (
    Accepted,
    Channel,
    DeliveryClass,
    Message,
    NotAccepted,
    Outcome,
    Rejected,
    Unknown,
    Withheld,
)
from dispatcher.testing.faults import ASKED, FAULTS


_AT_ONCE = 10
_LARGEST_BATCH = 25
_LONGEST = 1_000  # characters of an outcome's words


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A channel and its provider, both running.

    `taken` gives the tokens of the messages that the provider has, in order; None where there
    is no provider to look at. `elsewhere` counts what came to the place to which a provider that
    is `redirected` sends us: our messages and our password are none of its business.
    """

    channel: Channel
    taken: Callable[[], Sequence[str]] | None = None
    elsewhere: Callable[[], int] = lambda: 0


#: Opens a stage with a fault of `FAULTS`, or a healthy one for "".
Opening = Callable[[str], AbstractAsyncContextManager[Stage]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that a channel must do; `run` raises AssertionError with a sentence if not."""

    name: str
    run: Callable[[], None] = field(repr=False)

    def __str__(self) -> str:
        return self.name


def conformance(
    opened: Opening,
    message: Callable[[int], Message],
    *,
    delivery_class: DeliveryClass = "none",
    faults: Collection[str] = tuple(FAULTS),
    secrets: Collection[str] = (),
    patience: float = 20.0,
) -> tuple[Check, ...]:
    """The checks for one channel.

    `message` makes the message of a number, each with its own token. `faults` are those that the
    provider can have (`()` for a channel without one). `secrets` are the values that must never
    be seen in an outcome, a log or a representation. `patience` is how many seconds a check may
    take; give the channel time-outs well below.
    """
    trial = _Trial(opened, message, tuple(secrets), patience)
    whole = dict(_WHOLE)
    if delivery_class == "idempotent":
        whole["the same token twice reaches them once"] = _same_token_twice
    checks: dict[str, Callable[[], Coroutine[object, object, None]]] = {
        f"it says that it is {delivery_class}": partial(_describes_itself, trial, delivery_class),
        **{name: partial(check, trial) for name, check in whole.items()},
        **{f"{name}: {FAULTS[name].what}": partial(_fault, trial, name) for name in faults},
    }
    return tuple(
        Check(name=name, run=partial(_run, check, trial)) for name, check in checks.items()
    )


@dataclass(frozen=True, slots=True)
class _Trial:
    opened: Opening
    message: Callable[[int], Message]
    secrets: tuple[str, ...]
    patience: float


@dataclass(slots=True)
class _Sent:
    """One attempt as it was seen: how often `going` was said, and what was taken by then."""

    stage: Stage
    message: Message
    outcome: Outcome | None = None
    going: int = 0
    too_early: bool = False

    def said(self) -> None:
        self.going += 1
        self.too_early |= self.reached

    @property
    def reached(self) -> bool:
        return self.times > 0

    @property
    def times(self) -> int:
        """How often the provider has the message."""
        return 0 if self.stage.taken is None else list(self.stage.taken()).count(self.message.token)


async def _send(stage: Stage, message: Message) -> _Sent:
    sent = _Sent(stage, message)
    sent.outcome = await stage.channel.send(message, sent.said)
    _honest(sent)
    return sent


def _honest(sent: _Sent) -> None:
    """What holds whatever happened."""
    outcome = sent.outcome
    assert isinstance(outcome, Accepted | Rejected | NotAccepted | Unknown), (
        f"{outcome!r} is no outcome"
    )
    assert sent.going <= 1, "going was said more than once"
    assert not sent.too_early, "going was said after the provider had the message"
    assert sent.times <= 1, "it reached them twice in one attempt"
    if sent.reached:
        assert sent.going, "the provider has the message, and going was never said"
        assert isinstance(outcome, Accepted | Unknown), f"the provider has it, and we say {outcome}"
    if isinstance(outcome, Accepted):
        assert sent.going, "accepted, and going was never said"
        assert sent.reached or sent.stage.taken is None, "accepted, and the provider has nothing"
    if isinstance(outcome, Unknown):
        assert sent.going, "nothing had left: this is not accepted, with proof"
        assert outcome.stage, "unknown without a stage"
    if isinstance(outcome, Rejected | NotAccepted):
        assert outcome.code, "refused without a code"
    words = str(outcome)
    assert len(words) <= _LONGEST, "an outcome that long is no outcome"
    assert words.isprintable(), "an outcome is one printable line"


# -- the checks ---------------------------------------------------------------------------------


async def _describes_itself(trial: _Trial, delivery_class: DeliveryClass) -> None:
    async with trial.opened("") as stage:
        channel = stage.channel
        assert channel.name, "a channel has a name"
        assert channel.delivery_class in get_args(DeliveryClass)
        assert channel.delivery_class == delivery_class
        assert 1 <= channel.batch <= _LARGEST_BATCH
        await channel.close()


async def _healthy(trial: _Trial) -> None:
    async with trial.opened("") as stage:
        for number in (1, 2):
            sent = await _send(stage, trial.message(number))
            assert isinstance(sent.outcome, Accepted), f"all was well, and we say {sent.outcome}"
        await stage.channel.close()


async def _withheld(trial: _Trial) -> None:
    def withhold() -> None:
        raise Withheld

    async with trial.opened("") as stage:
        message = trial.message(1)
        try:
            outcome = await stage.channel.send(message, withhold)
        except Withheld:
            pass
        else:
            raise AssertionError(f"Withheld did not come through: {outcome}")
        sent = await _send(stage, trial.message(2))
        assert isinstance(sent.outcome, Accepted), "after a withheld message nothing goes"
        assert stage.taken is None or message.token not in stage.taken(), "it left all the same"
        await stage.channel.close()


async def _at_once(trial: _Trial) -> None:
    async with trial.opened("") as stage:
        messages = [trial.message(number) for number in range(_AT_ONCE)]
        await asyncio.gather(*(_send(stage, message) for message in messages))
        if stage.taken is not None:
            assert sorted(stage.taken()) == sorted(message.token for message in messages)
        await stage.channel.close()


async def _same_token_twice(trial: _Trial) -> None:
    async with trial.opened("") as stage:
        message = trial.message(1)
        for _ in range(2):
            outcome = await stage.channel.send(message, lambda: None)
            assert isinstance(outcome, Accepted), f"the same again is harmless, not {outcome}"
        if stage.taken is not None:
            assert list(stage.taken()).count(message.token) == 1, "it reached them twice"
        await stage.channel.close()


async def _closed_twice(trial: _Trial) -> None:
    async with trial.opened("") as stage:
        await stage.channel.close()  # never used
    async with trial.opened("") as stage:
        await _send(stage, trial.message(1))
        await stage.channel.close()
        await stage.channel.close()


async def _fault(trial: _Trial, fault: str) -> None:
    expected = FAULTS[fault]
    async with trial.opened(fault) as stage:
        sent = await _send(stage, trial.message(1))
        outcome = sent.outcome
        assert isinstance(outcome, expected.outcomes), f"{fault}: {outcome}"
        if sent.going and not expected.proof:
            assert isinstance(outcome, Accepted | Unknown), f"it may have left: {outcome}"
        assert stage.elsewhere() == 0, "it followed to where it was sent"
        if fault == "throttled" and isinstance(outcome, NotAccepted):
            assert outcome.retry_after == ASKED, "what the provider asks for is kept"
        if expected.heals:
            after = await _send(stage, trial.message(2))
            assert isinstance(after.outcome, Accepted), f"the next message: {after.outcome}"
        _silent_about(trial.secrets, repr((outcome, stage.channel, _inside(stage.channel))))
        await stage.channel.close()


_WHOLE: Final[Mapping[str, Callable[[_Trial], Coroutine[object, object, None]]]] = {
    "what goes well is accepted": _healthy,
    "what is withheld does not leave": _withheld,
    "several at once each reach theirs once": _at_once,
    "it can be closed twice, used or not": _closed_twice,
}


# -- how a check is run -------------------------------------------------------------------------


def _run(check: Callable[[], Coroutine[object, object, None]], trial: _Trial) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(trial.patience):
            await check()

    with _overheard() as heard:
        asyncio.run(bounded())
    _silent_about(trial.secrets, "\n".join(heard))


@contextmanager
def _overheard() -> Iterator[list[str]]:
    """Everything that is logged meanwhile, at any level."""
    heard: list[str] = []

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            heard.append(self.format(record))

    root = logging.getLogger()
    ear, level = Ear(), root.level
    root.addHandler(ear)
    root.setLevel(logging.DEBUG)
    try:
        yield heard
    finally:
        root.setLevel(level)
        root.removeHandler(ear)


def _inside(thing: object) -> dict[str, object]:
    """What stands in a thing, one level deep; nothing of one with slots."""
    return dict(getattr(thing, "__dict__", {}))


def _silent_about(secrets: tuple[str, ...], words: str) -> None:
    for secret in secrets:
        assert secret not in words, "a secret is seen in an outcome, a log or a representation"
