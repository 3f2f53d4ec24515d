"""The area `book`: store, trail, rights of files, room on the disk, last run, last backup."""

from collections.abc import Iterator
from typing import Final

from dispatcher.checklist.point import Point, State, point, said
from dispatcher.checklist.seen import Kept, Seen
from dispatcher.decide import calendars
from dispatcher.store.glance import Glance


OTHERS: Final = 0o077

#: Bytes that have to be free: below the first a run may fail, below the second it soon will.
FEW: Final = 100_000_000
ENOUGH: Final = 1_000_000_000

#: Days after which a backup is old.
OLD: Final = 7


def book(seen: Seen) -> Iterator[Point]:
    """What relance remembers, and whether it can go on doing so."""
    if seen.store_fault is not None:
        yield said(seen.store_fault, State.PROBLEM)
    elif seen.store is None:
        yield point("store", good=False, otherwise=State.TODO, path=seen.settings.store)
    else:
        yield point("store", good=True, otherwise=State.TODO, path=seen.settings.store)
        yield from _store(seen, seen.store)
        yield from _runs(seen, seen.store)
        yield _backup(seen)
        elsewhere = seen.settings.checkpoints
        yield point("checkpoints", good=elsewhere is not None, otherwise=State.TODO, path=elsewhere)
    yield point("network", good=not seen.network, otherwise=State.PROBLEM, kind=seen.network)
    for name, kept in seen.kept.items():
        yield from _rights(name, kept)
    room = State.PROBLEM if seen.free < FEW else State.TODO
    megabytes = seen.free // 1_000_000
    yield point("room", good=seen.free >= ENOUGH, otherwise=room, megabytes=megabytes)


def _store(seen: Seen, store: Glance) -> Iterator[Point]:
    wanted = seen.settings.environment
    fields = {"found": store.environment, "wanted": wanted}
    good = store.environment == wanted
    yield point("same-environment", good=good, otherwise=State.PROBLEM, **fields)
    if seen.behind is not None:
        yield said(seen.behind, State.PROBLEM)
    yield point("trail", good=store.whole, otherwise=State.PROBLEM, count=store.trail)
    yield point("settled", good=not store.sending, otherwise=State.TODO, count=store.sending)
    yield point("known", good=not store.unknown, otherwise=State.TODO, count=store.unknown)


def _runs(seen: Seen, store: Glance) -> Iterator[Point]:
    if store.cut:
        yield point("ended", good=False, otherwise=State.TODO)
    place = calendars.territory_of(calendars.HOME, seen.settings.creditor.postcode)
    expected = calendars.business_days_before(seen.today, 1, place)
    recent = store.last_run is not None and store.last_run >= expected
    yield point("last-run", good=recent, otherwise=seen.needed, day=store.last_run or "-")


def _backup(seen: Seen) -> Point:
    recent = seen.saved is not None and (seen.today - seen.saved).days <= OLD
    return point("backup", good=recent, otherwise=seen.needed, day=seen.saved or "-")


def _rights(name: str, kept: Kept) -> Iterator[Point]:
    mode = f"{kept.mode:o}"
    fields = {"name": name, "mode": mode, "wanted": f"{kept.mode & ~OTHERS:o}"}
    yield point("rights", good=not kept.mode & OTHERS, otherwise=State.PROBLEM, **fields)
    if not kept.ours:
        yield point("owner", good=False, otherwise=State.PROBLEM, name=name)
