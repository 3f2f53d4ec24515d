"""A message that kills its workers: tried alone, three times, then set aside; the others go on."""

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from dispatcher.deliver.journal import Journal
from dispatcher.deliver.recover import DEATHS, recover
from dispatcher.ports import Accepted, Claim, DeliveryClass
from dispatcher.store.book import Book
from dispatcher.store.outbox import StoredOutbox
from dispatcher.store.verify import verify
from tests.deliver.doubles import FixedClock
from tests.store.store_samples import NOW, answer, claim, frozen, let_go, states


POISON = 2


def one_suspect(outbox: StoredOutbox, owner: str) -> Sequence[Claim]:
    return outbox.claim_suspect(channel="email", owner=owner, boot="boot", now=NOW, guard=let_go)


def begun(journal: Path, claims: Sequence[Claim]) -> Sequence[Claim]:
    """What a worker does with a batch before anything else."""
    with Journal(journal) as opened:
        opened.open_batch(claims)
    return claims


def settle(
    outbox: StoredOutbox,
    journal: Path,
    delivery_class: DeliveryClass = "none",
    *,
    boot: str = "boot",
) -> dict[str, int]:
    with Journal(journal) as opened:
        found = recover(
            outbox=outbox,
            journal=opened,
            is_alive=lambda _: False,
            boot=boot,
            classes={"email": delivery_class},
            clock=FixedClock(NOW),
        )
    return dict(found.counts)


def worker(outbox: StoredOutbox, name: str, tried: Counter[int], journal: Path) -> bool:
    """One worker's day: batches, then suspects one by one; whether it died of the poison."""
    takes: list[Callable[[], Sequence[Claim]]] = [
        lambda: claim(outbox, owner=name),
        lambda: one_suspect(outbox, name),
    ]
    for take in takes:
        while taken := take():
            tried.update(each.id for each in begun(journal, taken))
            if any(each.id == POISON for each in taken):
                return True
            for each in taken:
                answer(outbox, each, Accepted(provider_id=f"p{each.id}"), owner=name)
    return False


def test_the_third_death_sets_the_message_aside_and_only_it(
    book: Book, outbox: StoredOutbox, tmp_path: Path
) -> None:
    book.freeze(None, [frozen(n) for n in range(1, 7)], now=NOW)
    tried, deaths = Counter[int](), 0
    while deaths <= DEATHS and worker(outbox, f"worker {deaths}", tried, tmp_path / "journal"):
        deaths += 1
        settled = settle(outbox, tmp_path / "journal")
    assert deaths == DEATHS
    assert settled == {"quarantined": 1}
    assert states(book) == {n: "quarantined" if n == POISON else "sent" for n in range(1, 7)}
    assert tried[POISON] == DEATHS
    assert max(times for number, times in tried.items() if number != POISON) == 2
    story = book.story(POISON)
    assert story is not None
    assert [each.outcome for each in story.tries] == ["died"] * DEATHS
    assert story.row.reason == "worker-died"
    assert book.unsent(NOW).aside == 1
    assert verify(book.store.path).first_fault is None


def test_a_suspect_is_left_out_of_batches_and_comes_alone(
    book: Book, outbox: StoredOutbox, tmp_path: Path
) -> None:
    book.freeze(None, [frozen(1), frozen(2)], now=NOW)
    begun(tmp_path / "journal", claim(outbox, owner="dead"))
    assert settle(outbox, tmp_path / "journal") == {"planned": 2}
    book.freeze(None, [frozen(3)], now=NOW)
    assert [each.id for each in claim(outbox)] == [3]
    (first,) = one_suspect(outbox, "me")
    assert (first.id, first.attempt, first.deaths) == (1, 2, 1)
    answer(outbox, first, None)  # put back: no death of its own, it keeps its place
    assert [each.id for each in one_suspect(outbox, "me")] == [1]


@pytest.mark.parametrize("boot", ["boot", "another"])
def test_what_a_claim_had_not_begun_with_is_no_suspect(
    book: Book, outbox: StoredOutbox, tmp_path: Path, boot: str
) -> None:
    book.freeze(None, [frozen(1), frozen(2), frozen(3)], now=NOW)
    first, *_ = claim(outbox, owner="dead")
    begun(tmp_path / "journal", [first])
    settle(outbox, tmp_path / "journal", boot=boot)
    assert [(each.id, each.attempt, each.deaths) for each in claim(outbox)] == [
        (2, 2, 0),
        (3, 2, 0),
    ]
    assert states(book)[1] == ("planned" if boot == "boot" else "unknown")
    assert verify(book.store.path).first_fault is None


def test_fewer_deaths_go_first(book: Book, outbox: StoredOutbox, tmp_path: Path) -> None:
    book.freeze(None, [frozen(1), frozen(2)], now=NOW)
    begun(tmp_path / "journal", claim(outbox, owner="dead"))
    settle(outbox, tmp_path / "journal")
    begun(tmp_path / "journal", one_suspect(outbox, "dead again"))
    settle(outbox, tmp_path / "journal")
    assert [each.id for each in one_suspect(outbox, "me")] == [2]
    assert [each.id for each in one_suspect(outbox, "me")] == [1]


@pytest.mark.parametrize(
    ("delivery_class", "going", "boot", "state"),
    [
        ("none", False, "boot", "quarantined"),
        ("none", True, "boot", "unknown"),
        ("none", False, "another", "unknown"),
        ("lookup", True, "boot", "unknown"),
        ("idempotent", False, "boot", "quarantined"),
        ("idempotent", True, "boot", "unknown"),
        ("idempotent", False, "another", "unknown"),
    ],
)
def test_only_what_cannot_have_left_is_set_aside(  # noqa: PLR0917 - a table
    book: Book,
    outbox: StoredOutbox,
    tmp_path: Path,
    delivery_class: DeliveryClass,
    going: bool,
    boot: str,
    state: str,
) -> None:
    book.freeze(None, [frozen(1)], now=NOW)
    begun(tmp_path / "journal", claim(outbox, owner="dead"))
    settle(outbox, tmp_path / "journal", delivery_class)
    begun(tmp_path / "journal", one_suspect(outbox, "dead"))
    settle(outbox, tmp_path / "journal", delivery_class)
    (third,) = one_suspect(outbox, "dead")
    with Journal(tmp_path / "journal") as journal:
        journal.open_batch([third])
        if going:
            journal.going(third)
    settle(outbox, tmp_path / "journal", delivery_class, boot=boot)
    assert states(book) == {1: state}
    assert claim(outbox) == one_suspect(outbox, "me") == []
