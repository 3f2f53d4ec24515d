"""The named tables of a message: columns, headings, and how plain text draws them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from dispatcher.problems.kind import Words, words


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: a key of each row, its heading, and on which side it is set.

    A `spare` column is left out on a narrow screen.
    """

    key: str
    heading: Words
    side: Literal["left", "right"] = "left"
    spare: bool = False

    @property
    def classes(self) -> str:
        """Its classes in HTML."""
        return f"{self.side} spare" if self.spare else self.side


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of the data under `rows`; `total` is the path of the amount under the last column."""

    rows: str
    columns: tuple[Column, ...]
    total: str = ""

    @property
    def draws(self) -> frozenset[str]:
        """The first parts of the names of what it shows."""
        return frozenset(path.partition(".")[0] for path in (self.rows, self.total) if path)


TOTAL = words("Total", "Total")

_NUMBER = Column(key="number", heading=words("Invoice", "Facture"))
_ISSUED = Column(key="issued", heading=words("Issued", "Émise le"), spare=True)
_DUE = Column(key="due", heading=words("Due", "Échéance"))
_LATE = Column(key="late", heading=words("Late", "Retard"), side="right")
_BALANCE = Column(key="balance", heading=words("Still due", "Reste dû"), side="right")
_AMOUNT = Column(key="amount", heading=words("Amount", "Montant"), side="right")
_INSTALMENT = (
    Column(key="number", heading=words("Payment", "Versement")),
    Column(key="day", heading=words("On", "Date")),
    _AMOUNT,
)

#: What `{{ table("...") }}` may name.
TABLES = {
    "invoices": Table(
        rows="claimed",
        columns=(_NUMBER, _ISSUED, _DUE, _LATE, _BALANCE),
        total="totals.claimed",
    ),
    "upcoming": Table(  # what is not late yet: no column of delays
        rows="claimed",
        columns=(_NUMBER, _ISSUED, _DUE, _BALANCE),
        total="totals.claimed",
    ),
    "others": Table(
        rows="listed",
        columns=(
            _NUMBER,
            _DUE,
            Column(key="remark", heading=words("Remark", "Remarque")),
            _BALANCE,
        ),
        total="totals.listed",
    ),
    "credits": Table(
        rows="credits",
        columns=(
            Column(key="number", heading=words("Credit or payment", "Avoir ou acompte")),
            Column(key="issued", heading=words("Dated", "Daté du")),
            Column(key="amount", heading=words("Amount", "Montant"), side="right"),
        ),
        total="totals.credits",
    ),
    "engagements": Table(
        rows="claimed",
        columns=(
            _NUMBER,
            Column(key="engagement", heading=words("Order", "Engagement")),
            _DUE,
            _LATE,
            _BALANCE,
        ),
        total="totals.claimed",
    ),
    "interest": Table(
        rows="interest.rows",
        columns=(
            _NUMBER,
            Column(key="first", heading=words("From", "Du")),
            Column(key="last", heading=words("To", "Au")),
            Column(key="days", heading=words("Days", "Jours"), side="right", spare=True),
            Column(key="rate", heading=words("Rate a year", "Taux annuel"), side="right"),
            Column(key="base", heading=words("On", "Base"), side="right", spare=True),
            _AMOUNT,
        ),
        total="interest.total",
    ),
    "breakdown": Table(
        rows="sums.rows",
        columns=(Column(key="label", heading=words("What", "Nature")), _AMOUNT),
        total="sums.total",
    ),
    "offer": Table(rows="offer.instalments", columns=_INSTALMENT, total="offer.total"),
    "plan": Table(rows="plan.instalments", columns=_INSTALMENT, total="plan.total"),
}


def text_table(name: str, lang: str, rows: Sequence[Mapping[str, str]], total: str = "") -> str:
    """The table as aligned lines, headings first, total last where there is one."""
    table = TABLES[name]
    lines = [[c.heading.say(lang, {}) for c in table.columns]]
    lines += [[row[c.key] for c in table.columns] for row in rows]
    if total:
        gap = [""] * (len(table.columns) - 2)
        lines.append([TOTAL.say(lang, {}), *gap, total])
    widths = [max(map(len, cells)) for cells in zip(*lines, strict=True)]
    pads = [str.rjust if c.side == "right" else str.ljust for c in table.columns]
    return "\n".join(
        "  ".join([pad(cell, n) for pad, cell, n in zip(pads, line, widths, strict=True)]).rstrip()
        for line in lines
    )
