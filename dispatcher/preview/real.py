"""A case of the store as its next contact would go out, on a copy of the store."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from time import monotonic
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from dispatcher import questions
from dispatcher.app import decide, in_words
from dispatcher.clocks import SetClock
from dispatcher.decide.plan import Plan
from dispatcher.errors import BadInput
from dispatcher.house import House
from dispatcher.messages.accounts import debtors_of
from dispatcher.messages.freeze import Render
from dispatcher.model.message import Line, Tone
from dispatcher.model.plan import PlannedContact
from dispatcher.model.problem import Problem
from dispatcher.people.sheets import sheet_of
from dispatcher.preview.accounts import written_to
from dispatcher.preview.calls import NUMBER, is_call, row_of
from dispatcher.preview.cases import CASES
from dispatcher.preview.choice import CHANNELS, known
from dispatcher.preview.messages import Pictures, Shown, seen, with_sender
from dispatcher.problems.suggest import nearest


#: How often a case may be postponed anew before its next contact is given up.
POSTPONED = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person wants to see of a case; all empty: what it gets next."""

    template: str = ""
    channel: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """The contacts to look at, the plan they stand in, and its day."""

    house: House
    plan: Plan
    contacts: tuple[PlannedContact, ...]

    @property
    def day(self) -> date:
        return self.house.clock.today()


def of_case(house: House, name: str, wish: Wish) -> Next:
    """What goes out next about a case, or what was wished for, claiming what it would claim.

    Raises:
        BadInput: there is no such case, template, channel or tone, or nothing follows by itself.
    """
    if wish.template:
        known("template", wish.template, house.library.templates)
    if wish.tone:
        known("tone", wish.tone, list(Tone))
    plan = questions.preview(house).plan
    case = _named(house, name, plan)
    today = Next(house=house, plan=plan, contacts=())
    following = _following(today, case)
    if following is None and not wish.template:
        raise BadInput(Problem(code="preview/nothing-next", fields={"value": name}))
    found = (
        following
        if following is not None
        else replace(today, contacts=(_alone(plan, case, house),))
    )
    if wish == Wish():
        return found
    return replace(found, contacts=tuple(_wished(found, wish, name)))


def shown_of(found: Next, render: Render) -> Iterator[Shown | Problem]:
    """The messages of these contacts, as freezing them makes them."""
    house, pictures = found.house, Pictures(render)
    settings = with_sender(house.settings)
    plan = replace(found.plan, contacts=found.contacts)
    for bundle in in_words(replace(house, settings=settings), plan, pictures):
        each = seen(bundle, pictures, settings, now=house.clock.now(), today=found.day)
        if isinstance(each, Problem):
            yield each
        else:
            yield from (_with_sheet(shown, found) for shown in each)


def _with_sheet(shown: Shown, found: Next) -> Shown:
    """A call or visit with the sheet that its person will get."""
    frozen, house = shown.frozen, found.house
    if not is_call(frozen):
        return shown
    (debtor,) = debtors_of(house.book.frames([frozen.debtor_id])).values()
    case = _answer(found.plan, frozen.lines[0].case_id)
    row = row_of(frozen, debtor, case["currency"])
    return replace(shown, sheet=sheet_of(house, row, NUMBER))


def _named(house: House, name: str, plan: Plan) -> int:
    try:
        case = questions.case_named(house, name)
    except BadInput as error:
        near = nearest(name, [*sorted(set(plan.answers["number"])), *CASES])
        raise BadInput([replace(each, suggestion=near) for each in error.problems]) from None
    if case not in plan.answers["case_id"]:
        raise BadInput(Problem(code="run/no-case", fields={"value": name}))
    return case


def _following(today: Next, case: int) -> Next | None:
    """The next contact of a case, on the first day on which it is let go; None: there is none."""
    found, debtor = today, _answer(today.plan, case)["debtor_id"]
    for _ in range(POSTPONED):
        going = [
            contact
            for contact in found.plan.contacts
            if any(line.case_id == case for line in contact.lines)
        ]
        if going:
            return replace(found, contacts=tuple(going))
        until = _answer(found.plan, case)["until"]
        if until is None or until <= found.day:
            return None
        found = _on(today.house, until, debtor)
    return None


def _on(house: House, day: date, debtor: int) -> Next:
    """The plan of a later day for one debtor, if nothing changes until then."""
    zone = ZoneInfo(house.settings.timezone)
    later = replace(house, clock=SetClock(zone=zone, day=day, started=monotonic()))
    return Next(house=later, plan=decide(later, house.book.frames([debtor])), contacts=())


def _answer(plan: Plan, case: int) -> dict[str, Any]:
    return plan.answers.filter(pl.col("case_id") == case).row(0, named=True)


def _alone(plan: Plan, case: int, house: House) -> PlannedContact:
    """A contact that claims this case alone: everything else of the debtor stands below."""
    answer, now = _answer(plan, case), house.clock.now()
    line = Line(
        case_id=case, step="preview", choice="preview", cycle=0, amount=answer["amount_due"]
    )
    return PlannedContact(
        debtor_id=answer["debtor_id"],
        leader=case,
        channel="",
        to="",
        policy=answer["policy"],
        policy_hash=answer["policy_hash"],
        rule="preview",
        step="preview",
        template="",
        tone=Tone.COURTEOUS,
        lines=(line,),
        not_before=now,
        valid_until=now,
    )


def _wished(found: Next, wish: Wish, name: str) -> Iterator[PlannedContact]:
    """The contact in other words: on that channel, or on all that reach the debtor."""
    planned, library = found.contacts[0], found.house.library
    template = wish.template or planned.template
    frames = found.house.book.frames([planned.debtor_id])
    (debtor,) = debtors_of(frames).values()
    words = library.channels(template, debtor.language or "fr")
    wanted = (
        [known("channel", wish.channel, words)] if wish.channel else _usual(planned, wish, words)
    )
    places = written_to([debtor])
    reached = [channel for channel in wanted if places.get((debtor.id, channel))]
    if not reached:
        fields = {"value": name, "channel": ", ".join(wanted)}
        raise BadInput(Problem(code="preview/unreachable", fields=fields))
    legal = library.legal_effect(template)
    for channel in reached:
        yield replace(
            planned,
            template=template,
            channel=channel,
            to=places[debtor.id, channel],
            tone=wish.tone
            or (planned.tone if template == planned.template else _tone(legal=legal)),
            legal_effect=legal,
            also="",
            also_to="",
        )


def _usual(planned: PlannedContact, wish: Wish, words: frozenset[str]) -> list[str]:
    if not wish.template:
        return [planned.channel]
    return [channel for channel in CHANNELS if channel in words]


def _tone(*, legal: bool) -> Tone:
    return Tone.FORMAL if legal else Tone.COURTEOUS
