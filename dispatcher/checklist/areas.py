"""All areas of the checklist in their order, as people go through them."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from dispatcher.checklist.book import book
from dispatcher.checklist.channels import channels
from dispatcher.checklist.creditor import creditor
from dispatcher.checklist.house import house
from dispatcher.checklist.incoming import incoming
from dispatcher.checklist.people import people
from dispatcher.checklist.point import Point
from dispatcher.checklist.policies import policies
from dispatcher.checklist.seen import Seen


AREAS: Final[Mapping[str, Callable[[Seen], Iterator[Point]]]] = {
    "house": house,
    "creditor": creditor,
    "channels": channels,
    "people": people,
    "policies": policies,
    "incoming": incoming,
    "book": book,
}
