"""What came back as people see it, what they do with it, and the command that listens."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import urllib.request
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dispatcher.model.news import News, NewsKind
from dispatcher.model.settings import Environment
from dispatcher.store.book import Book
from dispatcher.store.open import open_store
from tests.channels.sms_signed import PUBLIC, SECRET
from tests.cli.cli_shell import DAY, Shell


AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
PERSON = ("--person", "Claire Martin")
FORGED = "\x1b[2J=cmd"


@pytest.fixture
def told(started: Shell) -> Shell:
    """A home to which two strangers and a machine have written."""
    store = open_store(started.home.var / "relance.sqlite", environment=Environment.SANDBOX)
    one = News(source="sms", reference="1", kind=NewsKind.REPLY, at=AT, channel="sms")
    pieces = [
        replace(one, sender="+33699999999", evidence="ça va"),
        replace(one, reference="2", kind=NewsKind.BOUNCED, word="failed", code="30005"),
        replace(one, reference="3", kind=NewsKind.AUTOMATIC, evidence=FORGED),
    ]
    Book(store, day_of=lambda at: at.date()).hear(pieces, now=AT)
    store.close()
    return started


def case(shell: Shell) -> str:
    """An invoice of the home."""
    with closing(sqlite3.connect(shell.home.var / "relance.sqlite")) as store:
        (number,) = store.execute("SELECT number FROM invoice LIMIT 1").fetchone()
    return str(number)


def test_every_run_and_send_says_how_much_waits(told: Shell) -> None:
    assert "2 pieces of news for a person to read: relance news" in told("send").out
    assert "2 nouvelles à lire : relance news" in told("send", "--lang", "fr").out


def test_what_waits_for_a_person_is_listed(told: Shell) -> None:
    said = told("news")
    assert said.code == 0
    assert [line.split()[0] for line in said.out.splitlines()[1:] if line.strip()] != []
    assert "N1" in said.out
    assert "ça va" in said.out
    assert "waits for a person" in said.out
    assert "N3" not in said.out
    assert "N3" in told("news", "--all").out
    assert FORGED[0] not in told("news", "--all").out


def test_programs_read_it_too(told: Shell) -> None:
    rows = json.loads(told("news", "--format", "json").out)
    assert [(row["id"], row["kind"], row["open"]) for row in rows] == [
        (1, "reply", True),
        (2, "bounced", True),
    ]
    (row,) = json.loads(told("news", "show", "N3", "--format", "json").out)
    assert (row["evidence"], row["said_at"]) == (FORGED, AT.isoformat())


@pytest.mark.parametrize(
    ("lang", "words"),
    [("en", ("came back", "waits for a person")), ("fr", ("revenu", "attend une personne"))],
)
def test_one_piece_is_shown_in_the_readers_language(
    told: Shell, lang: str, words: tuple[str, str]
) -> None:
    said = told("news", "show", "2", "--lang", lang)
    assert said.code == 0
    assert all(each in said.out for each in (*words, "30005"))


def test_a_person_closes_what_he_has_seen(told: Shell) -> None:
    assert told("news", "close", "N1", *PERSON, "--date", DAY).code == 0
    assert "N1" not in told("news").out
    assert "Claire Martin" in told("news", "show", "N1").out
    again = told("news", "close", "N1", *PERSON, "--date", DAY)
    assert (again.code, "news/closed" in again.err) == (2, True)


def test_a_person_says_whose_it_is(told: Shell) -> None:
    number = case(told)
    said = told("news", "assign", "n1", "--case", number, *PERSON, "--date", DAY)
    assert (said.code, "entered in the case" in said.out) == (0, True)
    assert "ça va" in told("history", number).out
    assert told("audit", "verify").code == 0


@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("show", "N99"), "news/none"),
        (("show", "99999999999999999999"), "news/none"),
        (("close", "x", *PERSON), "news/none"),
        (("close", "N1", "--person", " "), "event/person"),
        (("close", "N3", *PERSON), "news/closed"),
        (("assign", "N2", "--case", "CASE", *PERSON), "news/no-message"),
    ],
)
def test_what_cannot_be_done_is_said(
    told: Shell, lang: str, arguments: tuple[str, ...], code: str
) -> None:
    number = case(told)
    named = [number if each == "CASE" else each for each in arguments]
    said = told("news", *named, "--lang", lang)
    assert (said.code, code in said.err) == (2, True), said.all


def test_nothing_waits_in_a_new_home(started: Shell) -> None:
    assert "nothing waits" in started("news").out
    assert "rien ne vous attend" in started("news", "--lang", "fr").out


def test_strangers_and_a_channel_that_hears_nothing_are_refused(started: Shell) -> None:
    said = started("listen", "--host", "192.0.2.1")
    assert (said.code, "listen/public" in said.err) == (2, True)
    assert "listen/nobody" in started("listen", "--lang", "fr").err


@pytest.fixture
def reached(started: Shell, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A home whose SMS channel has a public address."""
    monkeypatch.setenv("RELANCE_TWILIO_TOKEN", SECRET)
    written = "# public_url: https://relance.example.test/sms "
    started.edit("config.yaml", written, f"public_url: {PUBLIC} ")
    return started


def test_two_channels_under_one_path_are_refused(reached: Shell) -> None:
    path = reached.home.folder / "config.yaml"
    text = path.read_text("utf-8")
    other = (
        text[text.index("  sms:\n") :].split("\n  letter:", 1)[0].replace("  sms:", "  sms2:", 1)
    )
    path.write_text(text.replace("  sms:\n", f"{other}\n  sms:\n", 1), encoding="utf-8")
    assert "listen/shared" in reached("listen", "--port", "0").err


def test_an_address_in_use_is_refused(reached: Shell) -> None:
    import socket  # noqa: PLC0415 - here alone

    with socket.create_server(("127.0.0.1", 0)) as taken:
        said = reached("listen", "--port", str(taken.getsockname()[1]))
    assert (said.code, "listen/taken" in said.err) == (2, True)


def test_it_listens_until_it_is_asked_to_end(reached: Shell) -> None:
    asked = [sys.executable, "-m", "dispatcher.cli", "listen", "--port", "0", "--lang", "en"]
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [*asked, "--home", str(reached.home.folder)],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(root)},
    ) as process:
        assert process.stderr is not None
        assert PUBLIC in process.stderr.readline()
        port = process.stderr.readline().rpartition(" ")[2].strip()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=10) as answer:
            assert answer.read() == b"ok"
        process.send_signal(signal.SIGTERM)
        rest = process.stderr.read()
        assert (process.wait(timeout=20), rest.strip()) == (0, "ended")


@pytest.mark.parametrize(
    "words",
    [
        ("news", "--home", "/nowhere", "show", "N1"),
        ("news", "--all", "show", "N1"),
        ("outbox", "--home", "/nowhere", "withdraw", "M1", "--reason", "x", *PERSON),
        ("outbox", "--state", "hold", "list"),
        ("unknown", "--home", "/nowhere", "list"),
    ],
    ids=" ".join,
)
def test_options_before_the_second_word_are_refused_and_not_dropped(
    started: Shell, words: tuple[str, ...]
) -> None:
    said = started(*words)
    assert said.code == 2
    assert f"stand after it: {words[0]} " in said.err
