"""What the portfolio is that the store holds: how large, and whose each case."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from dispatcher.store.tables import invoice


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """One case as it came in; `balance` is still due, in minor units."""

    debtor_id: int
    balance: int
    currency: str
    open: bool


def case(connection: Connection, number: int) -> CaseRow:
    """The case with that id.

    Raises:
        LookupError: there is none.
    """
    names = CaseRow.__dataclass_fields__
    row = connection.execute(
        select(*(invoice.c[name] for name in names)).where(invoice.c.id == number)
    ).first()
    if row is None:
        message = f"no case {number}"
        raise LookupError(message)
    return CaseRow(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name


def open_items(connection: Connection) -> Mapping[str, int]:
    """Open invoices by the source that they came from."""
    counted = (
        select(invoice.c.source, func.count()).where(invoice.c.open).group_by(invoice.c.source)
    )
    return {row[0]: row[1] for row in connection.execute(counted)}
