"""The end of one attempt, where an answer and the end of its time meet."""

import asyncio
import time

import pytest

from dispatcher.deliver.attempt import Attempt, Gate, all_of
from dispatcher.ports import Accepted, DeliveryClass, Going, Message, Outcome, Unknown
from tests.deliver.doubles import claim, message_of


LIMIT = 0.02
ANSWER = 0.01
PAUSE = 0.05


class Answers:
    """Takes a message and answers after a while; what it took, it took."""

    name = "email"
    batch = 1
    delivery_class: DeliveryClass = "none"

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    async def send(self, message: Message, going: Going) -> Outcome:
        going()
        await asyncio.sleep(self.seconds)
        return Accepted(provider_id=message.token)

    async def close(self) -> None:
        pass


async def tried(seconds: float) -> tuple[Outcome | None, list[Outcome]]:
    """The outcome of an attempt during which the whole process is paused, and what was noted."""
    noted: list[Outcome] = []
    gate = Gate(journal_going=lambda: None, stopped=lambda: False, on_fault=lambda _fault: None)
    attempt = Attempt(Answers(seconds), message_of(claim(1)), gate, answered=noted.append)
    asyncio.get_running_loop().call_later(ANSWER / 2, time.sleep, PAUSE)
    await all_of([attempt], limit=LIMIT)
    return attempt.outcome, noted


@pytest.mark.parametrize("seconds", [ANSWER, LIMIT - 0.001], ids=str)
def test_an_answer_found_together_with_the_end_of_its_time_counts(seconds: float) -> None:
    """Both are due when the pause ends: to call it withheld would send the message again."""
    outcome, noted = asyncio.run(tried(seconds))
    assert isinstance(outcome, Accepted)
    assert noted == [outcome]


def test_an_answer_due_after_the_end_of_its_time_is_unknown_and_never_withheld() -> None:
    outcome, noted = asyncio.run(tried(LIMIT + 0.001))
    assert isinstance(outcome, Unknown)
    assert noted == [outcome]


async def broken_off() -> list[Outcome]:
    """What was noted of an attempt while everything was broken off, before anything left."""
    noted: list[Outcome] = []
    gate = Gate(journal_going=lambda: None, stopped=lambda: False, on_fault=lambda _fault: None)
    attempt = Attempt(Slow(PAUSE), message_of(claim(1)), gate, answered=noted.append)
    whole = asyncio.ensure_future(all_of([attempt]))
    await asyncio.sleep(0)
    whole.cancel()
    await asyncio.wait([whole, attempt.task])
    await asyncio.sleep(0)
    return noted


class Slow(Answers):
    """Says nothing and hands nothing over for a while."""

    async def send(self, message: Message, going: Going) -> Outcome:
        await asyncio.sleep(self.seconds)
        return await super().send(message, going)


def test_what_is_broken_off_is_left_to_the_recovery_and_not_called_unknown() -> None:
    """The journal says whether it was going; a word of ours would say more than we know."""
    assert asyncio.run(broken_off()) == []
