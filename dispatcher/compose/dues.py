"""What is owed besides the principal, and the breakdown that a notice prints."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from dispatcher.compose import format as form
from dispatcher.compose.interest import INDEMNITY, LAWS, Interest, Law, interest
from dispatcher.compose.plain import Data, Plain
from dispatcher.model.debtor import LegalKind
from dispatcher.model.letter import CreditItem, Item
from dispatcher.model.rates import Rates


@dataclass(frozen=True, slots=True, kw_only=True)
class Dues:
    """Interest of each claimed item up to a day, and the number of indemnities owed."""

    law: Law
    until: date
    interests: tuple[Interest, ...]
    indemnities: int
    contract: Decimal | None = None

    @property
    def known(self) -> bool:
        return not any(each.missing for each in self.interests)

    @property
    def interest(self) -> int:
        """In minor units; nothing as long as one half-year has no rate."""
        return sum(each.total for each in self.interests) if self.known else 0

    @property
    def indemnity(self) -> int:
        return self.indemnities * INDEMNITY


def dues_of(
    claimed: Sequence[Item],
    credits: Sequence[CreditItem],  # noqa: A002 - the word of the field
    *,
    kind: LegalKind,
    rates: Rates,
    until: date,
    contract: Decimal | None = None,
) -> Dues:
    """The dues of items claimed on a day; the formal notice that starts civil interest is new.

    Credits are taken off the oldest items, as if they had always been there: in doubt for the
    debtor. The indemnity is owed once for an invoice, whatever its terms.
    """
    law = LAWS[kind]
    left = sum(item.amount for item in credits)
    interests, late = [], set()
    for item in claimed:
        base = max(0, item.balance - left)
        left -= item.balance - base
        if base and item.due < until:
            late.add(item.number)
        interests.append(
            interest(base, due=item.due, until=until, law=law, rates=rates, contract=contract)
        )
    return Dues(
        law=law,
        until=until,
        interests=tuple(interests),
        contract=contract,
        indemnities=0 if law is Law.CIVIL else len(late),
    )


_NAMES = {Law.BUSINESS: "Pénalités de retard", Law.PUBLIC: "Intérêts moratoires", Law.CIVIL: ""}

#: What stands for a section that this message does not print.
NO_DUES: Mapping[str, Plain] = MappingProxyType(
    {
        "interest": {"rows": [], "total": "", "known": True, "until": "", "basis": ""},
        "indemnity": {"count": 0, "each": "", "total": ""},
        "sums": {"rows": [], "total": ""},
    }
)


def dues_data(
    dues: Dues,
    claimed: Sequence[Item],
    numbers: Sequence[str],
    *,
    credits_total: int,
    currency: str,
) -> Data:
    """The sections `interest`, `indemnity` and `sums`; `numbers` are the items' as printed."""
    principal = sum(item.balance for item in claimed)
    whole = max(0, principal - credits_total) + dues.interest + dues.indemnity
    return {
        "interest": {
            "rows": _periods(dues, numbers, currency) if dues.known else [],
            "total": form.money(dues.interest, currency) if dues.interest else "",
            "known": dues.known,
            "until": form.long_date(dues.until),
            "basis": _basis(dues),
        },
        "indemnity": {
            "count": dues.indemnities,
            "each": form.money(INDEMNITY, currency),
            "total": form.money(dues.indemnity, currency) if dues.indemnity else "",
        },
        "sums": {
            "rows": _breakdown(dues, principal, len(claimed), credits_total, currency),
            "total": form.money(whole, currency),
        },
    }


def _basis(dues: Dues) -> str:
    if dues.law is Law.BUSINESS and dues.contract is not None:
        return f"au taux contractuel de {form.percent(dues.contract)}"
    return _BASES[dues.law]


_BANK = "au taux de refinancement de la Banque centrale européenne, majoré de"
_BASES = {
    Law.BUSINESS: f"{_BANK} 10 points",
    Law.PUBLIC: f"{_BANK} 8 points",
    Law.CIVIL: "au taux de l’intérêt légal",
}


def _periods(dues: Dues, numbers: Sequence[str], currency: str) -> list[Plain]:
    return [
        {
            "number": number,
            "first": form.short_date(period.first),
            "last": form.short_date(period.last),
            "days": str(period.days),
            "rate": form.percent(period.rate),
            "base": form.money(period.base, currency),
            "amount": form.money(period.amount, currency),
        }
        for number, each in zip(numbers, dues.interests, strict=True)
        for period in each.periods
    ]


def _breakdown(
    dues: Dues, principal: int, items: int, credits_total: int, currency: str
) -> list[Plain]:
    found = [("Principal" + (f", {items} échéances" if items > 1 else ""), principal)]
    if credits_total:
        found.append(("Avoirs et acomptes déduits", -min(principal, credits_total)))
    if dues.interest:
        until = form.short_date(dues.until)
        found.append((f"{_NAMES[dues.law]} au {until}", dues.interest))
    if dues.indemnities:
        each = form.money(INDEMNITY, currency)
        several = f" ({dues.indemnities} × {each})" if dues.indemnities > 1 else ""
        found.append((f"Indemnité forfaitaire de recouvrement{several}", dues.indemnity))
    rows: list[Plain] = [
        {"label": label, "amount": form.money(amount, currency)} for label, amount in found
    ]
    if not dues.known:
        label = f"{_NAMES[dues.law]} au taux du semestre, non chiffrés ici"
        if dues.law is Law.BUSINESS:
            label = label.replace("chiffrés", "chiffrées")
        rows.append({"label": label, "amount": "pour mémoire"})
    return rows
