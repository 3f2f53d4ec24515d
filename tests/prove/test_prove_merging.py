"""Contacts after merging: what is proved is broken by no pair of cases, read naively."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import pytest

from dispatcher.model.decision import Action
from dispatcher.model.vocabulary import Owner, Value
from dispatcher.policy.interpret import interpret
from dispatcher.policy.promises import Claim, Expectation, Invariant
from dispatcher.policy.terms import ALWAYS, Condition, Contact, Policy, Rulebook
from dispatcher.prove.exact.diagram import YES
from dispatcher.prove.exact.later import moved_on
from dispatcher.prove.exact.merged import later_rows
from dispatcher.prove.exact.outcomes import Outcome, answered, outcome_of, rows_of
from dispatcher.prove.exact.properties import Proved, Refuted, broken, prove_all
from dispatcher.prove.exact.reach import channel_of
from dispatcher.prove.exact.sampling import Dice
from dispatcher.prove.exact.says import Says, by_contact, said
from dispatcher.prove.exact.table import Table, analyse
from dispatcher.prove.exact.witness import case_of
from tests.decide.decide_world import LEGAL, is_, least
from tests.prove.test_prove_tables import generated


Case = Mapping[str, Value]


#: Answers of cases that a contact may take along.
MAY_GO = (Action.CONTACT, Action.WAIT, Action.NOTHING_YET)


def never(facts: Condition = ALWAYS, **words: tuple[str, ...]) -> Invariant:
    """What must never be."""
    return Invariant(name="never", never=Claim(facts=facts, expect=Expectation(**words)))  # type: ignore[arg-type] # words of a test


PROMISES = (
    never(is_("dispute", "open"), actions=("contact",)),
    never(least("days_late", high=3), actions=("contact",)),
    never(least("days_since_step", high=2), actions=("contact",)),
    never(rules=("reminder/*",), tones=("formal",)),
    never(is_("last_step", "none"), channels=("letter", "registered_letter")),
    never(is_("pause", True), templates=("firm", "courteous")),
    never(least("days_late", high=0), templates=("firm",)),
    never(rules=("reminder/*",), templates=("firm",)),
    never(is_("has_email", True), rules=("second-reminder/*",), channels=("letter",)),
)


def pairs(made: Policy, rules: Rulebook, seed: int) -> Iterator[tuple[Case, Case]]:
    """Two cases of one debtor, many times: one that leads a contact, one that may go with it."""
    table = analyse(made, rules, also=[row.when for row in later_rows(made, rules)])
    own = [name for name, fact in rules.facts.items() if fact.of is Owner.INVOICE]
    dice = Dice(seed)
    leading = [*some(table, dice, lambda outcome: outcome.contact is not None)]
    others = [*some(table, dice, lambda outcome: outcome.action in MAY_GO)]
    for one in leading:
        for _ in range(40):
            other = others[dice.below(len(others))]
            yield one, {**one, **{name: other[name] for name in own}}


def some(table: Table, dice: Dice, wanted: Callable[[Outcome], bool]) -> Iterator[Case]:
    """Cases at random with such an answer, some for each rule."""
    space = table.diagrams.space
    for outcome in filter(wanted, table.winners()):
        node = table.where(lambda found, mine=outcome: found == mine)  # type: ignore[misc] # mypy cannot infer a lambda with a default
        for _ in range(8):
            costs = [[dice.below(100) for _ in values] for values in space.values.values()]
            way = table.diagrams.cheapest(
                node,
                YES,
                lambda level, mask, costs=costs: min(  # type: ignore[misc] # as above
                    (cost, bit) for bit, cost in enumerate(costs[level]) if mask >> bit & 1
                ),
            )
            free = {level: dice.below(len(found)) for level, found in enumerate(costs)}
            yield case_of({**free, **(way or {})}, space)


def carried(one: Case, other: Case, made: Policy, rules: Rulebook) -> Says | None:
    """What the other case answers if the contact of the first takes it along, read naively."""
    rows = rows_of(made, rules)
    lead, led = answered(rows, one), answered(rows, other)
    if lead.contact is None:
        return None
    channel = channel_of(lead.contact, one, frozenset(rules.facts))
    moves = led if led.contact is not None else _soon(led, other, made, rules)
    if not channel or moves is None or not _may(lead, moves, one, other, early=moves is not led):
        return None
    return by_contact(said(moves, channel), lead.contact, channel)


def _soon(led: Outcome, other: Case, made: Policy, rules: Rulebook) -> Outcome | None:
    """The step that a waiting case will do within `gather` days."""
    if led.action not in {Action.WAIT, Action.NOTHING_YET} or not made.limits.gather:
        return None
    found = interpret(made, moved_on(other, made.limits.gather, rules.facts))
    if found.stop is not None or found.hand_over is not None or found.choice is None:
        return None
    later = outcome_of(made.choices[found.choice], made)
    return later if later.contact is not None and not _legal(later.contact) else None


def _may(lead: Outcome, moves: Outcome, one: Case, other: Case, *, early: bool) -> bool:
    first, second = lead.contact, moves.contact
    assert first is not None
    assert second is not None
    same = lead.step == moves.step
    overdue = int(other["days_late"] or 0) > 0
    if _legal(first):
        fits = _legal(second) and same and not early
    else:
        late_enough = overdue or (same and not early)
        fits = not _legal(second) and moves.position <= lead.position and late_enough
    leads = early or lead.position > moves.position or _late(one) > _late(other)
    return fits and leads


def _late(case: Case) -> int:
    return int(case["days_late"] or 0)


def _legal(contact: Contact) -> bool:
    return contact.template in LEGAL


@pytest.mark.parametrize("seed", [0, 1, 3, 4, 5, 6, 7, 8, 9])
def test_no_pair_of_cases_breaks_what_is_proved_of_contacts(seed: int) -> None:
    rules = generated(seed)
    made = rules.policies["b2b"]
    made = replace(made, hand_over=(), limits=replace(made.limits, gather=3 + seed % 5))
    proofs = prove_all(PROMISES, made, rules, legal=LEGAL)
    merged = 0
    for one, other in pairs(made, rules, seed):
        says = carried(one, other, made, rules)
        if says is None:
            continue
        merged += 1
        for invariant, proof in zip(PROMISES, proofs, strict=True):
            if broken(invariant, other, says):
                assert isinstance(proof, Refuted), (invariant, one, other)
    assert merged
    assert len(proofs) == len(PROMISES)


@pytest.mark.parametrize("seed", range(10))
def test_the_two_cases_of_a_refutation_do_meet_in_one_contact(seed: int) -> None:
    rules = generated(seed)
    made = rules.policies["b2b"]
    made = replace(made, hand_over=(), limits=replace(made.limits, gather=3 + seed % 5))
    for invariant, proof in zip(
        PROMISES, prove_all(PROMISES, made, rules, legal=LEGAL), strict=True
    ):
        if isinstance(proof, Proved) or not isinstance(proof, Refuted) or proof.leader is None:
            continue
        one, other = (_whole(case, rules) for case in (proof.leader, proof.case))
        own = {name for name, fact in rules.facts.items() if fact.of is Owner.INVOICE}
        assert all(one[name] == other[name] for name in rules.facts if name not in own)
        says = carried(one, other, made, rules) or carried(
            {**one, "days_late": _late(one) + 1}, other, made, rules
        )
        assert says is not None
        assert broken(invariant, other, says)


def _whole(case: Case, rules: Rulebook) -> dict[str, Value]:
    facts = rules.facts.values()
    return {f.name: case.get(f.name, f.default if f.has_default else None) for f in facts}
