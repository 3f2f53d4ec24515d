"""How the shipped policies use each template: for whom, in which tone, on which channels."""

from dataclasses import dataclass, replace
from datetime import date

from dispatcher.compose.contact import Data, contact_data
from dispatcher.compose.dues import dues_of
from dispatcher.legal.rates import shipped_rates
from dispatcher.model.debtor import LegalKind
from dispatcher.model.following import NOT_KNOWN, Following, NextKind
from dispatcher.model.letter import NO_OCCASION, Item
from dispatcher.model.settings import Offer
from tests.compose.compose_world import (
    CREDITOR,
    CREDITS,
    DEBTOR,
    EVERYTHING,
    ITEMS,
    LISTED,
    PLAN_OF_3,
    RATES,
    RECALLED,
    TODAY,
    WAIVER,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One template as the examples use it; `first`: nothing has been sent before."""

    template: str
    tone: str
    channels: tuple[str, ...]
    kind: LegalKind = LegalKind.BUSINESS
    offer: Offer | None = None
    first: bool = False
    answer: bool = False


WAITS = frozenset({"promise", "plan", "dispute"})


def _next(kind: NextKind, *channels: str, day: date = date(2026, 11, 30)) -> Following:
    return Following(kind=kind, channels=channels, earliest=day, waits=WAITS)


#: What comes next in the examples' ladders: full samples say so, small ones where a notice follows.
FOLLOWS = {
    "pre-due": _next(NextKind.REMINDER, "email"),
    "courteous-reminder": _next(NextKind.REMINDER, "email"),
    "firm-reminder": _next(NextKind.CALL, "call"),
    "firm-reminder-key-account": _next(NextKind.CALL, "call"),
    "late-invoice": _next(NextKind.NOTICE, "registered_letter"),
    "broken-promise": _next(NextKind.NOTICE, "registered_letter"),
    "last-reminder": _next(NextKind.LETTER, "letter"),
    "last-notice": Following(kind=NextKind.REVIEW, earliest=date(2026, 12, 8), waits=WAITS),
    "formal-notice": Following(kind=NextKind.HAND_OVER, to=("lawyer", "agency"), waits=WAITS),
    "courtesy-call": _next(NextKind.REMINDER, "email"),
    "consumer-reminder": _next(NextKind.REMINDER, "email"),
    "consumer-second-reminder": _next(NextKind.CONTACT),
    "consumer-plan-offer": _next(NextKind.CALL, "call"),
    "consumer-late-invoice": _next(NextKind.LETTER, "letter"),
    "consumer-last-reminder": _next(NextKind.NOTICE, "registered_letter"),
    "consumer-last-notice": Following(kind=NextKind.REVIEW, earliest=date(2026, 12, 8)),
    "consumer-formal-notice": Following(kind=NextKind.HAND_OVER, to=("bailiff",), waits=WAITS),
    "public-reminder": _next(NextKind.LETTER, "letter"),
    "public-interest": _next(NextKind.CALL, "call"),
    "public-call": _next(NextKind.NOTICE, "registered_letter"),
    "public-formal-notice": Following(
        kind=NextKind.REVIEW, earliest=date(2026, 12, 20), waits=WAITS
    ),
}


def follows(use: Use, size: str) -> Following:
    """What a sample announces: answers only what the policy waits for; small ones little."""
    if size == "small":
        return FOLLOWS.get(use.template, NOT_KNOWN)
    return FOLLOWS.get(use.template, Following(waits=WAITS))


PLAN_OF_4 = replace(PLAN_OF_3, name="payment-plan-4", instalments=4)
_C, _P, _N = LegalKind.CONSUMER, LegalKind.PUBLIC_BODY, LegalKind.NON_PROFESSIONAL
_ALL = ("email", "sms", "letter")

USES = (
    Use(template="pre-due", tone="courteous", channels=("email", "letter", "call"), first=True),
    Use(template="pre-due", tone="courteous", channels=("email",), kind=_P, first=True),
    Use(template="courteous-reminder", tone="courteous", channels=(*_ALL, "call"), first=True),
    Use(template="courteous-reminder", tone="firm", channels=("email",)),
    Use(template="firm-reminder", tone="firm", channels=(*_ALL, "call"), offer=WAIVER),
    Use(template="firm-reminder", tone="firm", channels=("email",), offer=PLAN_OF_3, kind=_N),
    Use(template="firm-reminder-key-account", tone="firm", channels=("email", "letter")),
    Use(template="late-invoice", tone="firm", channels=("call", "letter"), offer=PLAN_OF_3),
    Use(template="broken-promise", tone="firm", channels=("call", "letter")),
    Use(template="last-reminder", tone="firm", channels=_ALL),
    Use(template="last-notice", tone="formal", channels=("letter", "email")),
    Use(template="formal-notice", tone="formal", channels=("registered_letter", "email")),
    Use(template="formal-notice", tone="formal", channels=("registered_letter",), kind=_N),
    Use(template="courtesy-call", tone="courteous", channels=("call", "email"), first=True),
    Use(template="visit", tone="firm", channels=("visit",), offer=PLAN_OF_3),
    Use(template="call-note", tone="courteous", channels=("email",), answer=True),
    Use(template="visit-note", tone="courteous", channels=("email",), answer=True),
    Use(template="consumer-reminder", tone="friendly", channels=_ALL, kind=_C, first=True),
    Use(template="consumer-reminder", tone="firm", channels=("email",), kind=_C),
    Use(template="consumer-second-reminder", tone="courteous", channels=_ALL, kind=_C),
    Use(
        template="consumer-plan-offer",
        tone="understanding",
        channels=("email", "letter"),
        kind=_C,
        offer=PLAN_OF_4,
    ),
    Use(
        template="consumer-late-invoice",
        tone="understanding",
        channels=("call", "letter"),
        kind=_C,
        offer=PLAN_OF_4,
    ),
    Use(template="consumer-last-reminder", tone="firm", channels=("letter", "email"), kind=_C),
    Use(template="consumer-last-notice", tone="formal", channels=("letter",), kind=_C),
    Use(
        template="consumer-formal-notice",
        tone="formal",
        channels=("registered_letter",),
        kind=_C,
        offer=PLAN_OF_4,
    ),
    Use(
        template="public-reminder",
        tone="courteous",
        channels=("email", "letter"),
        kind=_P,
        first=True,
    ),
    Use(template="public-interest", tone="firm", channels=("letter", "email"), kind=_P),
    Use(template="public-call", tone="courteous", channels=("call", "letter"), kind=_P),
    Use(template="public-formal-notice", tone="formal", channels=("registered_letter",), kind=_P),
    Use(
        template="dispute-received",
        tone="courteous",
        channels=("email", "letter"),
        kind=_C,
        answer=True,
    ),
    Use(template="plan-confirmed", tone="courteous", channels=("email", "letter"), answer=True),
    Use(template="part-payment-received", tone="courteous", channels=("email",), answer=True),
    Use(template="thank-you", tone="courteous", channels=("email",), answer=True),
)

SAMPLES = {
    f"{use.template} {use.tone} {use.kind} {channel} {size}": (use, channel, size)
    for use in USES
    for channel in use.channels
    for size in ("small", "full")
}


def with_next(use: Use, channel: str, following: Following, *, alone: bool = False) -> Data:
    """A full message whose ladder goes on like this; `alone`: it claims one invoice."""
    return _full(use, channel, following, items=ITEMS[:1] if alone else ITEMS)


def data_of(use: Use, channel: str, size: str) -> Data:
    """The least or the most that a message of this use can say.

    Small: one invoice, a creditor without telephone contact, nobody known at the debtor's, nothing
    sent before, and today's half-year without a rate. Full: everything.
    """
    return _full(use, channel, follows(use, size)) if size == "full" else _small(use, channel)


def limit_of(use: Use) -> date:
    """What `accounts.limit_day` gives for a message of this day."""
    return date(2026, 12, 3) if use.template.endswith("formal-notice") else date(2026, 11, 26)


def _small(use: Use, channel: str) -> Data:
    debtor = replace(DEBTOR, legal_kind=use.kind, contact_name="", phone="")
    creditor = replace(
        CREDITOR, contact_name="", contact_role="", pay_url="", mediator="", privacy_url=""
    )
    return contact_data(
        creditor=creditor,
        debtor=debtor,
        to=debtor.email,
        claimed=() if use.template == "thank-you" else ITEMS[:1],
        today=TODAY,
        limit=limit_of(use),
        channel=channel,
        occasion=replace(NO_OCCASION, following=follows(use, "small")),
        asks_dues=use.template.endswith("formal-notice"),
        dues=None
        if use.template == "thank-you"
        else dues_of(ITEMS[:1], (), kind=use.kind, rates=shipped_rates(), until=TODAY),
    )


def _full(use: Use, channel: str, following: Following, *, items: tuple[Item, ...] = ITEMS) -> Data:
    debtor = replace(DEBTOR, legal_kind=use.kind)
    said = EVERYTHING if use.answer else replace(NO_OCCASION, adviser=EVERYTHING.adviser)
    if use.template == "broken-promise":
        said = replace(said, promised=date(2026, 11, 16), promised_amount=60000)
    occasion = replace(
        said,
        recalled=() if use.first else RECALLED,
        offer=use.offer,
        following=following,
    )
    if use.kind is LegalKind.PUBLIC_BODY:
        items = (replace(items[0], engagement="EJ-2026-77"), *items[1:])
    return contact_data(
        creditor=CREDITOR,
        debtor=debtor,
        to=debtor.email,
        claimed=() if use.template == "thank-you" else items,
        listed=LISTED,
        credits=() if use.answer else CREDITS,
        today=TODAY,
        limit=limit_of(use),
        channel=channel,
        occasion=occasion,
        asks_dues=use.template.endswith("formal-notice"),
        dues=None
        if use.template == "thank-you"
        else dues_of(items, CREDITS, kind=use.kind, rates=RATES, until=TODAY),
    )
