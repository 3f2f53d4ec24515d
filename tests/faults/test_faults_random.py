"""Three workers on one store, killed and paused at random: nothing twice, lost or stuck.

10,000 kills: `./run faults workers FOLDER --summary FILE`; with pauses: the same and `--pauses`.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from dispatcher.deliver.journal import Journal
from dispatcher.deliver.recover import recover
from dispatcher.ports import Claim
from tests.deliver.doubles import NOW, FixedClock, MemoryOutbox, claim
from tests.faults.test_faults_points import program


def killed(folder: Path, *given: str, seconds: float = 300) -> dict[str, Any]:
    return program("workers", folder, *given, seconds=seconds)[-1]


def check(tally: dict[str, Any], *, kills: int) -> None:
    assert tally["kills"] >= kills
    assert tally["messages"] == 400 * tally["stores"]
    assert (tally["duplicates"], tally["lost"], tally["stuck"]) == (0, 0, 0), tally
    assert tally["faults"] == []
    # A batch at most is on its way whenever somebody dies or is paused too long.
    assert tally["unknown"] <= 5 * (tally["kills"] + tally["pauses"]), tally


@pytest.mark.timeout(400)
def test_three_workers_that_die_all_the_time_lose_and_repeat_nothing(tmp_path: Path) -> None:
    check(killed(tmp_path / "killed", "--kills", "100"), kills=100)


@pytest.mark.timeout(400)
def test_nor_do_workers_that_are_paused_past_any_time_limit(tmp_path: Path) -> None:
    tally = killed(tmp_path / "paused", "--kills", "50", "--pauses", "--seed", "2")
    check(tally, kills=50)
    assert tally["pauses"]


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("more", [(), ("--pauses",)], ids=["killed", "paused"])
def test_nor_do_they_in_a_thousand_deaths(tmp_path: Path, more: tuple[str, ...]) -> None:
    check(killed(tmp_path / "w", "--kills", "1000", *more, seconds=3500), kills=1000)


class DiesMeanwhile(MemoryOutbox):
    """Just before it is asked for the abandoned, a worker claims, sends and dies."""

    def __init__(self, path: Path) -> None:
        super().__init__([claim(1)])
        self._path = path

    def abandoned(self) -> Sequence[tuple[str, str, Claim]]:
        if self.messages[1].state == "planned":
            given = {"channel": "email", "owner": "other", "boot": "boot", "now": NOW}
            (taken,) = self.claim(limit=1, guard=lambda _claims: {}, **given)  # type: ignore[arg-type]  # as named
            with Journal(self._path) as journal:
                journal.open_batch([taken])
                journal.going(taken)
        return super().abandoned()


def test_who_dies_while_another_recovers_has_not_left_nothing(tmp_path: Path) -> None:
    """Found by the kills: the journal was read before the dead were counted."""
    outbox = DiesMeanwhile(tmp_path / "journal")
    with Journal(tmp_path / "journal") as journal:
        recover(
            outbox=outbox,
            journal=journal,
            is_alive=lambda _token: False,
            boot="boot",
            classes={"email": "none"},
            clock=FixedClock(),
        )
    assert outbox.states() == {1: "unknown"}
