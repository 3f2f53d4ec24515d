"""The breaker: what a provider's answers say of its health, and when it is left alone."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from dispatcher.deliver.schedule import LATEST, SOONEST, Draw, schedule_of
from dispatcher.model.health import Health
from dispatcher.ports import Accepted, NotAccepted, Outcome, Rejected, Unknown


#: So many attempts in a row that nobody took shut a channel: the provider, not the messages, is at
#: fault, and the rest should not use up its tries.
PATIENCE: Final = 5

#: So many of the last attempts do as well, whatever lies between them: one in five.
WINDOW: Final = 50
MOST_TROUBLES: Final = 10

#: How long it is left alone the first, second, ... time; the last for ever after.
PAUSES: Final = tuple(timedelta(minutes=n) for n in (1, 5, 15, 60))

#: A refused configuration is said again by every run until somebody mends it.
MENDED: Final = timedelta(minutes=1)

#: The share of a pause that is drawn besides, so that homes do not come back together.
_DRAWN: Final = 0.2

TROUBLE, ANSWER = "x", "."


class Providers(Protocol):
    """Where the health of providers is kept between processes."""

    def health(self, channel: str) -> Health:
        """What is known of that channel; all well where nothing is."""
        ...

    def keep(self, health: Health, *, was: Health, now: datetime) -> None:
        """Write it down, with a record where it opened, stayed shut or closed."""
        ...


class Forgetful:
    """Providers of whom nobody remembers anything."""

    def health(self, channel: str) -> Health:
        """All is well."""
        return Health(channel=channel)

    def keep(self, _health: Health, *, was: Health, now: datetime) -> None:
        """Nothing is kept."""


def is_shut(health: Health, now: datetime) -> bool:
    """Whether nothing may be handed over now."""
    return health.is_open and health.open_until is not None and now < health.open_until


def judged(health: Health, outcomes: Sequence[Outcome], *, now: datetime, draw: Draw) -> Health:
    """What is known after these attempts, made at once.

    An acceptance opens the way again for a provider that was tried; the answer that only this
    recipient or this text is refused says neither.
    """
    if not outcomes:
        return health
    shutting = _shutting(health, outcomes, draw)
    if health.is_open and shutting is None:
        accepted = any(isinstance(each, Accepted) for each in outcomes)
        return Health(channel=health.channel, recent=ANSWER) if accepted else health
    signs = "".join(TROUBLE if troubles(each) else ANSWER for each in outcomes)
    seen = replace(
        health,
        recent=(health.recent + signs)[-WINDOW:],
        in_a_row=_in_a_row(health.in_a_row, signs),
    )
    if shutting is not None:
        return _shut(seen, *shutting, now=now)
    if seen.in_a_row >= PATIENCE or seen.recent.count(TROUBLE) >= MOST_TROUBLES:
        return _shut(seen, _longer(PAUSES[0], draw), _last_trouble(outcomes), now=now)
    return seen


def troubles(outcome: Outcome) -> bool:
    """Whether an outcome speaks against the provider, and not against one recipient or text."""
    match outcome:
        case Unknown() | Rejected(scope="configuration"):
            return True
        case NotAccepted():
            return schedule_of(outcome).provider != "nothing"
        case _:
            return False


def refused_us(outcomes: Sequence[Outcome]) -> Rejected | None:
    """The refusal of our own configuration among them."""
    found = (o for o in outcomes if isinstance(o, Rejected) and o.scope == "configuration")
    return next(found, None)


def _shutting(
    health: Health, outcomes: Sequence[Outcome], draw: Draw
) -> tuple[timedelta, str] | None:
    """How long these outcomes by themselves shut the channel, and why."""
    refusal = refused_us(outcomes)
    if refusal is not None:
        return _longer(MENDED, draw), _words(refusal)
    asked = [
        (span, _words(each)) for each in outcomes for span in [_asked(each)] if span is not None
    ]
    tried = health.is_open and any(troubles(each) for each in outcomes)
    usual = PAUSES[min(health.openings, len(PAUSES) - 1)]
    if asked:
        span, why = max(asked, key=lambda pair: pair[0])
        return _longer(max(span, usual), draw), why
    return (_longer(usual, draw), _last_trouble(outcomes)) if tried else None


def _asked(outcome: Outcome) -> timedelta | None:
    """How long a provider asked all of us to stay away; None: it did not."""
    if not isinstance(outcome, NotAccepted):
        return None
    asked = timedelta(seconds=outcome.retry_after or 0)
    of_provider = schedule_of(outcome).provider
    if of_provider == "pauses" or (of_provider == "counts" and asked > SOONEST):
        return min(max(asked, SOONEST), LATEST)
    return None


def _shut(health: Health, span: timedelta, why: str, *, now: datetime) -> Health:
    return replace(
        health,
        is_open=True,
        openings=health.openings + 1,
        since=health.since or now,
        open_until=now + span,
        tried_at=now,
        reason=why,
    )


def _longer(span: timedelta, draw: Draw) -> timedelta:
    return span * (1 + _DRAWN * draw())


def _in_a_row(before: int, signs: str) -> int:
    last_answer = signs.rfind(ANSWER)
    return before + len(signs) if last_answer < 0 else len(signs) - last_answer - 1


def _last_trouble(outcomes: Sequence[Outcome]) -> str:
    return next((_words(each) for each in reversed(outcomes) if troubles(each)), "")


def _words(outcome: Outcome) -> str:
    """What goes into the book and on the terminal: the code, never what may name somebody."""
    match outcome:
        case Unknown():
            return f"unknown/{outcome.stage}"
        case Rejected(scope="configuration"):
            return f"{outcome.code} {outcome.evidence}".strip()
        case Rejected() | NotAccepted():
            return outcome.code
        case _:
            return ""
