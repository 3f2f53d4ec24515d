"""A condition without one of its parts: what is left, and which part it was."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from dispatcher.policy.terms import ALWAYS, All, Condition, Either, Named


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """`rest` is the condition without `part`; an `alternative` is one of a list."""

    part: Condition
    rest: Condition
    alternative: bool = False


def edits(condition: Condition) -> Iterator[Edit]:
    """The condition without each of its comparisons and alternatives in turn.

    What a name stands for is one part: it may matter elsewhere.
    """
    match condition:
        case All(parts=parts):
            for place, part in enumerate(parts):
                for edit in edits(part):
                    rest = _put(parts, place, edit.rest)
                    yield replace(edit, rest=All(parts=rest))
        case Either(parts=parts):
            yield from _of_list(parts)
        case _:
            yield Edit(part=condition, rest=ALWAYS)


def label(part: Condition) -> str:
    """A part in a word or two: the fact it reads, or its name."""
    match part:
        case Named(name=name):
            return f"is: {name}"
        case All(parts=parts) | Either(parts=parts):
            return ", ".join(dict.fromkeys(label(each) for each in parts))
        case _:
            return part.fact


def _of_list(parts: tuple[Condition, ...]) -> Iterator[Edit]:
    """Without one alternative, or with a wider one; one that becomes `any` says nothing."""
    for place, part in enumerate(parts):
        if len(parts) > 1:
            rest = Either(parts=parts[:place] + parts[place + 1 :])
            yield Edit(part=part, rest=rest, alternative=True)
        for edit in edits(part):
            if not _is_always(edit.rest):
                yield replace(edit, rest=Either(parts=_put(parts, place, edit.rest)))


def _put(parts: tuple[Condition, ...], place: int, part: Condition) -> tuple[Condition, ...]:
    return (*parts[:place], part, *parts[place + 1 :])


def _is_always(condition: Condition) -> bool:
    return isinstance(condition, All) and all(_is_always(part) for part in condition.parts)
