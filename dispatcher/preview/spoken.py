"""What a debtor would read of an answer, for tests that ask for words."""

from collections.abc import Iterator, Mapping
from datetime import datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from dispatcher.messages.freeze import Render
from dispatcher.model.debtor import LegalKind
from dispatcher.model.problem import Problem
from dispatcher.model.vocabulary import Value
from dispatcher.preview.accounts import Asked
from dispatcher.preview.cases import Due, SampleCase
from dispatcher.preview.choice import language
from dispatcher.preview.files import text_of
from dispatcher.preview.messages import of_samples
from dispatcher.problems.kind import words
from dispatcher.prove.trials.spoken import Speech
from dispatcher.writings import Usable


MORNING: Final = time(8)

_OWED: Final = 120_000  # cents, where the facts do not say


def spoken(speech: Speech, writings: Usable, render: Render) -> str | Problem:
    """The subject of its message and every word under it, or why there is none.

    It is made on a sample account that has the facts of the case, in the language in which
    templates are looked at. A call has the words of its script.
    """
    (shown,) = of_samples(
        [_asked(speech)],
        writings.settings,
        writings.library,
        render,
        lang=language(writings.library, ""),
        now=datetime.combine(speech.today, MORNING, ZoneInfo(writings.settings.timezone)),
        today=speech.today,
        rulebook=writings.rulebook,
    )
    if isinstance(shown, Problem):
        return shown
    return "\n".join((shown.message.parts.get("subject", ""), text_of(shown)))


def _asked(speech: Speech) -> Asked:
    answered, facts = speech.answered, speech.case
    kind = facts.get("legal_kind")
    case = SampleCase(
        name="tested",
        title=words("tested", "testé"),
        claimed=(_claimed(facts),),
        below=tuple(_below(facts)),
        earlier=tuple(_earlier(facts)),
        kind=None if kind is None else LegalKind(str(kind)),
    )
    return Asked(
        template=answered.template,
        channel=answered.channel,
        tone=answered.tone,
        case=case,
        offer=answered.offer,
    )


def _claimed(facts: Mapping[str, Value]) -> Due:
    late = _count(facts, "days_late") or -_count(facts, "days_before_due")
    return Due(number="FA26118", late=late, balance=_count(facts, "amount_due") or _OWED)


def _below(facts: Mapping[str, Value]) -> Iterator[Due]:
    """What else is overdue of the debtor, as one item."""
    late = _count(facts, "days_late")
    rest = _count(facts, "debtor_overdue") - (_count(facts, "amount_due") if late else 0)
    if rest > 0:
        yield Due(number="FA26127", late=late or 1, balance=rest)


def _earlier(facts: Mapping[str, Value]) -> Iterator[tuple[str, int]]:
    """The message of the step before, where there was one."""
    since = facts.get("days_since_step")
    if facts.get("last_step") not in {None, "none"} and since is not None:
        yield "email", int(since)


def _count(facts: Mapping[str, Value], name: str) -> int:
    """A number among the facts; 0 where nobody said."""
    value = facts.get(name)
    return 0 if value is None else int(value)
