"""One point of the checklist: what was looked at, how it stands, and what to do about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from dispatcher.model.problem import Problem
from dispatcher.problems.registry import kinds, phrase, phrases


class State(StrEnum):
    """How a point stands; only a `problem` makes the command fail."""

    OK = "ok"
    TODO = "todo"  # before going live, or for a person to look at
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One point; `name` is that of its phrases, unless a `problem` has words of its own.

    The phrases are `checklist/<name>` where it is good, `checklist/<name>/not` where it is not,
    and `checklist/<name>/do`.
    """

    name: str
    state: State
    fields: Mapping[str, str] = field(default_factory=dict)
    problem: Problem | None = None

    def words(self, lang: str) -> str:
        """What was found, in one sentence."""
        if self.problem is not None:
            place = self.problem.place
            where = f"{place.file}:{place.line}: " if place is not None and place.line else ""
            said = kinds()[self.problem.code].message.say(lang, self.problem.fields)
            return f"{where}{said}"
        ending = "" if self.state is State.OK else "/not"
        return phrase(f"checklist/{self.name}{ending}", lang, **self.fields)

    def remedy(self, lang: str) -> str:
        """What to do; nothing where all is well or the sentence says it."""
        if self.state is State.OK:
            return ""
        if self.problem is not None:
            kind = kinds()[self.problem.code]
            return "" if kind.remedy is None else kind.remedy.say(lang, self.problem.fields)
        name = f"checklist/{self.name}/do"
        return phrase(name, lang, **self.fields) if name in phrases() else ""


def point(name: str, /, *, good: bool, otherwise: State, **fields: object) -> Point:
    """A point that is well, or stands as `otherwise`."""
    state = State.OK if good else otherwise
    return Point(name=name, state=state, fields={key: str(value) for key, value in fields.items()})


def said(problem: Problem, state: State) -> Point:
    """A point about a problem that is known under its own code."""
    return Point(name=problem.code, state=state, problem=problem)
