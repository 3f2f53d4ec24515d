"""Rows 91 and 92 of the table of bad inputs: what others send us, at a real server on a real home.

Nothing of it is a traceback, nothing moves a message that may not move, everything that is genuine
is kept once. (That a mailbox holds forged bounces is shown in `tests/returns`.)
"""

import http.client
import random
import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from dispatcher.errors import BadInput
from dispatcher.home import Home
from dispatcher.listening import ear, refuse_strangers
from dispatcher.model.settings import Environment
from dispatcher.outlets import unsigned
from dispatcher.ports import Accepted, Attempted
from dispatcher.problems.render import as_text
from dispatcher.returns.serving import server
from dispatcher.store.book import Book
from dispatcher.store.open import open_store
from dispatcher.store.outbox import StoredOutbox
from dispatcher.store.verify import verify
from dispatcher.writings import read_settings
from tests.bad_input.bad_homes import lay_good_home
from tests.channels.sms_signed import SECRET, headers
from tests.store.store_samples import PLAIN, let_go


ACCOUNT = "AC" + "0" * 32
PUBLIC = "https://relance.example.test/hooks/sms"
PATH = urlsplit(PUBLIC).path
SID = "SM" + "2" * 32


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that has sent one SMS, made once."""
    folder = lay_good_home(tmp_path_factory.mktemp("good"))
    config = folder / "config.yaml"
    before = "    sender: EXEMPLE SA\n"
    text = config.read_text("utf-8")
    assert before in text
    config.write_text(text.replace(before, f"{before}    public_url: {PUBLIC}\n"), encoding="utf-8")
    store = open_store(folder / "var/relance.sqlite", environment=Environment.SANDBOX)
    now = datetime.now(UTC)
    message = replace(
        PLAIN,
        channel="sms",
        to="+33611111111",
        planned_on=now.date(),
        not_before=now - timedelta(hours=1),
        valid_until=now + timedelta(days=5),
    )
    Book(store, day_of=day_of).freeze(None, [message], now=now)
    outbox = StoredOutbox(store, day_of=day_of)
    (claim,) = outbox.claim(channel="sms", limit=1, owner="me", boot="b", now=now, guard=let_go)
    outbox.record([Attempted(claim=claim, outcome=Accepted(provider_id=SID), at=now)], owner="me")
    store.close()
    return folder


def day_of(instant: datetime) -> date:
    return instant.date()


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """A home with a server at its door."""

    store: Path
    port: int
    token: str
    told: list[tuple[str, int, str]]

    def post(
        self, path: str, body: str | bytes, told: Mapping[str, str], method: str = "POST"
    ) -> int:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        with closing(line):
            line.request(method, path, body, dict(told))
            answer = line.getresponse()
            assert "Traceback" not in answer.read().decode()
            return answer.status

    def say(
        self,
        fields: Mapping[str, str] | Sequence[tuple[str, str]],
        query: str,
        *,
        secret: str = SECRET,
    ) -> int:
        """A request as the provider sends it."""
        pairs = list(fields.items()) if isinstance(fields, Mapping) else list(fields)
        asked = f"?{query}" if query else ""
        told = headers(f"{PUBLIC}{asked}", pairs, secret)
        return self.post(f"{PATH}{asked}", urlencode(pairs), told)

    def stands(self) -> tuple[str, int, int]:
        """State of the message, pieces of news, and those that wait for a person."""
        with closing(sqlite3.connect(self.store)) as store:
            (state,) = store.execute("SELECT state FROM message").fetchone()
            kept, waits = store.execute(
                "SELECT count(*), coalesce(sum(open), 0) FROM report"
            ).fetchone()
        return state, kept, waits


@contextmanager
def at_the_door(folder: Path) -> Iterator[House]:
    told: list[tuple[str, int, str]] = []

    def tell(channel: str, status: int, why: str) -> None:
        told.append((channel, status, why))

    with ear(Home(folder=folder), told=tell) as one:
        assert one.urls == (PUBLIC,)
        serving = server(one.application, host="127.0.0.1", port=0)
        thread = threading.Thread(target=serving.run)
        thread.start()
        try:
            while not serving.started:
                assert thread.is_alive()
                time.sleep(0.01)
            store = folder / "var/relance.sqlite"
            with closing(sqlite3.connect(store)) as book:
                (token,) = book.execute("SELECT token FROM message").fetchone()
            port = serving.servers[0].sockets[0].getsockname()[1]
            yield House(store=store, port=port, token=token, told=told)
        finally:
            serving.should_exit = True
            thread.join()


@pytest.fixture
def house(good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setenv("RELANCE_TWILIO_TOKEN", SECRET)
    folder = Path(shutil.copytree(good, tmp_path / "home"))
    with at_the_door(folder) as one:
        yield one
    assert verify(one.store).first_fault is None


def status(word: str, error: str = "") -> dict[str, str]:
    told = {"AccountSid": ACCOUNT, "MessageSid": SID, "MessageStatus": word}
    return told | ({"ErrorCode": error} if error else {})


def test_row_91_forged_and_broken_requests_change_nothing(house: House) -> None:
    ours, form = f"d={house.token}", {"Content-Type": "application/x-www-form-urlencoded"}
    before = house.stands()
    good = status("delivered")
    assert house.say(good, ours, secret="guessed") == 403
    assert house.post(f"{PATH}?{ours}", urlencode(good), form) == 403
    assert house.post(f"{PATH}?{ours}", urlencode(good), headers(PUBLIC, list(good.items()))) == 403
    assert house.post(f"{PATH}?{ours}", b"{}", {"Content-Type": "application/json"}) == 403
    assert house.post(f"{PATH}?{ours}", b"\xff" * 70_000, form) == 413
    assert house.say([*good.items(), *good.items()], ours) == 400
    assert house.say({**good, "AccountSid": "AC" + "9" * 32}, ours) == 403
    assert house.say({**good, "MessageSid": "SM1' OR 1=1"}, ours) == 400
    assert house.say(status("teleported"), ours) == 200
    assert house.say(good, f"{ours}&{ours}") == 400
    assert house.post(PATH, "", {}, method="PUT") == 405
    assert house.stands() == before


def test_row_91_a_whole_set_in_disorder_ends_where_it_should(house: House) -> None:
    order = random.Random(91)
    pieces = [status("queued"), status("sent"), status("delivered"), status("undelivered", "30005")]
    shuffled = order.sample(pieces * 3, 12)
    assert {house.say(each, f"d={house.token}") for each in shuffled} == {200}
    state, kept, _ = house.stands()
    assert (state, kept) == ("bounced", 4)


def test_row_91_an_unknown_message_is_kept_for_a_person(house: House) -> None:
    stranger = {**status("delivered"), "MessageSid": "SM" + "7" * 32}
    assert {house.say(stranger, f"d={'a' * 32}") for _ in range(3)} == {200}
    assert house.stands() == ("sent", 1, 1)
    # Ours by its token, by another name of the provider's: it left twice.
    assert house.say(stranger | {"MessageStatus": "read"}, f"d={house.token}") == 200
    assert house.stands() == ("sent", 2, 2)


def test_row_91_while_another_writes_the_provider_comes_again(
    house: House,
) -> None:
    with closing(sqlite3.connect(house.store, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        answered: list[int] = []
        asking = threading.Thread(
            target=lambda: answered.append(house.say(status("delivered"), f"d={house.token}"))
        )
        asking.start()
        asking.join(0.3)
        assert answered == []  # it waits for the writer
        other.execute("COMMIT")
        asking.join()
    assert (answered, house.stands()) == ([200], ("delivered", 1, 0))


def test_row_91_a_flood_is_slowed_down(house: House) -> None:
    answers = [house.post(PATH, "", {}) for _ in range(150)]
    assert set(answers) == {403, 429}
    assert house.stands() == ("sent", 0, 0)


def test_row_92_what_strangers_say_is_kept_and_moves_nothing(house: House) -> None:
    said = {"AccountSid": ACCOUNT, "From": "+33699999999"}
    for number, text in enumerate(("STOP", "Je ne vous connais pas", "=1+1\r\nX: y")):
        piece = {**said, "MessageSid": f"SM{number:032}", "Body": text}
        assert (house.say(piece, ""), house.say(piece, "")) == (200, 200)
    assert house.stands() == ("sent", 3, 3)
    with closing(sqlite3.connect(house.store)) as store:
        assert store.execute("SELECT count(*) FROM event").fetchone() == (0,)


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        (f"    public_url: {PUBLIC}\n", "", "listen/nobody"),
        ("    auth_token: env:RELANCE_TWILIO_TOKEN\n", "", "listen/unsigned"),
        (
            "    auth_token: env:RELANCE_TWILIO_TOKEN\n",
            "    auth_token: env:NOT_SET\n",
            "config/secret-missing",
        ),
    ],
    ids=["nobody", "unsigned", "no secret"],
)
def test_who_cannot_be_told_anything_does_not_listen(  # noqa: PLR0917 - fixtures and a row
    good: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    before: str,
    after: str,
    code: str,
) -> None:
    monkeypatch.setenv("RELANCE_TWILIO_TOKEN", SECRET)
    folder = Path(shutil.copytree(good, tmp_path / "home"))
    config = folder / "config.yaml"
    text = config.read_text("utf-8")
    assert before in text
    keyed = "    api_key: env:RELANCE_TWILIO_TOKEN\n    secret: env:RELANCE_TWILIO_TOKEN\n"
    config.write_text(
        text.replace(before, keyed if code == "listen/unsigned" else after), encoding="utf-8"
    )
    with pytest.raises(BadInput) as refused, ear(Home(folder=folder), told=print):
        pass
    assert [each.code for each in refused.value.problems] == [code]
    assert all(as_text(refused.value.problems[0], lang=lang) for lang in ("en", "fr"))
    if code == "listen/unsigned":  # `check` says so before anybody listens
        settings, *_ = read_settings(Home(folder=folder))
        assert settings is not None
        (said,) = unsigned(settings)
        assert (said.code, said.fields["channel"]) == (code, "sms")
        assert said.place is not None
        assert "public_url" in config.read_text("utf-8").splitlines()[said.place.line - 1]


@pytest.mark.parametrize(
    ("host", "public", "refused"),
    [
        ("127.0.0.1", False, False),
        ("::1", False, False),
        ("localhost", False, False),
        ("0.0.0.0", False, True),
        ("192.0.2.1", False, True),
        ("192.0.2.1", True, False),
    ],
)
def test_strangers_are_not_listened_to_in_clear_text(
    host: str, *, public: bool, refused: bool
) -> None:
    if not refused:
        refuse_strangers(host, public=public)
        return
    with pytest.raises(BadInput):
        refuse_strangers(host, public=public)
