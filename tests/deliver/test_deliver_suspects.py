"""What had a worker die is tried after everything else, alone, and on one channel at a time."""

from dataclasses import replace
from pathlib import Path

from tests.deliver.doubles import MemoryOutbox, ScriptedChannel, claim, deliver


def with_suspects(*suspects: int) -> MemoryOutbox:
    claims = [claim(n, channel="email" if n < 5 else "sms") for n in range(1, 9)]
    return MemoryOutbox(replace(c, deaths=1) if c.id in suspects else c for c in claims)


def claimed(outbox: MemoryOutbox) -> list[tuple[int, ...]]:
    return [numbers for what, numbers in outbox.log if what == "claim" and numbers]


def test_suspects_go_last_and_one_by_one(tmp_path: Path) -> None:
    outbox = with_suspects(1, 2, 6)
    sent = deliver(outbox, ScriptedChannel("email"), ScriptedChannel("sms"), journal=tmp_path / "j")
    assert set(claimed(outbox)[:2]) == {(3, 4), (5, 7, 8)}
    assert claimed(outbox)[2:] == [(1,), (2,), (6,)]
    assert sent.count("accepted") == 8
    assert set(outbox.states().values()) == {"sent"}


def test_each_is_recorded_before_the_next_is_tried(tmp_path: Path) -> None:
    outbox = with_suspects(*range(1, 9))
    deliver(outbox, ScriptedChannel("email"), ScriptedChannel("sms"), journal=tmp_path / "j")
    tried = [entry for entry in outbox.log if entry[1]]
    assert [what for what, _ in tried] == ["claim", "record"] * 8


def test_after_a_stop_no_suspect_is_tried(tmp_path: Path) -> None:
    outbox = with_suspects(1)
    deliver(outbox, ScriptedChannel("email"), journal=tmp_path / "j", stopped=lambda: True)
    assert outbox.states()[1] == "planned"
