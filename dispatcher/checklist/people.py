"""The area `people`: who holds a role, their addresses, who approves what has legal effect."""

import re
from collections.abc import Iterator
from itertools import combinations
from typing import Final

from dispatcher.checklist.point import Point, State, point
from dispatcher.checklist.seen import Seen
from dispatcher.model.settings import Person
from dispatcher.policy.terms import Contact, HandOver


ADDRESS: Final = re.compile(r"[^@\s,;<>]+@[^@\s,;<>.]+(\.[^@\s,;<>.]+)+")


def people(seen: Seen) -> Iterator[Point]:
    """Names and addresses, then approvals."""
    for person in seen.settings.people.values():
        yield _person(seen, person)
    wrong = list(_approvals(seen))
    yield from wrong
    if not wrong:
        count = len(list(_rules(seen)))
        yield point("approvals", good=True, otherwise=State.TODO, count=count)


def _person(seen: Seen, person: Person) -> Point:
    """A role is held by a person with an address, or by whom a debtor's column names."""
    if person.column:
        return point("by-column", good=True, otherwise=State.TODO, role=person.role)
    good = bool(person.name) and ADDRESS.fullmatch(person.email) is not None
    fields = {"role": person.role, "name": person.name or "-", "email": person.email or "-"}
    return point("person", good=good, otherwise=seen.needed, **fields)


def _approvals(seen: Seen) -> Iterator[Point]:
    """Every role that approves is held, pairs by two people, and legal effect is approved."""
    known = seen.settings.people
    for name, then in _rules(seen):
        for role in then.needs_approval:
            if role not in known:
                yield point("approver", good=False, otherwise=State.PROBLEM, role=role, rule=name)
        held = [known[role] for role in then.needs_approval if role in known]
        for one, other in combinations(held, 2):
            fields = {"rule": name, "one": one.role, "other": other.role}
            if _same(one, other):
                yield point("two-people", good=False, otherwise=seen.needed, **fields)
        if not then.needs_approval:
            yield point("approved", good=False, otherwise=seen.needed, rule=name)


def _rules(seen: Seen) -> Iterator[tuple[str, Contact | HandOver]]:
    """What has legal effect or is handed over, in every active policy, with its name."""
    if seen.rulebook is None or seen.library is None:
        return
    legal = {name for name in seen.library.templates if seen.library.legal_effect(name)}
    for policy in seen.rulebook.active:
        for rule in (*policy.choices, *policy.hand_over):
            match rule.then:
                case HandOver():
                    yield f"{policy.name} {rule.id}", rule.then
                case Contact(template=template) if template in legal:
                    yield f"{policy.name} {rule.id}", rule.then
                case _:
                    pass


def _same(one: Person, other: Person) -> bool:
    """Whether two roles are one person, by name or address."""
    pairs = ((one.name, other.name), (one.email, other.email))
    return any(a and a.casefold() == b.casefold() for a, b in pairs)
