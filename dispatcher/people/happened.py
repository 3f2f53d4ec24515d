"""What people say has happened: events entered by hand, holds by a named person."""

import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from dispatcher.clocks import a_day
from dispatcher.decide.addresses import NEEDS
from dispatcher.errors import BadInput
from dispatcher.house import House
from dispatcher.model.event import EventKind
from dispatcher.model.money import to_minor
from dispatcher.model.problem import Problem
from dispatcher.policy.terms import Rulebook
from dispatcher.ports import News, NewsKind
from dispatcher.problems.suggest import nearest
from dispatcher.questions import case_named, held
from dispatcher.store.events import NewEvent
from dispatcher.store.portfolio import CaseRow


BY_PERSON: Final = "person"  # the source of what is entered by hand
REASON: Final = "nonpayment_reason"  # the fact whose values are the reasons that may be given
RETURNED: Final = "returned"  # of a letter: what `relance event` calls it
LETTERS: Final = ("letter", "registered_letter")
PART: Final = "part"  # the detail of a dispute about a part
WRITTEN_COUNT: Final = re.compile(r"[1-9][0-9]?|1[01][0-9]|120")
WRITTEN_AMOUNT: Final = re.compile(r"[0-9]{1,11}(?:[.,][0-9]{1,2})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a person typed about one event; empty where he typed nothing."""

    kind: str
    person: str
    on: str = ""
    until: str = ""
    amount: str = ""
    part: bool = False
    channel: str = ""
    reason: str = ""
    instalments: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What an event of a kind needs and may say beside its day and a note.

    `of_debtor`: it is about the debtor, whatever case was named.
    """

    needs: frozenset[str] = frozenset()
    may: frozenset[str] = frozenset()
    of_debtor: bool = False


def _form(needs: str = "", may: str = "", *, of_debtor: bool = False) -> Form:
    return Form(needs=frozenset(needs.split()), may=frozenset(may.split()), of_debtor=of_debtor)


FORMS: Final[Mapping[EventKind, Form]] = {
    EventKind.PROMISE_MADE: _form("until", "amount"),
    EventKind.DISPUTE_OPENED: _form("", "part amount"),
    EventKind.DISPUTE_SETTLED: _form(),
    EventKind.PLAN_AGREED: _form("", "until amount instalments"),
    EventKind.PLAN_MISSED: _form(),
    EventKind.PLAN_ENDED: _form(),
    EventKind.PAYMENT: _form("amount"),
    EventKind.REASON_GIVEN: _form("reason"),
    EventKind.REPLY_RECEIVED: _form(of_debtor=True),
    EventKind.REPLY_READ: _form(of_debtor=True),
    EventKind.HANDED_OVER: _form(of_debtor=True),
    EventKind.HAND_OVER_DECIDED: _form("", "until", of_debtor=True),
    EventKind.OPTED_OUT: _form("", "channel", of_debtor=True),
    EventKind.OPTED_IN: _form("", "channel", of_debtor=True),
    EventKind.CHANNEL_CLOSED: _form("channel note", "until", of_debtor=True),
    EventKind.CHANNEL_RELEASED: _form("channel", of_debtor=True),
    EventKind.PREFERS: _form("", "channel", of_debtor=True),
    EventKind.CONTACTED: _form("", "channel", of_debtor=True),
}


def record(house: House, name: str, told: Told) -> date:
    """Record what a person says has happened to a case; the day on which it did.

    Raises:
        BadInput: no case has that name, or with everything that is wrong with what he says.
    """
    number = case_named(house, name)
    case = house.book.case(number)
    today = house.clock.today()
    if told.kind == RETURNED:
        return record_returned(house, number, told)
    problems = [*_problems(told, case, today), *unknown_reason(told.reason, house.rulebook)]
    if problems:
        raise BadInput(problems)
    kind = EventKind(told.kind)
    new = NewEvent(
        source=BY_PERSON,
        reference=_reference(kind),
        kind=kind,
        debtor_id=case.debtor_id,
        invoice_id=None if FORMS[kind].of_debtor else number,
        day=a_day(told.on) if told.on else today,
        until=a_day(told.until) if told.until else None,
        amount=minor(told.amount) if told.amount else None,
        detail=PART if told.part else told.channel or told.reason or told.instalments,
        note=one_line(told.note),
        person=one_line(told.person),
    )
    house.book.record_event(new, now=house.clock.now())
    return new.day


def _problems(told: Told, case: CaseRow, today: date) -> Iterator[Problem]:
    """Everything that is wrong with what was typed."""
    yield from _unnamed(told.person)
    if told.kind not in FORMS:
        allowed = [*(kind.value for kind in FORMS), RETURNED]
        fields = {"value": told.kind, "allowed": ", ".join(allowed)}
        code = "event/kind"
        yield Problem(code=code, fields=fields, suggestion=nearest(told.kind, allowed))
        return
    yield from _options(told, FORMS[EventKind(told.kind)])
    yield from _days(told.on, told.until, today)
    yield from _amount(told, case)
    if told.instalments and not WRITTEN_COUNT.fullmatch(told.instalments):
        yield Problem(code="event/instalments", fields={"value": told.instalments})
    if told.channel and told.channel not in NEEDS:
        fields = {"value": told.channel, "allowed": ", ".join(NEEDS)}
        suggestion = nearest(told.channel, list(NEEDS))
        yield Problem(code="event/channel", fields=fields, suggestion=suggestion)


def _unnamed(person: str) -> Iterator[Problem]:
    if not one_line(person):
        yield Problem(code="event/person")


def _options(told: Told, form: Form) -> Iterator[Problem]:
    """Options that this kind lacks, and those that mean nothing to it; any may have a note."""
    needs = form.needs | ({"amount"} if told.part else set())
    for option in ("until", "amount", "part", "channel", "reason", "instalments", "note"):
        given = bool(getattr(told, option))
        fields = {"kind": told.kind, "option": f"--{option}"}
        if given and option not in form.needs | form.may | {"note"}:
            yield Problem(code="event/no-meaning", fields=fields)
        if not given and option in needs:
            yield Problem(code="event/missing", fields=fields)
    if told.kind == EventKind.DISPUTE_OPENED and told.amount and not told.part:
        yield Problem(code="event/missing", fields={"kind": told.kind, "option": "--part"})


def _days(on: str, until: str, today: date) -> Iterator[Problem]:
    try:
        day = a_day(on) if on else today
        last = a_day(until) if until else None
    except BadInput as error:
        yield from error.problems
        return
    if day > today:
        yield Problem(code="event/future", fields={"value": on, "today": str(today)})
    if last is not None and last < day:
        yield Problem(code="event/until", fields={"value": until, "day": str(day)})


def _amount(told: Told, case: CaseRow) -> Iterator[Problem]:
    if not told.amount:
        return
    if not WRITTEN_AMOUNT.fullmatch(told.amount) or not minor(told.amount):
        yield Problem(code="event/amount", fields={"value": told.amount})
    elif told.part and minor(told.amount) >= case.balance:
        yield Problem(code="event/part", fields={"value": told.amount})


def record_returned(house: House, case: int, told: Told) -> date:
    """A letter came back: its step is taken back, and its address is out until there is another.

    It is the newest letter of the case that is on its way or counts as arrived. `told.channel` says
    which kind of letter, where there were several.

    Raises:
        BadInput: nobody is named, the day or an option cannot be used, or no such letter is out.
    """
    today = house.clock.today()
    form = _form("", "channel", of_debtor=True)
    problems = [*_unnamed(told.person), *_options(told, form), *_days(told.on, "", today)]
    channels = (told.channel,) if told.channel else LETTERS
    if told.channel and told.channel not in LETTERS:
        fields = {"value": told.channel, "allowed": ", ".join(LETTERS)}
        problems.append(Problem(code="event/channel", fields=fields))
    token = "" if problems else house.book.token_on_its_way(case, channels)
    if not problems and not token:
        problems.append(Problem(code="event/no-letter"))
    if problems:
        raise BadInput(problems)
    now, day = house.clock.now(), a_day(told.on) if told.on else today
    noon = datetime.combine(day, time(12), tzinfo=ZoneInfo(house.settings.timezone))
    news = News(
        source=BY_PERSON,
        reference=f"{RETURNED}-{secrets.token_hex(6)}",
        kind=NewsKind.BOUNCED,
        at=min(now, noon),
        token=token,
        word=RETURNED,
        evidence=": ".join(filter(None, (one_line(told.person), one_line(told.note)))),
    )
    house.book.hear([news], now=now)
    return day


def unknown_reason(reason: str, rulebook: Rulebook) -> Iterator[Problem]:
    """A reason for not paying that the vocabulary does not have."""
    fact = rulebook.facts.get(REASON)
    allowed = () if fact is None else fact.values
    if reason and reason not in allowed:
        fields = {"value": reason, "allowed": ", ".join(allowed)}
        suggestion = nearest(reason, list(allowed))
        yield Problem(code="event/reason", fields=fields, suggestion=suggestion)


def give_reason(house: House, cases: Sequence[int], *, reason: str, person: str) -> None:
    """Record why these cases are not paid, as somebody heard it."""
    for number in cases:
        _say(house, number, EventKind.REASON_GIVEN, person=person, detail=reason)


def minor(amount: str) -> int:
    """An amount as people write it, in minor units."""
    return to_minor(Decimal(amount.replace(",", ".")))


# -- holds --------------------------------------------------------------------------------------


def hold_case(house: House, name: str, *, reason: str, person: str, until: str = "") -> date | None:
    """Hold a case by a person's word until that day or until he takes it; the last day.

    Raises:
        BadInput: no case has that name, or person, reason or day cannot be used.
    """
    return hold_cases(house, [case_named(house, name)], reason=reason, person=person, until=until)


def hold_cases(
    house: House, cases: Sequence[int], *, reason: str, person: str, until: str = ""
) -> date | None:
    """Hold these cases by a person's word until that day or until he takes them; the last day.

    Raises:
        BadInput: person, reason or day cannot be used; nothing is held.
    """
    problems = [*_reasoned(reason, person), *_days("", until, house.clock.today())]
    if problems:
        raise BadInput(problems)
    last = a_day(until) if until else None
    for case in cases:
        _say(house, case, EventKind.PAUSED, reason=reason, person=person, until=last)
    return last


def take_case(house: House, name: str, *, reason: str, person: str) -> None:
    """Let a case go on that a person held.

    Raises:
        BadInput: no case has that name, nobody holds it, or person or reason is missing.
    """
    number = case_named(house, name)
    problems = list(_reasoned(reason, person))
    if held(house, number) is None:
        problems.append(Problem(code="hold/none", fields={"case": name}))
    if problems:
        raise BadInput(problems)
    _say(house, number, EventKind.RESUMED, reason=reason, person=person)


def _reasoned(reason: str, person: str) -> Sequence[Problem]:
    problems = list(_unnamed(person))
    if not one_line(reason):
        problems.append(Problem(code="hold/reason"))
    return problems


def _say(
    house: House,
    case: int,
    kind: EventKind,
    *,
    reason: str = "",
    person: str,
    until: date | None = None,
    detail: str = "",
) -> None:
    new = NewEvent(
        source=BY_PERSON,
        reference=_reference(kind),
        kind=kind,
        debtor_id=house.book.case(case).debtor_id,
        invoice_id=case,
        day=house.clock.today(),
        until=until,
        detail=detail,
        note=one_line(reason),
        person=one_line(person),
    )
    house.book.record_event(new, now=house.clock.now())


def _reference(kind: EventKind) -> str:
    """Unlike any other: what a person says twice he means twice."""
    return f"{kind.value}-{secrets.token_hex(6)}"


def one_line(text: str) -> str:
    """The text without line breaks and without anything that a terminal would obey."""
    return " ".join("".join(mark if mark.isprintable() else " " for mark in text).split())
