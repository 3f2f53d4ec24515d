"""What a test expects of an answer, and in which words the answer differs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from dispatcher.policy.promises import Day, Expectation
from dispatcher.prove.exact.says import named
from dispatcher.prove.trials.alone import Answered


#: Field of an expectation -> the word of test files, which is also the field of an answer.
WORDS: Final = {
    "actions": "action",
    "rules": "rule",
    "channels": "channel",
    "templates": "template",
    "tones": "tone",
    "offers": "offer",
    "to": "to",
    "reasons": "reason",
}

NOT: Final = "not"
UNTIL: Final = "until"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mismatch:
    """One word of an expectation that the answer does not keep; `unwanted` comes of a `not`."""

    word: str
    expected: str
    got: str
    unwanted: bool = False


def mismatches(
    expect: Expectation, answered: Answered, *, day_0: date | None = None
) -> tuple[Mismatch, ...]:
    """Every word in which an answer differs from what is expected; `day_0` places dates."""
    found = [*_different(expect, answered, day_0)]
    if expect.but is not None and not any(_different(expect.but, answered, day_0)):
        found += _unwanted(expect.but, answered)
    return tuple(found)


def holds(expect: Expectation, answered: Answered, *, day_0: date | None = None) -> bool:
    """Whether an answer is all that is expected."""
    return not mismatches(expect, answered, day_0=day_0)


def offset(day: Day, day_0: date | None) -> int | None:
    """A day of a test file in days from day 0; None: a date, and nobody knows day 0."""
    if isinstance(day, date):
        return None if day_0 is None else (day - day_0).days
    return day


def _different(expect: Expectation, answered: Answered, day_0: date | None) -> Iterator[Mismatch]:
    for field, word in WORDS.items():
        wanted: tuple[str, ...] = getattr(expect, field)
        got = str(getattr(answered, word))
        fits = named(got, wanted) if word == "rule" else got in wanted
        if wanted and not fits:
            yield Mismatch(word=word, expected=", ".join(wanted), got=got)
    if expect.until is not None and offset(expect.until, day_0) != answered.until:
        got = _day(answered.until, expect.until, day_0)
        yield Mismatch(word=UNTIL, expected=_written(expect.until), got=got)


def _unwanted(but: Expectation, answered: Answered) -> Iterator[Mismatch]:
    for field, word in WORDS.items():
        wanted: tuple[str, ...] = getattr(but, field)
        if wanted:
            got = str(getattr(answered, word))
            yield Mismatch(word=word, expected=", ".join(wanted), got=got, unwanted=True)
    if but.until is not None:
        until = _written(but.until)
        yield Mismatch(word=UNTIL, expected=until, got=until, unwanted=True)


def _written(day: Day) -> str:
    return day.isoformat() if isinstance(day, date) else f"day {day}"


def _day(got: int | None, like: Day, day_0: date | None) -> str:
    """A day of an answer in the way the test writes days; empty for an open end."""
    if got is None:
        return ""
    if isinstance(like, date) and day_0 is not None:
        return date.fromordinal(day_0.toordinal() + got).isoformat()
    return f"day {got}"
