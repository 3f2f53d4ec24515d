"""The history of items before we came, into the book once: when an item is first taken in."""

from datetime import datetime

import polars as pl
from sqlalchemy import Connection

from dispatcher.model.event import EventKind
from dispatcher.store.connection import raw
from dispatcher.store.events import NewEvent, record_events
from dispatcher.store.frames import read


def of_new_items(connection: Connection, told: pl.DataFrame | None) -> pl.DataFrame | None:
    """The rows of `TAKEN["history"]` whose items the book does not know yet."""
    if told is None or told.is_empty():
        return None
    columns = {"number": "String", "term": "Int64"}
    known = read(raw(connection), "SELECT number, term FROM invoice", columns)
    return told.join(known, on=["number", "term"], how="anti")


def take_over(connection: Connection, told: pl.DataFrame, *, now: datetime) -> int:
    """Record steps and contacts of items that are in the book now; how many events that made."""
    columns = {"number": "String", "term": "Int64", "case": "Int64", "debtor": "Int64"}
    query = "SELECT number, term, id, debtor_id FROM invoice"
    found = told.join(read(raw(connection), query, columns), on=["number", "term"], how="inner")
    steps = [
        NewEvent(
            source=row["source"],
            reference=f"taken_over/{row['number']}/{row['term']}",
            kind=EventKind.TAKEN_OVER,
            debtor_id=row["debtor"],
            invoice_id=row["case"],
            day=row["last_step_on"],
            detail=row["last_step"],
        )
        for row in found.filter(pl.col("last_step") != "").iter_rows(named=True)
    ]
    # Several items of a debtor tell of the same contact.
    contacts = [
        NewEvent(
            source=source,
            reference=f"contacted/{debtor}/{day}",
            kind=EventKind.CONTACTED,
            debtor_id=debtor,
            day=day,
        )
        for source, debtor, day in found.filter(pl.col("last_contact_on").is_not_null())
        .select("source", "debtor", "last_contact_on")
        .unique(maintain_order=True)
        .iter_rows()
    ]
    return record_events(connection, [*steps, *contacts], now=now)
