from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy import text

from dispatcher.model.message import NOTHING_REACHED, State
from dispatcher.ports import (
    Accepted,
    Claim,
    Frozen,
    NotAccepted,
    Outbox,
    Outcome,
    Rejected,
    Unknown,
)
from dispatcher.store.book import Book
from dispatcher.store.connection import Store
from dispatcher.store.outbox import StoredOutbox
from dispatcher.store.passage import WAYS, Move, move
from dispatcher.store.verify import verify
from tests.store.store_samples import (
    DAY,
    NOW,
    PLAIN,
    answer,
    claim,
    frozen,
    let_go,
    lines,
    live,
    states,
)


LATER = NOW + timedelta(hours=1)


def frozen_ids(book: Book, *batch: Frozen) -> list[int | None]:
    return book.freeze(None, batch, now=NOW)


def test_the_stored_outbox_is_an_outbox(outbox: StoredOutbox) -> None:
    port: Outbox = outbox
    assert port.abandoned() == []


def test_a_claim_carries_what_was_frozen(book: Book, outbox: StoredOutbox) -> None:
    frozen_ids(book, PLAIN)
    (found,) = claim(outbox)
    assert found.to == PLAIN.to
    assert found.content == PLAIN.content
    assert found.lines == PLAIN.lines
    assert found.attempt == 1
    assert found.created_at == NOW
    assert len(found.token) >= 26


def test_a_token_is_the_same_on_every_attempt_and_no_two_are_alike(
    book: Book, outbox: StoredOutbox
) -> None:
    frozen_ids(book, frozen(1), frozen(2))
    first, second = claim(outbox)
    assert first.token != second.token
    answer(outbox, first, None)
    assert claim(outbox)[0].token == first.token


@pytest.mark.parametrize(
    ("planned", "due"),
    [
        (PLAIN, True),
        (replace(PLAIN, not_before=LATER), False),
        (replace(PLAIN, state=State.AWAITING), False),
        (replace(PLAIN, state=State.QUARANTINED), False),
        (replace(PLAIN, channel="sms"), False),
        (replace(PLAIN, valid_until=NOW), True),
        (replace(PLAIN, valid_until=NOW - timedelta(milliseconds=1)), False),
    ],
    ids=["now", "quiet", "awaiting", "quarantined", "other channel", "last moment", "too late"],
)
def test_only_due_messages_are_claimed(
    book: Book, outbox: StoredOutbox, planned: Frozen, *, due: bool
) -> None:
    frozen_ids(book, planned)
    assert bool(claim(outbox)) is due


@pytest.mark.parametrize("state", [State.PLANNED, State.AWAITING])
def test_a_message_past_its_time_expires_and_frees_its_keys(
    book: Book, outbox: StoredOutbox, state: State
) -> None:
    frozen_ids(book, replace(PLAIN, state=state))
    claim(outbox, now=PLAIN.valid_until + timedelta(seconds=1))
    assert states(book) == {1: "expired"}
    assert live(book) == set()


def test_due_counts_what_may_be_claimed_now(book: Book, outbox: StoredOutbox) -> None:
    frozen_ids(book, frozen(1), frozen(2, channel="sms"), replace(frozen(3), not_before=LATER))
    assert (outbox.due(NOW), outbox.due(LATER)) == (2, 3)
    answer(outbox, claim(outbox)[0], NotAccepted(code="451", evidence=""), next_at=LATER)
    assert (outbox.due(NOW), outbox.due(LATER)) == (1, 3)


def test_the_limit_holds_and_the_oldest_go_first(book: Book, outbox: StoredOutbox) -> None:
    frozen_ids(book, frozen(1), frozen(2), frozen(3))
    assert [each.id for each in claim(outbox, limit=2)] == [1, 2]


def test_legal_effect_goes_alone(book: Book, outbox: StoredOutbox) -> None:
    frozen_ids(book, frozen(1), frozen(2, legal_effect=True), frozen(3, legal_effect=True))
    batches = [[each.id for each in claim(outbox)] for _ in range(4)]
    assert batches == [[2], [3], [1], []]


def test_the_guard_is_asked_once_and_sees_the_transaction(book: Book, outbox: StoredOutbox) -> None:
    frozen_ids(book, frozen(1), replace(frozen(2), valid_until=NOW - timedelta(days=1)))
    asked: list[list[int]] = []

    def guard(candidates: Sequence[Claim]) -> Mapping[int, str]:
        asked.append([each.id for each in candidates])
        seen = book.frames([1])["messages"]
        assert seen["state"].to_list() == ["planned", "expired"]
        return {}

    outbox.claim(channel="email", limit=9, owner="me", boot="b", now=NOW, guard=guard)
    assert asked == [[1]]


def test_what_the_guard_names_is_withdrawn_and_its_keys_are_free(
    book: Book, outbox: StoredOutbox
) -> None:
    frozen_ids(book, frozen(1), frozen(2))
    found = outbox.claim(
        channel="email", limit=9, owner="me", boot="b", now=NOW, guard=lambda _: {1: "hold: paid"}
    )
    assert [each.id for each in found] == [2]
    assert states(book) == {1: "withdrawn", 2: "sending"}
    assert live(book) == {2}
    assert frozen_ids(book, frozen(1)) == [3]


def test_a_batch_taken_back_whole_does_not_hide_the_next(book: Book, outbox: StoredOutbox) -> None:
    frozen_ids(book, frozen(1), frozen(2))
    found = outbox.claim(
        channel="email",
        limit=1,
        owner="me",
        boot="b",
        now=NOW,
        guard=lambda asked: {each.id: "paid" for each in asked if each.id == 1},
    )
    assert [each.id for each in found] == [2]


def test_a_guard_that_fails_changes_nothing(book: Book, outbox: StoredOutbox) -> None:
    frozen_ids(book, frozen(1))

    def guard(_: Sequence[Claim]) -> Mapping[int, str]:
        raise LookupError("no such policy")

    with pytest.raises(LookupError):
        outbox.claim(channel="email", limit=9, owner="me", boot="b", now=NOW, guard=guard)
    assert states(book) == {1: "planned"}


OUTCOMES: list[tuple[str, Outcome | None, State, bool]] = [
    ("accepted", Accepted(provider_id="x"), State.SENT, True),
    ("rejected", Rejected(code="550", evidence="no such user"), State.FAILED, False),
    ("not accepted", NotAccepted(code="451", evidence="busy"), State.DEFERRED, True),
    ("unknown", Unknown(stage="data", evidence="no reply"), State.UNKNOWN, True),
    ("withheld", None, State.PLANNED, True),
]


@pytest.mark.parametrize(
    ("outcome", "state", "kept"), [case[1:] for case in OUTCOMES], ids=[c[0] for c in OUTCOMES]
)
def test_each_outcome_gives_its_state_and_keeps_or_frees_the_keys(
    book: Book, outbox: StoredOutbox, outcome: Outcome | None, state: State, *, kept: bool
) -> None:
    frozen_ids(book, PLAIN)
    (taken,) = claim(outbox)
    answer(outbox, taken, outcome, next_at=LATER)
    assert states(book) == {1: state.value}
    assert (live(book) == {1}) is kept
    done = book.frames()["lines"]["done_on"].to_list()
    assert done == [DAY if state is State.SENT else None]
    contact = book.frames()["messages"]["contact_on"].to_list()
    assert contact == [DAY if state in {State.SENT, State.UNKNOWN} else None]
    assert verify(book.store.path).first_fault is None


def test_a_deferred_message_is_due_again_at_its_time(book: Book, outbox: StoredOutbox) -> None:
    frozen_ids(book, PLAIN)
    answer(outbox, claim(outbox)[0], NotAccepted(code="451", evidence=""), next_at=LATER)
    assert claim(outbox) == []
    (again,) = claim(outbox, now=LATER)
    assert (again.attempt, again.deferrals) == (2, 1)


def test_an_attempt_that_was_put_back_is_no_deferral(book: Book, outbox: StoredOutbox) -> None:
    frozen_ids(book, PLAIN)
    answer(outbox, claim(outbox)[0], None)
    (again,) = claim(outbox)
    assert (again.attempt, again.deferrals) == (2, 0)


def test_not_accepted_without_a_next_time_has_failed(book: Book, outbox: StoredOutbox) -> None:
    frozen_ids(book, PLAIN)
    answer(outbox, claim(outbox)[0], NotAccepted(code="451", evidence=""))
    assert states(book) == {1: "failed"}
    assert live(book) == set()


@pytest.mark.parametrize("channel", ["call", "visit", "letter"])
def test_other_channels_are_accepted_and_not_done(
    book: Book, outbox: StoredOutbox, channel: str
) -> None:
    frozen_ids(book, frozen(1, channel=channel))
    answer(outbox, claim(outbox, channel=channel)[0], Accepted())
    assert states(book) == {1: "accepted"}
    assert book.frames()["lines"]["done_on"].to_list() == [None]


@pytest.mark.parametrize(
    ("main", "outcome", "state"),
    [
        ("none", None, "planned"),
        ("sent", Accepted(), "sending"),
        ("failed", Rejected(code="550", evidence=""), "withdrawn"),
        ("unknown", Unknown(stage="data", evidence=""), "planned"),
    ],
    ids=["while planned", "once sent", "never when failed", "not while unknown"],
)
def test_also_leaves_only_after_its_main_message(
    book: Book, outbox: StoredOutbox, main: str, outcome: Outcome | None, state: str
) -> None:
    second = replace(PLAIN, channel="sms", lines=(), also_of=0)
    assert frozen_ids(book, PLAIN, second) == [1, 2]
    if main != "none":
        answer(outbox, claim(outbox)[0], outcome)
    claim(outbox, channel="sms")
    assert states(book)[2] == state


def test_only_the_owner_records(book: Book, outbox: StoredOutbox) -> None:
    frozen_ids(book, PLAIN)
    (taken,) = claim(outbox, owner="me")
    answer(outbox, taken, Rejected(code="550", evidence=""), owner="another")
    assert states(book) == {1: "sending"}
    assert live(book) == {1}


def test_an_answer_of_an_earlier_attempt_moves_nothing(book: Book, outbox: StoredOutbox) -> None:
    frozen_ids(book, PLAIN)
    (first,) = claim(outbox)
    answer(outbox, first, None)
    claim(outbox)
    answer(outbox, first, Rejected(code="550", evidence=""))
    assert states(book) == {1: "sending"}


@pytest.mark.parametrize(
    ("late", "state"),
    [(Accepted(provider_id="x"), "sent"), (Rejected(code="550", evidence=""), "unknown")],
    ids=["accepted", "rejected"],
)
def test_a_late_acceptance_is_believed_and_nothing_else(
    book: Book, outbox: StoredOutbox, late: Outcome, state: str
) -> None:
    frozen_ids(book, PLAIN)
    (taken,) = claim(outbox)
    answer(outbox, taken, Unknown(stage="dead", evidence=""))
    answer(outbox, taken, late)
    assert states(book) == {1: state}
    assert live(book) == {1}
    assert verify(book.store.path).first_fault is None


def test_an_unknown_message_is_never_claimed_again(book: Book, outbox: StoredOutbox) -> None:
    frozen_ids(book, PLAIN)
    answer(outbox, claim(outbox)[0], Unknown(stage="data", evidence=""))
    assert claim(outbox, now=PLAIN.valid_until + timedelta(days=400)) == []
    assert states(book) == {1: "unknown"}


def test_abandoned_names_owner_boot_and_claim(book: Book, outbox: StoredOutbox) -> None:
    frozen_ids(book, frozen(1), frozen(2))
    taken = claim(outbox, owner="dead")
    assert outbox.abandoned() == [("dead", "boot", each) for each in taken]


def test_a_key_is_taken_while_anything_may_have_left(book: Book) -> None:
    assert frozen_ids(book, frozen(1, 2), frozen(2, 3), frozen(4)) == [1, None, 2]
    assert frozen_ids(book, frozen(3), frozen(4)) == [3, None]
    assert frozen_ids(book, replace(PLAIN, lines=lines(1, step="second"))) == [4]
    assert frozen_ids(book, replace(PLAIN, lines=lines(1, cycle=1))) == [5]


def test_also_is_not_written_without_its_main(book: Book) -> None:
    second = replace(PLAIN, channel="sms", lines=(), also_of=0)
    frozen_ids(book, PLAIN)
    assert frozen_ids(book, PLAIN, second) == [None, None]


@pytest.mark.parametrize("also_of", [0, 1, -1])
def test_also_of_points_back(book: Book, also_of: int) -> None:
    with pytest.raises(ValueError, match="earlier"):
        frozen_ids(book, replace(PLAIN, also_of=also_of))


def test_a_message_takes_only_the_ways_of_the_table(store: Store, book: Book) -> None:
    frozen_ids(book, PLAIN)
    with store.writing() as connection:
        for start, to in product(State, State):
            connection.execute(text("UPDATE message SET state = :state"), {"state": start.value})
            connection.execute(text("UPDATE line SET live = 1"))
            step = Move(message_id=1, start=start, to=to)
            if to not in WAYS[start]:
                with pytest.raises(ValueError, match="no way"):
                    move(connection, [step], now=NOW)
                continue
            move(connection, [step], now=NOW)
            assert states(book) == {1: to.value}
            assert (live(book) == set()) is (to in NOTHING_REACHED), (start, to)


def test_a_message_leaves_only_the_state_that_it_is_in(store: Store, book: Book) -> None:
    frozen_ids(book, PLAIN)
    step = Move(message_id=1, start=State.DEFERRED, to=State.SENDING)
    with pytest.raises(RuntimeError), store.writing() as connection:
        move(connection, [step], now=NOW)


def test_two_outboxes_never_claim_the_same(store: Store, book: Book, outbox: StoredOutbox) -> None:
    frozen_ids(book, *(frozen(n) for n in range(1, 7)))
    taken = [each.id for _ in range(3) for each in claim(outbox, limit=2)]
    assert sorted(taken) == sorted(set(taken)) == [1, 2, 3, 4, 5, 6]
    assert outbox.claim(channel="email", limit=1, owner="o", boot="b", now=NOW, guard=let_go) == []
    assert store.path.exists()
