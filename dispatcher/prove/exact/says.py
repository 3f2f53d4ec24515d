"""What an answer says in the words of tests, and whether that is what a claim speaks of."""

from dataclasses import dataclass, replace
from typing import Final

from dispatcher.model.decision import Action
from dispatcher.policy.promises import Expectation
from dispatcher.policy.terms import Contact, HandOver
from dispatcher.prove.exact.outcomes import Outcome


#: The answer of a contact that no channel can make.
NO_CHANNEL: Final = "no-channel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Says:
    """One answer in words; empty where there is nothing to say."""

    action: str
    rule: str = ""
    channel: str = ""
    template: str = ""
    tone: str = ""
    offer: str = ""
    to: str = ""
    reason: str = ""


def said(outcome: Outcome, channel: str = "") -> Says:
    """The answer of an outcome; a contact by this channel, or the task of finding one."""
    action = "" if outcome.action is None else outcome.action.value
    alone = Says(action=action, rule=outcome.rule, reason=outcome.reason)
    match outcome.then:
        case HandOver(to=to):
            return replace(alone, to=to)
        case Contact() if not channel:
            return replace(alone, action=Action.TASK.value, reason=NO_CHANNEL)
        case Contact():
            return by_contact(alone, outcome.then, channel)
        case _:
            return alone


def by_contact(says: Says, contact: Contact, channel: str) -> Says:
    """The answer as its contact makes it: channel, template, tone and offer are the contact's."""
    return replace(
        says,
        action=Action.CONTACT.value,
        channel=channel,
        template=contact.template,
        tone=contact.tone,
        offer=contact.offer,
    )


def fits(expect: Expectation, says: Says) -> bool:
    """Whether an answer is what is asked; `until` is not looked at."""
    asked = (
        (expect.actions, says.action),
        (expect.channels, says.channel),
        (expect.templates, says.template),
        (expect.tones, says.tone),
        (expect.offers, says.offer),
        (expect.to, says.to),
        (expect.reasons, says.reason),
    )
    if expect.rules and not named(says.rule, expect.rules):
        return False
    if not all(said in wanted for wanted, said in asked if wanted):
        return False
    return expect.but is None or not fits(expect.but, says)


def named(rule: str, wanted: tuple[str, ...]) -> bool:
    """Whether a rule is one of these, of which some end in `*`."""
    return any(
        rule == one or (bool(rule) and one.endswith("*") and rule.startswith(one[:-1]))
        for one in wanted
    )
