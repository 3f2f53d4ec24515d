"""Promises: proved for all cases and merged contacts, or refuted by a case that does break them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from dispatcher.model.vocabulary import Value
from dispatcher.policy.interpret import truth
from dispatcher.policy.promises import Claim, Expectation, Invariant
from dispatcher.policy.terms import (
    ALWAYS,
    All,
    Between,
    Condition,
    HandOver,
    Hold,
    Limits,
    OneOf,
    Policy,
    Rule,
    Rulebook,
    Wait,
)
from dispatcher.policy.testfile import read_promises
from dispatcher.prove.exact.later import moved_on
from dispatcher.prove.exact.moved import moved
from dispatcher.prove.exact.outcomes import OUTSIDE, answered, rows_of
from dispatcher.prove.exact.properties import (
    Proof,
    Proved,
    Refuted,
    Unproved,
    broken,
    prove,
    prove_all,
)
from dispatcher.prove.exact.reach import channel_of
from dispatcher.prove.exact.sampling import boundaries, cases
from dispatcher.prove.exact.says import said
from dispatcher.prove.exact.space import space_of
from dispatcher.prove.exact.witness import as_test
from tests.decide.decide_world import (
    LEGAL,
    answer,
    contact,
    done,
    frames,
    is_,
    least,
    plan,
    policy,
    rulebook,
    sent,
    step,
)
from tests.prove.test_prove_tables import SHIPPED, generated


def never(facts: Condition = ALWAYS, **words: Any) -> Invariant:  # noqa: ANN401 - any word of a test
    """What must never be."""
    return Invariant(name="never", never=Claim(facts=facts, expect=Expectation(**words)))


def always(when: Condition = ALWAYS, **words: Any) -> Invariant:  # noqa: ANN401 - any word of a test
    """What must always be, where the condition holds."""
    claim = Claim(expect=Expectation(**words))
    return Invariant(name="always", when=Claim(facts=when), always=claim)


def ladder(**limits: Any) -> tuple[Policy, Rulebook]:  # noqa: ANN401 - any field of the limits
    """Three rungs with letters at the second and a notice at the third; disputes stop."""
    last = (
        "standard",
        ALWAYS,
        contact("registered_letter", template="formal-notice", tone="formal"),
    )
    made = policy(
        stops=(Rule(id="stops/dispute", when=is_("dispute", "open"), then=Hold(reason="dispute")),),
        start=least("days_late", 4),
        steps=(
            step("reminder", "none", ALWAYS, ("standard", ALWAYS, contact("email", "sms"))),
            step(
                "second-reminder",
                "reminder",
                least("days_since_step", 7),
                ("large", least("debtor_overdue", 100_000), contact("call", "letter", tone="firm")),
                ("standard", ALWAYS, contact("letter", template="firm", tone="firm")),
            ),
            step("formal-notice", "second-reminder", least("days_since_step", 8), last),
        ),
        hand_over=(),
        limits=Limits(**{"gather": 7, "gap": 0, **limits}),
    )
    return made, with_unknowns(rulebook(made))


def with_unknowns(rules: Rulebook) -> Rulebook:
    """Days that may be unknown, as the shipped vocabulary has them, and what cannot be."""
    unknown = ("days_before_due", "days_since_step")
    facts = {name: replace(rules.facts[name], nullable=True) for name in unknown}
    return replace(rules, facts={**rules.facts, **facts})


def proof(invariant: Invariant, **limits: Any) -> Proof:  # noqa: ANN401 - any field of the limits
    """What is proved of the small ladder."""
    made, rules = ladder(**limits)
    return prove(invariant, made, rules, legal=LEGAL)


# -- one case -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "invariant",
    [
        never(is_("dispute", "open"), actions=("contact",)),
        never(least("days_late", high=3), rules=("second-reminder/*",), channels=("email",)),
        never(rules=("formal-notice/*",), channels=("email", "letter", "sms")),
        never(is_("has_email", True), rules=("reminder/standard",), channels=("sms",)),
        never(least("days_since_step", high=7), templates=("formal-notice",)),
        always(is_("dispute", "open"), actions=("hold",), reasons=("dispute",)),
        always(is_("has_address", False), actions=("contact", "task", "hold", "nothing yet")),
    ],
    ids=[
        "dispute",
        "never-by-email",
        "notice-channel",
        "email-first",
        "notice-day",
        "hold",
        "some-answer",
    ],
)
def test_what_holds_is_proved(invariant: Invariant) -> None:
    assert isinstance(proof(invariant), Proved)


@pytest.mark.parametrize(
    ("invariant", "expected"),
    [
        (never(least("days_late", high=4), actions=("contact",)), {"days_late": 4}),
        (never(channels=("sms",)), {"has_mobile": True}),
        (never(is_("has_address", True), channels=("call",)), {"debtor_overdue": 120_000}),
        (never(reasons=("no-channel",)), {"legal_kind": "business"}),
        (always(actions=("contact", "hold")), {"legal_kind": "business"}),
    ],
    ids=["a-day-too-early", "sms", "call", "unreachable", "nothing-yet"],
)
def test_what_does_not_hold_is_refuted_by_a_case(
    invariant: Invariant, expected: Mapping[str, Value]
) -> None:
    made, rules = ladder()
    found = prove(invariant, made, rules, legal=LEGAL)
    assert isinstance(found, Refuted)
    assert found.leader is None
    assert {name: found.case.get(name) for name in expected} == expected
    _behaves_as_said(found, invariant, made, rules)


def _behaves_as_said(found: Refuted, invariant: Invariant, made: Policy, rules: Rulebook) -> None:
    """The case, put into a test as it is, answers so and breaks the promise."""
    case = whole(found.case, rules)
    outcome = answered(rows_of(made, rules), case)
    assert outcome.layer not in OUTSIDE
    channel = ""
    if outcome.contact is not None:
        channel = channel_of(outcome.contact, case, frozenset(rules.facts))
    says = said(outcome, channel)
    assert (says.action, says.rule, says.channel) == (found.action, found.rule, found.channel)
    assert broken(invariant, case, says)


def whole(case: Mapping[str, Value], rules: Rulebook) -> dict[str, Value]:
    """A case as a test reads it: what is not named has its default, or is unknown."""
    facts = rules.facts.values()
    return {f.name: case.get(f.name, f.default if f.has_default else None) for f in facts}


@pytest.mark.parametrize("seed", range(10))
def test_proofs_agree_with_samples_of_generated_policies(seed: int) -> None:
    rules = generated(seed)
    made = rules.policies["b2b"]
    made = replace(made, limits=Limits())
    promises = [
        never(is_("dispute", "open"), actions=("contact",)),
        never(least("days_late", high=3), actions=("contact", "hand_over")),
        never(is_("has_email", True), channels=("sms",)),
        never(is_("insolvency", True), tones=("formal",)),
        always(is_("pause", True), actions=("hold",)),
        always(Between(fact="days_late", at_least=30), actions=("contact", "hold", "wait")),
    ]
    proofs = prove_all(promises, made, rules, legal=LEGAL)
    rows = rows_of(made, rules)
    space = space_of([row.when for row in rows], rules.facts)
    sample = [*cases(space, count=300, seed=seed)]
    for invariant, found in zip(promises, proofs, strict=True):
        if isinstance(found, Refuted) and found.leader is None:
            _behaves_as_said(found, invariant, made, rules)
        elif isinstance(found, Proved):
            assert not any(_breaks(invariant, case, made, rules) for case in sample)


def _breaks(invariant: Invariant, case: Mapping[str, Value], made: Policy, rules: Rulebook) -> bool:
    outcome = answered(rows_of(made, rules), case)
    if outcome.layer in OUTSIDE:
        return False
    asked = outcome.contact
    channel = "" if asked is None else channel_of(asked, case, frozenset(rules.facts))
    return broken(invariant, case, said(outcome, channel))


# -- contacts after merging ---------------------------------------------------------------------


EARLY = never(least("days_since_step", high=6), rules=("second-reminder/*",))


def test_a_case_is_carried_before_its_own_day() -> None:
    found = proof(EARLY)
    assert isinstance(found, Refuted)
    assert found.early
    assert found.rule.startswith("second-reminder/")
    assert found.leader_rule.startswith("second-reminder/")
    assert found.case["days_since_step"] == 6  # the nearest to ordinary that breaks it


def test_without_gathering_no_case_is_carried_before_its_day() -> None:
    assert isinstance(proof(EARLY, gather=0), Proved)


def test_the_plan_carries_the_case_that_refutes() -> None:
    found = proof(EARLY)
    assert isinstance(found, Refuted)
    assert found.leader is not None
    made, rules = ladder()
    leading, carried = found.leader, found.case
    world = frames(
        debtors=[{}],
        invoices=[
            {"late": case["days_late"], "balance": 60_000, "amount": 60_000}
            for case in (leading, carried)
        ],
        messages=[sent(days=int(case["days_since_step"] or 0)) for case in (leading, carried)],
        lines=[
            done(number, "reminder", days=int(case["days_since_step"] or 0), message=number)
            for number, case in enumerate((leading, carried), 1)
        ],
    )
    day = plan(world, rules)
    assert answer(day, 1)["rule"] == found.leader_rule
    told = answer(day, 2)
    assert (told["action"], told["rule"], told["carried_by"]) == (found.action, found.rule, 1)
    assert told["channel"] == found.channel
    assert made.limits.gather == 7


def test_a_contact_speaks_for_a_case_that_alone_would_get_other_words() -> None:
    invariant = never(rules=("reminder/*",), tones=("firm",))
    found = proof(invariant)
    assert isinstance(found, Refuted)
    assert found.leader is not None
    assert found.leader_rule.startswith("second-reminder/")
    assert found.rule == "reminder/standard"
    assert found.case["last_step"] == "none"
    assert found.leader["last_step"] == "reminder"


def test_what_debtors_facts_forbid_is_forbidden_to_both_cases() -> None:
    facts = least("debtor_overdue", high=99_999)
    assert isinstance(proof(never(facts, rules=("reminder/*",), channels=("call",))), Proved)
    found = proof(never(rules=("reminder/*",), channels=("call",)))
    assert isinstance(found, Refuted)
    assert found.leader is not None
    assert found.leader["debtor_overdue"] == found.case["debtor_overdue"]


def test_a_contact_with_legal_effect_carries_no_other_step() -> None:
    made, rules = ladder()
    invariant = never(rules=("reminder/*", "second-reminder/*"), templates=("formal-notice",))
    assert isinstance(prove(invariant, made, rules, legal=LEGAL), Proved)
    assert isinstance(prove(invariant, made, rules), Refuted)


def test_a_held_case_is_never_carried() -> None:
    invariant = never(is_("dispute", "open"), templates=("firm",))
    assert isinstance(proof(invariant), Proved)


def test_whom_no_own_channel_reaches_goes_with_a_case_that_is_less_late() -> None:
    made, _ = ladder(gather=0)
    second = step(
        "second-reminder",
        "reminder",
        least("days_since_step", 7),
        ("late", least("days_late", 21), contact("call", tone="firm")),
        ("standard", ALWAYS, contact("letter", template="firm", tone="firm")),
    )
    made = replace(made, steps=(made.steps[0], second, made.steps[2]))
    rules = with_unknowns(rulebook(made))
    found = prove(
        never(rules=("second-reminder/late",), channels=("letter",)), made, rules, legal=LEGAL
    )
    world = frames(
        debtors=[{"phone": "", "mobile": ""}],
        invoices=[{"late": late, "balance": 60_000, "amount": 60_000} for late in (30, 20)],
        messages=[sent(days=8), sent(days=8)],
        lines=[done(number, "reminder", days=8, message=number) for number in (1, 2)],
    )
    told = answer(plan(world, rules), 1)
    assert (told["rule"], told["channel"], told["carried_by"]) == (
        "second-reminder/late",
        "letter",
        2,
    )
    assert isinstance(found, Refuted)
    assert (found.rule, found.channel, found.leader_rule) == (
        told["rule"],
        told["channel"],
        "second-reminder/standard",
    )


def kept_back() -> tuple[Policy, Rulebook]:
    """Small amounts wait before the lawyer; the notice may still go to what is not handed over."""
    made, rules = ladder()
    stands = All(parts=(is_("last_step", "second-reminder"), least("days_since_step", 15)))
    small = All(parts=(stands, least("amount_due", high=49_999)))
    hand_over = (
        Rule(id="hand_over/small", when=small, then=Wait(reason="small", task="look")),
        Rule(id="hand_over/lawyer", when=stands, then=HandOver(to="lawyer")),
    )
    made = replace(made, hand_over=hand_over)
    return made, replace(rules, policies={made.name: made})


LATE_NOTICE = never(least("days_since_step", 15), rules=("formal-notice/*",))


def test_a_case_that_another_keeps_from_the_lawyer_goes_on_by_its_step() -> None:
    made, rules = kept_back()
    found = prove(LATE_NOTICE, made, rules, legal=LEGAL)
    assert isinstance(found, Refuted)
    assert (found.rule, found.after) == ("formal-notice/standard", "hand_over/small")
    alone = replace(made, hand_over=made.hand_over[1:])
    assert isinstance(prove(LATE_NOTICE, alone, rules, legal=LEGAL), Proved)


def test_the_plan_sends_the_notice_of_the_case_that_is_kept_back() -> None:
    _, rules = kept_back()
    world = frames(
        debtors=[{}],
        invoices=[
            {"late": 60, "balance": 30_000, "amount": 30_000},
            {"late": 60, "balance": 90_000, "amount": 90_000},
        ],
        messages=[sent(days=20), sent(days=20)],
        lines=[done(n, "second-reminder", days=20, message=n) for n in (1, 2)],
    )
    day = plan(world, rules)
    assert (answer(day, 1)["action"], answer(day, 1)["rule"]) == ("wait", "hand_over/small")
    told = answer(day, 2)
    assert (told["action"], told["rule"]) == ("contact", "formal-notice/standard")


def test_what_a_condition_says_later_is_asked_of_today() -> None:
    rules = ladder()[1]
    facts = rules.facts
    conditions: tuple[Condition, ...] = (
        least("days_since_step", 7),
        least("days_since_step", 3, 9),
        least("days_late", 3650),
        least("days_late", 0, 20),
        OneOf(fact="days_since_step", values=(0, 5, 3650)),
        least("limitation_days", high=-1),
        least("limitation_days", 5, 3650),
        All(parts=(least("days_late", 30), is_("dispute", "none"))),
    )
    later = [moved(condition, 7, facts) for condition in conditions]
    space = space_of([*conditions, *later], facts)
    for name in ("days_since_step", "days_late", "limitation_days"):
        for value in boundaries(space, name):
            case: dict[str, Value] = {"days_late": 1, "dispute": "none", name: value}
            if not case["days_late"]:
                continue  # on the due day days stand still otherwise
            then = moved_on(case, 7, facts)
            for condition, asked in zip(conditions, later, strict=True):
                assert truth(asked, case) == truth(condition, then), (condition, case)


def test_a_refutation_can_be_put_into_a_test_file() -> None:
    made = SHIPPED.policies["b2b-standard"]
    found = prove(never(rules=("reminder/standard",)), made, SHIPPED)
    assert isinstance(found, Refuted)
    entry = as_test(
        "found", found.case, {"rule": found.rule, "channel": found.channel}, SHIPPED.facts
    )
    text = f"policy: b2b-standard\ntests:\n{entry}"
    (promises,), problems = read_promises({"b2b.test.yaml": text}, SHIPPED)
    assert problems == ()
    (test,) = promises.tests
    assert test.case == found.case
    assert test.expect == Expectation(rules=(found.rule,), channels=(found.channel,))


# -- no proof -----------------------------------------------------------------------------------


def test_past_the_budget_nothing_is_claimed() -> None:
    made, rules = ladder()
    holds = never(is_("dispute", "open"), actions=("contact",))
    found = prove(holds, made, rules, most=10)
    assert isinstance(found, Unproved)
    assert found.why == "too-large"
    assert found.sampled > 2_000


def test_past_the_budget_a_sample_may_still_refute() -> None:
    made, rules = ladder()
    invariant = never(least("days_late", high=4), actions=("contact",))
    found = prove(invariant, made, rules, most=10)
    assert isinstance(found, Refuted)
    _behaves_as_said(found, invariant, made, rules)


def test_a_day_cannot_be_asked_of_every_case() -> None:
    assert proof(never(until=14)) == Unproved(sampled=0, why="until")


def test_the_ladders_that_ship_never_contact_whoever_disputes() -> None:
    promise = never(is_("dispute", "open"), actions=("contact", "hand_over"))
    for made in SHIPPED.active:
        assert isinstance(prove(promise, made, SHIPPED), Proved)
