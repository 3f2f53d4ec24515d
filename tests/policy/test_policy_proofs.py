"""Overlaps, gaps and waits without end: exact, with a sample, and equal to brute force."""

from collections.abc import Mapping
from itertools import product

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatcher.model.problem import Problem
from dispatcher.model.vocabulary import Fact, FactType, Owner, Value
from dispatcher.policy import columns
from dispatcher.policy.boxes import atoms_of
from dispatcher.policy.interpret import truth
from dispatcher.policy.read import read_rules
from dispatcher.policy.terms import All, Between, Condition, Either, NoneOf, OneOf
from tests.policy.policy_world import FACTS, HEAD, STEPS, codes, found, read, texts_of


def _policy(name: str, applies_to: str, currency: str = "EUR") -> str:
    head = HEAD.replace("standard", name).replace("any", applies_to)
    return head.replace("EUR", currency) + STEPS


def _told(code: str, *policies: str) -> Problem:
    (problem,) = [problem for problem in found(*policies) if problem.code == code]
    return problem


# -- one policy for each debtor -----------------------------------------------------------------


def test_two_policies_for_one_debtor_are_named_with_a_sample() -> None:
    problem = _told(
        "policy/overlap",
        _policy("small", "{overdue: under 500}"),
        _policy("large", "{overdue: 499.99+}"),
    )
    assert problem.fields == {"one": "small", "other": "large", "debtor": "overdue: 499.99"}
    assert problem.place is not None
    assert problem.second is not None
    assert (problem.place.file, problem.second.file) == ("2.yaml", "1.yaml")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("{overdue: under 500}", "{overdue: 500+}"),
        ("{kind: firm}", "{kind: not firm}"),
        ("{insolvency: yes}", "[{insolvency: no}, {insolvency: unknown}]"),
        ("{kind: firm, overdue: under 500}", "[{kind: person}, {overdue: 500+}]"),
    ],
)
def test_policies_that_share_the_debtors_exactly_have_no_problem(one: str, other: str) -> None:
    assert codes(_policy("one", one), _policy("other", other)) == []


def test_a_debtor_whom_no_policy_takes_is_shown() -> None:
    problem = _told("policy/uncovered", _policy("one", "{insolvency: no, kind: firm}"))
    assert problem.fields["debtor"] == "insolvency: yes, kind: firm"


def test_an_unknown_fact_keeps_a_debtor_out_of_both_policies() -> None:
    one, other = _policy("one", "{profile: sme}"), _policy("other", "{profile: not sme}")
    assert _told("policy/uncovered", one, other).fields["debtor"] == "profile: unknown"


def test_what_cannot_happen_is_no_overlap() -> None:
    one, other = _policy("one", "{kind: firm}"), _policy("other", "{profile: sme}")
    assert "policy/overlap" in codes(one, other)
    line = "  - {kind: firm, profile: sme}\n"
    texts = texts_of(one, other) | {"facts.yaml": FACTS + line}
    assert "policy/overlap" not in [problem.code for problem in read_rules(texts)[1]]


def test_two_currencies_are_two_accounts() -> None:
    both = (_policy("one", "any"), _policy("other", "any", "GBP"))
    assert codes(*both) == []


def test_a_policy_that_is_only_extended_overlaps_with_nobody() -> None:
    base = _policy("base", "any").replace("applies_to: any\n", "")
    assert codes(_policy("one", "any"), base) == []


def test_the_column_names_the_policy_of_each_debtor() -> None:
    rulebook = read(_policy("small", "{overdue: under 500}"), _policy("large", "{overdue: 500+}"))
    frame = pl.DataFrame({"overdue": [49_999, 50_000, None]}, schema={"overdue": pl.Int64})
    index = frame.select(columns.chosen(rulebook.active, rulebook.facts))["policy"].to_list()
    names = [None if n is None else rulebook.active[n].name for n in index]
    assert names == ["small", "large", None]


# -- every step answers -------------------------------------------------------------------------


def _second(*choices: str, when: str = "any", more: str = "") -> str:
    body = "".join(f"      - {{id: c{n}, {choice}}}\n" for n, choice in enumerate(choices))
    second = f"  - id: second\n    when: {when}\n    choose:\n{body}"
    return HEAD + STEPS.replace("  - id: notice", f"{second}  - id: notice") + more


LOOK = "then: {task: look, due_in: 1 day}"


@pytest.mark.parametrize(
    "policy",
    [
        pytest.param(_second(f"when: any, {LOOK}"), id="any"),
        pytest.param(_second(f"when: {{days_late: 30+}}, {LOOK}"), id="days-are-counted-on"),
        pytest.param(_second(f"when: {{days_since_step: 7+}}, {LOOK}"), id="days-since-step"),
        pytest.param(
            _second(f"when: {{overdue: under 9}}, {LOOK}", f"when: {{overdue: 9+}}, {LOOK}"),
            id="two-halves",
        ),
        pytest.param(
            _second(f"when: {{overdue: 9+}}, {LOOK}", when="{overdue: 10+}"), id="within-when"
        ),
        pytest.param(
            _second(
                f"when: {{dispute: not open}}, {LOOK}",
                more="stops: [{id: s, when: {dispute: open}, then: {hold: dispute}}]\n",
            ),
            id="stopped-cases-need-no-answer",
        ),
        pytest.param(
            _second(
                f"when: {{insolvency: no}}, {LOOK}",
                more="stops: [{id: s, when: {insolvency: yes}, then: {hold: insolvency}}]\n",
            ),
            id="cases-stopped-on-unknown-need-no-answer",
        ),
        pytest.param(
            _second(f"when: {{overdue: 9+}}, {LOOK}", when="{days_before_due: known}"),
            id="the-due-day-passes",
        ),
        pytest.param(
            _second("when: {days_late: under 30}, then: wait", f"when: any, {LOOK}"),
            id="a-wait-that-ends",
        ),
    ],
)
def test_a_step_that_answers_sooner_or_later_has_no_problem(policy: str) -> None:
    assert codes(policy) == []


@pytest.mark.parametrize(
    ("policy", "sample"),
    [
        pytest.param(_second(f"when: {{overdue: 9+}}, {LOOK}"), "overdue: 0.00", id="half"),
        pytest.param(
            _second(f"when: {{days_late: under 30}}, {LOOK}"), "days_late: 30", id="window"
        ),
        pytest.param(
            _second(f"when: {{profile: not sme}}, {LOOK}", f"when: {{profile: sme}}, {LOOK}"),
            "profile: unknown",
            id="unknown",
        ),
    ],
)
def test_a_step_that_never_answers_shows_a_case(policy: str, sample: str) -> None:
    assert _told("policy/incomplete", policy).fields == {"step": "second", "sample": sample}


def test_a_wait_without_end_needs_a_task() -> None:
    endless = _second("when: {overdue: under 9}, then: wait", f"when: any, {LOOK}")
    assert _told("policy/endless-wait", endless).fields["rule"] == "second/c0"
    task = "then: {wait: reason, task: look, due_in: 1 day}"
    assert codes(_second(f"when: {{overdue: under 9}}, {task}", f"when: any, {LOOK}")) == []


def test_a_wait_that_an_earlier_choice_ends_is_no_problem() -> None:
    ended = _second(
        f"when: {{days_late: 30+}}, {LOOK}",
        "when: {overdue: under 9}, then: wait",
        f"when: any, {LOOK}",
    )
    assert codes(ended) == []


# -- brute force --------------------------------------------------------------------------------

SMALL: Mapping[str, Fact] = {
    fact.name: fact
    for fact in (
        Fact(name="a", type=FactType.ENUM, of=Owner.DEBTOR, values=("x", "y", "z"), nullable=True),
        Fact(name="n", type=FactType.INT, of=Owner.DEBTOR, minimum=-2, maximum=4),
        Fact(name="b", type=FactType.BOOL, of=Owner.DEBTOR, nullable=True),
    )
}
DOMAIN: Mapping[str, tuple[Value, ...]] = {
    "a": ("x", "y", "z", None),
    "n": tuple(range(-2, 5)),
    "b": (True, False, None),
}


def _leaf(fact: str) -> st.SearchStrategy[Condition]:
    values = st.lists(
        st.sampled_from([v for v in DOMAIN[fact] if v is not None]), min_size=1, max_size=2
    ).map(tuple)
    words: st.SearchStrategy[Condition] = st.builds(
        lambda v: OneOf(fact=fact, values=v), values
    ) | st.builds(lambda v: NoneOf(fact=fact, values=v), values)
    if fact != "n":
        return words
    bound = st.integers(-2, 4)
    return words | st.builds(
        lambda low, high: Between(fact="n", at_least=low, at_most=high), st.none() | bound, bound
    )


SMALL_CONDITIONS = st.recursive(
    st.one_of([_leaf(fact) for fact in SMALL]),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: All(parts=tuple(parts)))
        | st.lists(inner, min_size=1, max_size=3).map(lambda parts: Either(parts=tuple(parts)))
    ),
    max_leaves=6,
)


@given(conditions=st.lists(SMALL_CONDITIONS, min_size=1, max_size=4), space=SMALL_CONDITIONS)
@settings(max_examples=200, deadline=None)
def test_a_case_is_found_outside_the_boxes_exactly_when_there_is_one(
    conditions: list[Condition], space: Condition
) -> None:
    atoms = atoms_of([*conditions, space], SMALL)
    boxes = [box for condition in conditions for box in atoms.boxes(condition)]
    told = atoms.uncovered(atoms.boxes(space), boxes)
    cases = [dict(zip(DOMAIN, values, strict=True)) for values in product(*DOMAIN.values())]

    def outside(case: Mapping[str, Value]) -> bool:
        return truth(space, case) is True and not any(truth(c, case) for c in conditions)

    assert (told is not None) == any(outside(case) for case in cases)
    assert told is None or outside(told)
