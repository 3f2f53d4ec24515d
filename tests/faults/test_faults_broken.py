"""The harness finds what is broken on purpose: each of its assertions can fail."""

from pathlib import Path

import pytest

from dispatcher.model.message import State
from tests.faults.broken import VARIANTS
from tests.faults.judge import Book, Found, Row, judged
from tests.faults.provider import Taken
from tests.faults.test_faults_points import program


#: What must be seen of each variant.
SEEN = {
    "requeued": "twice",
    "no-journal": "twice",
    "sent-before-recorded": "twice",
    "recorded-before-sent": "lost",
}


@pytest.mark.slow  # `tests/mutants` has two of them in CI
@pytest.mark.timeout(400)
def test_each_variant_that_sends_or_notes_at_the_wrong_time_is_found(tmp_path: Path) -> None:
    told = {line["variant"]: line["found"] for line in program("broken", tmp_path / "ground")}
    assert set(told) == set(VARIANTS) == set(SEEN)
    for name, found in told.items():
        assert found is not None, f"{name} was not found"
        assert found[SEEN[name]], found


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_workers_that_ignore_the_lock_of_a_paused_one_are_found(tmp_path: Path) -> None:
    given = ("--kills", "200", "--pauses", "--ignore-lock")
    tally = program("workers", tmp_path / "w", *given, seconds=800)[-1]
    assert tally["duplicates"], tally


def row(state: str, *, number: int = 1, live: bool = True) -> Row:
    return Row(id=number, token=f"t{number}", state=State(state), cases=(number,), live=live)


def taken(number: int = 1, *, again: bool = False) -> Taken:
    return Taken(token=f"t{number}", message=number, again=again)


@pytest.mark.parametrize(
    ("rows", "log", "expected"),
    [
        pytest.param([row("sent")], [taken()], Found(messages=1), id="all-is-well"),
        pytest.param([row("sent")], [taken(), taken()], Found(messages=1, twice=(1,)), id="twice"),
        pytest.param(
            [row("sent")], [taken(), taken(again=True)], Found(messages=1), id="known-to-provider"
        ),
        pytest.param([row("sent")], [], Found(messages=1, lost=(1,)), id="believed-and-not-sent"),
        pytest.param(
            [row("failed", live=False)],
            [taken()],
            Found(messages=1, lost=(1,), idle=(1,)),
            id="sent-and-denied",
        ),
        pytest.param([row("unknown")], [], Found(messages=1, unknown=1), id="unknown-not-left"),
        pytest.param([row("unknown")], [taken()], Found(messages=1, unknown=1), id="unknown-left"),
        pytest.param([row("sending")], [], Found(messages=1, stuck=(1,)), id="stuck"),
        pytest.param(
            [row("sent"), row("planned", number=2)],
            [taken()],
            Found(messages=2, stuck=(2,)),
            id="one-of-two-stuck",
        ),
        pytest.param([], [taken()], Found(lost=(1,), idle=(1,)), id="left-and-forgotten"),
        pytest.param([row("withdrawn", live=False)], [], Found(messages=1, idle=(1,)), id="idle"),
    ],
)
def test_the_judge_tells_one_end_from_the_other(
    rows: list[Row], log: list[Taken], expected: Found
) -> None:
    cases = {case for each in rows for case in each.cases} or {1}
    assert judged(Book(messages=rows, open_cases=cases, whole=True), log) == expected


def test_a_broken_trail_is_never_good() -> None:
    assert not judged(Book(messages=[], open_cases=[], whole=False), []).is_good
