"""Exact analysis of generated policies, against trying every cell: `python -m bench.proofs`.

A policy is a ladder with thresholds on amounts, delays and words, and stops before it. Both ways
must first answer the same in every cell that is tried. Seconds are CPU time of this process; not
all cells of the larger spaces are tried, so their time is one cell's times all.
"""

import argparse
import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Final

from bench.rule_cases import KINDS, PROFILES
from bench.timing import machine
from dispatcher.model.vocabulary import Fact, FactType, Owner
from dispatcher.policy.function import compile_policy
from dispatcher.policy.interpret import Case
from dispatcher.policy.promises import Claim, Expectation, Invariant
from dispatcher.policy.terms import (
    All,
    Between,
    Condition,
    Contact,
    Hold,
    Known,
    Lacks,
    NoneOf,
    OneOf,
    Policy,
    Rule,
    Rulebook,
    Step,
)
from dispatcher.prove.changes.answers_changed import answers_changed
from dispatcher.prove.exact.properties import Proved, prove
from dispatcher.prove.exact.table import Table, analyse
from dispatcher.prove.findings.look import findings
from dispatcher.prove.findings.scene import World


CHOICES: Final = 4
STOPS: Final = ("disputed", "promised", "insolvent")
GOALS: Final = {17: 0.005, 40: 0.1, 1000: 5.0}
#: What `check` takes after its start, for one policy.
CHECKED: Final = {40: 0.1, 1000: 5.0}

NUMBERS: Final = {
    "amount_due": (FactType.MONEY, 10_000_000, Owner.INVOICE),
    "debtor_overdue": (FactType.MONEY, 10_000_000, Owner.DEBTOR),
    "days_late": (FactType.INT, 3650, Owner.INVOICE),
    "days_since_step": (FactType.INT, 3650, Owner.INVOICE),
    "broken_promises": (FactType.INT, 99, Owner.DEBTOR),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """CPU seconds of the work on one policy."""

    table: float
    proof: float
    diff: float
    findings: float


def main() -> None:
    """Check, time and print every size, then the goals."""
    options = _options()
    print(f"# Proofs: {machine()}, best of {options.runs} runs, CPU time\n")
    print(
        "| rules | cells | nodes | table | all findings | one promise | diff after an edit"
        " | every cell | ratio |"
    )
    print("|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
    found = {rules: _line(rules, options.runs, options.cells) for rules in GOALS}
    print()
    for rules, goal in GOALS.items():
        word = "reached" if found[rules].table <= goal else "MISSED"
        print(f"- {rules} rules, table: at most {goal * 1e3:g} ms: {word}")
    for rules, goal in CHECKED.items():
        word = "reached" if found[rules].findings <= goal else "MISSED"
        print(f"- {rules} rules, all findings: at most {goal * 1e3:g} ms: {word}")


def _options() -> argparse.Namespace:
    options = argparse.ArgumentParser(prog="python -m bench.proofs", description=__doc__)
    options.add_argument("--runs", type=int, default=5)
    options.add_argument("--cells", type=int, default=20_000, help="cells tried to time one")
    return options.parse_args()


def _line(rules: int, runs: int, cells: int) -> Timed:
    rulebook = world(rules)
    (made,) = rulebook.policies.values()
    table = analyse(made, rulebook)
    each = _cell(table, cells)
    edited = _edited(made)
    promise = Invariant(
        name="a disputed invoice is never claimed",
        never=Claim(
            facts=OneOf(fact="disputed", values=(True,)), expect=Expectation(actions=("contact",))
        ),
    )
    assert isinstance(prove(promise, made, rulebook), Proved)
    timed = Timed(
        table=_best(lambda: analyse(made, rulebook).unreachable(), runs),
        proof=_best(lambda: prove(promise, made, rulebook), runs),
        findings=_best(lambda: findings(rulebook, World()), runs),
        diff=_best(lambda: answers_changed(made, edited, (rulebook, rulebook)), runs),
    )
    brute = each * table.cells()
    print(
        f"| {rules} | {table.cells():.1e} | {table.diagrams.size} | {timed.table * 1e3:.1f} ms"
        f" | {timed.findings * 1e3:.1f} ms | {timed.proof * 1e3:.1f} ms"
        f" | {timed.diff * 1e3:.1f} ms | {brute:.1e} s | {brute / timed.table:.1e} |"
    )
    return timed


def _cell(table: Table, most: int) -> float:
    """CPU seconds to try one cell with the compiled function; both ways must agree on it."""
    space = table.diagrams.space
    decide = compile_policy(table.policy, space.facts)
    spread = [Random(name).sample(values, len(values)) for name, values in space.values.items()]
    cells = itertools.islice(itertools.product(*spread), most)
    tried = [dict(zip(space.values, values, strict=True)) for values in cells]
    for case in tried:
        _agree(table, case, decide)
    begun = time.process_time()
    for case in tried:
        decide(case)
    return (time.process_time() - begun) / len(tried)


def _agree(table: Table, case: Case, decide: Callable[[Case], object]) -> None:
    told = table.told(case)
    found = decide(case)
    stop, choice = getattr(found, "stop", None), getattr(found, "choice", None)
    policy = table.policy
    if told.action is None:  # it cannot be
        return
    rule = (
        policy.stops[stop].id
        if stop is not None
        else ""
        if choice is None
        else policy.choices[choice].id
    )
    assert told.rule == rule, case


def _best(work: Callable[[], object], runs: int) -> float:
    return min(_once(work) for _ in range(runs))


def _once(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


# -- policies -------------------------------------------------------------------------------------


def world(rules: int, *, seed: int = 2026) -> Rulebook:
    """A vocabulary and one policy of so many rules."""
    chance = Random(seed)
    rungs = [f"step-{number}" for number in range(1, (rules - len(STOPS)) // CHOICES + 1)]
    steps = tuple(
        _step(name, before, chance) for name, before in zip(rungs, ("none", *rungs), strict=False)
    )
    made = Policy(
        name="bench",
        version="2026.11.1",
        hash="",
        file="",
        applies_to=NoneOf(fact="legal_kind", values=("public_body",)),
        stops=tuple(_stop(name) for name in STOPS),
        start=Between(fact="days_late", at_least=4),
        steps=steps,
    )
    impossible: tuple[Condition, ...] = (
        All(parts=(OneOf(fact="last_step", values=("none",)), Known(fact="days_since_step"))),
        All(parts=(NoneOf(fact="last_step", values=("none",)), Lacks(fact="days_since_step"))),
    )
    facts = {fact.name: fact for fact in _facts(tuple(rungs))}
    return Rulebook(facts=facts, invariants=impossible, policies={made.name: made})


def _facts(rungs: tuple[str, ...]) -> tuple[Fact, ...]:
    words = {"legal_kind": KINDS, "profile": PROFILES}
    return (
        Fact(name="last_step", type=FactType.STEP, of=Owner.INVOICE, values=("none", *rungs)),
        *(
            Fact(name=name, type=FactType.ENUM, of=Owner.DEBTOR, values=values)
            for name, values in words.items()
        ),
        *(
            Fact(
                name=name,
                type=kind,
                of=owner,
                minimum=0,
                maximum=most,
                nullable=name == "days_since_step",
            )
            for name, (kind, most, owner) in NUMBERS.items()
        ),
        *(
            Fact(name=name, type=FactType.BOOL, of=Owner.DEBTOR, nullable=name == "insolvent")
            for name in (*STOPS, "has_email", "has_phone")
        ),
    )


def _stop(name: str) -> Rule:
    when = OneOf(fact=name, values=(True,))
    return Rule(id=f"stops/{name}", when=when, then=Hold(reason=name))


def _step(name: str, before: str, chance: Random) -> Step:
    since = Between(fact="days_since_step", at_least=chance.choice((5, 7, 8, 10, 15)))
    late = Between(fact="days_late", at_least=chance.choice((10, 30, 45)))
    return Step(
        id=name,
        labels={},
        after=(before,),
        when=late if before == "none" else All(parts=(since, late)),
        choose=(
            *(_rule(f"{name}/{number}", _when(chance)) for number in range(1, CHOICES)),
            _rule(f"{name}/any", All()),
        ),
    )


def _when(chance: Random) -> Condition:
    """One to three comparisons, as people write them."""
    euro = chance.choice((100, 150, 300, 500, 1_000, 2_000, 5_000)) * 100
    ways = (
        Between(fact="debtor_overdue", at_least=euro),
        Between(fact="debtor_overdue", at_most=euro - 1),
        Between(fact="amount_due", at_most=euro - 1),
        OneOf(fact="profile", values=tuple(chance.sample(PROFILES, k=2))),
        NoneOf(fact="legal_kind", values=("consumer",)),
        Between(fact="broken_promises", at_least=chance.choice((1, 2))),
    )
    return All(parts=tuple(chance.sample(ways, k=chance.choice((1, 2, 2, 3)))))


def _rule(name: str, when: Condition) -> Rule:
    then = Contact(channels=("email", "call"), template=name, tone="firm")
    return Rule(id=name, when=when, then=then)


def _edited(policy: Policy) -> Policy:
    """The policy with another delay before its second step."""
    first, second, *others = policy.steps
    late = Between(fact="days_since_step", at_least=6)
    changed = Step(
        id=second.id,
        labels={},
        after=second.after,
        when=late,
        choose=second.choose,
    )
    return Policy(
        name=policy.name,
        version=policy.version,
        hash="",
        file="",
        applies_to=policy.applies_to,
        stops=policy.stops,
        start=policy.start,
        steps=(first, changed, *others),
    )


if __name__ == "__main__":
    main()
