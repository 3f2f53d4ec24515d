"""One attempt: an adapter is called, and whatever it does becomes one of the four outcomes."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dispatcher.deliver.discretion import without_secrets
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


class Attempt:
    """One message on its way, from the moment that this is made, in a task of its own.

    `answered` is told the outcome as soon as there is one, unless the message was withheld.
    """

    def __init__(
        self,
        channel: Channel,
        message: Message,
        gate: "Gate",
        *,
        answered: Callable[[Outcome], None],
    ) -> None:
        self.gate = gate
        self.outcome: Outcome | None = None
        self.fault: Exception | None = None
        self._answered = answered
        self._over = self._late = False
        self.task = asyncio.ensure_future(channel.send(message, gate.going))
        self.task.add_done_callback(self._done)

    def give_up(self) -> None:
        """Its time is over: nothing of it may leave any more."""
        self._late = self.gate.closed = True
        self.task.cancel()

    def break_off(self) -> None:
        """Everything ends here: what the journal says by now is all that is known of it."""
        self._over = self.gate.closed = True
        self.task.cancel()

    def end(self) -> None:
        """Whatever is known by now is the outcome; it is never left open.

        The task may have ended without the loop having said so: after a pause of the whole
        process its answer and the end of its time are found in the same moment. Such an answer
        counts, and so does one that came after it was given up.
        """
        if self.task.done():
            self._done(self.task)
        if not self._over:
            self._end(_out_of_time(self.gate))

    def _done(self, task: "asyncio.Future[Outcome]") -> None:
        if self._over or (self._late and (task.cancelled() or task.exception() is not None)):
            return
        self._end(_outcome(task, self.gate))

    def _end(self, outcome: Outcome | None) -> None:
        self._over, self.outcome = True, outcome
        try:
            if outcome is not None:
                self._answered(outcome)
        except Exception as fault:  # noqa: BLE001 - told to whoever waits for all of them
            self.fault = fault


async def all_of(attempts: Sequence[Attempt], *, limit: float = ATTEMPT_LIMIT) -> None:
    """Wait until each has its outcome; `limit` is in seconds.

    Raises:
        Exception: what `answered` raised.
    """
    tasks = {attempt.task: attempt for attempt in attempts}
    if not tasks:
        return
    try:
        _, late = await asyncio.wait(tasks, timeout=limit)
    except asyncio.CancelledError:
        for attempt in attempts:
            attempt.break_off()
        raise
    if late:
        for task in late:
            tasks[task].give_up()
        await asyncio.wait(late, timeout=_GRACE)
    for attempt in attempts:
        attempt.end()
    for attempt in attempts:
        if attempt.fault is not None:
            raise attempt.fault


@dataclass(slots=True)
class Gate:
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


def _out_of_time(gate: Gate) -> Outcome:
    if gate.passed:
        return Unknown(stage="going", evidence="no answer within the time for one attempt")
    return NotAccepted(code="time", evidence="not handed over within the time for one attempt")


def _outcome(task: "asyncio.Future[Outcome]", gate: Gate) -> Outcome | None:
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
        return without_secrets(outcome)
    kind = type(outcome).__name__
    return Unknown(stage="adapter", evidence=f"the adapter answered with {kind}")
