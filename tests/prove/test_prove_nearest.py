"""The nearest case that a rule answers: no case is nearer, and the rule does answer it.

`RELANCE_EXAMPLES=5000 python -m pytest -m slow tests/prove/test_prove_nearest.py` looks longer.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product
from random import Random

import pytest

from dispatcher.model.vocabulary import Fact, FactType, Owner, Source, Value
from dispatcher.policy.interpret import Case, interpret, truth
from dispatcher.policy.terms import (
    ALWAYS,
    All,
    Between,
    Condition,
    Contact,
    Either,
    Hold,
    Known,
    Lacks,
    NoneOf,
    OneOf,
    Policy,
    Resume,
    Rule,
    Rulebook,
    Step,
    Wait,
)
from dispatcher.prove.exact.diagram import NO
from dispatcher.prove.exact.freed import freed
from dispatcher.prove.exact.later import moved_on
from dispatcher.prove.exact.nearest import Nearest, nearest, rank, rules_named, wanted
from dispatcher.prove.exact.outcomes import answered, rows_of
from dispatcher.prove.exact.table import Table, analyse
from dispatcher.prove.trials.alone import whole
from tests.prove.prove_world import world


EXAMPLES = int(os.environ.get("RELANCE_EXAMPLES", "1000"))
STEPS = ("none", "one", "two")
VALUES: Mapping[str, tuple[Value, ...]] = {
    "last_step": STEPS,
    "days_since_step": (*range(6), None),
    "days_late": tuple(range(6)),
    "dispute": ("none", "open"),
    "legal_kind": ("firm", "person"),
}


def small_facts() -> dict[str, Fact]:
    """A vocabulary of which every case can be written down."""
    number = {"type": FactType.INT, "source": Source.DERIVED, "minimum": 0, "maximum": 5}
    told: dict[str, dict[str, object]] = {
        "last_step": {"type": FactType.STEP, "source": Source.LEDGER, "values": STEPS},
        "days_since_step": {**number, "nullable": True},
        "days_late": number,
        "dispute": {"type": FactType.ENUM, "source": Source.LEDGER, "values": ("none", "open")},
        "legal_kind": {"type": FactType.ENUM, "values": ("firm", "person")},
    }
    return {
        name: Fact(name=name, of=Owner.INVOICE, **fields)  # type: ignore[arg-type] # a table
        for name, fields in told.items()
    }


INVARIANTS = (
    All(parts=(OneOf(fact="last_step", values=("none",)), Known(fact="days_since_step"))),
    All(parts=(NoneOf(fact="last_step", values=("none",)), Lacks(fact="days_since_step"))),
)
CASES = tuple(
    case
    for values in product(*VALUES.values())
    for case in (dict(zip(VALUES, values, strict=True)),)
    if not any(truth(each, case) for each in INVARIANTS)
)


def leaf(random: Random) -> Condition:
    """One comparison with any fact."""
    name = random.choice(sorted(VALUES))
    if name.startswith("days"):
        low = random.randrange(6)
        return Between(fact=name, at_least=low, at_most=random.choice((None, None, low + 1)))
    return OneOf(fact=name, values=(random.choice(VALUES[name]),))


def condition(random: Random) -> Condition:
    """A comparison, or two."""
    parts = (leaf(random), leaf(random))
    return random.choice((parts[0], All(parts=parts), Either(parts=parts)))


def small_policy(random: Random) -> Policy:
    """Stops, and a ladder of two steps with two choices each."""
    stops = tuple(
        Rule(id=f"stops/{n}", when=condition(random), then=Hold(reason="held"))
        for n in range(random.choice((0, 1, 2)))
    )
    steps = tuple(
        Step(
            id=name,
            labels={},
            after=(before,),
            when=condition(random),
            choose=(
                Rule(id=f"{name}/first", when=condition(random), then=Wait(reason="later")),
                Rule(id=f"{name}/rest", when=ALWAYS, then=Wait()),
            ),
        )
        for before, name in (("none", "one"), ("one", "two"))
    )
    return Policy(
        name="p", version="1", hash="", file="", applies_to=ALWAYS, stops=stops, steps=steps
    )


def key(days: int, moved: Case, after: Case, table: Table) -> tuple[int, int, int]:
    """How far a case is: how many changes, how unlikely they are, how many days."""
    changed = [name for name in after if after[name] != moved[name]]
    ranks = [rank(name, moved[name], after[name], table) for name in changed]
    return len(changed) + bool(days), sum(ranks), days


def by_force(case: Case, rule: str, table: Table, said: list[str]) -> tuple[int, int, int] | None:
    """The least key over every case and every day."""
    there = [after for after, told in zip(CASES, said, strict=True) if told == rule]
    ways = (
        key(days, moved, after, table)
        for days in range(8)
        for moved in [moved_on(case, days, table.rulebook.facts)]
        for after in there
    )
    return min(ways, default=None)


def check(seed: int) -> bool:
    """Compare for one policy and some of its cases; whether anything was near."""
    random = Random(seed)
    facts = small_facts()
    policy = small_policy(random)
    rulebook = Rulebook(facts=facts, invariants=INVARIANTS, policies={"p": policy})
    table, rows = analyse(policy, rulebook), rows_of(policy, rulebook)
    said = [answered(rows, case).rule for case in CASES]
    seen = False
    for rule in (*policy.stops, *policy.choices):
        case = random.choice(CASES)
        found = nearest(table, wanted(rule.id, table), case)
        least = by_force(case, rule.id, table, said)
        if found is None:
            assert least is None, (seed, rule.id, case)
            continue
        moved = moved_on(case, found.days, facts)
        assert key(found.days, moved, found.case, table) == least, (seed, rule.id, case, found)
        assert all(answer(policy, one) == rule.id for one in meant(found, facts)), (seed, found)
        seen = True
    return seen


def answer(policy: Policy, case: Case) -> str:
    """The rule that answers, by the naive interpreter."""
    verdict = interpret(policy, case)
    if verdict.stop is not None:
        return policy.stops[verdict.stop].id
    return "" if verdict.choice is None else policy.choices[verdict.choice].id


def meant(found: Nearest, facts: Mapping[str, Fact]) -> Iterator[Case]:
    """Every case that the needs speak of; in each, what is needed takes its values."""
    needs = {need.wanted.fact: need.wanted for need in (*found.changed, *found.grown)}
    domains = {
        name: [value for value in VALUES[name] if truth(needs[name], {name: value})]
        if name in needs
        else [found.case[name]]
        for name in facts
    }
    assert all(found.case[name] in domain for name, domain in domains.items())
    for values in product(*domains.values()):
        yield dict(zip(domains, values, strict=True))


@pytest.mark.parametrize("seed", range(25))
def test_no_case_is_nearer_and_the_interpreter_agrees(seed: int) -> None:
    assert check(seed)


@pytest.mark.slow
def test_no_case_is_nearer_of_very_many() -> None:
    assert sum(check(seed) for seed in range(1_000, 1_000 + EXAMPLES)) > EXAMPLES * 0.9


# -- the shipped policy -------------------------------------------------------------------------

CASE: Mapping[str, Value] = {
    "legal_kind": "business",
    "profile": "sme",
    "amount_due": 120_000,
    "debtor_overdue": 120_000,
    "days_late": 5,
    "last_step": "none",
    "limitation_days": 1_800,
    "payer_history": "irregular",
    "has_email": True,
    "has_mobile": True,
    "has_phone": True,
    "has_address": True,
}
THIRD: Mapping[str, Value] = {"last_step": "third-reminder", "days_since_step": 3, "days_late": 40}


def near(name: str, **facts: Value) -> Nearest | None:
    """How near a case of the shipped policy is to being answered by what is named."""
    rulebook = world().rulebook
    table = analyse(rulebook.policies["b2b-standard"], rulebook)
    return nearest(table, wanted(name, table), whole({**CASE, **facts}, rulebook.facts))


def told(found: Nearest | None) -> tuple[str, int, list[str], list[str]]:
    """What was found, by the names of facts."""
    assert found is not None
    grown = [need.wanted.fact for need in found.grown]
    return found.rule, found.days, grown, [need.wanted.fact for need in found.changed]


def test_days_that_go_by_come_before_everything_else() -> None:
    found = near("reminder", days_late=2)
    assert told(found) == ("reminder/standard", 2, ["days_late"], [])


def test_a_dispute_that_is_settled_comes_before_a_change_of_law() -> None:
    rule, days, grown, changed = told(near("formal-notice/registered", dispute="open", **THIRD))
    assert (rule, days, grown) == ("formal-notice/registered", 5, ["days_since_step"])
    assert changed == ["dispute"]


def test_steps_are_done_one_day_and_not_taken_back() -> None:
    forward = near("second-reminder/*")
    assert forward is not None
    assert forward.case["last_step"] == "reminder"
    assert near("reminder", **THIRD) is not None  # though it means that steps are taken back


def test_a_channel_is_meant_by_its_name() -> None:
    found = near("letter", last_step="none")
    assert found is not None
    assert found.case["preferred_channel"] == "letter" or not found.case["has_email"]


def test_a_rule_that_another_hides_is_never_near() -> None:
    rulebook = world().rulebook
    policy = rulebook.policies["b2b-standard"]
    everything = Rule(id="stops/all", when=ALWAYS, then=Hold(reason="all"))
    shut = replace(policy, stops=(everything, *policy.stops))
    table = analyse(shut, rulebook)
    assert wanted("formal-notice", table) == NO
    assert nearest(table, NO, whole(CASE, rulebook.facts)) is None


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("stops", "stops/dispute"),
        ("dispute", "stops/dispute"),
        ("stops/dis*", "stops/dispute"),
        ("formal-notice", "formal-notice/registered"),
        ("*/registered", "formal-notice/registered"),
        ("registered_letter", "formal-notice/registered"),
        ("hand_over", "hand_over/lawyer"),
    ],
)
def test_what_people_call_a_rule_finds_it(name: str, rule: str) -> None:
    assert rule in rules_named(name, world().rulebook.policies["b2b-standard"])


def test_what_hardly_ever_changes_is_said() -> None:
    back = near("reminder", **THIRD)
    assert back is not None
    assert [need.stays for need in back.changed] == [True]
    forward = near("second-reminder")
    assert forward is not None
    assert not any(need.stays for need in forward.changed)


def test_a_name_that_means_nothing_finds_nothing() -> None:
    assert rules_named("registred", world().rulebook.policies["b2b-standard"]) == ()


# -- a stop that has to end ---------------------------------------------------------------------


def stopped(*resume: Resume) -> Policy:
    """A policy with one stop, and a ladder of two steps."""
    stop = Rule(
        id="stops/dispute", when=OneOf(fact="dispute", values=("open",)), then=Hold(reason="x")
    )
    sent = Contact(channels=("email",), template="a", tone="firm")
    steps = tuple(
        Step(
            id=name,
            labels={},
            after=(),
            when=ALWAYS,
            choose=(Rule(id=f"{name}/a", when=ALWAYS, then=sent),),
        )
        for name in ("one", "two")
    )
    return Policy(
        name="p", version="1", hash="", file="", stops=(stop,), steps=steps, resume=resume
    )


STOPPED: Case = {"dispute": "open", "last_step": "two", "days_since_step": 40}


@pytest.mark.parametrize(
    ("resume", "step"),
    [
        ((), "two"),
        ((Resume(after="dispute", to="one"),), "one"),
        ((Resume(after="any", to="one"), Resume(after="dispute", to="same_step")), "two"),
        ((Resume(after="plan", to="one"),), "two"),
        ((Resume(after="any", to="one", when=OneOf(fact="dispute", values=("none",))),), "two"),
    ],
    ids=["nothing said", "back to one", "named before any", "another stop", "not so today"],
)
def test_the_clock_starts_again_when_a_stop_ends(resume: tuple[Resume, ...], step: str) -> None:
    found = freed(STOPPED, stopped(*resume))
    assert found is not None
    assert (found.case["days_since_step"], found.case["last_step"]) == (0, step)
    assert found.back_to == ("one" if step == "one" else "")


def test_without_a_stop_nothing_starts_again() -> None:
    assert freed({**STOPPED, "dispute": "none"}, stopped()) is None
    assert freed({**STOPPED, "dispute": None}, stopped()) is None
    assert freed({**STOPPED, "last_step": "none", "days_since_step": None}, stopped()) is None
