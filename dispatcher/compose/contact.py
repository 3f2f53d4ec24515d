"""The plain data of one contact: every value formatted once, the same for all channels."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache

from dispatcher.compose import format as form
from dispatcher.compose.clean import clean
from dispatcher.compose.dues import NO_DUES, Dues, dues_data
from dispatcher.compose.occasion import occasion_data
from dispatcher.compose.plain import Data, Plain
from dispatcher.model.debtor import Debtor
from dispatcher.model.letter import NO_OCCASION, CreditItem, Item, Occasion
from dispatcher.model.settings import Creditor


__all__ = ("Data", "Plain", "contact_data", "salutation")

_REMARKS = {
    "disputed": "contestée",
    "promised": "règlement promis",
    "planned": "plan de règlement",
    "not_due": "à échoir",
}


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
    channel: str = "email",
    occasion: Occasion = NO_OCCASION,
    dues: Dues | None = None,
    asks_dues: bool = False,
    reference: str = "",
    currency: str = "EUR",
) -> Data:
    """What the templates of one contact print, by the names of `context.CONTEXT`.

    `claimed` is oldest first as given, and empty only where nothing is asked for. `limit` is the
    day by which payment is asked; a second call for the same message must be given the same, or
    `printed_digest` differs. `dues` are given to templates that print them, and `asks_dues` says
    that they are part of what is asked for: a reminder only tells them, a notice claims them.
    """
    totals = _totals(claimed, listed, credits, currency)
    items: list[Plain] = [_item(item, currency) for item in claimed]
    net = _net(claimed, credits)
    besides = dues.interest + dues.indemnity if dues is not None and asks_dues else 0
    return {
        "today": form.long_date(today),
        "limit": "" if limit is None else form.long_date(limit),
        "limit_short": form.short_date(limit),
        "channel": channel,
        "salutation": salutation(debtor.contact_name),
        "reference": clean(reference or debtor.reference),
        "to": "\n".join(clean(line) for line in to.split("\n")),
        "creditor": _creditor(creditor),
        "debtor": _debtor(debtor),
        "claimed": items,
        "listed": [_listed(item, currency) for item in listed],
        "credits": [_credit(item, currency) for item in credits],
        "totals": totals,
        "asked": form.money(net + besides, currency),
        "counts": {"claimed": len(claimed), "listed": len(listed)},
        "oldest": _oldest(claimed),
        "has": {
            "credits": bool(credits),
            "disputed": any("disputed" in item.marks for item in listed),
            "engagements": any(item.engagement for item in claimed),
        },
        **_dues(dues, claimed, credits, currency),
        **occasion_data(occasion, net=net, limit=limit, currency=currency),
    }


def salutation(name: str) -> str:
    """How a letter begins and ends: "Madame", "Monsieur", or both where nobody knows."""
    title = name.split(maxsplit=1)[0].rstrip(".").lower() if name.strip() else ""
    return _CIVILITIES.get(title, "Madame, Monsieur")


_CIVILITIES = {"mme": "Madame", "madame": "Madame", "m": "Monsieur", "monsieur": "Monsieur"}


def _dues(
    dues: Dues | None,
    claimed: Sequence[Item],
    deducted: Sequence[CreditItem],
    currency: str,
) -> Mapping[str, Plain]:
    if dues is None:
        return NO_DUES
    numbers = [_number(item) for item in claimed]
    less = sum(item.amount for item in deducted)
    return dues_data(dues, claimed, numbers, credits_total=less, currency=currency)


def _net(claimed: Sequence[Item], deducted: Sequence[CreditItem]) -> int:
    return max(0, sum(item.balance for item in claimed) - sum(item.amount for item in deducted))


@lru_cache(maxsize=8)  # one in a home, and the same in every message
def _creditor(creditor: Creditor) -> Data:
    town = f"{creditor.postcode} {creditor.city}".strip()
    address = ", ".join(clean(line) for line in (*creditor.address, town) if line)
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
        "pay_url": _link(creditor.pay_url),
        "signatory": clean(creditor.signatory or creditor.contact_name),
        "quality": clean(creditor.quality or creditor.contact_role),
        "mediator": clean(creditor.mediator),
        "mediator_url": _link(creditor.mediator_url),
        "privacy_url": _link(creditor.privacy_url),
    }


def _link(url: str) -> str:
    found = clean(url)
    return found if found.startswith("https://") else ""


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
    return {
        "number": _number(item),
        "issued": form.short_date(item.issued),
        "due": form.short_date(item.due),
        "due_in_words": form.long_date(item.due),
        "balance": form.money(item.balance, currency),
        "late": _late(item),
        "days_late": item.days_late,
        "remark": ", ".join(_REMARKS[mark] for mark in item.marks),
        "engagement": clean(item.engagement),
    }


def _number(item: Item) -> str:
    number = clean(item.number)
    return f"{number} ({item.term}/{item.terms})" if item.terms > 1 else number


def _listed(item: Item, currency: str) -> Data:
    """An item that is only named says why; a late one without a reason has its own reminder."""
    found = _item(item, currency)
    return found if item.marks else {**found, "remark": "échue"}


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
        "net": form.money(_net(claimed, deducted), currency),
        "account": form.money(asked + others - less, currency),
    }


def _oldest(claimed: Sequence[Item]) -> Data:
    if not claimed:
        return {"due": "", "late": ""}
    oldest = min(claimed, key=lambda item: item.due)
    return {"due": form.short_date(oldest.due), "late": _late(oldest)}
