"""Letters in a folder: whole, listed, once, whatever moment the process is killed at."""

import asyncio
import csv
import errno
import io
import os
import stat
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from channels.letter import open_channel
from dispatcher.ports import (
    Accepted,
    BadInput,
    Channel,
    ChannelSettings,
    Message,
    NotAccepted,
    Outcome,
    Rejected,
    Unknown,
    Withheld,
)
from dispatcher.testing import Check, Stage, conformance


DAY = date(2026, 11, 20)
PDF = b"%PDF-1.7 a letter"
TO = "Boulangerie Éloïse\n3 rue du Port\n69400 VILLEFRANCHE"


def letter(number: int = 1, **changes: object) -> Message:
    plain = Message(
        id=number,
        token=f"token-{number}",
        channel="letter",
        to="as stored",
        parts={"subject": "Relance", "text": "Bonjour", "address": TO, "pages": "2"},
        files={"letter.pdf": PDF + str(number).encode()},
        day=DAY,
    )
    return replace(plain, **changes)  # type: ignore[arg-type] # fields of a message


def channel(folder: Path, **options: str | bool) -> Channel:
    told = {"folder": str(folder), **options}
    return open_channel(ChannelSettings(name="letter", adapter="letter", options=told))


def nothing() -> None:
    """What `going` does where nobody asks."""


def sent(folder: Path, message: Message, going: Callable[[], None] = nothing) -> Outcome:
    return asyncio.run(channel(folder).send(message, going))


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig")), delimiter=";"))


def files(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and not path.relative_to(folder).parts[0].startswith(".")
    }


# -- what lies there ----------------------------------------------------------------------------


def test_a_letter_lies_in_the_folder_of_its_day_with_a_manifest(tmp_path: Path) -> None:
    outcome = sent(tmp_path, letter())
    assert outcome == Accepted(provider_id="token-1", receipt="2026-11-20/token-1.pdf")
    assert files(tmp_path) == {"2026-11-20/token-1.pdf", "2026-11-20/manifest.csv"}
    path = tmp_path / "2026-11-20" / "token-1.pdf"
    assert path.read_bytes() == PDF + b"1"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    (row,) = rows(tmp_path / "2026-11-20" / "manifest.csv")
    assert {name: value for name, value in row.items() if value} == {
        "token": "token-1",
        "file": "token-1.pdf",
        "registered": "no",
        "colour": "no",
        "both_sides": "yes",
        "pages": "2",
        "sha256": sha256(PDF + b"1").hexdigest(),
        "recipient_1": "Boulangerie Éloïse",
        "recipient_2": "3 rue du Port",
        "recipient_3": "69400 VILLEFRANCHE",
    }


def test_registered_letters_have_a_slip_for_the_counter(tmp_path: Path) -> None:
    sent(tmp_path, letter(1))
    to = "=1+1\nBât. A\nHauptstraße 5\n10115 BERLIN\nALLEMAGNE"
    abroad = letter(2, channel="registered_letter", parts={"address": to, "pages": "1"})
    sent(tmp_path, abroad)
    sent(tmp_path, letter(3, channel="registered_letter"))
    slip = rows(tmp_path / "2026-11-20" / "bordereau-de-depot.csv")
    assert slip == [
        {
            "N°": "1",
            "Destinataire": "'=1+1",
            "Adresse": "Bât. A, Hauptstraße 5",
            "Code postal et localité": "10115 BERLIN, ALLEMAGNE",
            "Référence": "token-2",
            "Pages": "1",
            "N° de recommandé": "",
        },
        {
            "N°": "2",
            "Destinataire": "Boulangerie Éloïse",
            "Adresse": "3 rue du Port",
            "Code postal et localité": "69400 VILLEFRANCHE",
            "Référence": "token-3",
            "Pages": "2",
            "N° de recommandé": "",
        },
    ]
    manifest = rows(tmp_path / "2026-11-20" / "manifest.csv")
    assert [row["registered"] for row in manifest] == ["no", "yes", "yes"]
    assert manifest[1]["recipient_1"] == "=1+1", "a program reads what is there"


def test_two_channels_may_share_a_folder(tmp_path: Path) -> None:
    plain, registered = channel(tmp_path), channel(tmp_path)
    for number, each in enumerate((plain, registered, plain, registered), start=1):
        asyncio.run(each.send(letter(number), nothing))
    manifest = rows(tmp_path / "2026-11-20" / "manifest.csv")
    assert [row["token"] for row in manifest] == [f"token-{number}" for number in (1, 2, 3, 4)]


def test_hostile_values_stay_in_their_cell(tmp_path: Path) -> None:
    to = 'A;B"C\n"; DROP\n69000 LYON'
    sent(tmp_path, letter(parts={"address": to}))
    (row,) = rows(tmp_path / "2026-11-20" / "manifest.csv")
    assert [row["recipient_1"], row["recipient_2"], row["recipient_3"]] == to.split("\n")


# -- once ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("later", [DAY, date(2026, 11, 23)], ids=["same day", "later day"])
def test_the_same_token_twice_is_one_letter(tmp_path: Path, later: date) -> None:
    first = sent(tmp_path, letter())
    before = files(tmp_path)
    assert sent(tmp_path, letter(day=later)) == first
    assert files(tmp_path) == before
    assert len(rows(tmp_path / "2026-11-20" / "manifest.csv")) == 1


def test_a_letter_that_was_taken_away_does_not_come_back(tmp_path: Path) -> None:
    first = sent(tmp_path, letter())
    (tmp_path / "2026-11-20").rename(tmp_path / "taken")
    assert sent(tmp_path, letter()) == first
    assert not (tmp_path / "2026-11-20").exists()
    sent(tmp_path, letter(2))
    assert [row["token"] for row in rows(tmp_path / "2026-11-20" / "manifest.csv")] == ["token-2"]


def test_a_withheld_letter_is_not_there(tmp_path: Path) -> None:
    def withhold() -> None:
        raise Withheld

    with pytest.raises(Withheld):
        sent(tmp_path, letter(), withhold)
    assert not [name for name in files(tmp_path) if name.endswith((".pdf", ".csv"))]


class Killed(BaseException):
    """The process ends here."""


OPERATIONS = ((os, "open"), (os, "fsync"), (Path, "replace"), (Path, "mkdir"), (Path, "unlink"))


def trip(patch: pytest.MonkeyPatch, at: int, error: BaseException) -> Callable[[], int]:
    """Let operation number `at` on files fail, before it is done; how many there were."""
    count = 0

    def counted(real: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object, **more: object) -> object:
            nonlocal count
            count += 1
            if count == at:
                raise error
            return real(*args, **more)

        return call

    for owner, name in OPERATIONS:
        patch.setattr(owner, name, counted(getattr(owner, name)))
    return lambda: count


def consistent(folder: Path) -> None:
    """Every list that can be seen names letters that are there, whole."""
    for manifest in folder.glob("[0-9]*/manifest.csv"):
        for row in rows(manifest):
            content = (manifest.parent / row["file"]).read_bytes()
            assert sha256(content).hexdigest() == row["sha256"]


@pytest.mark.parametrize("kind", ["letter", "registered_letter"])
def test_a_kill_between_any_two_steps_makes_no_letter_twice_or_half(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    at, finished = 0, False
    while not finished:
        at += 1
        folder = tmp_path / str(at)
        sent(folder, letter(1, channel=kind))
        gone: list[str] = []
        with monkeypatch.context() as patch:
            count = trip(patch, at, Killed())
            try:
                sent(folder, letter(2, channel=kind), lambda gone=gone: gone.append("going"))  # type: ignore[misc]
            except Killed:
                seen = {name for name in files(folder) if name.endswith("token-2.pdf")}
                assert not seen or gone, "seen before it was announced"
            finished = count() < at
        consistent(folder)
        again = sent(folder, letter(2, channel=kind, day=date(2026, 11, 21)))
        assert isinstance(again, Accepted)
        consistent(folder)
        printed = [row["token"] for path in folder.glob("2*/manifest.csv") for row in rows(path)]
        assert sorted(printed) == ["token-1", "token-2"], at
        assert len(list(folder.glob("2*/token-2.pdf"))) == 1, at
        if kind == "registered_letter":
            slips = [row for path in folder.glob("2*/bord*.csv") for row in rows(path)]
            assert sorted(row["Référence"] for row in slips) == ["token-1", "token-2"]
    assert at > 10


def test_a_full_disk_is_proof_before_the_letter_can_be_seen_and_doubt_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[Outcome] = []
    at = 0
    while not found or not isinstance(found[-1], Accepted):
        at += 1
        folder = tmp_path / str(at)
        with monkeypatch.context() as patch:
            trip(patch, at, OSError(errno.ENOSPC, "No space left on device"))
            found.append(sent(folder, letter()))
        visible = bool([name for name in files(folder) if name.endswith(".pdf")])
        assert not (visible and isinstance(found[-1], NotAccepted))
        assert isinstance(sent(folder, letter()), Accepted)
        assert len(rows(folder / "2026-11-20" / "manifest.csv")) == 1
    kinds = [type(outcome) for outcome in found]
    assert kinds == sorted(kinds, key=[NotAccepted, Unknown, Accepted].index)
    assert {NotAccepted, Unknown, Accepted} == set(kinds)


# -- what it does not take ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "message",
    [
        letter(files={}),
        letter(files={"letter.pdf": b"<html>"}),
        letter(token="../../etc/x"),
        letter(token=""),
    ],
    ids=["no file", "no PDF", "a path", "no token"],
)
def test_what_is_no_letter_is_refused(tmp_path: Path, message: Message) -> None:
    outcome = sent(tmp_path, message)
    assert isinstance(outcome, Rejected)
    assert outcome.scope == "message"
    assert files(tmp_path) == set()


@pytest.mark.parametrize(
    ("options", "codes"),
    [
        ({}, ["deliver/option-missing"]),
        ({"folder": 3}, ["deliver/option-value"]),
        ({"folder": "x", "colour": "maybe"}, ["deliver/option-value"]),
        ({"folder": "x", "host": "y"}, ["deliver/option-unknown"]),
        (
            {"host": "y", "both_sides": 2},
            ["deliver/option-unknown", "deliver/option-missing", "deliver/option-value"],
        ),
    ],
    ids=["no folder", "a number", "neither yes nor no", "unknown", "all at once"],
)  # fmt: skip
def test_wrong_settings_are_named_all_at_once(
    options: dict[str, str | int | bool], codes: list[str]
) -> None:
    with pytest.raises(BadInput) as raised:
        open_channel(ChannelSettings(name="letter", adapter="letter", options=options))
    assert [problem.code for problem in raised.value.problems] == codes


def test_opening_the_channel_writes_nothing(tmp_path: Path) -> None:
    channel(tmp_path / "post")
    assert not (tmp_path / "post").exists()


# -- conformance --------------------------------------------------------------------------------


@asynccontextmanager
async def stage(_fault: str) -> AsyncIterator[Stage]:
    with TemporaryDirectory() as name:
        folder = Path(name)
        yield Stage(
            channel=channel(folder),
            taken=lambda: [path.stem for path in sorted(folder.glob("2*/*.pdf"))],
        )


@pytest.mark.parametrize(
    "check", conformance(stage, letter, delivery_class="idempotent", faults=()), ids=str
)
def test_it_does_what_every_channel_promises(check: Check) -> None:
    check.run()
