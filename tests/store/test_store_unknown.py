"""Messages that may have left: what settles them, and that a guess never frees a key."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from dispatcher.model.message import State
from dispatcher.ports import Accepted, NotAccepted, Outcome, Rejected, Unknown
from dispatcher.store.connection import Store
from dispatcher.store.history import Happened
from dispatcher.store.outcomes import unsaid
from dispatcher.store.resolutions import Word
from dispatcher.store.unknown import LOOK_UP, POLL, Inquired, Unknowns
from dispatcher.store.verify import verify
from tests.store.store_samples import (
    DAY,
    NOW,
    answer,
    book_on,
    claim,
    filled,
    frozen,
    outbox_on,
)


LATER = NOW + timedelta(days=1)
NEVER_SAID = Unknown(stage="answer", evidence="no whole answer in time")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = filled(tmp_path_factory.mktemp("unknown"), cases=40)
    yield store
    store.close()


class House:
    """A store in which each test has a case of its own."""

    def __init__(self, store: Store) -> None:
        self.store, self.book, self.outbox = store, book_on(store), outbox_on(store)

    def unknown(self, *, channel: str = "email", legal_effect: bool = False) -> int:
        """The id of a message that was handed over and may have left; it has a new case."""
        with closing(sqlite3.connect(self.store.path)) as driver:
            used = driver.execute("SELECT count(*) FROM line").fetchone()[0]
        message = frozen(used + 1, channel=channel, legal_effect=legal_effect)
        (number,) = self.book.freeze(None, [message], now=NOW)
        assert number is not None
        (taken,) = claim(self.outbox, channel=channel)
        answer(self.outbox, taken, NEVER_SAID)
        return number

    def say(self, number: int, choice: str, *, person: str = "", taken: bool = True) -> State:
        (row,) = self.book.unknown(number)
        word = Word(
            message_id=number,
            attempt=row.claim.attempt,
            choice=choice,
            person=person,
            reason="seen in their list",
            at=LATER,
            taken=taken,
        )
        return self.book.resolve(word, now=LATER, presented=lambda _channel, day: day)

    def row(self, number: int) -> sqlite3.Row:
        with closing(sqlite3.connect(self.store.path)) as driver:
            driver.row_factory = sqlite3.Row
            return driver.execute(  # type: ignore[no-any-return]
                """SELECT message.*, live, done_on FROM message JOIN line ON message_id = message.id
                WHERE message.id = ?""",
                (number,),
            ).fetchone()

    def is_whole(self) -> bool:
        return verify(self.store.path).first_fault is None


@pytest.fixture
def house(made: Store) -> House:
    return House(made)


@pytest.mark.parametrize("choice", ["sent", "leave", "found"])
@pytest.mark.parametrize(
    ("channel", "state"), [("email", "sent"), ("sms", "sent"), ("letter", "accepted")]
)
def test_what_counts_as_gone_has_done_its_step_on_the_day_of_the_attempt(
    house: House, channel: str, state: str, choice: str
) -> None:
    number = house.unknown(channel=channel)
    assert house.say(number, choice) == state
    row = house.row(number)
    assert (row["state"], row["live"], row["reason"]) == (state, 1, choice)
    assert (row["done_on"], row["contact_on"]) == (str(DAY), str(DAY))
    assert claim(house.outbox, channel=channel, now=LATER) == []
    assert house.is_whole()


@pytest.mark.parametrize("choice", ["not-sent", "not-there"])
def test_what_is_proven_not_to_have_left_is_tried_again_at_once_and_may_be_taken_back(
    house: House, choice: str
) -> None:
    number = house.unknown()
    assert house.say(number, choice) is State.DEFERRED
    row = house.row(number)
    assert (row["live"], row["contact_on"], row["done_on"]) == (1, None, None)
    withdrawn = house.outbox.recall(now=LATER, guard=lambda found: {m.id: "paid" for m in found})
    assert withdrawn == {number: "paid"}
    assert (house.row(number)["state"], house.row(number)["live"]) == ("withdrawn", 0)
    assert house.is_whole()


@pytest.mark.parametrize("choice", ["send-again", "resend"])
def test_what_is_sent_once_more_goes_with_the_same_name_and_bytes(
    house: House, choice: str
) -> None:
    number = house.unknown()
    (before,) = house.book.unknown(number)
    house.say(number, choice)
    (again,) = claim(house.outbox, now=LATER)
    assert (again.id, again.token, again.content) == (
        number,
        before.claim.token,
        before.claim.content,
    )
    answer(house.outbox, again, Accepted(provider_id="p"), at=LATER)
    assert (house.row(number)["state"], house.row(number)["done_on"]) == ("sent", "2026-05-05")
    assert house.is_whole()


def withdraw(house: House) -> None:
    house.outbox.recall(now=LATER, guard=lambda found: {each.id: "paid" for each in found})


def expire(house: House) -> None:
    claim(house.outbox, now=NOW + timedelta(days=30))


def ends(outcome: Outcome) -> Callable[[House], None]:
    def end(house: House) -> None:
        (again,) = claim(house.outbox, now=LATER)
        answer(house.outbox, again, outcome, at=LATER)

    return end


ENDS = [
    pytest.param(withdraw, id="withdrawn"),
    pytest.param(expire, id="expired"),
    pytest.param(ends(Rejected(code="550", evidence="")), id="rejected"),
    pytest.param(ends(NotAccepted(code="451", evidence="")), id="no later try"),
    pytest.param(ends(NEVER_SAID), id="unknown again"),
]


@pytest.mark.parametrize("end", ENDS)
def test_a_second_try_that_did_not_leave_says_nothing_of_the_first(
    house: House, end: Callable[[House], None]
) -> None:
    number = house.unknown()
    house.say(number, "send-again")
    end(house)
    row = house.row(number)
    assert (row["state"], row["live"], row["contact_on"] is not None) == ("unknown", 1, True)
    assert house.is_whole()
    house.say(number, "not-sent")  # proof of both tries: now the key may fall
    withdraw(house)
    assert (house.row(number)["state"], house.row(number)["live"]) == ("withdrawn", 0)
    assert house.is_whole()


def test_a_second_try_that_was_put_back_still_counts_as_a_contact(house: House) -> None:
    number = house.unknown()
    house.say(number, "send-again")
    (again,) = claim(house.outbox, now=LATER)
    answer(house.outbox, again, None, at=LATER)
    row = house.row(number)
    assert (row["state"], row["contact_on"]) == ("planned", str(LATER.date()))
    withdraw(house)
    assert house.row(number)["state"] == "unknown"
    house.say(number, "leave")


def test_a_word_that_waits_for_a_second_one_changes_nothing(house: House) -> None:
    number = house.unknown(channel="letter", legal_effect=True)
    assert house.say(number, "sent", person="anne", taken=False) is State.UNKNOWN
    (row,) = house.book.unknown(number)
    assert [(word.person, word.choice, word.taken) for word in row.words] == [
        ("anne", "sent", False)
    ]
    assert house.say(number, "sent", person="paul") is State.ACCEPTED
    assert house.is_whole()


def test_a_message_whose_attempts_are_lost_can_be_settled_all_the_same(tmp_path: Path) -> None:
    house = House(filled(tmp_path))
    number = house.unknown()
    with closing(sqlite3.connect(house.store.path)) as driver, driver:
        driver.execute("DELETE FROM attempt")  # as one that was rebuilt from the journal
    (row,) = house.book.unknown(number)
    assert (row.began, row.ended, row.stage) == (NOW, NOW, "")
    assert house.say(number, "sent") is State.SENT
    assert house.row(number)["done_on"] == str(DAY)
    house.store.close()


def test_only_an_unknown_message_and_its_last_attempt_can_be_settled(house: House) -> None:
    number = house.unknown()
    word = Word(message_id=number, attempt=1, choice="sent", at=LATER)
    with pytest.raises(ValueError, match="not unknown"):
        house.book.resolve(replace(word, attempt=2), now=LATER, presented=unsaid)
    house.book.resolve(word, now=LATER, presented=unsaid)
    with pytest.raises(ValueError, match="not unknown"):
        house.book.resolve(word, now=LATER, presented=unsaid)


def asked(number: int, kind: str, reply: str, at: datetime = LATER) -> Inquired:
    return Inquired(message_id=number, attempt=1, kind=kind, answer=reply, said="", at=at)


def test_questions_are_kept_with_their_answers(house: House) -> None:
    number = house.unknown(channel="sms")
    house.book.inquired([asked(number, LOOK_UP, "absent")], now=LATER, presented=unsaid)
    (row,) = house.book.unknown(number)
    assert [(each.answer, each.at) for each in row.asked] == [("absent", LATER)]
    assert (row.began, row.ended, row.stage) == (NOW, NOW, "answer")
    told = [
        (each.happened, each.what, each.at)
        for each in house.book.history(row.claim.lines[0].case_id)
    ]
    assert (Happened.INQUIRY, "absent", LATER) in told
    assert house.is_whole()
    house.say(number, "leave", person="Claire Martin")
    (said,) = [
        each
        for each in house.book.history(row.claim.lines[0].case_id)
        if each.happened is Happened.SAID
    ]
    assert (said.what, said.fields["person"]) == ("leave", "Claire Martin")
    assert said.fields["note"] == "seen in their list"


def test_an_answer_that_comes_after_it_was_settled_is_only_noted(house: House) -> None:
    number = house.unknown(channel="sms")
    word = Word(message_id=number, attempt=1, choice="not-there", at=LATER)
    house.say(number, "leave")
    late = house.book.inquired(
        [asked(number, LOOK_UP, "absent")], word, now=LATER, presented=unsaid
    )
    assert late is None
    assert house.row(number)["state"] == "sent"
    assert house.is_whole()


def test_unknown_messages_are_counted_and_old_ones_with_legal_effect_apart(tmp_path: Path) -> None:
    house = House(filled(tmp_path, cases=50))
    house.unknown()
    house.unknown(channel="letter", legal_effect=True)
    assert house.book.unknowns(before=NOW - timedelta(seconds=1)) == Unknowns(count=2, legal=0)
    assert house.book.unknowns(before=NOW) == Unknowns(count=2, legal=1)
    house.store.close()


def test_names_of_other_messages_to_the_same_address_are_known(house: House) -> None:
    first = house.unknown()
    word = Word(message_id=first, attempt=1, choice="found", at=LATER)
    house.book.inquired([], word, now=LATER, presented=unsaid, provider_id="SM-one")
    second = house.unknown()
    (row,) = house.book.unknown(second)
    assert "SM-one" in house.book.taken(row.claim.to, but=second)
    assert "SM-one" not in house.book.taken("somebody@else.test", but=second)
    assert "SM-one" not in house.book.taken(row.claim.to, but=first)
    house.say(second, "leave")


def test_silent_messages_are_those_of_which_nothing_was_heard_unless_we_asked(
    house: House,
) -> None:
    number = house.unknown(channel="sms")
    word = Word(message_id=number, attempt=1, choice="found", at=NOW)
    house.book.inquired([], word, now=NOW, presented=unsaid, provider_id="SM-two")

    def rows(before: datetime) -> dict[str, int]:
        found = house.book.silent(["sms"], after=NOW - timedelta(days=1), before=before)
        return {row.provider_id: len(row.asked) for row in found}

    assert rows(NOW - timedelta(seconds=1)) == {}
    assert rows(NOW)["SM-two"] == 0
    house.book.inquired([asked(number, POLL, "silent")], now=LATER, presented=unsaid)
    assert rows(NOW)["SM-two"] == 1
    assert house.is_whole()


TAMPERED = {
    "a word": ("resolution", "UPDATE resolution SET choice = 'leave' WHERE id = 1"),
    "who said it": ("resolution", "UPDATE resolution SET person = 'eve' WHERE id = 1"),
    "a word lost": ("resolution", "DELETE FROM resolution WHERE id = 1"),
    "an answer": ("inquiry", "UPDATE inquiry SET answer = 'absent' WHERE id = 1"),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_words_and_answers_changed_behind_the_trail_are_found(tmp_path: Path, name: str) -> None:
    house = House(filled(tmp_path))
    number = house.unknown()
    house.book.inquired([asked(number, LOOK_UP, "unsaid")], now=LATER, presented=unsaid)
    house.say(number, "sent", person="anne")
    house.store.close()
    assert house.is_whole()
    table, statement = TAMPERED[name]
    with closing(sqlite3.connect(house.store.path)) as driver, driver:
        driver.execute(statement)
    fault = verify(house.store.path).first_fault
    assert fault is not None
    assert (fault.code, fault.fields) == ("store/trail-disagrees", {"table": table})
