"""News into the book: forward only, each piece once, in any order the same end."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Table, select

from dispatcher.errors import StoreFault
from dispatcher.model.news import News, NewsKind, Verdict
from dispatcher.model.settings import Environment
from dispatcher.ports import Accepted, Claim, NotAccepted, Outcome, Rejected, Unknown
from dispatcher.store import tables
from dispatcher.store.book import Book
from dispatcher.store.connection import raw
from dispatcher.store.news import catch_up
from dispatcher.store.open import open_store
from dispatcher.store.outbox import StoredOutbox
from dispatcher.store.placing import place
from dispatcher.store.verify import verify
from tests.store.store_samples import (
    DAY,
    NOW,
    answer,
    book_on,
    claim,
    day_of,
    debtors,
    filled,
    frozen,
    live,
    outbox_on,
    states,
)


LATER = NOW + timedelta(days=2)
_references = count()


def news(kind: NewsKind, *, token: str = "", at: datetime = LATER, **more: object) -> News:
    said = {"source": "sms", "reference": f"r{next(_references)}", "kind": kind, "at": at}
    return News(**said, token=token, **more)  # type: ignore[arg-type]  # by the caller


def on_its_way(book: Book, outbox: StoredOutbox, *cases: int) -> Claim:
    """A message that is being handed over."""
    book.freeze(None, [frozen(*(cases or (1,)), channel="sms")], now=NOW)
    (claimed,) = claim(outbox, channel="sms")
    return claimed


def hear(book: Book, *pieces: News) -> tuple[Verdict, ...]:
    verdicts = book.hear(pieces, now=LATER)
    found = verify(book.store.path)
    assert found.first_fault is None
    return verdicts


def line(book: Book) -> dict[str, object]:
    return book.frames()["lines"].row(0, named=True)


def test_a_message_goes_forward(book: Book, outbox: StoredOutbox) -> None:
    sent = on_its_way(book, outbox)
    answer(outbox, sent, Accepted(provider_id="SM1"))
    assert hear(book, news(NewsKind.SENT, token=sent.token)) == (Verdict.BEHIND,)
    assert hear(book, news(NewsKind.DELIVERED, token=sent.token)) == (Verdict.MOVED,)
    assert states(book) == {1: "delivered"}
    assert hear(book, news(NewsKind.SENT, token=sent.token)) == (Verdict.BEHIND,)
    assert states(book) == {1: "delivered"}


def test_a_bounce_takes_the_step_back_and_frees_its_key(book: Book, outbox: StoredOutbox) -> None:
    sent = on_its_way(book, outbox)
    answer(outbox, sent, Accepted(provider_id="SM1"))
    bounce = news(NewsKind.BOUNCED, token=sent.token, code="30005")
    assert hear(book, bounce) == (Verdict.MOVED,)
    assert states(book) == {1: "bounced"}
    assert live(book) == set()
    assert line(book)["done_on"] == DAY
    assert line(book)["taken_back_on"] == LATER.date()
    message = book.frames()["messages"].row(0, named=True)
    assert message["fault"] == "recipient"
    assert hear(book, bounce) == (Verdict.KNOWN,)
    late = news(NewsKind.DELIVERED, token=sent.token)
    assert hear(book, late, replace(late, kind=NewsKind.BOUNCED)) == (Verdict.KEPT, Verdict.KNOWN)
    assert states(book) == {1: "bounced"}


UNKNOWN = Unknown(stage="answer", evidence="no answer")
TOMORROW = NOW + timedelta(days=1)


def rows(book: Book, table: Table) -> list[dict[str, object]]:
    with book.store.reading() as connection:
        found = connection.execute(select(table).order_by(table.c.id)).mappings()
        return [dict(each) for each in found]


def message(book: Book) -> dict[str, object]:
    return rows(book, tables.message)[0]


def events(book: Book) -> list[dict[str, object]]:
    return rows(book, tables.event)


@pytest.mark.parametrize(
    ("kind", "state", "verdict"),
    [
        (NewsKind.SENT, "sent", Verdict.PROVED),
        (NewsKind.DELIVERED, "delivered", Verdict.PROVED),
        (NewsKind.BOUNCED, "bounced", Verdict.PROVED),
        (NewsKind.DELAYED, "sent", Verdict.PROVED),
        (NewsKind.REPLY, "sent", Verdict.PROVED),
        (NewsKind.AUTOMATIC, "sent", Verdict.PROVED),
        (NewsKind.OPTED_OUT, "sent", Verdict.PROVED),
        (NewsKind.OTHER, "unknown", Verdict.KEPT),
        (NewsKind.OPTED_IN, "unknown", Verdict.NOTED),
    ],
)
def test_what_comes_back_of_an_unknown_message_proves_that_it_left(
    book: Book, outbox: StoredOutbox, kind: NewsKind, state: str, verdict: Verdict
) -> None:
    sent = on_its_way(book, outbox)
    answer(outbox, sent, UNKNOWN)
    assert hear(book, news(kind, token=sent.token, provider_id="SM1")) == (verdict,)
    assert states(book) == {1: state}
    if state != "unknown":
        assert line(book)["done_on"] == DAY  # of the attempt, not of the news
        assert message(book)["provider_id"] == "SM1"
        assert message(book)["contact_on"] == DAY
    assert (line(book)["taken_back_on"] is not None) == (state == "bounced")


REFUSED = NotAccepted(code="sms/connect", evidence="before the request left")


@pytest.mark.parametrize(
    ("outcome", "next_at"),
    [(None, None), (REFUSED, TOMORROW)],
    ids=["planned", "deferred"],
)
def test_an_acceptance_that_was_lost_is_proven_by_what_comes_back(
    book: Book, outbox: StoredOutbox, outcome: Outcome | None, next_at: datetime | None
) -> None:
    sent = on_its_way(book, outbox)
    answer(outbox, sent, outcome, next_at=next_at)
    assert hear(book, news(NewsKind.SENT, token=sent.token)) == (Verdict.PROVED,)
    assert states(book) == {1: "sent"}
    assert claim(outbox, channel="sms", now=LATER) == []  # and never leaves again
    assert line(book)["done_on"] == DAY


def test_one_that_was_never_tried_was_sent_before_the_book_was_put_back(book: Book) -> None:
    book.freeze(None, [frozen(1, channel="sms")], now=NOW)
    token = str(message(book)["token"])
    assert hear(book, news(NewsKind.DELIVERED, token=token)) == (Verdict.PROVED,)
    assert line(book)["done_on"] == LATER.date()


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Accepted(provider_id="SM1"), "delivered"),
        (UNKNOWN, "delivered"),
        (None, "delivered"),  # the journal saw nothing go: the provider knows better
        (Rejected(code="x", evidence="y"), "delivered"),
    ],
    ids=["accepted", "unknown", "withheld", "rejected"],
)
def test_a_callback_faster_than_our_own_record_waits_for_it(
    book: Book, outbox: StoredOutbox, outcome: Outcome | None, state: str
) -> None:
    sent = on_its_way(book, outbox)
    early = news(NewsKind.DELIVERED, token=sent.token, provider_id="SM1")
    assert hear(book, early, replace(early, reference="other")) == (Verdict.WAITING,) * 2
    assert states(book) == {1: "sending"}
    answer(outbox, sent, outcome)
    assert states(book) == {1: state}
    assert verify(book.store.path).first_fault is None
    assert hear(book, early) == (Verdict.KNOWN,)
    assert [each.verdict for each in book.reports(every=True)][1] == "behind"


@pytest.mark.parametrize(
    "outcome", [Accepted(provider_id="SM1"), UNKNOWN], ids=["accepted", "unknown"]
)
@pytest.mark.parametrize("early", [True, False], ids=["before", "after"])
def test_both_orders_of_a_callback_and_our_own_record_end_alike(
    book: Book, outbox: StoredOutbox, outcome: Outcome, *, early: bool
) -> None:
    sent = on_its_way(book, outbox)
    bounce = news(NewsKind.BOUNCED, token=sent.token, provider_id="SM1", code="30005")
    if early:
        hear(book, bounce)
    answer(outbox, sent, outcome)
    if not early:
        hear(book, bounce)
    assert (states(book), live(book)) == ({1: "bounced"}, set())
    assert (line(book)["done_on"], line(book)["taken_back_on"]) == (
        DAY,
        LATER.date() if not early else NOW.date(),
    )
    assert (message(book)["provider_id"], message(book)["fault"]) == ("SM1", "recipient")


def given_up(book: Book, outbox: StoredOutbox) -> Claim:
    sent = on_its_way(book, outbox)
    answer(outbox, sent, Rejected(code="x", evidence="y"))
    assert (states(book), live(book)) == ({1: "failed"}, set())
    return sent


@pytest.mark.parametrize("kind", [NewsKind.SENT, NewsKind.DELIVERED])
def test_what_the_book_gave_up_and_still_arrived_has_its_step_again(
    book: Book, outbox: StoredOutbox, kind: NewsKind
) -> None:
    sent = given_up(book, outbox)
    assert hear(book, news(NewsKind.BOUNCED, token=sent.token)) == (Verdict.BEHIND,)
    assert hear(book, news(kind, token=sent.token)) == (Verdict.PROVED,)
    assert (states(book), live(book)) == ({1: kind.value}, {1})
    assert (line(book)["done_on"], message(book)["fault"]) == (DAY, "")


def test_what_was_planned_because_it_seemed_not_to_have_left_is_withdrawn(
    book: Book, outbox: StoredOutbox
) -> None:
    sent = given_up(book, outbox)
    book.freeze(None, [frozen(1, channel="sms")], now=LATER)
    assert hear(book, news(NewsKind.DELIVERED, token=sent.token)) == (Verdict.PROVED,)
    assert states(book) == {1: "delivered", 2: "withdrawn"}
    assert live(book) == {1}


def test_what_its_debtor_has_got_a_second_time_is_for_a_person(
    book: Book, outbox: StoredOutbox
) -> None:
    sent = given_up(book, outbox)
    book.freeze(None, [frozen(1, channel="sms")], now=NOW)
    (again,) = claim(outbox, channel="sms")
    answer(outbox, again, Accepted(provider_id="SM2"))
    assert hear(book, news(NewsKind.DELIVERED, token=sent.token)) == (Verdict.KEPT,)
    assert (states(book), [each.open for each in book.reports()]) == (
        {1: "failed", 2: "sent"},
        [True],
    )


def test_an_acceptance_later_than_its_own_news_is_no_second_one(
    book: Book, outbox: StoredOutbox
) -> None:
    sent = on_its_way(book, outbox)
    answer(outbox, sent, UNKNOWN)
    hear(book, news(NewsKind.DELIVERED, token=sent.token, provider_id="SM1"))
    answer(outbox, sent, Accepted(provider_id="SM1"))
    assert (states(book), book.twice()) == ({1: "delivered"}, ())
    assert verify(book.store.path).first_fault is None


def test_a_second_message_under_one_token_is_for_a_person(book: Book, outbox: StoredOutbox) -> None:
    sent = on_its_way(book, outbox)
    answer(outbox, sent, Accepted(provider_id="SM1"))
    second = news(NewsKind.DELIVERED, token=sent.token, provider_id="SM2")
    assert hear(book, second) == (Verdict.KEPT,)
    assert ([each.open for each in book.reports()], states(book)) == ([True], {1: "sent"})


def test_a_message_is_found_by_the_name_that_its_provider_gave_it(
    book: Book, outbox: StoredOutbox
) -> None:
    sent = on_its_way(book, outbox)
    answer(outbox, sent, Accepted(provider_id="SM1"))
    elsewhere = news(NewsKind.DELIVERED, provider_id="SM1", channel="email")
    assert hear(book, elsewhere) == (Verdict.KEPT,)
    assert hear(book, news(NewsKind.DELIVERED, provider_id="SM1", channel="sms")) == (
        Verdict.MOVED,
    )


LOOKS: dict[str, Callable[[Book, Connection], object]] = {
    "uq_message_token": lambda _, at: place(at, news(NewsKind.SENT, token="a" * 32)),
    "ix_message_provider_id": lambda _, at: place(at, news(NewsKind.SENT, provider_id="SM1")),
    "ix_report_waiting": lambda _, at: catch_up(at, now=NOW, day_of=day_of),
    "ix_report_open": lambda book, _: book.reports(),
    "ix_message_contact_on": lambda book, _: book.left_on(DAY),
}


@pytest.mark.parametrize("index", LOOKS)
def test_nobody_reads_a_whole_table_to_find_a_few_rows(book: Book, index: str) -> None:
    asked: list[str] = []
    with book.store.writing() as connection:
        raw(connection).set_trace_callback(asked.append)
        LOOKS[index](book, connection)
        raw(connection).set_trace_callback(None)
        plans = [
            connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {each}").all()
            for each in asked
            if each.startswith("SELECT")
        ]
    assert [index in str(plan) for plan in plans] == [True]


def test_a_number_that_is_good_again_later_is_closed_for_that_time(
    book: Book, outbox: StoredOutbox
) -> None:
    sent = on_its_way(book, outbox)
    answer(outbox, sent, Accepted(provider_id="SM1"))
    hear(book, news(NewsKind.BOUNCED, token=sent.token, code="30003", expires=3))
    (closed,) = events(book)
    assert (closed["kind"], closed["detail"]) == ("channel_closed", "sms alice@example.test")
    assert (closed["day"], closed["until"]) == (date(2026, 5, 6), date(2026, 5, 9))
    assert (message(book)["fault"], states(book)) == ("passing", {1: "bounced"})


def test_a_bounce_for_our_own_fault_closes_nothing(book: Book, outbox: StoredOutbox) -> None:
    sent = on_its_way(book, outbox)
    answer(outbox, sent, Accepted(provider_id="SM1"))
    hear(book, news(NewsKind.BOUNCED, token=sent.token, scope="configuration", expires=3))
    assert (events(book), message(book)["fault"]) == ([], "configuration")


@pytest.fixture
def known(book: Book) -> Book:
    """A book in which one debtor has a number and an address, and two share another."""
    import polars as pl  # noqa: PLC0415 - as the samples do

    frame = debtors().with_columns(
        mobile=pl.Series(["+33611111111", "+33622222222", "+33622222222"]),
        email=pl.Series(["Alice@example.test", "", ""]),
        digest=pl.Series(["a", "b", "c"]),
    )
    book.take({"debtors": frame}, source="erp", kind="debtors", now=NOW, day=DAY, complete=False)
    return book


@pytest.mark.parametrize(
    ("kind", "sender", "event"),
    [
        (NewsKind.REPLY, "+33611111111", "reply_received"),
        (NewsKind.OPTED_OUT, "+33611111111", "opted_out"),
        (NewsKind.OPTED_IN, "alice@EXAMPLE.test ", "opted_in"),
        (NewsKind.REPLY, "+33622222222", ""),  # two debtors have it
        (NewsKind.REPLY, "+33699999999", ""),
        (NewsKind.DELIVERED, "+33611111111", ""),  # a status is some message's
    ],
)
def test_what_a_debtor_says_is_entered_when_only_he_can_have_said_it(
    known: Book, kind: NewsKind, sender: str, event: str
) -> None:
    said = news(kind, sender=sender, channel="sms", evidence="je  paie\nvendredi")
    assert hear(known, said, said) == (Verdict.NOTED if event else Verdict.KEPT, Verdict.KNOWN)
    assert [each["kind"] for each in events(known)] == ([event] if event else [])
    assert [each.open for each in known.reports()] == ([] if event else [True])
    if event:
        (entered,) = events(known)
        assert entered["detail"] == ("" if event == "reply_received" else "sms")
        assert (entered["invoice_id"], entered["day"]) == (None, LATER.date())
        assert known.reports(every=True)[0].evidence == said.evidence


def test_who_wants_no_more_is_believed_for_every_debtor_with_his_number(known: Book) -> None:
    said = news(NewsKind.OPTED_OUT, sender="+33622222222", channel="sms", evidence="STOP")
    assert hear(known, said, said) == (Verdict.NOTED, Verdict.KNOWN)
    entered = [(each["kind"], each["debtor_id"], each["detail"]) for each in events(known)]
    assert entered == [("opted_out", 2, "sms"), ("opted_out", 3, "sms")]
    assert known.reports_waiting() == 0
    assert verify(known.store.path).first_fault is None
    assert hear(known, news(NewsKind.OPTED_OUT, sender="+33699999999")) == (Verdict.KEPT,)
    assert known.reports_waiting() == 1


@pytest.mark.parametrize("kind", [NewsKind.AUTOMATIC, NewsKind.DELAYED])
def test_what_machines_say_of_nothing_of_ours_waits_for_nobody(book: Book, kind: NewsKind) -> None:
    assert hear(book, news(kind, sender="x@example.test")) == (Verdict.KEPT,)
    assert (len(book.reports(every=True)), book.reports()) == (1, ())


def test_words_from_anywhere_are_kept_whatever_they_hold(book: Book) -> None:
    odd = "\ud800\0" + "x" * 5_000
    said = news(NewsKind.OTHER, evidence=odd, word=odd, code=odd, provider_id=odd)
    wild = replace(said, reference=odd)
    assert hear(book, wild, wild) == (Verdict.KEPT, Verdict.KNOWN)
    assert len(book.reports()[0].word) == 100


def test_a_person_closes_what_waits_for_him(book: Book) -> None:
    hear(book, news(NewsKind.OTHER, evidence="?"))
    book.close_report(1, person="Paul", now=LATER)
    assert book.reports() == ()
    assert (book.report(1).person, book.report(1).verdict) == ("Paul", "kept")
    assert verify(book.store.path).first_fault is None
    with pytest.raises(LookupError):
        book.close_report(1, person="Paul", now=LATER)


def test_a_person_says_whose_a_reply_is(book: Book) -> None:
    hear(book, news(NewsKind.REPLY, sender="+33600000000", evidence="ok"))
    assert book.assign_report(1, 2, person="Paul", now=LATER) is Verdict.NOTED
    (entered,) = events(book)
    assert (entered["kind"], entered["debtor_id"], entered["note"]) == ("reply_received", 2, "ok")
    assert (book.reports(), book.report(1).debtor) == ((), "D1")
    assert verify(book.store.path).first_fault is None


def test_a_person_says_whose_a_bounce_is(book: Book, outbox: StoredOutbox) -> None:
    sent = on_its_way(book, outbox)
    answer(outbox, sent, Accepted(provider_id="SM1"))
    hear(book, news(NewsKind.BOUNCED, channel="sms", provider_id="SM9"))
    with pytest.raises(ValueError, match="message"):
        book.assign_report(1, 2, person="Paul", now=LATER)
    assert book.assign_report(1, 1, person="Paul", now=LATER) is Verdict.MOVED
    assert (states(book), live(book)) == ({1: "bounced"}, set())
    assert verify(book.store.path).first_fault is None


def test_two_at_once_keep_it_once(book: Book, outbox: StoredOutbox) -> None:
    sent = on_its_way(book, outbox)
    answer(outbox, sent, Accepted(provider_id="SM1"))
    piece = news(NewsKind.DELIVERED, token=sent.token)
    other = open_store(book.store.path, environment=Environment.SANDBOX, check=False)
    with ThreadPoolExecutor(2) as pool:
        heard = pool.map(lambda each: each.hear([piece], now=LATER), (book, book_on(other)))
        assert sorted(verdict for (verdict,) in heard) == [Verdict.KNOWN, Verdict.MOVED]
    other.close()
    assert verify(book.store.path).first_fault is None


def test_whoever_does_not_wait_for_a_writer_is_told(book: Book, outbox: StoredOutbox) -> None:
    sent = on_its_way(book, outbox)
    impatient = open_store(book.store.path, environment=Environment.SANDBOX, check=False)
    impatient.wait_at_most(0)
    piece = news(NewsKind.DELIVERED, token=sent.token)
    with book.store.writing(), pytest.raises(StoreFault) as refused:
        book_on(impatient).hear([piece], now=LATER)
    assert [each.code for each in refused.value.problems] == ["store/locked"]
    assert book_on(impatient).hear([piece], now=LATER) == (Verdict.WAITING,)
    impatient.close()


#: All that a provider may say of one message.
SET = tuple(
    News(source="sms", reference=f"SM1/{kind}", kind=kind, at=LATER, token="?", provider_id="SM1")
    for kind in (NewsKind.DELAYED, NewsKind.SENT, NewsKind.DELIVERED, NewsKind.BOUNCED)
)


@st.composite
def stories(draw: st.DrawFn) -> tuple[Sequence[News | None], Outcome]:
    """Some of the set, each as often as may be, in any order; None is our own record."""
    some = draw(st.lists(st.sampled_from(SET), min_size=1, max_size=6))
    order: Sequence[News | None] = draw(st.permutations([*some, None]))
    outcomes: Sequence[Outcome] = (Accepted(provider_id="SM1"), UNKNOWN)
    return order, draw(st.sampled_from(outcomes))


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with many messages that are all on their way."""
    store = filled(tmp_path_factory.mktemp("begun"), cases=200)
    batch = [frozen(case, channel="sms") for case in range(1, 201)]
    book_on(store).freeze(None, batch, now=NOW)
    store.close()
    return store.path


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(story=stories())
def test_any_order_and_any_repetition_ends_in_the_same_state(
    begun: Path, story: tuple[Sequence[News | None], Outcome]
) -> None:
    order, outcome = story
    store = open_store(begun, environment=Environment.SANDBOX, check=False)
    book, outbox = book_on(store), outbox_on(store)
    (sent,) = claim(outbox, channel="sms", limit=1)
    for each in order:
        if each is None:
            known = isinstance(outcome, Accepted)
            answer(outbox, sent, Accepted(provider_id=f"SM{sent.id}") if known else outcome)
        else:
            name = f"SM{sent.id}"
            piece = replace(each, token=sent.token, provider_id=name)
            book.hear([replace(piece, reference=f"{name}/{each.kind}")], now=LATER)
    heard = {each.kind for each in order if each is not None}
    ranks = (NewsKind.BOUNCED, NewsKind.DELIVERED)
    end = next((kind.value for kind in ranks if kind in heard), "sent")
    assert states(book)[sent.id] == end
    assert (sent.lines[0].case_id in live(book)) == (end != "bounced")
    assert claim(outbox, channel="sms", limit=1)[0].id != sent.id
    store.close()


def test_the_trail_of_all_that_disorder_is_true(begun: Path) -> None:
    assert verify(begun).first_fault is None
