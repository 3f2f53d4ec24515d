import errno
import json
import os
import stat
from pathlib import Path

import pytest

from dispatcher.deliver.journal import Journal, Trace
from dispatcher.ports import Accepted, NotAccepted, Outcome, Rejected, Unknown
from tests.deliver.doubles import claim


OUTCOMES: dict[str, Outcome] = {
    "accepted": Accepted(provider_id="q1", receipt="250 ok: déposé"),
    "rejected": Rejected(code="smtp/5.1.1", evidence="550 no such user", scope="recipient"),
    "not accepted": NotAccepted(
        code="smtp/451", evidence="451 later", retry_after=300, schedule="once_more"
    ),
    "unknown": Unknown(stage="content", evidence="lost"),
}


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_seen_from_outside_the_batch_stands_first_then_going_then_gone(tmp_path: Path) -> None:
    path = tmp_path / "var" / "journal"
    with Journal(path) as journal:
        journal.open_batch([claim(1), claim(2, attempt=3)])
        assert lines(path) == [{"batch": [[1, 1], [2, 3]]}]
        journal.going(claim(1))
        assert lines(path)[1:] == [{"going": 1, "attempt": 1}]
        journal.gone(claim(1), Accepted(provider_id="q7", receipt="250 ok"))
        told = {"kind": "accepted", "provider_id": "q7", "receipt": "250 ok"}
        assert lines(path)[2:] == [{"gone": 1, "attempt": 1, "outcome": told}]


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    with Journal(tmp_path / "journal") as journal:
        assert stat.S_IMODE(journal.path.stat().st_mode) == 0o600


def test_only_the_batch_is_synced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "journal"
    synced: list[int] = []
    monkeypatch.setattr(os, "fdatasync", lambda _file: synced.append(path.stat().st_size))
    with Journal(path) as journal:
        journal.open_batch([claim(1)])
        after_batch = path.stat().st_size
        journal.going(claim(1))
        journal.gone(claim(1), Accepted())
    assert synced == [after_batch]


@pytest.mark.parametrize("outcome", OUTCOMES.values(), ids=OUTCOMES)
def test_every_outcome_is_read_as_it_was_written(tmp_path: Path, outcome: Outcome) -> None:
    with Journal(tmp_path / "journal") as journal:
        journal.open_batch([claim(1)])
        journal.going(claim(1))
        journal.gone(claim(1), outcome)
        assert journal.read() == {(1, 1): Trace(going=True, outcome=outcome)}


def test_attempts_of_one_message_are_kept_apart(tmp_path: Path) -> None:
    with Journal(tmp_path / "journal") as journal:
        journal.open_batch([claim(1)])
        journal.gone(claim(1), OUTCOMES["not accepted"])
        journal.open_batch([claim(1, attempt=2)])
        journal.going(claim(1, attempt=2))
        assert journal.read()[1, 2] == Trace(going=True)


def whole(path: Path) -> bytes:
    with Journal(path) as journal:
        journal.open_batch([claim(1)])
        journal.going(claim(1))
        journal.gone(claim(1), Accepted(provider_id="q"))
    return path.read_bytes()


def test_cut_off_anywhere_it_says_no_more_than_was_whole(tmp_path: Path) -> None:
    content = whole(tmp_path / "whole")
    ends = [i + 1 for i, byte in enumerate(content) if byte == ord("\n")]
    says = [{}, {(1, 1): Trace()}, {(1, 1): Trace(going=True)}]
    path = tmp_path / "torn"
    for cut in range(ends[2] - 1):
        path.write_bytes(content[:cut])
        with Journal(path) as journal:
            # a line that lacks only its line feed is whole
            complete = sum(end - 1 <= cut for end in ends)
            assert journal.read() == says[complete], cut


def test_after_a_torn_line_the_next_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    path.write_bytes(b'{"batch": [[1,1]]}\n{"going":1,"att')
    with Journal(path) as journal:
        journal.open_batch([claim(2)])
        assert journal.read() == {(1, 1): Trace(), (2, 1): Trace()}


@pytest.mark.parametrize(
    "line",
    [b"[]", b"1", b"\xff\xfe", b'{"going": "1", "attempt": 1}', b'{"batch": [1]}', b"\0" * 64],
    ids=["list", "number", "not utf-8", "text for id", "no pairs", "zeros after a power cut"],
)
def test_spoilt_lines_say_nothing(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "journal"
    path.write_bytes(line + b'\n{"going":1,"attempt":1}\n')
    with Journal(path) as journal:
        assert journal.read() == {(1, 1): Trace(going=True)}


def test_an_outcome_of_another_version_is_unknown(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    path.write_bytes(b'{"gone":1,"attempt":1,"outcome":{"kind":"teleported"}}\n')
    with Journal(path) as journal:
        assert isinstance(journal.read()[1, 1].outcome, Unknown)


def test_emptied_only_when_large_alone_and_nothing_is_open(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    with Journal(path) as journal:
        journal.open_batch([claim(1)])
        assert not journal.compact(lambda: True)  # small
        assert not journal.compact(lambda: False, over=1)  # something is open
        with Journal(path):
            assert not journal.compact(lambda: True, over=1)  # another worker
        assert path.stat().st_size
        assert journal.compact(lambda: True, over=1)
        assert path.stat().st_size == 0
        journal.open_batch([claim(2)])
        assert journal.read() == {(2, 1): Trace()}


def test_while_it_is_emptied_nobody_can_begin_a_batch(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    pid = 0

    def nothing_open() -> bool:
        nonlocal pid
        pid = os.fork()
        if pid == 0:  # another worker comes at the worst moment
            with Journal(path) as late:
                late.open_batch([claim(9)])
            os._exit(0)
        return True

    with Journal(path) as journal:
        journal.open_batch([claim(1)])
        assert journal.compact(nothing_open, over=1)
        os.waitpid(pid, 0)
        assert journal.read() == {(9, 1): Trace()}


@pytest.mark.parametrize("deed", ["open_batch", "going"])
def test_a_refusal_of_the_disk_names_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deed: str
) -> None:
    """By that name the command tells a person; without it he would see a traceback."""

    def full(_file: int, _content: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with Journal(tmp_path / "journal") as journal, monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with pytest.raises(OSError, match="journal") as refused:
            getattr(journal, deed)([claim(1)] if deed == "open_batch" else claim(1))
    assert refused.value.filename == str(tmp_path / "journal")
