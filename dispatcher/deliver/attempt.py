"""One attempt: an adapter is called, and whatever it does becomes one of the four outcomes."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from dispatcher.ports import (
    Accepted,
    Channel,
    Message,
    NotAccepted,
    Outcome,
    Rejected,
    Unknown,
    Withheld,
)


#: Seconds for one attempt: the longest wait of an adapter (600 s after an e-mail's last byte,
#: RFC 5321 4.5.3.2.6) with margin for what comes before it.
ATTEMPT_LIMIT = 900.0

#: Seconds in which a cancelled adapter should have let go; it is not waited for any longer.
_GRACE = 2.0


async def hand_over(
    channel: Channel,
    message: Message,
    *,
    journal_going: Callable[[], None],
    stopped: Callable[[], bool],
    on_fault: Callable[[OSError], None],
    limit: float = ATTEMPT_LIMIT,
) -> Outcome | None:
    """The outcome of one attempt; None: withheld, nothing left.

    `stopped` is asked and `journal_going` called just before the irrevocable byte; if the journal
    cannot be written, `on_fault` is told and the message withheld. `limit` is in seconds.
    """
    gate = _Gate(journal_going=journal_going, stopped=stopped, on_fault=on_fault)
    task = asyncio.ensure_future(channel.send(message, gate.going))
    try:
        done, _ = await asyncio.wait({task}, timeout=limit)
    except asyncio.CancelledError:
        task.cancel()
        raise
    if not done:
        return await _out_of_time(task, gate)
    return _outcome(task, gate)


@dataclass(slots=True)
class _Gate:
    """What stands before the irrevocable byte, and whether it was passed."""

    journal_going: Callable[[], None]
    stopped: Callable[[], bool]
    on_fault: Callable[[OSError], None]
    passed: bool = False
    closed: bool = False

    def going(self) -> None:
        if self.closed or self.stopped():
            raise Withheld
        try:
            self.journal_going()
        except OSError as fault:
            self.on_fault(fault)
            raise Withheld from fault
        self.passed = True


async def _out_of_time(task: "asyncio.Future[Outcome]", gate: _Gate) -> Outcome | None:
    gate.closed = True  # whatever the adapter still does, nothing leaves from here on
    task.cancel()
    await asyncio.wait({task}, timeout=_GRACE)
    if task.done() and not task.cancelled() and task.exception() is None:
        return _outcome(task, gate)
    if gate.passed:
        return Unknown(stage="going", evidence="no answer within the time for one attempt")
    return NotAccepted(code="time", evidence="not handed over within the time for one attempt")


def _outcome(task: "asyncio.Future[Outcome]", gate: _Gate) -> Outcome | None:
    if task.cancelled():
        return Unknown(stage="adapter", evidence="the adapter gave up")
    error = task.exception()
    if isinstance(error, Withheld) and not gate.passed:
        return None
    if error is not None:
        # Only the error's name: its text may quote personal data or a secret.
        return Unknown(stage="adapter", evidence=f"{type(error).__name__} escaped the adapter")
    return _checked(task.result())


def _checked(outcome: object) -> Outcome:
    if isinstance(outcome, Accepted | Rejected | NotAccepted | Unknown):
        return outcome
    kind = type(outcome).__name__
    return Unknown(stage="adapter", evidence=f"the adapter answered with {kind}")
