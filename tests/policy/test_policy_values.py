"""What a fact may be, in words: every form, typed and bounded by its fact."""

import pytest

from dispatcher.policy.terms import (
    ALWAYS,
    All,
    Between,
    Condition,
    Either,
    Known,
    Lacks,
    Named,
    NoneOf,
    OneOf,
)
from tests.policy.policy_world import codes, found, read_one, rule


def _condition(when: str) -> Condition:
    return read_one(rule(when)).steps[0].choose[0].when


def _leaf(when: str) -> Condition:
    condition = _condition(when)
    assert isinstance(condition, All)
    (part,) = condition.parts
    return part


@pytest.mark.parametrize(
    ("when", "leaf"),
    [
        ("{days_late: 30+}", Between(fact="days_late", at_least=30)),
        ("{days_late: under 500}", Between(fact="days_late", at_most=499)),
        ("{days_late: 4 to 8}", Between(fact="days_late", at_least=4, at_most=8)),
        ("{days_late: 4 to under 8}", Between(fact="days_late", at_least=4, at_most=7)),
        ("{limitation_days: -5+}", Between(fact="limitation_days", at_least=-5)),
        (
            "{limitation_days: -5 to under 3}",
            Between(fact="limitation_days", at_least=-5, at_most=2),
        ),
        ("{limitation_days: under -7}", Between(fact="limitation_days", at_most=-8)),
        ("{days_late: 7}", OneOf(fact="days_late", values=(7,))),
        ("{days_late: '7'}", OneOf(fact="days_late", values=(7,))),
        ("{days_late: 007}", OneOf(fact="days_late", values=(7,))),
        ("{days_late: [9, 7, 7]}", OneOf(fact="days_late", values=(7, 9))),
        ("{days_late: not 7}", NoneOf(fact="days_late", values=(7,))),
        ("{overdue: 1500+}", Between(fact="overdue", at_least=150_000)),
        ("{overdue: 1500.5+}", Between(fact="overdue", at_least=150_050)),
        ("{overdue: under 500}", Between(fact="overdue", at_most=49_999)),
        (
            "{overdue: 150 to under 5000.00}",
            Between(fact="overdue", at_least=15_000, at_most=499_999),
        ),
        ("{profile: sme}", OneOf(fact="profile", values=("sme",))),
        ("{profile: [mid_cap, micro]}", OneOf(fact="profile", values=("micro", "mid_cap"))),
        ("{profile: not sme}", NoneOf(fact="profile", values=("sme",))),
        ("{profile: neither sme nor micro}", NoneOf(fact="profile", values=("micro", "sme"))),
        ("{profile: known}", Known(fact="profile")),
        ("{profile: unknown}", Lacks(fact="profile")),
        ("{insolvency: yes}", OneOf(fact="insolvency", values=(True,))),
        ("{insolvency: no}", OneOf(fact="insolvency", values=(False,))),
        ("{insolvency: not yes}", NoneOf(fact="insolvency", values=(True,))),
        ("{last_step: reminder}", OneOf(fact="last_step", values=("reminder",))),
        ("{last_step: not none}", NoneOf(fact="last_step", values=("none",))),
        ("{policy_before: standard}", OneOf(fact="policy_before", values=("standard",))),
        ("{days_late: {at_least: 30}}", Between(fact="days_late", at_least=30)),
        ("{overdue: {below: 500}}", Between(fact="overdue", at_most=49_999)),
        (
            "{overdue: {at_least: 1, at_most: 2}}",
            Between(fact="overdue", at_least=100, at_most=200),
        ),
        ("{profile: {none_of: [sme, micro]}}", NoneOf(fact="profile", values=("micro", "sme"))),
    ],
)
def test_each_form_means_what_it_says(when: str, leaf: Condition) -> None:
    assert _leaf(when) == leaf


@pytest.mark.parametrize(
    ("short", "canonical"),
    [
        ("{days_late: 30+}", "{days_late: {at_least: 30}}"),
        ("{overdue: under 500}", "{overdue: {below: 500}}"),
        ("{overdue: 150 to under 5000}", "{overdue: {at_least: 150, below: 5000}}"),
        ("{days_late: 4 to 8}", "{days_late: {at_least: 4, at_most: 8}}"),
        ("{profile: not sme}", "{profile: {none_of: [sme]}}"),
    ],
)
def test_the_short_form_and_the_canonical_one_are_the_same(short: str, canonical: str) -> None:
    assert read_one(rule(short)).hash == read_one(rule(canonical)).hash


@pytest.mark.parametrize(
    ("when", "code", "suggestion"),
    [
        ("{days_late: '>= 30'}", "policy/number", "30+"),
        ("{days_late: '> 30'}", "policy/number", "31+"),
        ("{overdue: <500}", "policy/amount", "under 500"),
        ("{overdue: '<= 500'}", "policy/amount", "under 500.01"),
        ("{days_late: 30 +}", "policy/number", "30+"),
        ("{overdue: '1 500,00'}", "policy/amount", "1500.00"),
        ("{overdue: 1_000}", "policy/amount", "1000"),
        ("{overdue: 1e3}", "policy/amount", ""),
        ("{overdue: .inf}", "policy/amount", ""),
        ("{overdue: 150.005}", "policy/amount", ""),
        ("{days_late: 7.5}", "policy/number", ""),
        ("{days_late: " + "9" * 5000 + "}", "policy/number", ""),
        ("{days_late: 3651+}", "policy/outside", ""),
        ("{overdue: -1+}", "policy/outside", ""),
        ("{days_late: 8 to 4}", "policy/empty-range", ""),
        ("{days_late: under 0}", "policy/empty-range", ""),
        ("{days_late: 8 to under 8}", "policy/empty-range", ""),
        ("{profile: mid-cap}", "policy/unknown-value", "mid_cap"),
        ("{profile: not mid-cap}", "policy/unknown-value", "mid_cap"),
        ("{profile: sme micro}", "policy/unknown-value", "micro"),
        ("{insolvency: true}", "policy/unknown-value", ""),
        ("{profile: 3+}", "policy/not-a-number-fact", ""),
        ("{profile: []}", "policy/empty", ""),
        ("{profile: [[sme]]}", "policy/needs-value", ""),
        ("{profile: {at_least: 3}}", "policy/unknown-key", ""),
        ("{days_late: {at_most: 3, below: 4}}", "policy/range-form", ""),
        ("{last_step: remindr}", "policy/unknown-value", "reminder"),
        ("{day_late: 3+}", "policy/unknown-fact", "days_late"),
        ("[]", "policy/empty-condition", ""),
        ("[any]", "policy/condition-form", ""),
    ],
)
def test_a_wrong_value_is_named_with_what_was_meant(when: str, code: str, suggestion: str) -> None:
    (problem,) = found(rule(when))
    assert (problem.code, problem.suggestion) == (code, suggestion)


def test_every_wrong_value_is_reported_at_once() -> None:
    assert codes(rule("{day_late: 3+, profile: smal, overdue: x, days_late: 4+}")) == [
        "policy/unknown-fact",
        "policy/unknown-value",
        "policy/amount",
    ]


def test_any_is_always_and_a_list_of_maps_is_one_of_them() -> None:
    one, other = All(parts=(Lacks(fact="profile"),)), All(parts=(Known(fact="insolvency"),))
    assert _condition("any") == ALWAYS
    assert _condition("[{profile: unknown}, {insolvency: known}]") == Either(parts=(one, other))


def test_a_named_condition_keeps_its_name() -> None:
    text = rule("{is: solid}") + "conditions:\n  solid: {profile: sme}\n"
    sme = All(parts=(OneOf(fact="profile", values=("sme",)),))
    whole = read_one(text).steps[0].choose[0].when
    assert isinstance(whole, All)
    assert whole.parts[0] == Named(name="solid", condition=sme)
