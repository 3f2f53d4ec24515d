"""The area `incoming`: the files that come in are there, and of today."""

from collections.abc import Iterator
from datetime import date

from dispatcher.checklist.point import Point, State, point
from dispatcher.checklist.seen import Seen
from dispatcher.decide import calendars
from dispatcher.model.settings import SourceSettings


def incoming(seen: Seen) -> Iterator[Point]:
    """Each source's file and its age; what stands in it is read by the run."""
    if not seen.settings.sources:
        yield point("sources", good=False, otherwise=State.PROBLEM)
    for source in seen.settings.sources:
        yield from _source(seen, source, seen.written.get(source.name))


def _source(seen: Seen, source: SourceSettings, written: date | None) -> Iterator[Point]:
    fields = {"name": source.name, "file": source.file}
    if written is None:
        if not source.optional:
            yield point("file", good=False, otherwise=State.PROBLEM, **fields)
        return
    place = calendars.territory_of(calendars.HOME, seen.settings.creditor.postcode)
    oldest = calendars.business_days_before(seen.today, seen.settings.max_data_age, place)
    yield point("file", good=True, otherwise=State.PROBLEM, **fields)
    fresh = oldest <= written <= seen.today
    yield point("fresh", good=fresh, otherwise=seen.needed, day=written, **fields)
