"""A worker that is paused past any lease keeps its messages, and its late answer is right."""

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from dispatcher.deliver.journal import Journal
from dispatcher.deliver.loop import send_due
from dispatcher.deliver.owner import boot_id, is_alive, living_owner
from dispatcher.deliver.recover import Recovered, recover
from dispatcher.model.settings import Environment
from dispatcher.ports import Accepted, Going, Message, Outcome
from dispatcher.store.open import open_store
from dispatcher.store.verify import verify
from tests.deliver.doubles import FixedClock, message_of
from tests.store.store_samples import NOW, book_on, claim, filled, frozen, outbox_on, states


MESSAGES = 3


class Stopping:
    """A channel that stops its own process after the byte that cannot be taken back."""

    name = "email"
    batch = MESSAGES
    delivery_class = "none"

    async def send(self, message: Message, going: Going) -> Outcome:
        going()
        if message.id == 1:
            os.kill(os.getpid(), signal.SIGSTOP)
        return Accepted(provider_id=f"p{message.id}")

    async def close(self) -> None:
        pass


def deliver(folder: Path) -> None:
    store = open_store(folder / "relance.sqlite", environment=Environment.SANDBOX, check=False)
    with living_owner(folder / "locks") as owner, Journal(folder / "journal") as journal:
        asyncio.run(
            send_due(
                outbox=outbox_on(store),
                channels={"email": Stopping()},  # type: ignore[dict-item]  # the class is a word
                journal=journal,
                guard=lambda _: {},
                clock=FixedClock(NOW),
                owner=owner,
                prepare=message_of,
                stopped=lambda: False,
                progress=lambda _channel, _counts: None,
            )
        )
    store.close()


@contextmanager
def stopped_worker(folder: Path) -> Iterator[int]:
    """The id of a child that has stopped itself in the middle of its batch."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            deliver(folder)
            code = 0
        finally:
            os._exit(code)
    try:
        _, status = os.waitpid(child, os.WUNTRACED)
        assert os.WIFSTOPPED(status)
        yield child
    finally:
        with suppress(ProcessLookupError):  # the test has waited for its end
            os.kill(child, signal.SIGKILL)


def settle(folder: Path) -> Recovered:
    store = open_store(folder / "relance.sqlite", environment=Environment.SANDBOX, check=False)
    try:
        with Journal(folder / "journal") as journal:
            return recover(
                outbox=outbox_on(store),
                journal=journal,
                is_alive=lambda token: is_alive(folder / "locks", token),
                boot=boot_id(),
                classes={"email": "none"},
                clock=FixedClock(NOW),
            )
    finally:
        store.close()


def test_a_paused_worker_is_never_recovered_and_its_answers_count(tmp_path: Path) -> None:
    store = filled(tmp_path)
    book_on(store).freeze(None, [frozen(n) for n in range(1, MESSAGES + 1)], now=NOW)
    store.close()
    with stopped_worker(tmp_path) as child:
        for _ in range(3):
            assert settle(tmp_path).total == 0
        other = open_store(tmp_path / "relance.sqlite", environment=Environment.SANDBOX)
        assert set(states(book_on(other)).values()) == {"sending"}
        assert claim(outbox_on(other), owner="other") == []
        other.close()
        os.kill(child, signal.SIGCONT)
        _, status = os.waitpid(child, 0)
        assert os.WIFEXITED(status)
        assert os.WEXITSTATUS(status) == 0
    assert settle(tmp_path).total == 0
    again = open_store(tmp_path / "relance.sqlite", environment=Environment.SANDBOX)
    assert states(book_on(again)) == dict.fromkeys(range(1, MESSAGES + 1), "sent")
    again.close()
    assert verify(tmp_path / "relance.sqlite").first_fault is None


def test_a_paused_worker_that_dies_is_recovered_by_its_journal(tmp_path: Path) -> None:
    store = filled(tmp_path)
    book_on(store).freeze(None, [frozen(n) for n in range(1, MESSAGES + 1)], now=NOW)
    store.close()
    with stopped_worker(tmp_path) as child:
        assert settle(tmp_path).total == 0
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        found = settle(tmp_path)
    assert found.counts == {"unknown": 1, "planned": MESSAGES - 1}
