"""Money that came in, as an import shows it: what we had asked for is owed no longer."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

import polars as pl
from sqlalchemy import Connection, Table

from dispatcher.model.event import EventKind
from dispatcher.store.connection import raw
from dispatcher.store.events import NewEvent, record_events
from dispatcher.store.instants import to_ms
from dispatcher.store.tables import credit, invoice


#: What of a row falls when it is settled.
OWED: Final = {"invoice": "balance", "credit": "amount"}

AMONG: Final = "IN (SELECT value FROM json_each(?))"

_FALLEN: Final = {
    "id": pl.Int64,
    "debtor_id": pl.Int64,
    "currency": pl.String,
    "fell": pl.Int64,
}


@dataclass(slots=True)
class Payments:
    """Collects, row by row of one import, by how much items and credits have fallen."""

    fallen: dict[str, list[pl.DataFrame]] = field(default_factory=dict)

    def note(self, connection: Connection, of: Table, ids: pl.Series, now: pl.Series) -> None:
        """These rows will owe so much `now` (minor units): called before they are written."""
        if of.name not in OWED or ids.is_empty() or not _ever_asked(connection):
            return
        before = raw(connection).execute(
            f"SELECT id, debtor_id, currency, {OWED[of.name]} FROM {of.name} WHERE id {AMONG}",  # noqa: S608 - our names
            (json.dumps(ids.to_list()),),
        )
        rows = pl.DataFrame(before.fetchall(), schema=_FALLEN, orient="row")
        told = rows.join(pl.DataFrame({"id": ids, "now": now}), on="id")
        fell = told.with_columns(fell=pl.col("fell") - pl.col("now")).filter(pl.col("fell") > 0)
        self.fallen.setdefault(of.name, []).append(fell.drop("now"))

    def gone(self, connection: Connection, of: Table, ids: pl.Series) -> None:
        """These rows are settled: called before they are closed."""
        self.note(connection, of, ids, pl.Series("now", [0] * len(ids), dtype=pl.Int64))

    def record(self, connection: Connection, *, source: str, day: date, now: datetime) -> None:
        """An event per account that has paid of what we had asked for, with how much it was.

        Credits that went the same way are no new money and are deducted.
        """
        items = self._of(invoice)
        asked = _asked(connection, items["id"].to_list())
        account = ["debtor_id", "currency"]
        accounts = items.filter(pl.col("id").is_in(asked)).select(account).unique()
        if accounts.is_empty():
            return
        spent = self._of(credit).group_by(account).agg(spent=pl.col("fell").sum())
        paid = (
            items.join(accounts, on=account)
            .sort("fell", "id", descending=[True, False])
            .group_by(account, maintain_order=True)
            .agg(pl.col("fell").sum(), case=pl.col("id").first())
            .join(spent, on=account, how="left")
            .with_columns(amount=pl.col("fell") - pl.col("spent").fill_null(0))
            .filter(pl.col("amount") > 0)
            .sort("case")
        )
        late = _overdue(connection, paid["debtor_id"].to_list(), day)
        events = [
            NewEvent(
                source=f"import {source}",
                reference=f"paid-{case}-{to_ms(now)}",
                kind=EventKind.PART_PAID if (debtor, currency) in late else EventKind.ALL_PAID,
                debtor_id=debtor,
                invoice_id=case,
                day=day,
                amount=amount,
            )
            for debtor, currency, case, amount in paid.select(
                *account, "case", "amount"
            ).iter_rows()
        ]
        record_events(connection, events, now=now)

    def _of(self, table: Table) -> pl.DataFrame:
        return pl.concat([pl.DataFrame(schema=_FALLEN), *self.fallen.get(table.name, [])])


def _ever_asked(connection: Connection) -> bool:
    """Whether anything was ever sent: on the first day nobody is thanked."""
    return raw(connection).execute("SELECT 1 FROM message LIMIT 1").fetchone() is not None


def _asked(connection: Connection, cases: Sequence[int]) -> list[int]:
    """Those of these cases that a message to the debtor has claimed, as far as anybody knows."""
    found = raw(connection).execute(
        f"""SELECT DISTINCT line.invoice_id FROM line
            JOIN message ON message.id = line.message_id
            WHERE line.invoice_id {AMONG} AND line.claimed AND line.done_on IS NOT NULL
            AND line.taken_back_on IS NULL AND message.channel <> 'task'""",  # noqa: S608 - our names
        (json.dumps(list(cases)),),
    )
    return [case for (case,) in found]


def _overdue(connection: Connection, debtor_ids: Sequence[int], day: date) -> set[tuple[int, str]]:
    """The accounts of these debtors on which something is overdue."""
    found = raw(connection).execute(
        f"""SELECT DISTINCT debtor_id, currency FROM invoice
            WHERE debtor_id {AMONG} AND "open" AND balance > 0 AND due < ?""",  # noqa: S608 - our names
        (json.dumps(list(debtor_ids)), day.isoformat()),
    )
    return {(debtor, currency) for debtor, currency in found}
