"""What the reader carries along: the vocabulary, the known names, and the problems found."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from dispatcher.model.problem import Place, Problem
from dispatcher.model.vocabulary import Fact
from dispatcher.nodes.node import Map, Node
from dispatcher.policy.names import Names
from dispatcher.policy.terms import Condition
from dispatcher.problems.suggest import nearest


@dataclass(slots=True, kw_only=True)
class Findings:
    """Problems in order of finding, each once: a parent's mistake shows in every child."""

    problems: list[Problem] = field(default_factory=list)
    seen: set[object] = field(default_factory=set)

    def add(self, problem: Problem) -> None:
        """Keep a problem unless the very same is there already."""
        key = (problem.code, problem.place, tuple(problem.fields.items()))
        if key not in self.seen:
            self.seen.add(key)
            self.problems.append(problem)

    def say(
        self,
        code: str,
        place: Place | None,
        *,
        second: Place | None = None,
        suggestion: str = "",
        **fields: str,
    ) -> None:
        """Keep a problem with these fields."""
        self.add(
            Problem(code=code, place=place, fields=fields, second=second, suggestion=suggestion)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Where a node is read: what it may name, and where to report.

    `conditions` are the named ones of the policy; `debtor_only` refuses facts of invoices;
    `path` holds the condition names being read, to find a circle, and `read_already` those that
    were read, with their size. `ladder`, `stops` and `rules` are the ids that this policy, or a
    test of it, may name.
    """

    findings: Findings
    facts: Mapping[str, Fact] = field(default_factory=dict)
    names: Names = field(default_factory=Names)
    conditions: Map | None = None
    debtor_only: bool = False
    path: tuple[str, ...] = ()
    ladder: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    read_already: dict[tuple[str, bool], tuple[Condition | None, int]] = field(default_factory=dict)

    def say(self, code: str, node: Node | Place, *, suggestion: str = "", **fields: str) -> None:
        """Report a problem at that node."""
        place = node if isinstance(node, Place) else node.place
        self.findings.say(code, place, second=None, suggestion=suggestion, **fields)

    def unknown(
        self, code: str, node: Node | Place, name: str, allowed: Iterable[str], **fields: str
    ) -> None:
        """Report a name that is none of the allowed ones, with the list and the nearest."""
        known = list(allowed)
        listed = shown(known) or "-"
        self.say(
            code, node, suggestion=nearest(name, known), name=cut(name), allowed=listed, **fields
        )


def cut(text: str, limit: int = 40) -> str:
    """A text short enough for a message, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def shown(names: Iterable[str], limit: int = 20) -> str:
    """A list of names for a message, cut after 20."""
    known = list(names)
    listed = ", ".join(known[:limit])
    return f"{listed}, …" if len(known) > limit else listed
