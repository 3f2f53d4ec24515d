"""Data too old, of tomorrow, or much smaller than before stops until a person takes it."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from dispatcher.arrivals import unfit
from dispatcher.intake.taken import ACCOUNT, Status, Taken
from dispatcher.model.settings import Creditor, Settings


MONDAY = date(2026, 5, 4)

SETTINGS = Settings(home=Path("/home-of-a-test"), creditor=Creditor(name="Exemple"))


def taken(as_of: date, items: int = 100, refused: int = 0) -> Taken:
    return Taken(
        source="export",
        frames={"invoices": pl.DataFrame()},
        account=pl.DataFrame(schema=ACCOUNT),
        problems=(),
        counts={Status.TAKEN: items, Status.REFUSED: refused},
        as_of=as_of,
    )


def codes(came: Taken, today: date, known: int = 100) -> list[str]:
    found = unfit([came], {"export": known}, SETTINGS, today=today)
    return [problem.code for problem in found]


@pytest.mark.parametrize(
    ("as_of", "today", "found"),
    [
        pytest.param(date(2026, 5, 4), MONDAY, [], id="of-today"),
        pytest.param(date(2026, 5, 2), MONDAY, [], id="saturday-on-monday"),
        # 1 May 2026 is a Friday and a holiday: the business day before Monday is Thursday.
        pytest.param(date(2026, 4, 30), MONDAY, [], id="before-a-long-weekend"),
        pytest.param(date(2026, 4, 29), MONDAY, ["run/stale"], id="a-business-day-too-old"),
        pytest.param(date(2026, 5, 5), date(2026, 5, 6), [], id="of-yesterday"),
        pytest.param(date(2026, 5, 4), date(2026, 5, 6), ["run/stale"], id="of-two-days-ago"),
        pytest.param(date(2026, 5, 5), MONDAY, ["run/future"], id="of-tomorrow"),
    ],
)
def test_a_source_may_be_one_business_day_old(as_of: date, today: date, found: list[str]) -> None:
    assert codes(taken(as_of), today) == found


@pytest.mark.parametrize(
    ("items", "refused", "known", "found"),
    [
        pytest.param(70, 0, 100, [], id="thirty-percent-less"),
        pytest.param(69, 0, 100, ["run/shrunken"], id="one-more-missing"),
        pytest.param(40, 30, 100, [], id="refused-rows-are-named"),
        pytest.param(1, 0, 19, [], id="too-few-to-say"),
        pytest.param(5, 0, 0, [], id="first-day"),
    ],
)
def test_what_is_missing_counts_as_paid_so_much_of_it_is_asked_about(
    items: int, refused: int, known: int, found: list[str]
) -> None:
    assert codes(taken(MONDAY, items, refused), MONDAY, known) == found
