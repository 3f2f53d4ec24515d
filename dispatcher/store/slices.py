"""The debtors in ranges of ids, each with about as many invoices: what is decided at a time."""

from typing import Final

from sqlalchemy import Connection, func, select

from dispatcher.store.tables import invoice


LAST: Final = 2**63 - 1  # the largest id that SQLite knows


def slices(connection: Connection, *, size: int) -> tuple[tuple[int, int], ...]:
    """Ranges of debtor ids (both ends belong to them), ascending, that hold every debtor.

    As many as the open invoices are times `size`: one where there are no more than that. A range
    holds more than `size` where one debtor does, or where closed invoices lie unevenly.
    """
    opened = connection.execute(select(func.count()).where(invoice.c.open)).scalar_one()
    count = max(1, -(-opened // size))
    whole = connection.execute(select(func.count(invoice.c.id))).scalar_one()
    # By the index of debtors alone: that settled invoices count too moves the ends a little.
    ordered = select(invoice.c.debtor_id).order_by(invoice.c.debtor_id).limit(1)
    ends = [
        connection.execute(ordered.offset(whole * part // count)).scalar_one()
        for part in range(1, count)
    ]
    lows = sorted({0, *ends})
    return tuple(zip(lows, [*(low - 1 for low in lows[1:]), LAST], strict=True))
