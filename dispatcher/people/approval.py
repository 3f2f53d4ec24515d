"""What waits for a person's yes: who may give it, what exactly is shown, what follows from a no."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from dispatcher.errors import BadInput
from dispatcher.house import House
from dispatcher.messages.accounts import debtors_of
from dispatcher.messages.freeze import thaw
from dispatcher.model.debtor import Debtor
from dispatcher.model.message import State
from dispatcher.model.problem import Problem
from dispatcher.model.settings import Person, Settings
from dispatcher.people.happened import hold_cases, one_line
from dispatcher.people.numbered import message_number
from dispatcher.ports import Message
from dispatcher.store.approvals import AwaitingRow


CODE = 12  # letters of a seal that a person types


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One contact that waits: `code` names exactly its bytes, as a person types it.

    `last_day` is the last on which it may still be approved, in the home's zone.
    `who` names for each role that has not said yes the people who may, stand-ins last.
    """

    number: str
    row: AwaitingRow
    debtor: Debtor
    code: str
    last_day: date
    who: tuple[tuple[str, tuple[str, ...]], ...]


def waiting(house: House) -> list[Waiting]:
    """Everything that waits for an approval and is still valid, what expires first in front."""
    now = house.clock.now()
    rows = [row for row in house.book.awaiting() if row.valid_until >= now]
    debtors = debtors_of(house.book.frames(sorted({row.debtor_id for row in rows}))) if rows else {}
    found = [_waiting(row, debtors[row.debtor_id], house.settings) for row in rows]
    return sorted(found, key=lambda each: (each.row.valid_until, each.row.id))


def waits(house: House, number: str) -> Waiting:
    """The one with that number.

    Raises:
        BadInput: nothing of that number waits.
    """
    for each in waiting(house):
        if each.number.casefold() == number.casefold():
            return each
    raise BadInput(Problem(code="approve/none", fields={"value": number}))


def letters(house: House, each: Waiting) -> tuple[Message, ...]:
    """What would leave, byte for byte: the message and what goes beside it."""
    today = house.clock.today()
    return tuple(thaw(claim, house.blobs.read, day=today) for claim in each.row.messages)


def approve(house: House, number: str, *, code: str, person: str) -> State:
    """Say yes to exactly the bytes with that code, for the first role that this person may hold.

    Returns:
        Planned: all roles have said yes, and it may leave; awaiting: another has to.

    Raises:
        BadInput: nothing like that waits, it is another text, or this person may not.
    """
    each = waits(house, number)
    role = _role(each, person, house.settings, code=code)
    return house.book.approve(
        each.row.id, role=role, person=one_line(person), now=house.clock.now()
    )


def refuse(
    house: House, number: str, *, code: str, person: str, reason: str, until: str = ""
) -> date | None:
    """Say no: the contact is withdrawn and its cases are held by that person.

    `until` is the last day of the hold (`YYYY-MM-DD`); without it somebody has to lift it.

    Raises:
        BadInput: nothing like that waits, this person may not, or no reason is given.
    """
    each = waits(house, number)
    role = _role(each, person, house.settings, code=code)
    cases = [line.case_id for claim in each.row.messages for line in claim.lines]
    last = hold_cases(house, cases, reason=reason, person=person, until=until)
    now = house.clock.now()
    house.book.refuse(
        each.row.id, role=role, person=one_line(person), note=one_line(reason), now=now
    )
    return last


def _waiting(row: AwaitingRow, debtor: Debtor, settings: Settings) -> Waiting:
    who = tuple((role, tuple(_names(role, settings, debtor))) for role in row.lacks)
    zone = ZoneInfo(settings.timezone)
    return Waiting(
        number=message_number(row.id),
        row=row,
        debtor=debtor,
        code=_code(row.commitments),
        last_day=row.valid_until.astimezone(zone).date(),
        who=who,
    )


def _code(commitments: Sequence[str]) -> str:
    """Another text, another code."""
    return hashlib.sha256("\n".join(commitments).encode()).hexdigest()[:CODE]


def _role(each: Waiting, person: str, settings: Settings, *, code: str) -> str:
    """The role for which this person speaks: one that has not, by one who has not."""
    problems = list(_doubts(each, person, code))
    if problems:
        raise BadInput(problems)
    return role_of(person, each.row.lacks, settings, each.debtor, number=each.number)


def role_of(
    person: str, roles: Sequence[str], settings: Settings, debtor: Debtor, *, number: str
) -> str:
    """The first of these roles for which this person may speak, as its holder or stand-in.

    Raises:
        BadInput: he may for none; `number` is what he wanted to decide on.
    """
    for role in roles:
        if any(folded(person) in held for held in _holders(role, settings, debtor)):
            return role
    who = ((role, ", ".join(_names(role, settings, debtor)) or "-") for role in roles)
    allowed = "; ".join(f"{role}: {names}" for role, names in who)
    fields = {"person": person, "value": number, "allowed": allowed}
    raise BadInput(Problem(code="approve/not-you", fields=fields))


def _doubts(each: Waiting, person: str, code: str) -> Iterator[Problem]:
    if not one_line(person):
        yield Problem(code="event/person")
    if code.casefold() != each.code:
        fields = {"value": each.number, "code": code or "-"}
        yield Problem(code="approve/other", fields=fields)
    if folded(person) in {folded(name) for name in each.row.given.values()}:
        fields = {"value": each.number, "person": person}
        yield Problem(code="approve/twice", fields=fields)


def _holders(role: str, settings: Settings, debtor: Debtor) -> Iterator[frozenset[str]]:
    """By what names each person is known who may speak for a role: the holder, then stand-ins."""
    for person in settings.stand_ins(role):
        name = name_of(person, debtor)
        yield frozenset(folded(word) for word in (name, person.email) if word)


def _names(role: str, settings: Settings, debtor: Debtor) -> Iterator[str]:
    for person in settings.stand_ins(role):
        name = name_of(person, debtor) or person.email
        if name:
            yield name


def name_of(person: Person, debtor: Debtor) -> str:
    """Who holds a role for a debtor; empty where nobody is named."""
    return str(getattr(debtor, person.column, "")) if person.column else person.name


def folded(name: str) -> str:
    """A name as two spellings of it are compared."""
    return " ".join(name.split()).casefold()
