"""`relance stop` and `resume`: said in one line, seen by every command, and in both languages."""

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from dispatcher import stopping
from tests.cli.cli_shell import DAY, Shell


STOP = ("stop", "--reason", "wrong rates", "--person", "Anne")
BY_PAUL = ("--person", "Paul")


def test_a_stop_is_said_stands_and_ends(started: Shell) -> None:
    said = started(*STOP)
    assert (said.code, said.err) == (0, "")
    assert said.out == "stopped: nothing leaves any more; to go on: relance resume\n"
    again = started("stop", "--reason", "more", *BY_PAUL)
    assert again.code == 0
    assert again.out.startswith("stopped already, by Anne since ")
    ended = started("resume", *BY_PAUL)
    assert (ended.code, ended.out.splitlines()) == (
        0,
        ["goes on: what waited leaves with the next send or run"],
    )
    assert not started.home.stop.exists()
    with closing(sqlite3.connect(started.home.var / "relance.sqlite")) as store:
        told = [json.loads(body) for (body,) in store.execute("SELECT body FROM audit")]
    acts = [(each["act"], each["person"]) for each in told if each["kind"] == "stop"]
    assert acts == [("stop", "Anne"), ("resume", "Paul")]
    assert started("audit", "verify").code == 0


@pytest.mark.parametrize("words", [("run", "--date", DAY), ("send", "--date", DAY)], ids=str)
@pytest.mark.parametrize(
    ("lang", "begins"),
    [("en", "nothing is sent: stopped by Anne since "), ("fr", "rien ne part : arrêté par Anne ")],
)
def test_what_cron_mails_is_one_line(
    started: Shell, words: tuple[str, ...], lang: str, begins: str
) -> None:
    started(*STOP)
    said = started(*words, "--lang", lang)
    assert (said.code, said.out) == (3, "")
    (line,) = said.err.splitlines()
    assert line.startswith(f"error[run/stopped]: {begins}")
    assert "wrong rates" in line


def test_other_commands_go_on_and_say_it(started: Shell) -> None:
    started(*STOP)
    started("stop", "--channel", "sms", "--reason", "no credit", "--person", "Anne")
    for words in (("plan", "--date", DAY), ("import", "--date", DAY), ("tasks", "--date", DAY)):
        said = started(*words)
        assert said.code in {0, 1}
        assert "(wrong rates): nothing is sent" in said.err
        assert "(no credit): nothing leaves by sms" in said.err
        assert said.out
    json.loads(started("plan", "--date", DAY, "--format", "json").out)
    checked = started("doctor")
    assert "stopped by Anne" in checked.all
    assert "by sms" in checked.all


def test_a_channel_is_stopped_by_itself(started: Shell) -> None:
    said = started("stop", "--channel", "email", "--reason", "blocked", "--person", "Anne")
    assert said.out.startswith("stopped: nothing leaves by email any more")
    ran = started("run", "--date", DAY, "--accept", "open_items")
    assert ran.code in {1, 3}
    assert started("resume", *BY_PAUL).out == "nothing was stopped\nstill stopped: email\n"
    ended = started("resume", "--channel", "email", *BY_PAUL)
    assert ended.out.startswith("goes on")


@pytest.fixture
def far_machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine whose own time is not that of the home."""
    with monkeypatch.context() as there:
        there.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("far_machine")
def test_every_command_says_the_hour_of_the_home(started: Shell) -> None:
    started(*STOP)
    again, plan = started(*STOP).out, started("plan", "--date", DAY).err
    since = plan.partition(" since ")[2].partition(" (")[0]
    assert len(since) == len("2026-11-24 09:30")
    assert f" since {since} (" in again


def test_ending_what_was_not_stopped_is_no_fault(started: Shell) -> None:
    assert started("resume", *BY_PAUL).out == "nothing was stopped\n"
    said = started("resume", "--channel", "sms", *BY_PAUL, "--lang", "fr")
    assert (said.code, said.out) == (0, "sms n'était pas arrêté\n")
    assert not started.home.stop.exists()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        pytest.param(("stop", *BY_PAUL), "stop/reason", id="no-reason"),
        pytest.param(("stop", "--reason", " ", *BY_PAUL), "stop/reason", id="empty-reason"),
        pytest.param(("stop", "--reason", "a", "--person", " "), "event/person", id="nobody"),
        pytest.param(("resume", "--person", ""), "event/person", id="nobody-ends-it"),
        pytest.param(
            ("stop", "--reason", "a", "--channel", "fax", *BY_PAUL), "stop/no-channel", id="no-fax"
        ),
        pytest.param(("resume", "--channel", "fax", *BY_PAUL), "stop/no-channel", id="end-fax"),
    ],
)
@pytest.mark.parametrize("lang", ["en", "fr"])
def test_a_slip_is_said_and_nothing_is_done(
    started: Shell, words: tuple[str, ...], code: str, lang: str
) -> None:
    said = started(*words, "--lang", lang)
    assert said.code == 2
    assert f"[{code}]" in said.err
    assert not started.home.stop.exists()


def test_a_stop_needs_neither_a_store_nor_a_configuration_that_can_be_read(shell: Shell) -> None:
    shell.home.config.write_text("creditor: [", "utf-8")
    said = shell(*STOP)
    assert said.code == 0
    assert stopping.Watch(shell.home.stop).everything()
    assert [each.person for each in stopping.word(shell.home.stop).untold] == ["Anne"]


def test_a_stop_holds_though_the_store_is_damaged(started: Shell) -> None:
    (started.home.var / "relance.sqlite").write_bytes(b"no store at all")
    said = started(*STOP)
    assert said.code == 0
    assert said.out.startswith("stopped: ")
    assert "the book could not be reached" in said.err
    assert stopping.Watch(started.home.stop).everything()
    assert len(stopping.word(started.home.stop).untold) == 1
