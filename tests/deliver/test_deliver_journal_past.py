"""What a journal keeps for a store that was put back: marks, packed files, the fate of messages."""

import json
import os
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from dispatcher.deliver import journal_past
from dispatcher.deliver.journal import Journal, newest_mark
from dispatcher.deliver.journal_past import Damage, Went, packed_files, read_past
from dispatcher.model.mark import Mark, Named
from dispatcher.ports import Accepted, Claim, NotAccepted, Rejected, Unknown
from tests.deliver.doubles import claim


DAY = 86_400_000
ACCEPTED = Accepted(provider_id="q1")
LATER = NotAccepted(code="smtp/451", evidence="later")


def mark(seq: int, *, at: int = 0, last: int = 9, store: str = "s") -> Mark:
    return Mark(store=store, seq=seq, hash=f"{seq:064x}", at=at, last=last)


def naming(*marks: Mark) -> "Naming":
    return Naming(list(marks))


class Naming:
    """Gives these marks, one a batch, and the last for ever."""

    def __init__(self, marks: list[Mark]) -> None:
        self.marks = marks

    def __call__(self, claims: Sequence[Claim]) -> Named:
        newest = self.marks.pop(0) if len(self.marks) > 1 else self.marks[0]
        return Named(mark=newest, debtors={each.debtor_id: "C-1" for each in claims})


def went(path: Path, *, same_boot: bool = True) -> dict[int, Accepted | Unknown | None]:
    return {each.id: each.outcome for each in read_past(path, same_boot=same_boot).went}


def test_a_batch_carries_the_head_and_its_messages_without_content(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    with Journal(path, naming=naming(mark(7))) as journal:
        journal.open_batch([claim(1)])
        first = json.loads(path.read_bytes())
    assert first["mark"] == {"store": "s", "seq": 7, "hash": f"{7:064x}", "at": 0, "last": 9}
    assert [each["debtor"] for each in first["what"]] == ["C-1"]
    assert not {"to", "content", "printed"} & set(first["what"][0])
    assert path.read_bytes().splitlines()[-1].startswith(b'{"end":1,')


def test_the_newest_mark_is_the_highest_until_a_recovery_begins_anew(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    assert newest_mark(path) is None
    with Journal(path, naming=naming(mark(7), mark(5))) as journal:
        journal.open_batch([claim(1)])
        journal.open_batch([claim(2)])  # another worker read the trail a little earlier
        assert newest_mark(path) == mark(7)
        journal.mark(mark(3), why="recovered")
        assert newest_mark(path) == mark(3)
        with path.open("ab") as file:
            file.write(b'{"going":1,"attempt":1}\n' * 20_000)  # far behind the tail
        assert newest_mark(path) == mark(3)


FATES = {
    "accepted": ([("going", 1), ("gone", 1, ACCEPTED)], ACCEPTED),
    "no answer": ([("going", 1)], Unknown(stage="going", evidence="the journal has no answer")),
    "nothing left": ([], None),
    "refused": ([("going", 1), ("gone", 1, Rejected(code="c", evidence="e"))], None),
    "an earlier attempt was accepted": (
        [("gone", 1, ACCEPTED), ("gone", 2, Rejected(code="c", evidence="e"))],
        ACCEPTED,
    ),
    "a later attempt settles an earlier one": ([("going", 1), ("gone", 2, LATER)], None),
}


@pytest.mark.parametrize(("lines", "outcome"), FATES.values(), ids=FATES)
def test_what_became_of_a_message(
    tmp_path: Path, lines: list[tuple[object, ...]], outcome: object
) -> None:
    path = tmp_path / "journal.jsonl"
    with Journal(path, naming=naming(mark(7))) as journal:
        journal.open_batch([claim(1)])
        for kind, attempt, *answer in lines:
            getattr(journal, str(kind))(claim(1, attempt=int(str(attempt))), *answer)
    assert went(path) == {1: outcome}


@pytest.mark.parametrize("ended", [False, True])
def test_after_a_power_cut_a_batch_that_never_ended_may_have_left(
    tmp_path: Path, *, ended: bool
) -> None:
    path = tmp_path / "journal.jsonl"
    with Journal(path, naming=naming(mark(7))) as journal:
        journal.open_batch([claim(1)])
        journal.open_batch([claim(2)])  # so all answers of the first were on the disk
    if not ended:
        path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    assert went(path) == {1: None, 2: None}
    maybe = went(path, same_boot=False)
    assert maybe[1] is None
    assert (maybe[2] is None) is ended


def test_damaged_lines_and_files_are_named(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    with Journal(path, naming=naming(mark(7))) as journal:
        journal.open_batch([claim(1)])
        journal.gone(claim(1), ACCEPTED)
    (tmp_path / "journal-20260101T000000-aa.jsonl.gz").write_bytes(b"no gzip")
    with path.open("ab") as file:
        file.write(b'{"gone":2,"attem\n[1]\n')
    past = read_past(path, same_boot=True)
    assert past.damage == (
        Damage(file="journal-20260101T000000-aa.jsonl.gz", line=0),
        Damage(file="journal.jsonl", line=4),
        Damage(file="journal.jsonl", line=5),
    )
    assert [each.id for each in past.went] == [1]


def test_moved_away_nothing_is_lost_and_the_head_stays(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    for seq in (7, 8):
        with Journal(path, naming=naming(mark(seq, at=seq * DAY))) as journal:
            journal.open_batch([claim(seq)])
            journal.gone(claim(seq), ACCEPTED)
            assert journal.compact(lambda: True, over=1)
            assert journal.read() == {}
            assert newest_mark(path) == mark(seq, at=seq * DAY)
    packed = packed_files(path)
    assert [each.name[:23] for each in packed] == [
        "journal-19700108T000000",
        "journal-19700109T000000",
    ]
    assert {each.stat().st_mode & 0o777 for each in packed} == {0o600}
    past = read_past(path, same_boot=True)
    assert [(each.id, each.outcome) for each in past.went] == [(7, ACCEPTED), (8, ACCEPTED)]
    assert (past.first, past.newest, past.last) == (mark(7, at=7 * DAY), mark(8, at=8 * DAY), 9)


def move(path: Path, at: timedelta) -> None:
    with Journal(path, naming=naming(mark(7, at=round(at.total_seconds() * 1000)))) as journal:
        journal.open_batch([claim(1)])
        assert journal.compact(lambda: True, over=1)


def test_packed_files_age_after_five_weeks(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    for day in (0, 20, 35):
        move(path, timedelta(days=day))
    assert len(packed_files(path)) == 3
    move(path, timedelta(days=35, seconds=1))
    assert len(packed_files(path)) == 3
    assert packed_files(path)[0].name.startswith("journal-19700121T")


def test_packed_files_have_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "journal.jsonl"
    move(path, timedelta(days=1))
    monkeypatch.setattr(journal_past, "MOST", packed_files(path)[0].stat().st_size + 99)
    move(path, timedelta(days=2))
    assert [each.name[:19] for each in packed_files(path)] == ["journal-19700103T00"]


def test_killed_while_it_moves_the_lines_stand_twice_and_say_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "journal.jsonl"

    def dies(_file: int, _size: int) -> None:
        raise OSError(5, "killed")

    with Journal(path, naming=naming(mark(7))) as journal:
        journal.open_batch([claim(1)])
        journal.gone(claim(1), ACCEPTED)
        monkeypatch.setattr(os, "ftruncate", dies)
        with pytest.raises(OSError, match="killed"):
            journal.compact(lambda: True, over=1)
    assert b'{"gone"' in path.read_bytes()
    assert read_past(path, same_boot=True).damage == ()
    assert newest_mark(path) == mark(7)
    assert went(path) == {1: ACCEPTED}


def test_killed_when_the_lines_are_cut_the_head_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A journal without it would be taken for another's, and nothing would leave any more."""
    path, cut = tmp_path / "journal.jsonl", os.ftruncate

    def dies(file: int, size: int) -> None:
        cut(file, size)
        raise OSError(5, "killed")

    with Journal(path, naming=naming(mark(7))) as journal:
        journal.open_batch([claim(1)])
        journal.gone(claim(1), ACCEPTED)
        monkeypatch.setattr(os, "ftruncate", dies)
        with pytest.raises(OSError, match="killed"):
            journal.compact(lambda: True, over=1)
        head = path.read_bytes()
    assert json.loads(head)["why"] == "moved"
    assert newest_mark(path) == mark(7)
    assert went(path) == {1: ACCEPTED}


def test_messages_of_another_store_are_kept_apart(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    for store in ("old", "new"):
        with Journal(path, naming=naming(mark(7, store=store))) as journal:
            journal.open_batch([claim(1)])
            if store == "old":
                journal.gone(claim(1), ACCEPTED)
    found: dict[str, Went] = {each.store: each for each in read_past(path, same_boot=True).went}
    assert (found["old"].outcome, found["new"].outcome) == (ACCEPTED, None)
