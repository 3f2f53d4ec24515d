"""What a rule does, as a clause: who is contacted how, what waits, what people have to do."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Final

from dispatcher.policy.terms import Contact, Days, HandOver, Hold, Then, Wait, Work
from dispatcher.prove.words.wording import Wording


#: What stands when a contact does not say it.
_UNSAID: Final = {each.name: each.default for each in fields(Contact)}


def deed(then: Then, words: Wording) -> str:
    """The clause that says what a rule does."""
    match then:
        case Hold():
            return _with([words.say("hold", reason=words.reason(then.reason))], _task(then, words))
        case Wait():
            name = "wait-for" if then.reason else "wait"
            said = {"reason": words.reason(then.reason)} if then.reason else {}
            return _with([words.say(name, **said)], _task(then, words))
        case Contact():
            return _with([_contact(then, words)], _beside(then, words))
        case Work():
            return _with([words.say("work", task=words.label(then.task))], _work(then, words))
        case HandOver():
            said = {"to": words.say(f"to/{then.to}")}
            return _with([words.say("hand-over", **said)], _approval(then, words))


def in_short(then: Then, words: Wording) -> str:
    """The same in a few words, for a table."""
    match then:
        case Hold():
            return words.say("what/hold", reason=words.reason(then.reason))
        case Wait(reason=""):
            return words.say("what/wait")
        case Wait():
            return words.say("what/wait-for", reason=words.reason(then.reason))
        case Contact():
            return words.say("what/contact")
        case Work():
            return words.say("task", task=words.label(then.task))
        case HandOver():
            return words.say("what/hand-over", to=words.say(f"to/{then.to}"))


def _with(first: list[str], more: Iterator[str]) -> str:
    return ", ".join([*first, *more])


def _task(then: Hold | Wait, words: Wording) -> Iterator[str]:
    if then.task:
        yield words.say("task", task=words.label(then.task))
        yield from _due(then.due_in, words)


def _due(due_in: Days | None, words: Wording) -> Iterator[str]:
    if due_in is not None:
        yield words.say("due-in", span=words.span(due_in))


def _work(then: Work, words: Wording) -> Iterator[str]:
    yield from _due(then.due_in, words)
    if then.assign_to:
        yield words.say("assign-to", role=then.assign_to)


def _approval(then: HandOver | Contact, words: Wording) -> Iterator[str]:
    if then.needs_approval:
        yield words.say("needs-approval", roles=words.all_of(then.needs_approval))


def _contact(then: Contact, words: Wording) -> str:
    return words.say(
        "contact",
        channels=words.channels(then.channels),
        template=words.say("quoted", text=then.template),
        tone=words.say(f"tone/{then.tone}"),
    )


def _beside(then: Contact, words: Wording) -> Iterator[str]:
    """What a contact says beside channels, template and tone, in the order of its doing."""
    if then.also:
        yield words.say("also", channel=words.channel(then.also))
    if then.assign_to:
        yield words.say("assign-to", role=then.assign_to)
    yield from _due(then.due_in, words)
    if then.attempts != _UNSAID["attempts"]:
        yield words.say("attempts", count=str(then.attempts))
    if then.escalate_to:
        yield words.say("escalate-to", role=then.escalate_to)
    if then.follow_up:
        yield words.say("follow-up", template=words.say("quoted", text=then.follow_up))
    if then.offer:
        yield words.say("offer", offer=words.label(then.offer))
    if then.copy_to:
        yield words.say("copy-to", roles=words.all_of(then.copy_to))
    yield from _approval(then, words)
    if then.on_unknown != _UNSAID["on_unknown"]:
        yield words.say("on-unknown")
    if then.valid_for != _UNSAID["valid_for"]:
        yield words.say("valid-for", span=words.span(then.valid_for))
