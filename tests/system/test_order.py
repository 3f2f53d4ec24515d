"""The order that the guarantees stand on, seen from outside: strace watches a whole run.

strace has to be installed and allowed (root in a container, or `CAP_SYS_PTRACE`).
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.system.conftest import Watched
from tests.system.departures import Departure, departures
from tests.system.disk import SYNCS
from tests.system.homes import BY_CHANNEL, faults
from tests.system.strace import Call


def test_the_run_reached_every_debtor_once(lived: Watched) -> None:
    left = list(departures(lived.calls))
    assert faults(lived.home) == []
    assert sorted(each.channel for each in left) == sorted(
        channel for channel, names in BY_CHANNEL.items() for _ in names
    )


def test_nothing_leaves_before_its_intent_is_on_the_disk(lived: Watched) -> None:
    assert list(disorder(lived.calls, lived.home.var)) == []


LEFT_OUT = {
    "the journal is not synced": lambda call: call.name in SYNCS and "journal.jsonl" in call.path,
    "the store is not synced": lambda call: call.name in SYNCS and call.path.endswith(".sqlite"),
    "its undo is not synced": lambda call: call.name in SYNCS and "sqlite-journal" in call.path,
    "no line before the last byte": lambda call: b'"going"' in call.data,
    "no line before the batch": lambda call: b'"batch"' in call.data,
}


@pytest.mark.parametrize("missing", LEFT_OUT.values(), ids=LEFT_OUT)
def test_whatever_is_left_out_is_seen(lived: Watched, missing: object) -> None:
    assert callable(missing)
    calls = [call for call in lived.calls if not missing(call)]
    for channel in BY_CHANNEL:
        assert any(channel in each for each in disorder(calls, lived.home.var)), channel


def test_an_intent_that_comes_too_late_is_seen(lived: Watched) -> None:
    """The same calls, but the journal's are made after everything else."""
    end = lived.calls[-1].ended
    late = [
        replace(call, began=call.began + end, ended=call.ended + end)
        if call.path.endswith("journal.jsonl")
        else call
        for call in lived.calls
    ]
    assert len(list(disorder(late, lived.home.var))) >= 3 * len(BY_CHANNEL)


def disorder(calls: Sequence[Call], var: Path) -> Iterator[str]:
    """What left too early, in words."""
    journal, store = str(var / "journal.jsonl"), str(var / "relance.sqlite")
    left = list(departures(calls))
    yield from (f"{e.channel}: talked too early" for e in _hasty(calls, journal))
    for each in left:
        batch = _line(calls, journal, f'"token":"{each.token}"')
        if batch is None or not _synced(calls, journal, since=batch, until=each.named):
            yield f"{each.channel}: the intent was not in the journal"
        if batch is None or not _clean(calls, store, batch):
            yield f"{each.channel}: the intent was not in the store"
        if not _said(calls, journal, each):
            yield f"{each.channel}: the journal did not know that it went"


def _hasty(calls: Sequence[Call], journal: str) -> Iterator[Departure]:
    """Those whose socket had connected before the batch of their channel was synced."""
    for each in departures(calls):
        connected = next(
            (c for c in calls if c.name == "connect" and c.path == each.last.path), None
        )
        batch = _line(calls, journal, f'"token":"{each.token}"')
        if connected is not None and (
            batch is None or not _synced(calls, journal, since=batch, until=connected)
        ):
            yield each


def _line(calls: Sequence[Call], journal: str, words: str) -> Call | None:
    """The first write to the journal with these words."""
    writes = (call for call in calls if call.name == "write" and call.path == journal)
    return next((call for call in writes if words.encode() in call.data), None)


def _synced(calls: Sequence[Call], path: str, *, since: Call, until: Call) -> bool:
    return any(
        call.name in SYNCS
        and call.path == path
        and since.ended < call.began
        and call.ended < until.began
        for call in calls
    )


def _clean(calls: Sequence[Call], store: str, at: Call) -> bool:
    """Whether all of the store was committed for good just then: pages, then its undo."""
    earlier = [call for call in calls if call.ended < at.began]
    pages = [call for call in earlier if call.path == store]
    undo = [call for call in earlier if call.path == f"{store}-journal"]
    return (
        pages[-1].name in SYNCS
        and [call.name for call in undo[-2:]] == ["ftruncate", "fdatasync"]
        and undo[-2].began > pages[-1].ended
    )


def _said(calls: Sequence[Call], journal: str, each: Departure) -> bool:
    """Whether the line was written between the message's content and its last byte."""
    batch = _line(calls, journal, f'"token":"{each.token}"')
    if batch is None:
        return False
    what = json.loads(batch.data)["what"]
    (number,) = [told["id"] for told in what if told["token"] == each.token]
    going = _line(calls, journal, f'{{"going":{number},')
    return going is not None and going.ended < each.last.began
