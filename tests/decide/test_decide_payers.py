"""How a debtor paid for two years, counted by hand."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from dispatcher.decide.facts import build_facts
from dispatcher.model.vocabulary import Fact, FactType, Owner, Source
from tests.decide.decide_world import TODAY, Row, frames, rulebook


HISTORY = Fact(
    name="payer_history",
    type=FactType.ENUM,
    of=Owner.DEBTOR,
    source=Source.DERIVED,
    values=("good", "irregular", "bad"),
    nullable=True,
)


def paid(*late: int, ago: int = 30, **more: Any) -> list[Row]:  # noqa: ANN401 - any cell
    """Settled invoices, the newest first, each so many days after its due day."""
    days = [TODAY - timedelta(days=ago + n) for n in range(len(late))]
    return [
        {"closed_on": day, "due": day - timedelta(days=days_late), **more}
        for day, days_late in zip(days, late, strict=True)
    ]


def habits(
    payments: Sequence[Row], events: Sequence[Row] = (), today: date = TODAY
) -> tuple[int | None, str | None]:
    world = frames(debtors=[{}], invoices=[{}], payments=payments, events=events)
    built = build_facts(world, rulebook(facts=(HISTORY,)), today=today, timezone="Europe/Paris")
    row = built.select("usual_days_late", pl.col("payer_history").cast(pl.String)).row(0)
    return row[0], row[1]


CASES = [
    pytest.param(paid(), (None, None), id="nothing-known"),
    pytest.param(paid(2, 2), (None, None), id="two-payments-tell-nothing"),
    pytest.param(paid(0, 0, 0), (0, "good"), id="on-time"),
    pytest.param(paid(-9, -9, -9), (0, "good"), id="early-is-on-time"),
    pytest.param(paid(5, 5, 5, 5, 30), (5, "good"), id="four-of-five-prompt-and-none-too-late"),
    pytest.param(paid(5, 5, 5, 6, 30), (5, "irregular"), id="three-of-five-prompt"),
    pytest.param(paid(0, 0, 0, 0, 31), (0, "irregular"), id="one-far-too-late"),
    pytest.param(paid(31, 31, 0, 0), (15, "bad"), id="half-of-them-far-too-late"),
    pytest.param(paid(31, 30, 0, 0, 0), (0, "irregular"), id="fewer-than-half"),
    pytest.param(paid(1, 2, 3, 4), (2, "good"), id="the-median-is-rounded-down"),
    pytest.param(paid(*[1] * 12, *[300] * 20), (1, "bad"), id="the-median-of-the-last-twelve-only"),
    pytest.param(paid(0, 0, 0, ago=731) + paid(9, 9), (None, None), id="of-two-years-only"),
    pytest.param(paid(0, 0, 0, debtor_id=2), (None, None), id="his-own-only"),
    pytest.param(paid(0, 0, 0, ago=-3), (None, None), id="not-what-is-to-come"),
    pytest.param(paid(400, 400, 400), (365, "bad"), id="cut-to-its-bounds"),
]


@pytest.mark.parametrize(("payments", "expected"), CASES)
def test_his_history_is_what_was_counted_by_hand(
    payments: list[Row], expected: tuple[int | None, str | None]
) -> None:
    assert habits(payments) == expected


def test_the_day_of_a_payment_is_better_known_than_the_day_of_the_import() -> None:
    payments = paid(40, 40, 40)
    told = [
        {"kind": "payment", "invoice_id": n, "day": row["due"] + timedelta(days=7), "amount": 9}
        for n, row in enumerate(payments, 1)
    ]
    assert habits(payments) == (40, "bad")
    assert habits(payments, told) == (7, "irregular")


def test_two_years_before_the_29th_of_february_end_on_the_28th() -> None:
    leap = date(2028, 2, 29)
    payments = [{"closed_on": date(2026, 2, 28), "due": date(2026, 2, 28)}] * 3
    assert habits(payments, today=leap) == (0, "good")
    assert habits([{**row, "closed_on": date(2026, 2, 27)} for row in payments], today=leap) == (
        None,
        None,
    )
