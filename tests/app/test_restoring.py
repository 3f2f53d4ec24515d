"""A store that was put back from a copy sends nothing before it knows what left since."""

import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import date
from itertools import count
from pathlib import Path
from typing import NamedTuple

import pytest

from dispatcher import app
from dispatcher.backup import back_up
from dispatcher.cli.commands import command
from dispatcher.deliver.journal import Journal, newest_mark
from dispatcher.deliver.journal_lines import numbered_lines
from dispatcher.errors import StoreFault, WantsPerson
from dispatcher.home import Home, lay_down
from dispatcher.restoring import Recovery, recover
from dispatcher.store.book import Book
from dispatcher.store.rebuilding import Fate
from dispatcher.wiring import copy_store, opened_house, verified
from tests.day.situation_town import Town, row


DAY = date(2026, 11, 24)  # a Tuesday
NEXT = date(2026, 11, 25)
DEBTORS = ("A", "B", "C", "D")


class Lived(NamedTuple):
    home: Home
    snapshots: dict[str, Path]


def exported(home: Home, day: date = DAY) -> None:
    Town(home=home).exports(day, *(row(f"{name}-1", Compte=name) for name in DEBTORS))


def run(home: Home, day: date = DAY) -> None:
    with opened_house(home, day=str(day), writes=True) as house:
        app.run(house)


class Camera:
    """Copies of a home's store as it stands at a moment, each moment once."""

    def __init__(self, home: Home, folder: Path) -> None:
        self.home, self.folder = home, folder
        self.taken: dict[str, Path] = {}

    def take(self, name: str) -> None:
        if name not in self.taken:
            self.taken[name] = self.folder / f"{name}.sqlite"
            copy_store(self.home.var / "relance.sqlite", self.taken[name])

    def around(
        self, function: Callable[..., object], *, before: str = "", after: str = "", call: int = 1
    ) -> Callable[..., object]:
        calls = count(1)

        def noting(*args: object, **named: object) -> object:
            now = next(calls) == call
            if before and now:
                self.take(before)
            result = function(*args, **named)
            if after and now:
                self.take(after)
            return result

        return noting


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    """A home after a real run, and its store as it stood at three moments of it."""
    folder = tmp_path_factory.mktemp("restoring")
    home = lay_down(folder / "home")
    for path in home.rules.glob("*.yaml"):
        if path.name not in {"facts.yaml", "base.yaml", "b2b-standard.yaml"}:
            path.unlink()
    exported(home)
    camera = Camera(home, folder)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Book, "begin_run", camera.around(Book.begin_run, before="imported"))
        patched.setattr(Book, "end_run", camera.around(Book.end_run, after="planned"))
        patched.setattr(Journal, "gone", camera.around(Journal.gone, after="sending", call=2))
        run(home)
    return Lived(home, camera.taken)


@pytest.fixture
def home(lived: Lived, tmp_path: Path) -> Home:
    return Home(folder=Path(shutil.copytree(lived.home.folder, tmp_path / "home")))


def put_back(home: Home, snapshot: Path) -> None:
    shutil.copyfile(snapshot, home.var / "relance.sqlite")


def refused(home: Home) -> str:
    with pytest.raises(StoreFault) as fault:
        run(home)
    return fault.value.problems[0].code


def confirmed(home: Home) -> Recovery:
    return recover(home, confirm=recover(home).digest, person="Claire Dubois")


def arrived(home: Home) -> Counter[str]:
    """Whose messages lie in the sinks, and how many."""
    texts = [path.read_bytes() for path in home.sinks.rglob("*.eml")]
    assert all(sum(f"{name}-1".encode() in text for name in DEBTORS) == 1 for text in texts)
    return Counter(name for name in DEBTORS for text in texts if f"{name}-1".encode() in text)


def rows(home: Home, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(home.var / "relance.sqlite")) as connection:
        return connection.execute(query).fetchall()


def test_the_run_wrote_to_every_debtor_once(lived: Lived) -> None:
    assert arrived(lived.home) == dict.fromkeys(DEBTORS, 1)
    assert sorted(lived.snapshots) == ["imported", "planned", "sending"]


@pytest.mark.parametrize("moment", ["imported", "planned", "sending"])
def test_put_back_refused_recovered_and_nobody_hears_twice(
    lived: Lived, home: Home, moment: str
) -> None:
    put_back(home, lived.snapshots[moment])
    assert refused(home) == "store/restored"
    looked = recover(home)
    written = Fate.REBUILD if moment == "imported" else Fate.SETTLE
    assert (looked.fates[written], looked.accepted, looked.unknown) == (4, 4, 0)
    assert refused(home) == "store/restored"  # looking changes nothing
    assert confirmed(home).done
    assert verified(home).first_fault is None
    exported(home)
    run(home)
    assert arrived(home) == dict.fromkeys(DEBTORS, 1)
    assert rows(home, "SELECT DISTINCT state FROM message") == [("sent",)]
    assert verified(home).first_fault is None
    assert recover(home).needed is None


@pytest.mark.parametrize("moment", ["imported", "sending"])
def test_whoever_wrote_no_answer_is_unknown_and_nobody_writes_to_him_again(
    lived: Lived, home: Home, moment: str
) -> None:
    put_back(home, lived.snapshots[moment])
    lines = home.journal.read_bytes().splitlines(keepends=True)
    lost = next(line for line in lines if line.startswith(b'{"gone":3,'))
    home.journal.write_bytes(b"".join(line for line in lines if line != lost))
    assert confirmed(home).unknown == 1
    exported(home)
    run(home)
    assert arrived(home) == dict.fromkeys(DEBTORS, 1)
    assert rows(home, "SELECT id FROM message WHERE state = 'unknown'") == [(3,)]
    assert verified(home).first_fault is None


def test_what_is_rebuilt_is_the_message_that_left(lived: Lived, home: Home) -> None:
    facts = """SELECT message.id, token, channel, policy, policy_hash, rule, template, tone,
        legal_effect, state, contact_on, provider_id, message.created_at, debtor.reference,
        invoice.number, step, choice, cycle, line.amount, claimed, live, done_on
        FROM message JOIN debtor ON debtor.id = message.debtor_id
        JOIN line ON message_id = message.id
        JOIN invoice ON invoice.id = invoice_id ORDER BY message.id"""
    before = rows(home, facts)
    put_back(home, lived.snapshots["imported"])
    confirmed(home)
    assert rows(home, facts) == before
    assert rows(home, "SELECT DISTINCT recipient FROM message") == [("",)]
    assert rows(home, "SELECT * FROM content") == []


def test_numbers_that_were_given_out_are_not_given_out_again(lived: Lived, home: Home) -> None:
    put_back(home, lived.snapshots["imported"])
    journal = home.journal.read_bytes().replace(b'"last":4', b'"last":9')
    home.journal.write_bytes(journal)
    confirmed(home)
    Town(home=home).exports(NEXT, row("A-1", Compte="A"), row("E-1", Compte="E"))
    run(home, NEXT)
    assert max(rows(home, "SELECT id FROM message")) == (10,)


def test_an_import_may_come_first_and_what_no_export_names_is_kept_closed(
    home: Home,
) -> None:
    for lost in home.var.glob("relance.*"):
        lost.unlink()  # nothing but the journal is left
    Town(home=home).exports(DAY, *(row(f"{name}-1", Compte=name) for name in DEBTORS[:3]))
    asked = ["--home", str(home.folder), "--date", str(DAY)]
    assert command(["import", *asked]) == 0
    assert refused(home) == "store/restored"
    assert recover(home).absent == ("D-1",)
    confirmed(home)
    assert rows(home, "SELECT number FROM invoice WHERE open = 0") == [("D-1",)]
    run(home)
    exported(home, NEXT)  # it comes back: its step is taken
    run(home, NEXT)
    assert arrived(home) == dict.fromkeys(DEBTORS, 1)
    assert verified(home).first_fault is None


def test_a_backup_of_ours_refuses_until_it_is_recovered(home: Home, tmp_path: Path) -> None:
    back_up(home, tmp_path / "saved")
    saved = Home(folder=tmp_path / "saved")
    shutil.copytree(home.incoming, saved.incoming)
    for keys in home.var.glob("*keys*"):
        shutil.copyfile(keys, saved.var / keys.name)
    assert refused(saved) == "store/copied"
    assert (confirmed(saved).accepted, recover(saved).needed) == (0, None)
    run(saved)
    assert not list(saved.sinks.rglob("*.eml"))
    run(home)  # the original is no copy


def test_a_journal_that_is_gone_is_refused(home: Home) -> None:
    home.journal.unlink()
    assert refused(home) == "store/journal-missing"
    home.journal.write_bytes(b"")
    assert refused(home) == "store/journal-missing"
    assert recover(home).gap
    confirmed(home)
    run(home)
    assert arrived(home) == dict.fromkeys(DEBTORS, 1)


def test_a_home_of_the_version_before_goes_on(home: Home) -> None:
    home.journal.write_bytes(b'{"batch":[[1,1]]}\n{"going":1,"attempt":1}\n')
    with closing(sqlite3.connect(home.var / "relance.sqlite")) as connection, connection:
        connection.execute("UPDATE store SET journal_at = NULL")
    run(home)
    assert newest_mark(home.journal) is not None
    home.journal.write_bytes(b"")
    assert refused(home) == "store/journal-missing"


def test_damaged_lines_are_named_and_nothing_is_taken_from_them(lived: Lived, home: Home) -> None:
    put_back(home, lived.snapshots["imported"])
    lines = home.journal.read_bytes().splitlines(keepends=True)
    batch = next(n for n, line in enumerate(lines) if b'"batch"' in line)
    lines[batch] = lines[batch].replace(b'"what"', b'"wha', 1)
    home.journal.write_bytes(b"".join(lines))
    looked = recover(home)
    assert [each.line for each in looked.damage] == [batch + 1]
    assert (looked.fates[Fate.REBUILD], looked.nameless) == (0, 4)


def test_another_digest_writes_nothing(lived: Lived, home: Home) -> None:
    put_back(home, lived.snapshots["planned"])
    with pytest.raises(WantsPerson) as refusal:
        recover(home, confirm="0" * 12, person="Claire Dubois")
    assert refusal.value.problems[0].code == "recover/other"
    assert refused(home) == "store/restored"


def test_a_checkpoint_elsewhere_finds_a_whole_home_that_was_put_back(
    lived: Lived, home: Home, tmp_path: Path
) -> None:
    kept = tmp_path / "elsewhere.jsonl"
    config = home.config.read_text("utf-8")
    home.config.write_text(f"{config.rstrip()}\n  checkpoints: {kept}\n", "utf-8")
    asked = ["--home", str(home.folder)]
    assert command(["audit", "checkpoint", *asked]) == 0
    put_back(home, lived.snapshots["planned"])
    lines = home.journal.read_bytes().splitlines(keepends=True)
    home.journal.write_bytes(lines[0])  # as it was then
    assert refused(home) == "store/restored"
    assert command(["audit", "verify", *asked]) == 1


def test_a_recovered_home_goes_on_and_its_checkpoints_still_tell_of_the_lost_trail(
    lived: Lived, home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "elsewhere.jsonl"
    config = home.config.read_text("utf-8")
    home.config.write_text(f"{config.rstrip()}\n  checkpoints: {kept}\n", "utf-8")
    asked = ["--home", str(home.folder), "--lang", "en"]
    assert command(["audit", "checkpoint", *asked]) == 0
    put_back(home, lived.snapshots["planned"])
    assert command(["recover", *asked]) == 3
    digest = capsys.readouterr().out.split("--confirm ")[1].split()[0]
    assert command(["recover", *asked, "--confirm", digest, "--person", "Claire Dubois"]) == 0
    run(home)
    assert arrived(home) == dict.fromkeys(DEBTORS, 1)
    assert len(kept.read_text("utf-8").splitlines()) == 2
    assert command(["audit", "verify", *asked]) == 1


def test_no_name_and_no_content_stands_in_the_journal(lived: Lived) -> None:
    content = lived.home.journal.read_bytes()
    assert lived.home.journal.stat().st_mode & 0o077 == 0
    batches = [line for _, line in numbered_lines(content) if line and "what" in line]
    known = {"id", "attempt", "token", "debtor", "channel", "policy", "policy_hash", "rule"}
    known |= {"template", "tone", "legal", "created", "lines"}
    assert {frozenset(each) for line in batches for each in line["what"]} == {frozenset(known)}


@pytest.mark.parametrize(("lang", "said"), [("en", "left without its knowing"), ("fr", "sans qu'")])
def test_the_command_shows_and_says_what_to_type(
    lived: Lived, home: Home, capsys: pytest.CaptureFixture[str], lang: str, said: str
) -> None:
    put_back(home, lived.snapshots["planned"])
    asked = ["recover", "--home", str(home.folder), "--lang", lang]
    assert command(asked) == 3
    shown = capsys.readouterr()
    assert said in shown.out
    digest = shown.out.split("--confirm ")[1].split()[0]
    assert command([*asked, "--confirm", digest, "--person", " "]) == 2
    assert command([*asked, "--confirm", digest, "--person", "Claire Dubois"]) == 0
    assert command(asked) == 0
