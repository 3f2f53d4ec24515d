"""`relance unknown`: seen, settled by one person, and with legal effect by two of one mind."""

import hashlib
import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from shutil import copytree

import pytest

from dispatcher.home import Home
from dispatcher.problems.registry import kinds
from tests.app.lost_mail import mailed
from tests.channels.test_sms_day import TUESDAY
from tests.cli.cli_shell import Said, Shell


MANAGER = "Claire Martin"  # credit_manager of the example configuration
COLLECTOR = "Paul Durand"  # collector
DAY = str(TUESDAY)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return mailed(tmp_path_factory.mktemp("made") / "home", "hold").folder


@pytest.fixture
def shell(
    made: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Shell:
    """A home with one unknown message, M1."""
    folder = Path(copytree(made, tmp_path / "home"))
    monkeypatch.setenv("RELANCE_LANG", "en")
    monkeypatch.setenv("COLUMNS", "160")  # workers of pytest-xdist set another
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.chdir(folder)
    return Shell(Home(folder=folder), capsys)


@pytest.fixture
def legal(shell: Shell) -> Shell:
    """The same, and its template has legal effect."""
    with closing(sqlite3.connect(shell.home.var / "relance.sqlite")) as driver, driver:
        driver.execute("UPDATE message SET legal_effect = 1")
    return shell


def says(shell: Shell, choice: str, *more: str, person: str = MANAGER) -> Said:
    said = shell(
        "unknown", "resolve", "M1", "--as", choice, "--person", person, "--date", DAY, *more
    )
    assert "the trail is whole" in shell("audit", "verify").out
    return said


WHY = ("--reason", "their portal says so")


def state(shell: Shell) -> str:
    with closing(sqlite3.connect(shell.home.var / "relance.sqlite")) as driver:
        return str(driver.execute("SELECT state FROM message").fetchone()[0])


def answer(shell: Shell) -> tuple[str, str]:
    told = json.loads(shell("plan", "--date", DAY, "--format", "json").out)
    (found,) = told["answers"]
    return found["action"], found["reason"]


@pytest.mark.parametrize("arguments", [["unknown"], ["unknown", "list"]], ids=["alone", "list"])
def test_the_list_names_what_may_have_left(shell: Shell, arguments: Sequence[str]) -> None:
    said = shell(*arguments)
    assert (said.code, said.err) == (0, "")
    heading, _, row = said.out.splitlines()
    assert heading.split() == [
        *("number", "since", "channel", "step", "debtor", "cases", "amount"),
        *("to", "settle", "it"),
    ]
    for words in ("M1", "10:00", "e-mail", "reminder", "Menuiserie Éluard (C1)", "F-1", "1,200.00"):
        assert words in row
    assert row.rstrip().endswith("one person")


def test_one_is_shown_with_what_each_answer_would_mean(shell: Shell) -> None:
    said = shell("unknown", "show", "M1")
    assert (said.code, said.err) == (0, "")
    lines = said.out.splitlines()
    assert lines[0].startswith("M1: e-mail to Menuiserie Éluard (C1), sent by attempt 1 on ")
    assert lines[1:4] == [
        "cases F-1, step reminder, 1,200.00 EUR",
        "how far it got: sent, no clear answer; last seen: no whole answer in time",
        "the provider was not asked",
    ]
    assert lines[4] == "What can be said of it:"
    assert [line.split(":")[0].strip() for line in lines[5:9]] == [
        "sent",
        "not-sent",
        "send-again",
        "leave",
    ]
    assert lines[6].endswith("It is tried again now for 0.002 EUR")
    assert lines[9].startswith("relance unknown resolve M1 --as")


def test_in_french_all_of_it_is_french(shell: Shell) -> None:
    shown = shell("unknown", "show", "m1", "--lang", "fr")
    assert "Ce qu'on peut en dire :" in shown.out
    assert "aucun message au sort inconnu" in shell("unknown", "show", "M9", "--lang", "fr").err
    assert "pour le régler" in shell("unknown", "--lang", "fr").out
    done = says(shell, "leave", *WHY, "--lang", "fr")
    assert done.out == "M1 compte comme parti et ne repart jamais\n"
    assert shell("unknown", "--lang", "fr").out == "aucun message dont le sort est inconnu\n"


def test_programs_read_it_too(shell: Shell) -> None:
    (row,) = json.loads(shell("unknown", "--format", "json").out)
    assert row == json.loads(shell("unknown", "show", "1", "--format", "json").out)
    assert (row["message"], row["amount"], row["currency"]) == (1, 120_000, "EUR")
    assert (row["stage"], row["evidence"], row["needs"]) == (
        "answer",
        "no whole answer in time",
        "one",
    )


@pytest.mark.parametrize(
    ("choice", "becomes", "answers"),
    [
        ("sent", "sent", "nothing yet"),
        ("leave", "sent", "nothing yet"),
        ("not-sent", "deferred", "under way"),
        ("send-again", "deferred", "under way"),
    ],
)
def test_one_word_settles_a_courteous_message(
    shell: Shell, choice: str, becomes: str, answers: str
) -> None:
    said = says(shell, choice, *WHY)
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("M1 ")
    assert state(shell) == becomes
    assert answer(shell)[0] == answers
    assert shell("unknown").out == "no message of unknown outcome\n"
    sends = {"not-sent", "send-again"}
    shell("send", "--date", DAY)
    assert len(list(shell.home.sinks.rglob("*.eml"))) == (1 if choice in sends else 0)


def test_a_proof_is_kept_by_its_digest(legal: Shell, tmp_path: Path) -> None:
    proof = tmp_path / "answer.pdf"
    proof.write_bytes(b"no such letter was deposited")
    said = says(legal, "not-sent", *WHY, "--proof", str(proof))
    assert "a second person has to say 'not-sent' too" in said.out
    digest = hashlib.sha256(proof.read_bytes()).hexdigest()
    assert f"proof: SHA-256 {digest}" in legal("unknown", "show", "M1").out


def test_with_legal_effect_two_people_have_to_say_the_same(legal: Shell) -> None:
    assert "legal effect: two people of people:" in legal("unknown", "show", "M1").out
    first = says(legal, "send-again", *WHY)
    assert (first.code, state(legal)) == (0, "unknown")
    assert answer(legal)[0] == "under way"
    assert legal("unknown").out.rstrip().endswith("one more person")
    assert "Claire Martin said 'send-again': their portal says so" in (
        legal("unknown", "show", "M1").out
    )
    again = says(legal, "send-again", *WHY, person="  claire MARTIN ")
    assert (again.code, state(legal)) == (2, "unknown")
    assert "unknown/twice" in again.err
    other = says(legal, "leave", *WHY, person=COLLECTOR)
    assert (other.code, state(legal)) == (2, "unknown")
    assert "unknown/other-choice" in other.err
    second = says(legal, "send-again", *WHY, person=COLLECTOR)
    assert (second.code, state(legal)) == (0, "deferred")


def test_who_changes_his_mind_says_so_and_then_they_agree(legal: Shell) -> None:
    says(legal, "sent", *WHY)
    assert says(legal, "leave", *WHY).code == 0
    assert says(legal, "sent", *WHY, person=COLLECTOR).code == 2
    assert says(legal, "leave", *WHY, person=COLLECTOR).code == 0
    assert state(legal) == "sent"


REFUSED = [
    pytest.param(["M9", "--as", "sent", *WHY], {"unknown/none"}, id="no such message"),
    pytest.param(["M1x", "--as", "sent", *WHY], {"unknown/none"}, id="no number"),
    pytest.param(["M1", "--as", "gone", *WHY], {"unknown/choice"}, id="no answer"),
    pytest.param(["M1", "--as", "gone"], {"unknown/choice", "hold/reason"}, id="all at once"),
    pytest.param(["M1", "--as", "sent", *WHY, "--person", " "], {"event/person"}, id="nobody"),
    pytest.param(
        ["M1", "--as", "sent", *WHY, "--proof", "not-there.pdf"],
        {"unknown/proof-file"},
        id="no proof",
    ),
    pytest.param(
        ["M1", "--as", "sent", *WHY, "--proof", "/dev/null"], {"unknown/proof-empty"}, id="empty"
    ),
]

LEGAL_REFUSED = [
    pytest.param(["--as", "not-sent", *WHY], {"unknown/proof"}, id="not sent without proof"),
    pytest.param(["--as", "sent", *WHY, "--person", "Zoe"], {"unknown/person"}, id="a stranger"),
]


def codes(said: Said) -> set[str]:
    return {code for code in kinds() if f"[{code}]" in said.err or f"{code}\n" in said.err}


@pytest.mark.parametrize(("arguments", "wanted"), REFUSED)
def test_what_cannot_be_taken_is_refused_with_everything_that_is_wrong(
    shell: Shell, arguments: Sequence[str], wanted: set[str]
) -> None:
    said = shell("unknown", "resolve", "--date", DAY, "--person", MANAGER, *arguments)
    assert (said.code, codes(said)) == (2, wanted)
    assert state(shell) == "unknown"


@pytest.mark.parametrize(("arguments", "wanted"), LEGAL_REFUSED)
def test_legal_effect_wants_more(legal: Shell, arguments: Sequence[str], wanted: set[str]) -> None:
    said = legal("unknown", "resolve", "M1", "--date", DAY, "--person", MANAGER, *arguments)
    assert (said.code, codes(said)) == (2, wanted)
    assert state(legal) == "unknown"


@pytest.mark.parametrize(
    "arguments",
    [
        ["unknown", "--format", "csv"],
        ["unknown", "show", "M1", "--format", "csv"],
        ["unknown", "--lang", "fr", "show", "M1"],
        ["unknown", "resolve", "M1"],
    ],
)
def test_options_that_are_none_are_usage(shell: Shell, arguments: Sequence[str]) -> None:
    assert shell(*arguments).code == 2


def test_a_run_tells_of_them_and_is_not_content_with_old_ones_of_legal_effect(
    shell: Shell,
) -> None:
    said = shell("send", "--date", DAY)
    assert "1 message may or may not have left: relance unknown" in said.out
    assert said.code == 0
    with closing(sqlite3.connect(shell.home.var / "relance.sqlite")) as driver, driver:
        driver.execute("UPDATE message SET legal_effect = 1, changed_at = changed_at - 3700000")
    said = shell("send", "--date", DAY)
    assert "1 of them with legal effect, for more than an hour: two people" in said.out
    assert said.code == 1
