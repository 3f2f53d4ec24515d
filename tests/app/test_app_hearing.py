"""Unknown outcomes from end to end: asked, proven, reported, sent once more by policy."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from shutil import copytree
from threading import Event, Thread

import pytest

from dispatcher import app
from dispatcher.hearing import ask, send_once_more
from dispatcher.home import Home, lay_down
from dispatcher.house import Asked, House, Post
from dispatcher.messages.freeze import thaw
from dispatcher.model.news import Verdict
from dispatcher.model.settings import Environment
from dispatcher.ports import (
    Accepted,
    Channel,
    Claim,
    DeliveryClass,
    Going,
    Message,
    News,
    NewsKind,
    NotAccepted,
    Outcome,
    Sought,
)
from dispatcher.ports import Attempted as Tried
from dispatcher.store.book import Book
from dispatcher.store.resolutions import SENT, Word
from dispatcher.testing import HttpReply, HttpRequest, http_server
from dispatcher.wiring import opened_house, verified
from tests.app.lost_mail import LOST, lost, mailed
from tests.channels import sms_provider
from tests.channels.test_sms_day import TUESDAY, write
from tests.deliver.doubles import FixedClock


SENT_AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
NOT_THERE = NotAccepted(code="sms/not-there", evidence="")


@dataclass
class Provider:
    """A channel that answers questions as it is told; `asked` are the messages it was asked for."""

    found: Callable[[Sought], Outcome | None] = lambda _sought: None
    news: Callable[[str], Sequence[News]] = lambda _sid: ()
    asked: list[Sought] = field(default_factory=list)
    polled: list[str] = field(default_factory=list)
    name: str = "sms"
    delivery_class: DeliveryClass = "lookup"
    batch: int = 25
    settle: int = 120

    async def send(self, _message: Message, _going: Going) -> Outcome:
        raise AssertionError("a question never sends")

    async def look_up(self, sought: Sought) -> Outcome | None:
        self.asked.append(sought)
        return self.found(sought)

    async def poll(self, provider_id: str) -> Sequence[News]:
        self.polled.append(provider_id)
        return self.news(provider_id)

    async def close(self) -> None:
        pass


# -- a home with two texts that were handed over --------------------------------------------------


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which two debtors are to be texted."""
    home = lay_down(tmp_path_factory.mktemp("planned") / "home")
    write(home, "{{ debtor.name }} : facture à régler", "")
    with opened_house(home, day=str(TUESDAY), writes=True) as house:
        app.take_in(house)
        app.act(house, app.decide(house))
    return home.folder


@pytest.fixture
def house(planned: Path, tmp_path: Path) -> Iterator[House]:
    home = Home(folder=Path(copytree(planned, tmp_path / "home")))
    with opened_house(home, day=str(TUESDAY), writes=True) as house:
        yield replace(house, settings=replace(house.settings, environment=Environment.PRODUCTION))
    assert verified(home).first_fault is None


def at(house: House, **later: float) -> House:
    """The same house so much later."""
    return replace(house, clock=FixedClock(SENT_AT + timedelta(**later)))


def handed_over(house: House, outcome: Outcome, *, channel: str = "sms") -> list[Claim]:
    """Messages that were handed over at nine, with this outcome."""
    claims = house.outbox.claim(
        channel=channel, limit=9, owner="w", boot="b", now=SENT_AT, guard=lambda _claims: {}
    )
    assert claims
    tried = [Tried(claim=each, outcome=outcome, at=SENT_AT) for each in claims]
    house.outbox.record(tried, owner="w")
    return list(claims)


def asks(house: House, channel: Channel, **later: float) -> Asked:
    post = Post(channels={channel.name: channel}, journal=None, owner=None, is_alive=None)  # type: ignore[arg-type]  # a question needs the channels
    return ask(at(house, **later), post)


def states(house: House) -> list[str]:
    return sorted(house.book.frames()["messages"]["state"].to_list())


def test_a_message_that_the_provider_has_was_sent_on_the_day_of_its_attempt(house: House) -> None:
    first, second = handed_over(house, LOST)

    def found(sought: Sought) -> Outcome:
        return Accepted(provider_id=f"SM-{sought.token}", receipt="found, delivered")

    provider = Provider(found=found)
    assert asks(house, provider, minutes=1) == Asked()
    assert provider.asked == []
    assert asks(house, provider, days=2) == Asked(counts={"found": 2})
    assert states(house) == ["sent", "sent"]
    assert [(each.to, each.since) for each in provider.asked] == [
        (first.to, SENT_AT),
        (second.to, SENT_AT),
    ]
    assert provider.asked[0].parts["sms"] == "Menuiserie Éluard : facture à régler"
    assert set(house.book.frames()["lines"]["done_on"].to_list()) == {TUESDAY}
    assert asks(house, provider, days=3) == Asked()


def test_only_the_second_not_there_lets_it_be_tried_again_and_the_guard_is_asked(
    house: House,
) -> None:
    handed_over(house, LOST)
    provider = Provider(found=lambda _sought: NOT_THERE)
    assert asks(house, provider, minutes=2) == Asked(counts={"absent": 2})
    assert asks(house, provider, minutes=9) == Asked()
    assert states(house) == ["unknown", "unknown"]
    assert asks(house, provider, minutes=10) == Asked(counts={"not-there": 2})
    assert states(house) == ["deferred", "deferred"]
    seen: list[int] = []

    def guard(claims: Sequence[Claim]) -> Mapping[int, str]:
        seen.extend(each.attempt for each in claims)
        return {claims[0].id: "paid"}

    now = SENT_AT + timedelta(minutes=10)
    taken = house.outbox.claim(channel="sms", limit=9, owner="w", boot="b", now=now, guard=guard)
    assert (len(taken), taken[0].attempt) == (1, 2)
    assert len(seen) == 2
    assert states(house) == ["sending", "withdrawn"]


def test_with_legal_effect_not_there_only_proposes(house: House) -> None:
    handed_over(house, LOST)
    with closing(sqlite3.connect(house.book.store.path)) as driver, driver:
        driver.execute("UPDATE message SET legal_effect = 1")
    provider = Provider(found=lambda _sought: NOT_THERE)
    for hours in (1, 3, 5, 30, 60, 90):
        asks(house, provider, hours=hours)
    assert states(house) == ["unknown", "unknown"]
    assert len(provider.asked) == 8
    (row, _) = house.book.unknown()
    assert [each.answer for each in row.asked] == ["absent"] * 4
    provider.found = lambda _sought: Accepted(provider_id="SM-late")
    assert asks(house, provider, hours=99) == Asked()  # it is a person's now


def test_a_provider_that_fails_is_asked_again_later(house: House) -> None:
    handed_over(house, LOST)

    def fails(_sought: Sought) -> Outcome:
        raise ConnectionError

    provider = Provider(found=fails)
    assert asks(house, provider, hours=2) == Asked(counts={"unsaid": 2})
    assert asks(house, provider, hours=4) == Asked(counts={"unsaid": 2})
    provider.found = lambda sought: Accepted(provider_id=sought.token)
    assert asks(house, provider, hours=6) == Asked(counts={"found": 2})


def test_in_the_sandbox_nobody_is_asked(house: House) -> None:
    handed_over(house, LOST)
    inside = replace(house, settings=replace(house.settings, environment=Environment.SANDBOX))
    provider = Provider(found=lambda _sought: NOT_THERE)
    assert asks(inside, provider, days=9) == Asked()
    assert provider.asked == []


@contextmanager
def serving(healthy: Callable[[HttpRequest], HttpReply]) -> Iterator[str]:
    """A provider over HTTP, in a thread of its own; where it is."""
    ready, ended, urls = Event(), Event(), list[str]()

    async def serve() -> None:
        async with http_server(healthy) as server:
            urls.append(server.url)
            ready.set()
            await asyncio.to_thread(ended.wait)

    thread = Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    ready.wait(10)
    try:
        yield urls[0]
    finally:
        ended.set()
        thread.join()


def test_the_real_channel_finds_its_message_and_brings_the_news_of_it(house: House) -> None:
    first, second = handed_over(house, LOST)
    words = {claim.id: house.book.unknown(claim.id)[0] for claim in (first, second)}
    text = b"Menuiserie \xc3\x89luard : facture \xc3\xa0 r\xc3\xa9gler".decode()
    theirs = sms_provider.kept(4, to=first.to, body=text, status="undelivered", error_code=30005)
    theirs |= {"from": "Morel"}
    assert words
    with serving(sms_provider.shelf(theirs)) as url:
        channel = sms_provider.opened(url, sender="Morel")
        assert asks(house, channel, minutes=5) == Asked(counts={"found": 1, "absent": 1})
        assert states(house) == ["sent", "unknown"]
        assert asks(house, channel, hours=8).news == 1
    # It had left and reached nobody: the key is free, the next plan takes another way.
    assert states(house) == ["bounced", "deferred"]


def polled(kind: NewsKind, word: str) -> Callable[[str], Sequence[News]]:
    def news(sid: str) -> Sequence[News]:
        said = News(source="sms", reference=f"{sid}/{word}", kind=kind, at=SENT_AT)
        return [replace(said, channel="sms", provider_id=sid, word=word)]

    return news


def test_of_what_nothing_was_heard_is_asked_daily_and_then_it_is_left_alone(house: House) -> None:
    handed_over(house, Accepted(provider_id="SM1"))
    provider = Provider()
    for hours in range(0, 200, 2):
        asks(house, provider, hours=hours)
    assert provider.polled == ["SM1"] * 2 * 3
    assert states(house) == ["sent", "sent"]


def test_what_a_question_brings_goes_the_way_of_all_news(house: House) -> None:
    claims = handed_over(house, Accepted(provider_id="SM1"))
    with closing(sqlite3.connect(house.book.store.path)) as driver, driver:
        driver.execute("UPDATE message SET provider_id = 'SM2' WHERE id = ?", (claims[1].id,))
    provider = Provider(news=polled(NewsKind.DELIVERED, "delivered"))
    assert asks(house, provider, hours=5) == Asked()
    assert asks(house, provider, hours=6) == Asked(news=2)
    assert states(house) == ["delivered", "delivered"]
    assert asks(house, provider, hours=99) == Asked()


PROOFS = [
    (NewsKind.SENT, "sent"),
    (NewsKind.DELIVERED, "delivered"),
    (NewsKind.BOUNCED, "bounced"),
    (NewsKind.REPLY, "sent"),
]


@pytest.mark.parametrize(("kind", "state"), PROOFS)
def test_whoever_reports_of_an_unknown_message_proves_that_it_left(
    house: House, kind: NewsKind, state: str
) -> None:
    first, _ = handed_over(house, LOST)
    news = News(source="sms", reference="r", kind=kind, at=SENT_AT, channel="sms")
    told = replace(news, token=first.token, provider_id="SM9", evidence="merci")
    (verdict,) = house.book.hear([told], now=SENT_AT + timedelta(days=1))
    assert verdict is Verdict.PROVED
    assert states(house) == sorted([state, "unknown"])
    lines = house.book.frames()["lines"].filter(message_id=first.id)
    assert lines["done_on"].to_list() == [TUESDAY]
    assert lines["live"].to_list() == [kind is not NewsKind.BOUNCED]
    provider = Provider(found=lambda _sought: NOT_THERE)
    asks(house, provider, days=2)
    assert len(provider.asked) == 1  # of the other one


# -- once more, because the policy says so --------------------------------------------------------


def sent_on(home: Home, day: date) -> list[Path]:
    """What `relance send` brings on that day."""
    before = set(home.sinks.rglob("*.eml"))
    with opened_house(home, day=str(day), writes=True) as house:
        app.send(house)
    assert verified(home).first_fault is None
    return sorted(set(home.sinks.rglob("*.eml")) - before)


WEDNESDAY = TUESDAY + timedelta(days=1)


def test_a_courteous_mail_is_sent_once_more_with_the_same_name_and_bytes(tmp_path: Path) -> None:
    home = mailed(tmp_path / "home", "resend")
    with opened_house(home, day=str(TUESDAY), writes=True) as house:
        (row,) = house.book.unknown()
        post = Post(channels={}, journal=None, owner=None, is_alive=None)  # type: ignore[arg-type]  # as above
        assert ask(at(house, minutes=119), post) == Asked()
        assert len(house.book.unknown()) == 1
    (mail,) = sent_on(home, WEDNESDAY)
    assert mail.stem == row.claim.token
    written = thaw(row.claim, house.blobs.read, day=WEDNESDAY).mime
    assert mail.read_bytes().split() == written.split()
    with opened_house(home, day=str(WEDNESDAY), writes=True) as house:
        assert house.book.unknown() == ()
        assert house.book.resent(row.claim.id)
    assert sent_on(home, WEDNESDAY) == []


def test_it_is_sent_once_more_at_most_once(tmp_path: Path) -> None:
    home = mailed(tmp_path / "home", "resend")
    with opened_house(home, day=str(TUESDAY), writes=True) as house:
        post = Post(channels={}, journal=None, owner=None, is_alive=None)  # type: ignore[arg-type]  # as above
        assert ask(at(house, hours=3), post) == Asked(counts={"resend": 1})
    with opened_house(home, day=str(WEDNESDAY), writes=True) as house:
        assert lost(house) == 1
        assert ask(at(house, days=5), post) == Asked()
        assert states(house) == ["unknown"]
    assert verified(home).first_fault is None


def test_one_that_a_person_settles_at_that_moment_is_left_as_he_wants(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = mailed(tmp_path / "home", "resend")
    with opened_house(home, day=str(TUESDAY), writes=True) as house:
        later, found = at(house, hours=3), house.book.unknown()
        claim = found[0].claim
        said = Word(message_id=claim.id, attempt=claim.attempt, choice=SENT, at=SENT_AT)
        house.book.resolve(said, now=SENT_AT, presented=lambda _channel, day: day)
        monkeypatch.setattr(Book, "unknown", lambda _book: found)  # as it was read before
        assert send_once_more(later) == {}
        assert states(house) == ["sent"]


def test_a_policy_that_does_not_say_so_holds_it(tmp_path: Path) -> None:
    home = mailed(tmp_path / "home", "hold")
    assert sent_on(home, WEDNESDAY) == []
