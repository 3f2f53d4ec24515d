"""A policy as one generated Python function for a single case; Polars is not imported.

The source holds our own tokens and the `repr` of values that the reader has typed; nothing that
an operator wrote is ever run. Both edges of Kleene's logic are monotone (there is no `not` above
a leaf), so each condition becomes plain two-valued Python: `is true` for what acts, `is not
false` for what stops.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from dispatcher.model.vocabulary import Fact, Value
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


def compile_policy(policy: Policy, facts: Mapping[str, Fact]) -> Decide:
    """The function that decides a case; a fact that the case does not name is unknown."""
    source = _source(policy, facts)
    space: dict[str, object] = {"Verdict": Verdict}
    exec(compile(source, f"<policy {policy.name}>", "exec"), space)  # noqa: S102 - our own source
    decide: Decide = space["decide"]  # type: ignore[assignment] # defined by the source above
    return decide


def _source(policy: Policy, facts: Mapping[str, Fact]) -> str:
    variables = {name: f"f{number}" for number, name in enumerate(facts)}
    writer = _Writer(variables)
    reads = [f"    {variables[name]} = case.get({name!r})" for name in sorted(_read_by(policy))]
    lines = [
        "def decide(case):",
        *reads,
        "    stop, on_unknown = None, False",
        *writer.stops(policy.stops),
        *writer.first("hand_over", policy.hand_over),
        *writer.first("choice", policy.choices),
        "    return Verdict(",
        "        stop=stop, stop_on_unknown=on_unknown, hand_over=hand_over, choice=choice",
        "    )",
    ]
    return "\n".join(lines) + "\n"


class _Writer:
    """Writes conditions as Python expressions over local variables, one for each fact."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables

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
                return f"({variable} is not None)"
            case Lacks():
                return f"({variable} is None)"
            case _ if unknown:
                return f"({variable} is None or {_test(leaf, variable)})"
            case _:
                return f"({variable} is not None and {_test(leaf, variable)})"

    def _joined(self, parts: Sequence[Condition], word: str, *, unknown: bool) -> str:
        return "(" + word.join(self._text(part, unknown=unknown) for part in parts) + ")"


def _test(leaf: Between | OneOf | NoneOf, variable: str) -> str:
    match leaf:
        case OneOf(values=values):
            return f"{variable} in {values!r}"
        case NoneOf(values=values):
            return f"{variable} not in {values!r}"
        case Between(at_least=low, at_most=None):
            return f"{variable} >= {low!r}"
        case Between(at_least=None, at_most=high):
            return f"{variable} <= {high!r}"
        case Between(at_least=low, at_most=high):
            return f"{low!r} <= {variable} <= {high!r}"


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
