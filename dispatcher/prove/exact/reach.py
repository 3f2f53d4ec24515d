"""Which channel a contact takes, by what is known of the debtor: his facts decide, exactly.

What facts do not say stays outside: opt-outs, channels closed after a bounce, adapters that are
down. `has_email` and its like are the debtor's; a channel that no fact speaks of reaches everyone.
"""

from collections.abc import Mapping
from typing import Final

from dispatcher.model.vocabulary import Fact
from dispatcher.policy.interpret import Case
from dispatcher.policy.terms import Condition, Contact, OneOf, Policy
from dispatcher.prove.exact.diagram import NO, YES, Diagrams


#: Channel -> the fact that says whether the debtor can receive it.
REACHED_BY: Final = {
    "email": "has_email",
    "sms": "has_mobile",
    "call": "has_phone",
    "letter": "has_address",
    "registered_letter": "has_address",
    "visit": "has_address",
}

#: The channel that the debtor likes best, where the vocabulary has it.
PREFERRED: Final = "preferred_channel"


def channel_conditions(policy: Policy, facts: Mapping[str, Fact]) -> tuple[Condition, ...]:
    """What decides the channels of a policy's contacts, as far as the vocabulary knows it."""
    contacts = [rule.then for rule in policy.choices if isinstance(rule.then, Contact)]
    channels = tuple(dict.fromkeys(name for one in contacts for name in one.channels))
    by = dict.fromkeys(REACHED_BY[name] for name in channels if name in REACHED_BY)
    reached = [OneOf(fact=name, values=(True,)) for name in by if name in facts]
    likes = [OneOf(fact=PREFERRED, values=channels)] if channels and PREFERRED in facts else []
    return (*reached, *likes)


def by_channel(contact: Contact, diagrams: Diagrams) -> dict[str, int]:
    """By channel the cases that the contact reaches by it; under "" those it cannot reach."""
    reach = {channel: _reaches(channel, diagrams) for channel in contact.channels}
    liked = [diagrams.both(_likes(channel, diagrams), node) for channel, node in reach.items()]
    first = diagrams.first([*liked, *reach.values(), YES])
    count = len(reach)
    found = {
        name: diagrams.only(first, 1 << place | 1 << place + count)
        for place, name in enumerate(reach)
    }
    return {**found, "": diagrams.only(first, 1 << 2 * count)}


def channel_of(contact: Contact, case: Case, facts: frozenset[str]) -> str:
    """The channel of one case, read naively; empty: none reaches the debtor."""
    liked = case.get(PREFERRED) if PREFERRED in facts else None
    ordered = sorted(contact.channels, key=lambda channel: channel != liked)
    by = {channel: REACHED_BY.get(channel, "") for channel in ordered}
    return next((c for c in ordered if by[c] not in facts or case.get(by[c]) is True), "")


def _reaches(channel: str, diagrams: Diagrams) -> int:
    fact = REACHED_BY.get(channel, "")
    if fact not in diagrams.space.facts:
        return YES
    return diagrams.of(OneOf(fact=fact, values=(True,)))


def _likes(channel: str, diagrams: Diagrams) -> int:
    if PREFERRED not in diagrams.space.facts:
        return NO
    return diagrams.of(OneOf(fact=PREFERRED, values=(channel,)))
