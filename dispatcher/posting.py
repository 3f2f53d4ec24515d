"""When a letter that was posted counts as being in the debtor's hands, by the creditor's days."""

from collections.abc import Callable
from datetime import date
from typing import Final

from dispatcher.decide import calendars
from dispatcher.model.settings import Settings


DEPOSIT: Final = 3  # business days after its deposit, where nobody said when it was presented


def presented(settings: Settings) -> Callable[[str, date], date | None]:
    """The day on which what a channel took on a day is presented; None: no letter.

    A letter takes the transit days of the configuration, a registered one three business days
    until a first presentation is known.
    """
    place = calendars.territory_of(calendars.HOME, settings.creditor.postcode)
    transit = {"letter": settings.deadlines.post, "registered_letter": DEPOSIT}

    def on(channel: str, day: date) -> date | None:
        if channel not in transit:
            return None
        return calendars.add_business_days(day, transit[channel], place)

    return on
