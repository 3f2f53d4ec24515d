from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from dispatcher.model.health import Health
from dispatcher.ports import NotAccepted
from dispatcher.store.book import Book
from dispatcher.store.connection import Store
from dispatcher.store.glance import glance
from dispatcher.store.outbox import StoredOutbox
from dispatcher.store.providers import StoredProviders
from dispatcher.store.verify import verify
from tests.store.store_samples import NOW, PLAIN, answer, claim


if TYPE_CHECKING:
    from dispatcher.deliver.breaker import Providers


WELL = Health(channel="email", in_a_row=2, recent="..xx")
SHUT = Health(
    channel="email",
    is_open=True,
    in_a_row=5,
    recent="xxxxx",
    openings=1,
    since=NOW,
    open_until=NOW + timedelta(minutes=1),
    tried_at=NOW,
    reason="smtp/535 535 5.7.8 jean@example.test is wrong",
)


@pytest.fixture
def providers(store: Store) -> StoredProviders:
    return StoredProviders(store)


def kinds(store: Store) -> list[str]:
    with store.reading() as connection:
        bodies = connection.execute(text("SELECT CAST(body AS TEXT) FROM audit ORDER BY seq"))
        return [body for (body,) in bodies if '"provider-' in body]


def test_of_a_channel_nobody_has_used_all_is_well(providers: StoredProviders) -> None:
    port: Providers = providers
    assert port.health("fax") == Health(channel="fax")
    assert providers.every() == ()


def test_what_was_learned_is_known_to_the_next_process(providers: StoredProviders) -> None:
    providers.keep(WELL, was=Health(channel="email"), now=NOW)
    providers.keep(SHUT, was=WELL, now=NOW)
    assert providers.health("email") == SHUT
    assert providers.every() == (SHUT,)


def test_opening_staying_shut_and_closing_are_records_and_counts_are_none(
    providers: StoredProviders, store: Store
) -> None:
    before = len(kinds(store))
    later = replace(SHUT, openings=2, open_until=NOW + timedelta(minutes=6))
    steps = [Health(channel="email"), WELL, SHUT, later, Health(channel="email", recent=".")]
    for was, health in pairwise(steps):
        providers.keep(health, was=was, now=NOW)
        assert verify(store.path).first_fault is None
    told = kinds(store)[before:]
    assert ['"provider-opened"' in each for each in told] == [True, True, False]
    assert not any("jean" in each for each in told)  # the trail keeps the code, not the words


def test_a_breaker_opened_behind_the_trail_is_found(
    providers: StoredProviders, store: Store
) -> None:
    providers.keep(SHUT, was=WELL, now=NOW)
    with store.writing() as connection:
        connection.execute(text("UPDATE provider SET breaker = 'closed'"))
    fault = verify(store.path).first_fault
    assert fault is not None
    assert fault.fields["table"] == "provider"


def test_a_glance_names_what_may_not_send(providers: StoredProviders, store: Store) -> None:
    assert glance(store.path).shut == ()
    providers.keep(SHUT, was=WELL, now=NOW)
    (shut,) = glance(store.path).shut
    assert (shut.channel, shut.since, shut.reason) == ("email", NOW, SHUT.reason)
    assert shut.until == SHUT.open_until


def test_attempts_of_the_last_hour_are_counted_over_processes(
    providers: StoredProviders, book: Book, outbox: StoredOutbox
) -> None:
    book.freeze(None, [PLAIN], now=NOW)
    (taken,) = claim(outbox)
    answer(outbox, taken, NotAccepted(code="x", evidence=""))

    def lately(channel: str, most: int = 9, minutes: int = 1) -> int:
        span, now = timedelta(hours=1), NOW + timedelta(minutes=minutes)
        return len(providers.lately(channel, most=most, span=span, now=now))

    assert lately(taken.channel) == 1
    assert lately(taken.channel, most=0) == 0
    assert lately(taken.channel, minutes=61) == 0
    assert lately("letter") == 0


def test_what_was_only_put_back_does_not_count(
    providers: StoredProviders, book: Book, outbox: StoredOutbox
) -> None:
    book.freeze(None, [PLAIN], now=NOW)
    (taken,) = claim(outbox)
    answer(outbox, taken, None)
    assert providers.lately(taken.channel, most=9, span=timedelta(hours=1), now=NOW) == []
