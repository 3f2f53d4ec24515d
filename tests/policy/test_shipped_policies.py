"""The shipped policies have every debtor exactly once: proved, and the proof can fail."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from dispatcher.model.problem import Problem
from dispatcher.policy.read import TEST_SUFFIX, read_rules
from dispatcher.policy.terms import Contact
from dispatcher.policy.testfile import read_promises


RULES = Path(__file__).parents[2] / "rules"

TEXTS = {path.name: path.read_text("utf-8") for path in sorted(RULES.glob("*.yaml"))}


def problems_of(texts: Mapping[str, str]) -> tuple[Problem, ...]:
    return read_rules(texts)[1]


def changed(file: str, before: str, after: str) -> dict[str, str]:
    assert before in TEXTS[file]
    return {**TEXTS, file: TEXTS[file].replace(before, after)}


def without(*files: str) -> dict[str, str]:
    return {name: text for name, text in TEXTS.items() if name not in files}


def test_every_debtor_has_exactly_one_policy() -> None:
    rulebook, problems = read_rules(TEXTS)
    assert problems == ()
    assert rulebook is not None
    assert {policy.name for policy in rulebook.active} == {
        "b2b-standard", "consumers", "key-accounts", "public-bodies",
    }  # fmt: skip


#: What is done to the shipped rules, what the proof says then, and of which debtor.
FAULTS = {
    "nobody for consumers": (
        without("consumers.yaml"), "policy/uncovered", "legal_kind: consumer",
    ),
    "nobody for public bodies": (
        without("public-bodies.yaml"), "policy/uncovered", "legal_kind: public_body",
    ),
    "nobody for large accounts": (
        without("key-accounts.yaml"), "policy/uncovered", "key_account",
    ),
    "a gap of a cent": (
        changed("key-accounts.yaml", "debtor_overdue: 20000+", "debtor_overdue: 20000.01+"),
        "policy/uncovered",
        "debtor_overdue: 20000",
    ),
    "nobody without a profile": (
        changed("b2b-standard.yaml", "profile: unknown", "profile: micro"),
        "policy/uncovered",
        "profile: unknown",
    ),
    "two for associations": (
        changed("consumers.yaml", "{legal_kind: consumer}", "{legal_kind: not business}"),
        "policy/overlap",
        "legal_kind: ",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("texts", "code", "debtor"), FAULTS.values(), ids=FAULTS)
def test_a_gap_or_an_overlap_is_found_with_a_debtor(
    texts: Mapping[str, str], code: str, debtor: str
) -> None:
    found = [problem for problem in problems_of(texts) if problem.code == code]
    assert found
    assert any(debtor in problem.fields["debtor"] for problem in found)


def test_every_policy_has_its_tests_and_they_are_read_without_a_problem() -> None:
    rulebook, _ = read_rules(TEXTS)
    assert rulebook is not None
    promises, problems = read_promises(TEXTS, rulebook)
    assert problems == ()
    assert [each.policy for each in promises] == sorted(p.name for p in rulebook.active)
    for each in promises:
        assert each.file == f"{each.policy}{TEST_SUFFIX}"
        assert each.tests
        assert each.timelines
        assert each.invariants


def test_every_choice_of_every_policy_is_expected_by_a_test_of_its_own() -> None:
    """What an override inherits is asked for in the parent's tests or in its own."""
    rulebook, _ = read_rules(TEXTS)
    assert rulebook is not None
    promises, _ = read_promises(TEXTS, rulebook)
    asked = {rule for each in promises for test in each.tests for rule in test.expect.rules}
    rules = {rule.id for p in rulebook.active for rule in (*p.stops, *p.choices, *p.hand_over)}
    assert rules - asked == set()


def test_before_the_due_date_nobody_is_asked_for_money() -> None:
    rulebook, _ = read_rules(TEXTS)
    assert rulebook is not None
    for policy in rulebook.active:
        for step in policy.steps:
            contacts = [each.then for each in step.choose if isinstance(each.then, Contact)]
            early = {each.template for each in contacts} if step.id == "pre-due" else set()
            assert early in ({"pre-due"}, set())
            assert step.optional is (step.id == "pre-due")
