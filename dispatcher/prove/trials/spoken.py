"""What tests expect of the words of a message; the message itself is made outside."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from dispatcher.model.problem import Problem
from dispatcher.model.vocabulary import Value
from dispatcher.policy.promises import Expectation
from dispatcher.prove.trials.alone import Answered
from dispatcher.prove.trials.expected import Mismatch


SAYS: Final = "says"
NEVER_SAYS: Final = "never_says"

#: Characters that are shown on either side of a phrase.
_AROUND: Final = 40

#: Signs that people write in more than one way.
_ALIKE: Final = str.maketrans({"’": "'", "‑": "-"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """A message to be made: what is answered to whom, on which day.

    `case` holds the facts; `answered` names template, channel, tone and offer.
    """

    answered: Answered
    case: Mapping[str, Value]
    today: date


#: The words that a debtor reads, subject first; or what keeps the message from being made.
Speak = Callable[[Speech], str | Problem]


def mute(_speech: Speech) -> str | Problem:
    """Nobody can make messages here: who asks for their words is told so."""
    return Problem(code="test/no-words")


def asks_words(expect: Expectation | None) -> bool:
    """Whether a message has to be made to know."""
    return expect is not None and bool(expect.says or expect.never_says)


def unsaid(
    expect: Expectation, speech: Speech, speak: Speak
) -> tuple[tuple[Mismatch, ...], Problem | None]:
    """The phrases that a message lacks, or has and must not have; where there is none, all.

    Nothing is rendered where nothing is asked. The problem says why the message cannot be made.
    """
    if not asks_words(expect):
        return (), None
    answered = speech.answered
    told = speak(speech) if answered.template and answered.channel else ""
    if isinstance(told, Problem):
        return (), told
    if not told:
        return tuple(_silent(expect)), None
    return (*_missing(expect, _heard(told)), *_unwanted(expect, _heard(told))), None


def _silent(expect: Expectation) -> Iterator[Mismatch]:
    """There is no message: who asks what it does not say is wrong about it too."""
    for word in (SAYS, NEVER_SAYS):
        for phrase in getattr(expect, word):
            yield Mismatch(word=word, expected=phrase, got="")


def _missing(expect: Expectation, heard: str) -> Iterator[Mismatch]:
    for phrase in expect.says:
        if _found(phrase, heard) is None:
            yield Mismatch(word=SAYS, expected=phrase, got=_cut(heard, 0, 4 * _AROUND))


def _unwanted(expect: Expectation, heard: str) -> Iterator[Mismatch]:
    for phrase in expect.never_says:
        found = _found(phrase, heard)
        if found is not None:
            around = _cut(heard, found.start() - _AROUND, found.end() + _AROUND)
            yield Mismatch(word=SAYS, expected=phrase, got=around, unwanted=True)


def _found(phrase: str, heard: str) -> re.Match[str] | None:
    """Where a phrase stands, in capitals or not; a number stands alone: 240,00 is not 40,00."""
    words = re.escape(_heard(phrase))
    return re.search(rf"(?:(?<!\d)|(?!\d)){words}(?:(?!\d)|(?<!\d))", heard, re.IGNORECASE)


def _cut(heard: str, start: int, end: int) -> str:
    before, after = "…" if start > 0 else "", "…" if end < len(heard) else ""
    return f"{before}{heard[max(0, start) : end].strip()}{after}"


def _heard(text: str) -> str:
    """The words in one line: how they are broken and spaced is not what is said."""
    return " ".join(text.translate(_ALIKE).split())
