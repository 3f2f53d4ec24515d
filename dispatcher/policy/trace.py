"""Why a policy answers as it does: every rule tried, every part read, and the first that fails."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from dispatcher.model.vocabulary import Value
from dispatcher.policy.interpret import Case, interpret, truth
from dispatcher.policy.terms import All, Condition, Either, Leaf, Named, Policy, Rule, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class PartTruth:
    """One part of a condition: the value that was read (None: unknown) and what it made of it.

    `within` holds the names of the conditions (`is:`) that it stands in, outermost first.
    """

    part: Leaf
    value: Value
    truth: bool | None
    within: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTruth:
    """One rule that was tried. `failing` is the index of the part that kept it from being true."""

    rule: Rule
    truth: bool | None
    fires: bool
    parts: tuple[PartTruth, ...]
    failing: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """`stops`, `hand_over` or `steps`: the rules tried in order, the last one fires if any does."""

    name: str
    rules: tuple[RuleTruth, ...]

    @property
    def winner(self) -> RuleTruth | None:
        """The rule that fires."""
        return self.rules[-1] if self.rules and self.rules[-1].fires else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """The verdict and, by layer, how it came about; every layer is tried."""

    verdict: Verdict
    layers: tuple[Layer, ...] = field(default=())


def trace(policy: Policy, case: Case) -> Trace:
    """How the policy comes to its verdict on a case; a fact not named is unknown."""
    return Trace(
        verdict=interpret(policy, case),
        layers=(
            Layer(name="stops", rules=_tried(policy.stops, case, unknown_fires=True)),
            Layer(name="hand_over", rules=_tried(policy.hand_over, case, unknown_fires=False)),
            Layer(name="steps", rules=_tried(policy.choices, case, unknown_fires=False)),
        ),
    )


def _tried(rules: Sequence[Rule], case: Case, *, unknown_fires: bool) -> tuple[RuleTruth, ...]:
    tried: list[RuleTruth] = []
    for rule in rules:
        found = truth(rule.when, case)
        fires = found is True or (found is None and unknown_fires)
        parts = tuple(_parts(rule.when, case))
        failing = None if found is True else _failing(rule.when, case, found)
        index = next((n for n, part in enumerate(parts) if part.part is failing), None)
        tried.append(RuleTruth(rule=rule, truth=found, fires=fires, parts=parts, failing=index))
        if fires:
            break
    return tuple(tried)


def _parts(
    condition: Condition, case: Mapping[str, Value], within: tuple[str, ...] = ()
) -> Iterator[PartTruth]:
    match condition:
        case All(parts=parts) | Either(parts=parts):
            for part in parts:
                yield from _parts(part, case, within)
        case Named(name=name, condition=named):
            yield from _parts(named, case, (*within, name))
        case _:
            value = case.get(condition.fact)
            found = truth(condition, case)
            yield PartTruth(part=condition, value=value, truth=found, within=within)


def _failing(condition: Condition, case: Case, found: bool | None) -> Leaf | None:
    """The first part with the truth of the whole: that one would have to change."""
    match condition:
        case All(parts=parts) | Either(parts=parts):
            same = (part for part in parts if truth(part, case) is found)
            part = next(same, None)
            return None if part is None else _failing(part, case, found)
        case Named(condition=named):
            return _failing(named, case, found)
        case _:
            return condition
