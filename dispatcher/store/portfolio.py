"""How large the portfolio is that the store holds."""

from collections.abc import Mapping

from sqlalchemy import Connection, func, select

from dispatcher.store.tables import invoice


def open_items(connection: Connection) -> Mapping[str, int]:
    """Open invoices by the source that they came from."""
    counted = (
        select(invoice.c.source, func.count()).where(invoice.c.open).group_by(invoice.c.source)
    )
    return {row[0]: row[1] for row in connection.execute(counted)}
