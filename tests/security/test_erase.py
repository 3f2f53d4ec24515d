import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from dispatcher.clocks import a_day
from dispatcher.sample.portfolio import portfolio
from dispatcher.store.erased import COUNTED, ERASED_ROWS
from tests.cli.cli_shell import DAY, Said, Shell, export
from tests.security.canaries import CANARIES, NUMBER, REFERENCE, found_in


AFTER = "2026-11-25"
ASKED = ("erase", REFERENCE, "--person", "anne", "--reason", "request of 20 November")


def live(shell: Shell) -> None:
    """He gets his reminder, says something, pays; the next export names him no more."""
    assert shell("run", "--date", DAY).code in {0, 1}
    note = ("--person", "anne", "--note", "canari-note-71")
    assert shell("event", NUMBER, "reply_received", *note, "--date", DAY).code == 0
    assert shell("event", NUMBER, "reply_read", *note, "--date", DAY).code == 0
    export(shell.home, portfolio(today=a_day(DAY), debtors=6), day=AFTER)
    shell("run", "--date", AFTER)


def shown(said: Said) -> str:
    return said.err.split("--confirm ")[1].split()[0]


@pytest.fixture
def lived(shell: Shell) -> Shell:
    live(shell)
    (shell.home.incoming / "open-items.csv").unlink()
    return shell


def test_a_debtor_is_found_all_over_the_home_and_after_erase_nowhere(lived: Shell) -> None:
    before = found_in(lived.home.folder, CANARIES)
    assert {path.split("/")[1] for path, _ in before} >= {"relance.sqlite", "sinks"}
    look = lived(*ASKED)
    assert look.code == 3
    assert found_in(lived.home.folder, CANARIES) == before, "showing changes nothing"

    said = lived(*ASKED, "--confirm", shown(look))

    assert said.code == 0, said.all
    assert found_in(lived.home.folder, (*CANARIES, "Zyxwv", "zyxwv", REFERENCE)) == [
        # Pseudonymous: of past runs by their digests, gone with these files.
        ("var/answers/2026-11-24-1.parquet", REFERENCE)
    ]
    assert lived("audit", "verify").code == 0
    history = lived("history", NUMBER)
    assert history.code == 0
    assert "sent" in history.out
    assert lived("run", "--date", AFTER, "--accept", "open_items").code in {0, 1, 2}
    assert lived(*ASKED).code == 2, "his reference is nobody's any more"


def test_what_was_not_shown_is_not_erased(lived: Shell) -> None:
    said = lived(*ASKED, "--confirm", "0" * 12)

    assert said.code == 3
    assert "erase/other" in said.err
    assert found_in(lived.home.folder, CANARIES[:1])


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_who_owes_or_is_being_written_to_is_not_erased(shell: Shell, lang: str) -> None:
    shell("import", "--date", DAY)

    said = shell(*ASKED, "--lang", lang)

    assert said.code == 2
    assert "erase/open-cases" in said.err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("erase", "NOBODY"), "erase/no-debtor"),
        (("erase", REFERENCE, "--person", "anne", "--confirm", "0" * 12), "erase/reason"),
        (("erase", REFERENCE, "--reason", "x", "--person", "", "--confirm", "0"), "event/person"),
    ],
)
def test_a_wrong_command_erases_nothing(
    lived: Shell, arguments: tuple[str, ...], code: str
) -> None:
    said = lived(*arguments)

    assert said.code == 2
    assert code in said.err


def test_what_is_emptied_without_the_record_is_found(lived: Shell) -> None:
    with closing(sqlite3.connect(lived.home.var / "relance.sqlite")) as driver:
        driver.execute("UPDATE content SET salt = x'', body = CAST(? AS BLOB)", (b"\x01erased:",))
        driver.commit()

    assert lived("audit", "verify").code == 1


def test_a_copy_put_back_is_found_to_hold_who_was_erased(lived: Shell, tmp_path: Path) -> None:
    store = lived.home.var / "relance.sqlite"
    copy = tmp_path / "copy"
    copy.write_bytes(store.read_bytes())
    assert lived(*ASKED, "--confirm", shown(lived(*ASKED))).code == 0
    store.write_bytes(copy.read_bytes())

    said = lived("audit", "verify")

    assert said.code == 1
    assert "store/erase-again" in said.all


def test_a_restored_backup_needs_its_keys_and_erases_him_again(
    lived: Shell, tmp_path: Path
) -> None:
    assert lived("backup", "../backup", "--keys", "../keys").code == 0
    assert lived("backup", "../another").code == 0
    assert found_in(tmp_path / "backup", CANARIES[-2:]) == [], "his words are sealed"
    assert lived(*ASKED, "--confirm", shown(lived(*ASKED))).code == 0

    for name in ("relance.sqlite", "journal.jsonl"):
        (lived.home.var / name).write_bytes((tmp_path / "backup" / "var" / name).read_bytes())
    keys = lived.home.var / "relance.keys"
    now, old = keys.read_bytes(), (tmp_path / "keys").read_bytes()
    keys.unlink()
    assert lived("send").code == 4, "nothing is sent without keys"
    assert "store/keys-missing" in lived("send").err
    keys.write_bytes(now)

    digest = lived("recover").out.split("--confirm ")[1].split()[0]
    said = lived("recover", "--person", "anne", "--confirm", digest)

    assert said.code in {0, 1}, said.all
    assert old != now
    assert found_in(lived.home.folder, CANARIES) == []
    assert lived("audit", "verify").code == 0


@pytest.mark.parametrize(
    ("keys", "code"), [("var/keys", "backup/keys-inside"), ("../there", "backup/exists")]
)
def test_keys_are_never_kept_in_the_home_nor_over_others(
    shell: Shell, tmp_path: Path, keys: str, code: str
) -> None:
    shell("import", "--date", DAY)
    (tmp_path / "there").write_bytes(b"")

    said = shell("backup", "../backup", "--keys", keys)

    assert said.code == 2
    assert code in said.err
    assert not (tmp_path / "backup").exists()


def test_what_people_said_of_his_message_goes_with_him(shell: Shell) -> None:
    said = ("--reason", "canari-note-71", "--person", "anne")
    assert shell("stop", "--channel", "email", *said).code == 0
    shell("run", "--date", DAY)
    lying = json.loads(shell("outbox", "--format", "json").out)["messages"]
    (number,) = [each["number"] for each in lying if NUMBER in each["cases"]]
    assert shell("outbox", "hold", number, *said).code == 0
    assert shell("outbox", "release", number, *said).code == 0
    assert shell("resume", "--channel", "email", "--person", "anne").code == 0
    assert shell("send", "--date", DAY).code == 0
    export(shell.home, portfolio(today=a_day(DAY), debtors=6), day=AFTER)
    shell("run", "--date", AFTER)
    assert shell("audit", "export", NUMBER, "--to", "../evidence").code == 0
    opened = json.loads((Path("..") / "evidence" / "opened.json").read_bytes())
    assert [each["text"] for each in opened if each["name"] == "note"] == ["canari-note-71"] * 2

    assert shell(*ASKED, "--confirm", shown(shell(*ASKED))).code == 0

    checked = shell("audit", "verify")
    assert checked.code == 0, checked.all


def test_all_that_erasing_counts_is_counted_in_the_tables_too() -> None:
    assert {query.split("'")[1] for query in ERASED_ROWS} == set(COUNTED)
