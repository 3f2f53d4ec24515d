"""Business days and time zones of a territory, which a postcode names.

Territories: `FR` (metropolitan France), `FR-57` (Alsace and Moselle, which keep Good Friday and
the 26th of December), `FR-971` and so on for the overseas, else the country's ISO code.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import Final

import holidays
import polars as pl

from dispatcher.policy.terms import Days


HOME: Final = "FR"
SATURDAY: Final = 5

#: The first figures of a French postcode -> territory; the longest that fits wins.
POSTCODES: Final = {
    "57": "FR-57",
    "67": "FR-57",
    "68": "FR-57",
    "97133": "FR-BL",
    "97150": "FR-MF",
    "971": "FR-971",
    "972": "FR-972",
    "973": "FR-973",
    "974": "FR-974",
    "975": "FR-PM",
    "976": "FR-976",
    "984": "FR-TF",
    "986": "FR-WF",
    "987": "FR-PF",
    "988": "FR-NC",
}

#: Territory -> IANA zone; a territory not named here lives in the home's zone.
ZONES: Final = {
    "FR": "Europe/Paris",
    "FR-57": "Europe/Paris",
    "FR-BL": "America/St_Barthelemy",
    "FR-MF": "America/Marigot",
    "FR-971": "America/Guadeloupe",
    "FR-972": "America/Martinique",
    "FR-973": "America/Cayenne",
    "FR-974": "Indian/Reunion",
    "FR-976": "Indian/Mayotte",
    "FR-PM": "America/Miquelon",
    "FR-TF": "Indian/Kerguelen",
    "FR-WF": "Pacific/Wallis",
    "FR-PF": "Pacific/Tahiti",
    "FR-NC": "Pacific/Noumea",
    "BE": "Europe/Brussels",
    "CH": "Europe/Zurich",
    "DE": "Europe/Berlin",
    "ES": "Europe/Madrid",
    "GB": "Europe/London",
    "IE": "Europe/Dublin",
    "IT": "Europe/Rome",
    "LU": "Europe/Luxembourg",
    "MC": "Europe/Monaco",
    "NL": "Europe/Amsterdam",
    "PT": "Europe/Lisbon",
}


def territory(country: pl.Expr, postcode: pl.Expr) -> pl.Expr:
    """The territory of an address, as a column of texts."""
    code = postcode.str.replace_all(" ", "", literal=True)
    longest_first = sorted(POSTCODES, key=len, reverse=True)
    french = [
        pl.when(code.str.starts_with(start)).then(pl.lit(POSTCODES[start]))
        for start in longest_first
    ]
    in_france = country.is_null() | country.is_in(["", HOME])
    return pl.when(in_france).then(pl.coalesce(*french, pl.lit(HOME))).otherwise(country)


@lru_cache(maxsize=1024)  # the creditor's own, mostly
def territory_of(country: str, postcode: str) -> str:
    """The territory of one address."""
    row = pl.DataFrame({"country": [country], "postcode": [postcode]})
    return str(row.select(territory(pl.col("country"), pl.col("postcode"))).item())


def zone(territories: pl.Expr, *, home: str) -> pl.Expr:
    """The IANA time zone of a territory, as a column of texts."""
    return territories.replace_strict(ZONES, default=home, return_dtype=pl.String)


@cache
def holidays_of(place: str, year: int) -> frozenset[date]:
    """The public holidays of a territory in one year; none where its calendar is not known."""
    country, _, part = place.partition("-")
    try:
        found = holidays.country_holidays(country, subdiv=part or None, years=year)
    except NotImplementedError:
        return frozenset()
    return frozenset(day for day in found if day.year == year)


def all_holidays(place: str, years: Iterable[int]) -> list[date]:
    """The public holidays of a territory over those years, in order."""
    return sorted(day for year in years for day in holidays_of(place, year))


def closing(day: date, place: str) -> str:
    """Why nobody works there that day: `weekend`, `holiday`, or an empty text."""
    if day.weekday() >= SATURDAY:
        return "weekend"
    return "holiday" if day in holidays_of(place, day.year) else ""


def add_business_days(day: date, count: int, place: str) -> date:
    """The day on which that many business days after `day` have begun."""
    while count > 0:
        day += timedelta(days=1)
        count -= not closing(day, place)
    return day


def business_days_before(day: date, count: int, place: str) -> date:
    """The business day that many business days before `day`; `day` itself need not be one."""
    while count > 0 or closing(day, place):
        count -= not closing(day, place)
        day -= timedelta(days=1)
    return day


@lru_cache(maxsize=4096)  # a day has a handful of spans and many thousand contacts
def after(day: date, span: Days, place: str) -> date:
    """The day that lies a span after another, by the calendar of a territory."""
    if span.business:
        return add_business_days(day, span.count, place)
    return day + timedelta(days=span.count)
