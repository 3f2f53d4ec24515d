"""Days on which people work, and the hour it is where the debtor lives."""

from datetime import date

import polars as pl
import pytest

from dispatcher.decide import calendars
from dispatcher.policy.terms import Days


@pytest.mark.parametrize(
    ("country", "postcode", "place", "zone"),
    [
        pytest.param("FR", "75011", "FR", "Europe/Paris", id="paris"),
        pytest.param("FR", "67 000", "FR-57", "Europe/Paris", id="strasbourg-with-a-space"),
        pytest.param("FR", "57000", "FR-57", "Europe/Paris", id="metz"),
        pytest.param("FR", "97110", "FR-971", "America/Guadeloupe", id="guadeloupe"),
        pytest.param("FR", "97133", "FR-BL", "America/St_Barthelemy", id="saint-barthelemy"),
        pytest.param("FR", "97600", "FR-976", "Indian/Mayotte", id="mayotte"),
        pytest.param("FR", "98800", "FR-NC", "Pacific/Noumea", id="noumea"),
        pytest.param("FR", "", "FR", "Europe/Paris", id="no-postcode"),
        pytest.param("", "57000", "FR-57", "Europe/Paris", id="no-country"),
        pytest.param("DE", "57000", "DE", "Europe/Berlin", id="a-german-57"),
        pytest.param("JP", "100", "JP", "Europe/Paris", id="elsewhere-the-home"),
    ],
)
def test_a_postcode_names_a_territory(country: str, postcode: str, place: str, zone: str) -> None:
    assert calendars.territory_of(country, postcode) == place
    row = pl.DataFrame({"place": [place]})
    assert row.select(calendars.zone(pl.col("place"), home="Europe/Paris")).item() == zone


@pytest.mark.parametrize(
    ("day", "place", "why"),
    [
        pytest.param(date(2026, 5, 12), "FR", "", id="tuesday"),
        pytest.param(date(2026, 5, 16), "FR", "weekend", id="saturday"),
        pytest.param(date(2026, 5, 14), "FR", "holiday", id="ascension"),
        pytest.param(date(2026, 4, 3), "FR", "", id="good-friday"),
        pytest.param(date(2026, 4, 3), "FR-57", "holiday", id="good-friday-in-alsace"),
        pytest.param(date(2028, 12, 26), "FR-57", "holiday", id="saint-stephen-in-moselle"),
        pytest.param(date(2026, 5, 22), "FR-971", "", id="friday-in-guadeloupe"),
        pytest.param(date(2026, 5, 27), "FR-971", "holiday", id="abolition-in-guadeloupe"),
        pytest.param(date(2026, 10, 3), "DE", "weekend", id="unity-on-a-saturday"),
        pytest.param(date(2026, 5, 14), "ZZ", "", id="an-unknown-country-has-weekends-only"),
    ],
)
def test_a_day_off_says_why(day: date, place: str, why: str) -> None:
    assert calendars.closing(day, place) == why


@pytest.mark.parametrize(
    ("day", "span", "end"),
    [
        pytest.param(date(2026, 5, 12), Days(count=3), date(2026, 5, 15), id="civil"),
        pytest.param(
            date(2026, 5, 12),
            Days(count=2, business=True),
            date(2026, 5, 15),
            id="over-ascension",
        ),
        pytest.param(
            date(2026, 5, 16), Days(count=1, business=True), date(2026, 5, 18), id="from-saturday"
        ),
        pytest.param(
            date(2026, 12, 31), Days(count=1, business=True), date(2027, 1, 4), id="new-year"
        ),
        pytest.param(date(2026, 5, 12), Days(count=0, business=True), date(2026, 5, 12), id="none"),
    ],
)
def test_business_days_are_counted_by_a_calendar(day: date, span: Days, end: date) -> None:
    assert calendars.after(day, span, "FR") == end
