"""A policy as one generated Python function for a single case; Polars is not imported.

The source holds our own tokens and the `repr` of values that the reader has typed; nothing that
an operator wrote is ever run. Both edges of Kleene's logic are monotone (there is no `not` above
a leaf), so each condition becomes plain two-valued Python: `is true` for what acts, `is not
false` for what stops.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache

from dispatcher.model.vocabulary import Fact, Value
from dispatcher.policy.once import once
from dispatcher.policy.terms import (
    All,
    Between,
    Condition,
    Either,
    Known,
    Lacks,
    Leaf,
    Named,
    NoneOf,
    OneOf,
    Policy,
    Rule,
    Verdict,
)


Decide = Callable[[Mapping[str, Value]], Verdict]


@once
def compile_policy(policy: Policy, facts: Mapping[str, Fact]) -> Decide:
    """The function that decides a case; a fact that the case does not name is unknown."""
    source = _source(policy, facts)
    space: dict[str, object] = {"verdict": _verdict, "nan": float("nan")}
    exec(compile(source, f"<policy {policy.name}>", "exec"), space)  # noqa: S102 - our own source
    decide: Decide = space["decide"]  # type: ignore[assignment] # defined by the source above
    return decide


def _source(policy: Policy, facts: Mapping[str, Fact]) -> str:
    variables = {name: f"f{number}" for number, name in enumerate(facts)}
    writer = _Writer(variables)
    rules = [
        *writer.stops(policy.stops),
        *writer.first("hand_over", policy.hand_over),
        *writer.first("choice", policy.choices),
    ]
    read = {name: variables[name] for name in sorted(_read_by(policy))}
    lines = [
        "def decide(case):",
        *_reads(read),
        *writer.numbers(),
        "    stop, on_unknown = None, False",
        *rules,
        "    return verdict(stop, on_unknown, hand_over, choice)",
    ]
    return "\n".join(lines) + "\n"


def _reads(variables: Mapping[str, str]) -> Iterator[str]:
    """Every fact into its variable: quickly where the case names all of them, else one by one."""
    if not variables:
        return
    yield "    try:"
    yield from (f"        {variable} = case[{name!r}]" for name, variable in variables.items())
    yield "    except KeyError:"
    yield from (f"        {variable} = case.get({name!r})" for name, variable in variables.items())


@lru_cache(maxsize=4096)  # making a value costs more than twenty comparisons
def _verdict(
    stop: int | None, on_unknown: bool, hand_over: int | None, choice: int | None
) -> Verdict:
    return Verdict(stop=stop, stop_on_unknown=on_unknown, hand_over=hand_over, choice=choice)


class _Writer:
    """Writes conditions as Python expressions over local variables, one for each fact.

    A range reads a second variable, in which the unknown is not a number: it lies in no range.
    """

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables
        self._ranged: dict[str, str] = {}

    def numbers(self) -> Iterator[str]:
        """The second variables of the ranges written so far."""
        for variable, number in self._ranged.items():
            yield f"    {number} = nan if {variable} is None else {variable}"

    def stops(self, rules: Sequence[Rule]) -> Iterator[str]:
        word = "if"
        for index, rule in enumerate(rules):
            yield f"    {word} {self._text(rule.when, unknown=True)}:"
            yield f"        stop = {index}"
            yield f"        on_unknown = not {self._text(rule.when, unknown=False)}"
            word = "elif"

    def first(self, name: str, rules: Sequence[Rule]) -> Iterator[str]:
        yield f"    {name} = None"
        word = "if"
        for index, rule in enumerate(rules):
            yield f"    {word} {self._text(rule.when, unknown=False)}:"
            yield f"        {name} = {index}"
            word = "elif"

    def _text(self, condition: Condition, *, unknown: bool) -> str:
        """The condition with the unknown taken for true, or for false."""
        match condition:
            case All(parts=()):
                return "True"
            case All(parts=parts):
                return self._joined(parts, " and ", unknown=unknown)
            case Either(parts=parts):
                return self._joined(parts, " or ", unknown=unknown)
            case Named(condition=named):
                return self._text(named, unknown=unknown)
            case _:
                return self._leaf(condition, unknown=unknown)

    def _leaf(self, leaf: Leaf, *, unknown: bool) -> str:
        variable = self._variables[leaf.fact]
        match leaf:
            case Known():
                return f"{variable} is not None"
            case Lacks():
                return f"{variable} is None"
            case OneOf(values=values):
                return f"{variable} in {_with_unknown(values, unknown)!r}"
            case NoneOf(values=values):
                return f"{variable} not in {_with_unknown(values, not unknown)!r}"
            case Between() if unknown:
                return f"({variable} is None or {_range(leaf, variable)})"
            case Between():
                number = self._ranged.setdefault(variable, f"n{variable[1:]}")
                return _range(leaf, number)

    def _joined(self, parts: Sequence[Condition], word: str, *, unknown: bool) -> str:
        return "(" + word.join(self._text(part, unknown=unknown) for part in parts) + ")"


def _with_unknown(values: tuple[Value, ...], wanted: bool) -> tuple[Value, ...]:
    known = tuple(value for value in values if value is not None)
    return (*known, None) if wanted else known


def _range(leaf: Between, variable: str) -> str:
    low = "" if leaf.at_least is None else f"{leaf.at_least!r} <= "
    high = "" if leaf.at_most is None else f" <= {leaf.at_most!r}"
    return f"{low}{variable}{high}"


def _read_by(policy: Policy) -> set[str]:
    rules = (*policy.stops, *policy.hand_over, *policy.choices)
    return {fact for rule in rules for fact in read_facts(rule.when)}


def read_facts(condition: Condition) -> set[str]:
    """The names of the facts that a condition reads."""
    match condition:
        case All(parts=parts) | Either(parts=parts):
            return {fact for part in parts for fact in read_facts(part)}
        case Named(condition=named):
            return read_facts(named)
        case _:
            return {condition.fact}
