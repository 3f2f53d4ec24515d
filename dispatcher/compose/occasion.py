"""What a message speaks of besides items: earlier messages, offers, plans, payments, disputes."""

import calendar
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby
from types import MappingProxyType

from dispatcher.compose import format as form
from dispatcher.compose.ahead import ahead
from dispatcher.compose.clean import clean
from dispatcher.compose.plain import Data, Plain
from dispatcher.model.letter import NO_OCCASION, Instalment, Occasion, Recalled


#: How many earlier messages are named one by one: the last ones.
RECALLED = 5

#: One and several of a channel.
_SAID = {
    "email": ("notre e-mail", "nos e-mails"),
    "sms": ("notre SMS", "nos SMS"),
    "letter": ("notre lettre", "nos lettres"),
    "registered_letter": ("notre lettre recommandée", "nos lettres recommandées"),
    "call": ("notre appel", "nos appels"),
    "visit": ("notre visite", "nos visites"),
}
_OTHER = ("notre message", "nos messages")


def occasion_data(
    occasion: Occasion, *, net: int, limit: date | None, currency: str
) -> Mapping[str, Plain]:
    """The names of `context.CONTEXT` that an occasion fills; `net` is what is to be paid."""
    if occasion == NO_OCCASION:
        return _NOTHING
    return _spoken(occasion, net, limit, currency)


def _spoken(occasion: Occasion, net: int, limit: date | None, currency: str) -> Data:
    recalled = occasion.recalled[-RECALLED:]
    last = recalled[-1].day if recalled else None
    return {
        "recalled": [{"said": _said(each), "day": form.long_date(each.day)} for each in recalled],
        "recall": _in_a_row(recalled),
        "previous": _day(last),
        "previous_short": form.short_date(last),
        "promised": _day(occasion.promised),
        "promised_amount": _amount(occasion.promised_amount, currency),
        "offer": _offer(occasion, net, limit, currency),
        "plan": _plan(occasion.plan, currency),
        "paid": _paid(occasion, currency),
        "dispute": _dispute(occasion, currency),
        "conversation": _conversation(occasion),
        "adviser": _adviser(occasion),
        **ahead(occasion.following, limit),
    }


def instalments(amount: int, count: int, first: date) -> tuple[Instalment, ...]:
    """An amount in equal monthly parts; the first takes the cents that are left over."""
    part, over = divmod(amount, count)
    return tuple(
        Instalment(day=_months_after(first, index), amount=part + (over if index == 0 else 0))
        for index in range(count)
    )


def _months_after(day: date, months: int) -> date:
    """The same day of a later month, or its last."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def _said(*same: Recalled) -> str:
    """Messages of one channel: "notre e-mail du 2 mars 2026", "nos e-mails du ... et du ..."."""
    words = _SAID.get(same[0].channel, _OTHER)[len(same) > 1]
    return f"{words} {form.joined([f'du {form.long_date(each.day)}' for each in same])}"


def _in_a_row(recalled: Sequence[Recalled]) -> str:
    groups = [tuple(same) for _, same in groupby(recalled, key=lambda each: each.channel)]
    said = [_said(*same) for same in groups]
    if len(groups) == len(recalled) or len(groups) == 1:
        return form.joined(said)
    return f"{', '.join(said[:-1])}, puis {said[-1]}"


def _day(day: date | None) -> str:
    return "" if day is None else form.long_date(day)


def _amount(amount: int | None, currency: str) -> str:
    return "" if amount is None else form.money(amount, currency)


def _offer(occasion: Occasion, net: int, limit: date | None, currency: str) -> Data:
    """A plan begins on the day by which we ask to be paid; without such a day it has no dates."""
    offer = occasion.offer
    if offer is None:
        return {"kind": "", "label": "", **_plan((), currency)}
    parts = (
        instalments(net, offer.instalments, limit) if offer.instalments and net and limit else ()
    )
    label = clean(offer.labels.get("fr", offer.name))
    return {"kind": str(offer.kind), "label": label, **_plan(parts, currency)}


def _plan(parts: Sequence[Instalment], currency: str) -> Data:
    rows: list[Plain] = [
        {
            "number": f"{number}/{len(parts)}",
            "day": form.short_date(each.day),
            "amount": form.money(each.amount, currency),
        }
        for number, each in enumerate(parts, start=1)
    ]
    total = form.money(sum(each.amount for each in parts), currency) if parts else ""
    return {"count": len(parts), "total": total, "instalments": rows}


def _paid(occasion: Occasion, currency: str) -> Data:
    paid = occasion.paid
    if paid is None:
        return {"amount": "", "day": "", "remaining": ""}
    return {
        "amount": form.money(paid.amount, currency),
        "day": form.long_date(paid.day),
        "remaining": form.money(paid.remaining, currency) if paid.remaining else "",
    }


def _dispute(occasion: Occasion, currency: str) -> Data:
    dispute = occasion.dispute
    if dispute is None:
        return {"what": "", "amount": "", "answer_by": ""}
    return {
        "what": clean(dispute.what),
        "amount": _amount(dispute.amount, currency),
        "answer_by": _day(dispute.answer_by),
    }


def _conversation(occasion: Occasion) -> Data:
    talk = occasion.conversation
    if talk is None:
        return {"day": "", "person": "", "notes": ""}
    return {
        "day": form.long_date(talk.day),
        "person": clean(talk.person),
        "notes": clean(talk.notes),
    }


def _adviser(occasion: Occasion) -> Data:
    name, email = occasion.adviser
    return {"name": clean(name), "email": clean(email)}


#: What stands where a message speaks of items alone.
_NOTHING: Mapping[str, Plain] = MappingProxyType(_spoken(NO_OCCASION, 0, None, "EUR"))
