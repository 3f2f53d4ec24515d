"""`stop` holds at once, from outside, before every irrevocable byte; and everything is chained."""

import json
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dispatcher import app, stopping
from dispatcher.cli.commands import command
from dispatcher.deliver.journal import Journal
from dispatcher.errors import WantsPerson
from dispatcher.home import Home, lay_down
from dispatcher.house import Report
from dispatcher.people.work import todo
from dispatcher.wiring import looking, opened_house, verified
from tests.app.narrow_rules import narrowed
from tests.app.test_days import TUESDAY, export, mute, row


NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)

FEW = 6


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """So many debtors are due an e-mail, and two more a call."""
    laid = narrowed(lay_down(tmp_path / "home"))
    rows = [row(f"F-{number}", Compte=f"C{number}") for number in range(1, FEW + 1)]
    export(laid, TUESDAY, *rows, *(mute(f"M-{n}", Compte=f"K{n}") for n in (1, 2)))
    return laid


def say(home: Home, *words: str) -> int:
    return command([*words, "--home", str(home.folder), "--lang", "en"])


def stop_now(home: Home, channel: str = "") -> None:
    stopping.stop(home.stop, channel=channel, reason="wrong rates", person="Anne", now=NOW)


def run(home: Home) -> Report:
    with opened_house(home, day=str(TUESDAY), writes=True) as house:
        report = app.run(house)
    assert verified(home).first_fault is None
    return report


def mails(home: Home) -> int:
    return len(list(home.sinks.rglob("*.eml")))


def chained(home: Home) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(home.var / "relance.sqlite")) as store:
        bodies = [json.loads(body) for (body,) in store.execute("SELECT body FROM audit")]
    return [body for body in bodies if body["kind"] == "stop"]


def in_another_process(home: Home, *words: str) -> list[str]:
    return [sys.executable, "-m", "dispatcher.cli", *words, "--home", str(home.folder)]


def test_a_second_process_stops_a_run_that_is_sending(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed: list[str] = []
    going = Journal.going

    def slow(journal: Journal, claim: Any) -> None:  # noqa: ANN401 - as the journal has it
        going(journal, claim)
        passed.append(claim.channel)
        # The run is past the gate with this one; the others of the batch wait.
        if passed.count("email") == 2 and not home.stop.exists():
            words = ("stop", "--reason", "wrong rates", "--person", "Anne")
            subprocess.run(in_another_process(home, *words), check=True, capture_output=True)

    monkeypatch.setattr(Journal, "going", slow)
    report = run(home)
    assert (passed.count("email"), mails(home)) == (2, 2)
    assert report.delivered.halted
    assert [each["act"] for each in chained(home)] == ["stop"]
    with opened_house(home, day=str(TUESDAY), writes=True) as house:
        with pytest.raises(WantsPerson):
            app.send(house)
        assert house.outbox.due(house.clock.now()) == FEW - 2
    assert say(home, "resume", "--person", "Anne") == 0
    monkeypatch.setattr(Journal, "going", going)
    with opened_house(home, day=str(TUESDAY), writes=True) as house:
        assert app.send(house).count("accepted") == FEW - 2
    assert mails(home) == FEW
    assert [each["act"] for each in chained(home)] == ["stop", "resume"]


def test_a_stop_holds_while_another_holds_the_store(home: Home) -> None:
    with opened_house(home, day=str(TUESDAY), writes=True) as house:
        with house.book.store.writing():
            words = ("stop", "--reason", "so", "--person", "Anne")
            asked = subprocess.Popen(in_another_process(home, *words), stdout=subprocess.DEVNULL)
            while not house.stopped():
                assert asked.poll() is None, "it ended without a stop"
        assert asked.wait() == 0
    assert [each["person"] for each in chained(home)] == ["Anne"]
    assert stopping.word(home.stop).untold == ()


@pytest.mark.parametrize("act", [app.run, app.send], ids=["run", "send"])
def test_nothing_begins_while_a_stop_stands(home: Home, act: Callable[..., object]) -> None:
    stop_now(home)
    with opened_house(home, day=str(TUESDAY), writes=True) as house:
        with pytest.raises(WantsPerson) as refused:
            act(house)
        assert house.book.runs() == ()
    (problem,) = refused.value.problems
    assert problem.fields == {
        "person": "Anne",
        "since": "2026-11-24 10:30",
        "reason": "wrong rates",
    }
    assert refused.value.exit_code == 3


def test_a_stop_after_the_plan_leaves_nothing_written(home: Home) -> None:
    def meanwhile(stage: str, done: int, total: int) -> None:
        if (stage, done) == ("take-in", total):
            stop_now(home)

    with opened_house(home, day=str(TUESDAY), writes=True, progress=meanwhile) as house:
        with pytest.raises(WantsPerson):
            app.run(house)
        assert house.book.runs() == ()


def test_a_stopped_channel_waits_and_no_other_takes_its_place(home: Home) -> None:
    stop_now(home, "email")
    report = run(home)
    assert mails(home) == 0
    assert {each.channel for each in report.plan.contacts} == {"email", "call"}
    assert [each.code for each in report.delivered.stops] == ["run/channel-stopped"]
    with opened_house(home, day=str(TUESDAY), writes=False) as house:
        assert sum(each.channel == "call" for each in todo(house)) == 2
    again = run(home)
    assert not again.plan.contacts
    assert (again.delivered.halted, mails(home)) == (False, 0)
    stopping.resume(home.stop, channel="email", person="Paul", now=NOW)
    with opened_house(home, day=str(TUESDAY), writes=True) as house:
        app.send(house)
    assert mails(home) == FEW


def test_looking_ahead_goes_on(home: Home) -> None:
    stop_now(home)
    with looking(home, day=str(TUESDAY)) as house:
        app.take_in(house)
        assert len(app.decide(house).contacts) == FEW + 2


def test_the_next_command_that_can_tells_the_trail(home: Home) -> None:
    stop_now(home)
    stop_now(home, "email")
    assert [each.channel for each in stopping.word(home.stop).untold] == ["", "email"]
    for _ in range(2):
        with opened_house(home, day=str(TUESDAY), writes=True):
            pass
    assert [each["channel"] for each in chained(home)] == ["", "email"]
    assert verified(home).first_fault is None


def test_a_word_is_chained_once_though_its_telling_was_cut_short(home: Home) -> None:
    stop_now(home)
    kept = home.stop.read_bytes()
    for _ in range(2):
        with opened_house(home, day=str(TUESDAY), writes=True):
            pass
        home.stop.write_bytes(kept)  # as if the process had died before it wrote that it told
    assert len(chained(home)) == 1


def test_the_trail_finds_a_stop_that_was_rewritten(home: Home) -> None:
    stop_now(home)
    with opened_house(home, day=str(TUESDAY), writes=True):
        pass
    with closing(sqlite3.connect(home.var / "relance.sqlite")) as store:
        store.execute("UPDATE stop SET person = 'Paul'")
        store.commit()
    fault = verified(home).first_fault
    assert fault is not None
    assert fault.fields == {"table": "stop"}


# -- the file -----------------------------------------------------------------------------------


def test_a_watch_sees_every_word_at_once(tmp_path: Path) -> None:
    path = tmp_path / "var" / "stop.json"
    watch = stopping.Watch(path)
    for _ in range(20):
        assert not watch.everything()
        stopping.stop(path, channel="", reason="a", person="b", now=NOW)
        assert watch.everything()
        assert watch.held("sms")
        stopping.resume(path, channel="", person="b", now=NOW)
    assert not watch.held("sms")


def test_a_watch_reads_only_what_is_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "stop.json"
    stopping.stop(path, channel="sms", reason="a", person="b", now=NOW)
    read: list[Path] = []
    word = stopping.word

    def counted(at: Path) -> stopping.Word:
        read.append(at)
        return word(at)

    monkeypatch.setattr(stopping, "word", counted)
    watch = stopping.Watch(path)
    assert [watch.held("sms"), watch.held("email"), watch.everything()] == [True, False, False]
    assert len(read) == 1


def test_a_file_that_nobody_can_read_stops_everything(tmp_path: Path) -> None:
    path = tmp_path / "stop.json"
    for spoiled in (b"", b"{", b"[]", b'{"stops": [{}], "untold": []}', b"\xff"):
        path.write_bytes(spoiled)
        assert stopping.Watch(path).everything()
    assert stopping.stop(path, channel="", reason="a", person="b", now=NOW) is None
    assert [each.person for each in stopping.word(path).stops] == ["b"]


def test_the_first_stop_stands(tmp_path: Path) -> None:
    path = tmp_path / "stop.json"
    stopping.stop(path, channel="", reason="a", person="Anne", now=NOW)
    before = stopping.stop(path, channel="", reason="b", person="Paul", now=NOW)
    assert before is not None
    assert before.person == "Anne"
    assert len(stopping.word(path).untold) == 1


def test_ending_the_one_leaves_the_other(tmp_path: Path) -> None:
    path = tmp_path / "stop.json"
    for channel in ("", "sms", "email"):
        stopping.stop(path, channel=channel, reason="a", person="b", now=NOW)
    assert stopping.resume(path, channel="letter", person="b", now=NOW) is None
    stopping.resume(path, channel="", person="b", now=NOW)
    stopping.resume(path, channel="sms", person="b", now=NOW)
    assert [each.channel for each in stopping.word(path).stops] == ["email"]


def test_no_word_is_lost_when_many_speak(tmp_path: Path) -> None:
    path = tmp_path / "stop.json"
    names = [f"c{number}" for number in range(8)]

    def speak(name: str) -> None:
        stopping.stop(path, channel=name, reason="a", person="b", now=NOW)

    threads = [threading.Thread(target=speak, args=(name,)) for name in names]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(each.channel for each in stopping.word(path).stops) == names


def test_only_this_account_reads_it_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "var" / "stop.json"
    before = os.umask(0)
    try:
        stopping.stop(path, channel="", reason="a", person="b", now=NOW)
    finally:
        os.umask(before)
    modes = {each.name: each.stat().st_mode & 0o777 for each in path.parent.iterdir()}
    assert modes == {"stop.json": 0o600, "stop.lock": 0o600}
