"""Finished files under their digests: whole or absent, found out when they were touched."""

import os
import stat
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from dispatcher.errors import BadInput, StoreFault
from dispatcher.store.blobs import Blobs, digest
from dispatcher.store.book import Book
from dispatcher.store.named_files import OPENING, names_in
from tests.store.store_samples import frozen


NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
ONE, TWO = b"%PDF-1.7 one", b"%PDF-1.7 two"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "blobs"


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def aged(path: Path, days: float) -> None:
    at = (NOW - timedelta(days=days)).timestamp()
    os.utime(path, (at, at))


def test_a_file_is_kept_under_its_digest_for_us_alone(folder: Path) -> None:
    kept = Blobs(folder).put([ONE, TWO])
    Blobs(folder).settle(kept)
    assert kept == (sha256(ONE).hexdigest(), sha256(TWO).hexdigest())
    assert names(folder) == set(kept)
    assert Blobs(folder).read(kept[0]) == ONE
    for name in kept:
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_same_content_is_one_file(folder: Path) -> None:
    blobs = Blobs(folder)
    assert blobs.put([ONE, ONE]) == (digest(ONE), digest(ONE))
    before = (folder / digest(ONE)).stat().st_ino
    assert blobs.put([ONE]) == (digest(ONE),)
    blobs.settle([digest(ONE)])
    assert names(folder) == {digest(ONE)}
    assert (folder / digest(ONE)).stat().st_ino == before


def test_nothing_to_keep_touches_nothing(folder: Path) -> None:
    assert Blobs(folder).put([]) == ()
    assert not folder.exists()


def _changed(path: Path) -> None:
    path.write_bytes(TWO)


def _cut(path: Path) -> None:
    path.write_bytes(ONE[:4])


@pytest.mark.parametrize(
    ("harm", "code"),
    [
        (Path.unlink, "deliver/file-missing"),
        (_changed, "deliver/file-changed"),
        (_cut, "deliver/file-changed"),
    ],
    ids=["gone", "changed", "cut"],
)
def test_a_file_that_is_not_what_it_was_is_not_read(
    folder: Path, harm: Callable[[Path], None], code: str
) -> None:
    blobs = Blobs(folder)
    (name,) = blobs.put([ONE])
    harm(folder / name)
    with pytest.raises(BadInput) as raised:
        blobs.read(name)
    assert raised.value.problems[0].code == code
    assert blobs.put([ONE]) == (name,), "kept again it is whole again"
    assert blobs.read(name) == ONE


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("at", range(1, 15))
def test_a_kill_at_any_moment_leaves_whole_files_or_none(
    folder: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    count = 0

    def counted(real: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object, **more: object) -> object:
            nonlocal count
            count += 1
            if count == at:
                raise Killed
            return real(*args, **more)

        return call

    with monkeypatch.context() as patch:
        for owner, name in (
            (os, "open"),
            (os, "fsync"),
            (Path, "replace"),
            (Path, "mkdir"),
            (Path, "touch"),
        ):
            patch.setattr(owner, name, counted(getattr(owner, name)))
        try:
            Blobs(folder).put([ONE, TWO])
            finished = True
        except Killed:
            finished = False
    assert finished == (count < at)
    for path in folder.iterdir() if folder.exists() else ():
        if not path.name.startswith("."):
            assert digest(path.read_bytes()) == path.name
    kept = Blobs(folder).put([ONE, TWO])
    Blobs(folder).settle(kept)
    assert [Blobs(folder).read(name) for name in kept] == [ONE, TWO]
    assert names(folder) == set(kept), "no part is left"


def test_a_full_disk_is_a_fault_of_the_store(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreFault) as raised:
        Blobs(folder).put([ONE])
    assert raised.value.problems[0].code == "store/disk-full"
    assert digest(ONE) not in names(folder)


def named(*known: str) -> Callable[[Collection[str]], set[str]]:
    return lambda asked: set(asked) & set(known)


def never(_: object) -> set[str]:
    pytest.fail("asked")


def test_what_a_crash_left_goes_after_two_days(folder: Path) -> None:
    blobs = Blobs(folder)
    settled, committed, orphan, fresh = blobs.put([ONE, TWO, b"orphan", b"fresh"])
    blobs.settle([settled])
    (folder / ".x-1.part").write_bytes(b"half")
    for name in (settled, committed, orphan, ".x-1.part", f".{committed}.new", f".{orphan}.new"):
        aged(folder / name, 3)
    aged(folder / f".{fresh}.new", 1)
    assert blobs.clean(named(committed), now=NOW) == 2
    assert names(folder) == {settled, committed, fresh, f".{fresh}.new"}


def test_nobody_is_asked_about_what_is_settled_or_new(folder: Path) -> None:
    blobs = Blobs(folder)
    assert blobs.clean(never, now=NOW) == 0
    settled, fresh = blobs.put([ONE, TWO])
    blobs.settle([settled])
    aged(folder / settled, 300)
    aged(folder / f".{fresh}.new", 1)
    assert blobs.clean(never, now=NOW) == 0
    assert {settled, fresh} <= names(folder)


def test_the_store_knows_which_files_its_messages_name(book: Book) -> None:
    letter, attached, orphan = digest(ONE), digest(TWO), digest(b"orphan")
    bodies = [
        b'{"address":"x","files":{"letter.pdf":"%s"},"text":"y"}' % letter.encode(),
        b'{"envelope":{"files":[{"digest":"%s"}]},"text":"%s"}'
        % (attached.encode(), b"z" * 2 * OPENING),
    ]
    batch = [replace(frozen(case), content=body) for case, body in enumerate(bodies, start=1)]
    book.freeze(None, batch, now=NOW)
    assert book.named_files([letter, attached, orphan]) == {letter, attached}
    assert book.named_files([]) == set()
    assert [names_in(body) for body in bodies] == [{letter}, {attached}]
