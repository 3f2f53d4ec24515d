"""The area `house`: environment, what operators wrote, time zone, rates and other dates."""

from collections.abc import Iterator

from dispatcher.checklist.point import Point, State, point, said
from dispatcher.checklist.seen import Seen


def house(seen: Seen) -> Iterator[Point]:
    """The home as a whole, and what the law's calendar asks of it today."""
    settings = seen.settings
    yield point("environment", good=seen.live, otherwise=State.TODO, folder=settings.home)
    yield point("writings", good=not seen.errors, otherwise=State.PROBLEM, count=seen.errors)
    yield point("zone", good=seen.zone_found, otherwise=State.PROBLEM, zone=settings.timezone)
    yield from (said(each, State.TODO) for each in seen.stops)
    # Interest that is not computed harms nobody: these never keep a home from working.
    yield from (said(each, State.TODO) for each in seen.remarks)
    if not seen.remarks:
        yield point("calendar", good=True, otherwise=State.TODO, today=seen.today)
