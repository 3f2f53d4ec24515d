"""The plain data of one contact: every value formatted once, the same for all channels."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date

from dispatcher.compose import format as form
from dispatcher.model.debtor import Debtor
from dispatcher.model.letter import CreditItem, Item
from dispatcher.model.settings import Creditor


#: What passes to templates and between processes: nothing with behaviour of its own.
Plain = str | int | bool | list["Plain"] | dict[str, "Plain"]
Data = dict[str, Plain]

_REMARKS = {
    "disputed": "contestée",
    "promised": "règlement promis",
    "planned": "plan de règlement",
    "not_due": "à échoir",
}

#: Direction marks and other characters that no reader sees: a name could hide behind them.
_HIDDEN = re.compile(
    "[\u061c\u200b-\u200f\u2060-\u2069\u202a-\u202e\ufeff\ufff9-\ufffb\ufffe\uffff]"
)
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\\s]+")


def clean(text: str) -> str:
    """One line of a source as it may be printed: NFC, no controls, no hidden characters."""
    seen = _HIDDEN.sub("", unicodedata.normalize("NFC", text))
    return _CONTROLS.sub(" ", seen).strip()


def contact_data(
    *,
    creditor: Creditor,
    debtor: Debtor,
    to: str,
    claimed: Sequence[Item],
    listed: Sequence[Item] = (),
    credits: Sequence[CreditItem] = (),  # noqa: A002 - the word of the field
    today: date,
    limit: date | None = None,
    previous: date | None = None,
    promised: date | None = None,
    reference: str = "",
    currency: str = "EUR",
) -> Data:
    """What the templates of one contact print, by the names of `context.CONTEXT`.

    `claimed` is not empty, oldest first as given. `limit` is the day by which payment is asked,
    `previous` the day of our last message to this debtor. A second call for the same message must
    be given the same `limit`, or `printed_digest` differs.
    """
    return {
        "today": form.long_date(today),
        "limit": _words(limit),
        "previous": _words(previous),
        "promised": _words(promised),
        "reference": clean(reference or debtor.reference),
        "to": "\n".join(clean(line) for line in to.split("\n")),
        "creditor": _creditor(creditor),
        "debtor": _debtor(debtor),
        "claimed": [_item(item, currency) for item in claimed],
        "listed": [_item(item, currency) for item in listed],
        "credits": [_credit(item, currency) for item in credits],
        "totals": _totals(claimed, listed, credits, currency),
        "counts": {"claimed": len(claimed), "listed": len(listed)},
        "oldest": _oldest(claimed),
        "has": {
            "credits": bool(credits),
            "disputed": any("disputed" in item.marks for item in listed),
        },
    }


def _words(day: date | None) -> str:
    return "" if day is None else form.long_date(day)


def _creditor(creditor: Creditor) -> Data:
    town = f"{creditor.postcode} {creditor.city}".strip()
    address = ", ".join(clean(line) for line in (*creditor.address, town) if line)
    pay_url = clean(creditor.pay_url)
    return {
        "name": clean(creditor.name),
        "legal_form": clean(creditor.legal_form),
        "address": address,
        "siren": form.siren(clean(creditor.siren)),
        "phone": form.phone(clean(creditor.phone)),
        "email": clean(creditor.email),
        "iban": form.iban(clean(creditor.iban)),
        "bic": clean(creditor.bic),
        "contact_name": clean(creditor.contact_name),
        "contact_role": clean(creditor.contact_role),
        "pay_url": pay_url if pay_url.startswith("https://") else "",
    }


def _debtor(debtor: Debtor) -> Data:
    town = f"{debtor.postcode} {debtor.city}".strip()
    lines: list[Plain] = [clean(line) for line in (*debtor.address, town) if line]
    return {
        "name": clean(debtor.name),
        "reference": clean(debtor.reference),
        "contact_name": clean(debtor.contact_name),
        "phone": form.phone(clean(debtor.phone or debtor.mobile)),
        "legal_kind": str(debtor.legal_kind),
        "address": lines,
    }


def _item(item: Item, currency: str) -> Data:
    number = clean(item.number)
    return {
        "number": f"{number} ({item.term}/{item.terms})" if item.terms > 1 else number,
        "issued": form.short_date(item.issued),
        "due": form.short_date(item.due),
        "due_in_words": form.long_date(item.due),
        "balance": form.money(item.balance, currency),
        "late": _late(item),
        "days_late": item.days_late,
        "remark": ", ".join(_REMARKS[mark] for mark in item.marks),
    }


def _late(item: Item) -> str:
    return form.count(item.days_late, "jour", "jours") if item.days_late else ""


def _credit(item: CreditItem, currency: str) -> Data:
    return {
        "number": clean(item.number),
        "issued": form.short_date(item.issued),
        "amount": form.money(item.amount, currency),
    }


def _totals(
    claimed: Sequence[Item], listed: Sequence[Item], deducted: Sequence[CreditItem], currency: str
) -> Data:
    asked = sum(item.balance for item in claimed)
    others = sum(item.balance for item in listed)
    less = sum(item.amount for item in deducted)
    return {
        "claimed": form.money(asked, currency),
        "listed": form.money(others, currency),
        "credits": form.money(less, currency),
        # More credits than claims is no debt; the policy's stop on credits holds such a case.
        "net": form.money(max(0, asked - less), currency),
        "account": form.money(asked + others - less, currency),
    }


def _oldest(claimed: Sequence[Item]) -> Data:
    oldest = min(claimed, key=lambda item: item.due)
    return {"due": form.short_date(oldest.due), "late": _late(oldest)}
