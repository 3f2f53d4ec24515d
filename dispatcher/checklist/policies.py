"""The area `policies`: each is tested, and has words for whatever it says to whomever."""

from collections.abc import Iterator

from dispatcher.checklist.point import Point, State, point
from dispatcher.checklist.seen import Seen
from dispatcher.compose.library import Library
from dispatcher.policy.terms import Contact, Policy


def policies(seen: Seen) -> Iterator[Point]:
    """Of every active policy a test file, the words of its contacts, those of its answers."""
    active = seen.rulebook.active if seen.rulebook is not None else ()
    if not active:
        yield point("active", good=False, otherwise=State.PROBLEM)
    for policy in active:
        tested = policy.name in seen.tested
        yield point("tested", good=tested, otherwise=seen.needed, policy=policy.name)
        if seen.library is not None:
            yield from _worded(policy, seen.library, seen)


def _worded(policy: Policy, library: Library, seen: Seen) -> Iterator[Point]:
    lacking = sorted({need for need in _needs(policy) if not _has(library, *need)})
    names = ", ".join(f"{template} ({channel})" for template, channel, _ in lacking)
    good = not lacking
    yield point("words", good=good, otherwise=State.PROBLEM, policy=policy.name, names=names)
    for channel in sorted({channel for _, channel, _ in _needs(policy)}):
        if channel not in seen.settings.channels:
            fields = {"policy": policy.name, "channel": channel}
            yield point("reachable", good=False, otherwise=State.PROBLEM, **fields)


def _has(library: Library, template: str, channel: str, tone: str) -> bool:
    return library.sheet(template, channel=channel, tone=tone, lang="fr") is not None


def _needs(policy: Policy) -> Iterator[tuple[str, str, str]]:
    """Template, channel and tone of everything that the policy may send."""
    for choice in policy.choices:
        if isinstance(choice.then, Contact):
            then = choice.then
            for channel in filter(None, (*then.channels, then.also)):
                yield then.template, channel, then.tone
    for answer in policy.answers:
        for channel in answer.contact:
            yield answer.template, channel, answer.tone
