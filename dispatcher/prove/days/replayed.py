"""What a replay comes to, beside the figures of any days: contacts that payments made needless."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

import polars as pl

from dispatcher.decide import calendars
from dispatcher.model.event import EventKind
from dispatcher.prove.days.diary import CONTACT, Diary
from dispatcher.prove.days.forecast import Forecast
from dispatcher.prove.days.replay import Past


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """The figures of one set of rules over a past ledger.

    `next_day` are contacts that claimed something which was paid by the next working day;
    `disputes` are cases that were claimed while they were disputed: there must be none. Of the
    `invoices` that were due in these days, `silent` were paid before anybody asked for them.
    `days_late` is their mean from due day to payment, where they were paid, `median_late` the
    median, `really_late` the mean by the ledger, whatever is assumed. `notices` are cases in their
    first contact with legal effect, `notice_amount` what they owed then (minor units).
    """

    forecast: Forecast
    next_day: int
    disputes: int
    invoices: int
    asked: int
    silent: int
    paid: int
    days_late: float | None
    median_late: float | None
    really_late: float | None
    notices: int
    notice_amount: int


#: What is compared side by side, in order.
COMPARED: Final = (
    "contacts",
    "debtors",
    "cost",
    "next_day",
    "silent",
    "asked",
    "notices",
    "notice_amount",
    "hand_overs",
    "disputes",
    "days_late",
    "median_late",
    "really_late",
)


def figure(each: Replayed, name: str) -> int | float | Decimal | None:
    """One of the figures of `COMPARED`."""
    where = each if name in Replayed.__slots__ else each.forecast
    found: int | float | Decimal | None = getattr(where, name)
    return found


def replayed(
    diary: Diary, past: Past, events: pl.DataFrame, told: Forecast, place: str
) -> Replayed:
    """The figures of a replay; `events` are those of its book, `place` the creditor's territory."""
    steps = diary.table("steps")
    paid = pl.DataFrame(
        {"case_id": list(past.paid_on), "paid_on": list(past.paid_on.values())},
        schema={"case_id": pl.Int64, "paid_on": pl.Date},
    )
    items = _items(past, paid, steps, told)
    late = items.filter("was_paid").select((pl.col("paid_on") - pl.col("due")).dt.total_days())
    settled = items.filter(pl.col("settled_on") <= told.end)
    really = settled.select((pl.col("settled_on") - pl.col("due")).dt.total_days()).to_series()
    notices = _notices(diary)
    return Replayed(
        forecast=told,
        next_day=_next_day(steps, paid, place),
        disputes=_disputed(steps, events),
        invoices=items.height,
        asked=items["asked_on"].drop_nulls().len(),
        silent=items.filter("was_paid", pl.col("asked_on").is_null()).height,
        paid=items.filter("was_paid").height,
        days_late=_number(late.to_series().mean()),
        median_late=_number(late.to_series().median()),
        really_late=_number(really.mean()),
        notices=notices.height,
        notice_amount=int(notices["amount"].sum()),
    )


def _items(past: Past, paid: pl.DataFrame, steps: pl.DataFrame, told: Forecast) -> pl.DataFrame:
    """The invoices that were due in these days: when each was paid, and first asked for."""
    over = (pl.col("settled_on") <= told.start).fill_null(value=False)
    due = past.ledger.invoices.filter(pl.col("due") <= told.end, ~over)
    asked = steps.group_by("case_id").agg(asked_on=pl.col("day").min())
    return (
        due.select("due", "settled_on", case_id="id")
        .join(paid, on="case_id", how="left")
        .join(asked, on="case_id", how="left")
        .with_columns(was_paid=(pl.col("paid_on") <= told.end).fill_null(value=False))
    )


def _next_day(steps: pl.DataFrame, paid: pl.DataFrame, place: str) -> int:
    """Contacts that claimed something which was paid by the next working day."""
    days = steps["day"].unique().to_list()
    nearest = pl.DataFrame(
        {"day": days, "next": [_after(day, place) for day in days]},
        schema={"day": pl.Date, "next": pl.Date},
    )
    vain = (
        steps.join(nearest, on="day")
        .join(paid, on="case_id")
        .filter(pl.col("paid_on") <= pl.col("next"))
    )
    return vain.select("day", "debtor_id").n_unique()


def _after(day: date, place: str) -> date:
    return calendars.add_business_days(day, 1, place)


def _disputed(steps: pl.DataFrame, events: pl.DataFrame) -> int:
    """Cases that a contact claimed whole while they were disputed."""
    kinds = [EventKind.DISPUTE_OPENED.value, EventKind.DISPUTE_SETTLED.value]
    told = events.filter(pl.col("kind").is_in(kinds), pl.col("detail").fill_null("") != "part")
    said = told.select("kind", "id", on="day", case_id="invoice_id")
    return (
        steps.with_row_index("step_id")
        .join(said, on="case_id")
        .filter(pl.col("on") <= pl.col("day"))
        .sort("on", "id")
        .group_by("step_id")
        .agg(pl.col("kind").last())
        .filter(pl.col("kind") == EventKind.DISPUTE_OPENED.value)
        .height
    )


def _notices(diary: Diary) -> pl.DataFrame:
    """The first contact with legal effect of each case."""
    main = diary.table("messages").filter("legal", pl.col("sort") == CONTACT)
    legal = main.select("day", "debtor_id", "step")
    return (
        diary.table("steps")
        .join(legal, on=["day", "debtor_id", "step"], how="semi")
        .sort("day")
        .unique("case_id", keep="first", maintain_order=True)
    )


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
