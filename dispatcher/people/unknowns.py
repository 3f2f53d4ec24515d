"""What people say of messages that may or may not have left: by one word, or by two the same."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from dispatcher.errors import BadInput
from dispatcher.house import House
from dispatcher.messages.accounts import debtors_of
from dispatcher.model.debtor import Debtor
from dispatcher.model.message import State
from dispatcher.model.problem import Problem
from dispatcher.model.settings import Settings
from dispatcher.people.approval import folded, name_of
from dispatcher.people.happened import one_line
from dispatcher.people.numbered import MESSAGE, message_number
from dispatcher.posting import presented
from dispatcher.problems.suggest import nearest
from dispatcher.store.resolutions import CHOICES, NOT_SENT, Word
from dispatcher.store.unknown import UnknownRow


_NUMBER: Final = re.compile(rf"{MESSAGE}?([1-9][0-9]{{0,17}})", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a person typed about one message; `proof` is the file that shows it, as read."""

    choice: str
    reason: str
    person: str
    proof: bytes | None = None


def unknown_named(house: House, number: str) -> UnknownRow:
    """The unknown message with that number.

    Raises:
        BadInput: there is none.
    """
    named = _NUMBER.fullmatch(number.strip())
    rows = house.book.unknown(int(named[1])) if named else ()
    if not rows:
        raise BadInput(Problem(code="unknown/none", fields={"value": number}))
    return rows[0]


def resolve(house: House, number: str, said: Said) -> State:
    """Take a person's word on an unknown message; the state that follows.

    `unknown`: it has legal effect, and somebody else has to say the same first.

    Raises:
        BadInput: no such message, or with everything that is wrong with what he says.
    """
    row = unknown_named(house, number)
    who = _people(house.settings, _debtor(house, row)) if row.claim.legal_effect else []
    problems = list(_problems(row, said, who))
    if problems:
        raise BadInput(problems)
    standing = _standing(row, said, who)
    now = house.clock.now()
    word = Word(
        message_id=row.claim.id,
        attempt=row.claim.attempt,
        choice=said.choice,
        person=one_line(said.person),
        reason=one_line(said.reason),
        proof="" if said.proof is None else hashlib.sha256(said.proof).hexdigest(),
        at=now,
        taken=not row.claim.legal_effect or bool(standing),
    )
    try:
        return house.book.resolve(word, now=now, presented=presented(house.settings))
    except ValueError:  # news of it came meanwhile: then it is said as such
        unknown_named(house, number)
        raise


def _problems(row: UnknownRow, said: Said, who: list[frozenset[str]]) -> Iterator[Problem]:
    if not one_line(said.person):
        yield Problem(code="event/person")
    if not one_line(said.reason):
        yield Problem(code="hold/reason")
    if said.choice not in CHOICES:
        fields = {"value": said.choice, "allowed": ", ".join(CHOICES)}
        suggestion = nearest(said.choice, list(CHOICES))
        yield Problem(code="unknown/choice", fields=fields, suggestion=suggestion)
    if said.proof == b"":
        yield Problem(code="unknown/proof-empty")
    if row.claim.legal_effect:
        yield from _of_two(row, said, who)


def _of_two(row: UnknownRow, said: Said, who: list[frozenset[str]]) -> Iterator[Problem]:
    """What stands against a word on a message with legal effect."""
    number = message_number(row.claim.id)
    if said.choice == NOT_SENT and said.proof is None:
        yield Problem(code="unknown/proof", fields={"value": number})
    if one_line(said.person) and not _names(said.person, who):
        allowed = ", ".join(sorted(min(names) for names in who)) or "-"
        fields = {"person": said.person, "value": number, "allowed": allowed}
        yield Problem(code="unknown/person", fields=fields)
        return
    mine = [word for word in row.words if _names(word.person, who) & _names(said.person, who)]
    if mine and mine[-1].choice == said.choice:
        fields = {
            "person": said.person,
            "value": number,
            "choice": said.choice,
        }
        yield Problem(code="unknown/twice", fields=fields)
    for word in _others(row, said, who):
        if word.choice != said.choice:
            fields = {
                "person": word.person,
                "value": number,
                "choice": word.choice,
            }
            yield Problem(code="unknown/other-choice", fields=fields)


def _standing(row: UnknownRow, said: Said, who: list[frozenset[str]]) -> list[Word]:
    """The words of others that say the same."""
    return [word for word in _others(row, said, who) if word.choice == said.choice]


def _others(row: UnknownRow, said: Said, who: list[frozenset[str]]) -> list[Word]:
    """The last word of each person but the one who speaks."""
    last: dict[frozenset[str], Word] = {}
    for word in row.words:
        last[_names(word.person, who)] = word
    return [word for names, word in last.items() if not names & _names(said.person, who)]


def _people(settings: Settings, debtor: Debtor) -> list[frozenset[str]]:
    """By what names each person of the house is known; who holds two roles is one person."""
    found = [
        frozenset(folded(word) for word in (name_of(each, debtor), each.email) if word)
        for each in settings.people.values()
    ]
    return [names for names in found if names]


def _names(person: str, who: list[frozenset[str]]) -> frozenset[str]:
    """Every name of that person; none where he is nobody of the house."""
    return frozenset().union(*(names for names in who if folded(one_line(person)) in names))


def _debtor(house: House, row: UnknownRow) -> Debtor:
    return debtors_of(house.book.frames([row.claim.debtor_id]))[row.claim.debtor_id]
