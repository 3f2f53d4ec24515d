"""Single tests, tables and properties: each way in which one can end, and what is said of it."""

from collections.abc import Mapping
from datetime import date

import polars as pl
import pytest

from dispatcher.decide.elapse import decided, earliest_change
from dispatcher.model.vocabulary import Value
from dispatcher.policy.dtypes import dtype
from dispatcher.policy.function import compile_policy
from dispatcher.policy.promises import Expectation
from dispatcher.prove.exact.later import next_change
from dispatcher.prove.exact.outcomes import OUTSIDE, rows_of
from dispatcher.prove.exact.outcomes import answered as outcome_of
from dispatcher.prove.exact.properties import Proved, Refuted
from dispatcher.prove.exact.sampling import cases
from dispatcher.prove.exact.space import space_of
from dispatcher.prove.trials.alone import Answered, answer, whole
from dispatcher.prove.trials.expected import holds, mismatches
from dispatcher.prove.trials.result import Ran, Result
from dispatcher.prove.trials.running import chosen
from tests.prove.prove_world import HEAD, promises, ran, single, world
from tests.prove.test_prove_tables import generated


def result(found: Ran) -> Result:
    """How the only test ended."""
    (outcome,) = found.outcomes
    return outcome.result


# -- every word of an expectation -----------------------------------------------------------------

FORMAL = "case: {days_late: 60, last_step: third-reminder, days_since_step: 20}"
LAWYER = (
    "case: {last_step: formal-notice, days_since_step: 15, days_late: 70, debtor_overdue: 5000}"
)
SECOND = "case: {last_step: reminder, days_since_step: 7, days_late: 20}"
GOOD = "case: {payer_history: good}"


@pytest.mark.parametrize(
    ("case", "right", "wrong"),
    [
        pytest.param("", "action: contact", "action: hold", id="action"),
        pytest.param("", "action: [hold, contact]", "action: [hold, wait]", id="one-of"),
        pytest.param("", "rule: reminder/standard", "rule: reminder/good-payer", id="rule"),
        pytest.param("", "rule: reminder/*", "rule: formal-notice/*", id="star"),
        pytest.param("", "channel: email", "channel: sms", id="channel"),
        pytest.param("", "template: courteous-reminder", "template: other", id="template"),
        pytest.param("", "tone: courteous", "tone: firm", id="tone"),
        pytest.param(SECOND, "offer: waive-late-fees", "offer: payment-plan-3", id="offer"),
        pytest.param(LAWYER, "to: lawyer", "to: agency", id="to"),
        pytest.param(GOOD, "until: day 3", "until: day 4", id="until-day"),
        pytest.param(GOOD, "until: 2026-05-15", "until: 2026-05-16", id="until-date"),
        pytest.param("case: {days_late: 3}", "until: day 1", "until: day 2", id="nothing-yet"),
        pytest.param(
            "case: {dispute: open}", "reason: dispute", "reason: promise", id="hold-reason"
        ),
        pytest.param("", "not: {action: hold}", "not: {action: contact}", id="not"),
        pytest.param(
            "",
            "not: {action: contact, channel: sms}",
            "not: {action: contact, channel: email}",
            id="not-all-of-it",
        ),
    ],
)
def test_a_test_passes_on_what_is_so_and_fails_on_what_is_not(
    case: str, right: str, wrong: str
) -> None:
    before = f"{case}, " if case else ""
    assert result(single(f"{before}expect: {{{right}}}")) is Result.PASSED
    assert result(single(f"{before}expect: {{{wrong}}}")) is Result.FAILED


def test_a_row_is_a_test_of_its_own() -> None:
    table = """\
tests:
  - name: days
    columns: [days_late, rule]
    rows:
      - [4, reminder/standard]
      - [3, reminder/standard]
"""
    found = ran(table)
    assert [(each.name, each.result) for each in found.outcomes] == [
        ("days [1]", Result.PASSED),
        ("days [2]", Result.FAILED),
    ]


def test_what_is_to_do_may_fail_and_may_not_pass() -> None:
    assert result(single("todo: yes, expect: {action: hold}")) is Result.TODO
    fixed = single("todo: yes, expect: {action: contact}")
    assert result(fixed) is Result.FIXED
    assert fixed.bad


def test_a_case_that_cannot_be_is_a_problem_with_its_place() -> None:
    found = single("case: {days_since_step: 3}, expect: {action: contact}")
    assert found.outcomes == ()
    (problem,) = found.problems
    assert problem.code == "test/contradiction"
    assert problem.fields["facts"] == "last_step: none, days_since_step: 3"
    assert problem.place is not None
    assert problem.place.line == HEAD.count("\n") + 2


def test_a_date_wants_to_know_which_day_it_is() -> None:
    head = HEAD.replace("today: 2026-05-12\n", "")
    found = ran("tests: [{name: a, expect: {until: 2026-05-15}}]\n", head=head)
    assert [problem.code for problem in found.problems] == ["test/no-today"]
    found = ran("tests: [{name: a, expect: {not: {until: 2026-05-15}}}]\n", head=head)
    assert [problem.code for problem in found.problems] == ["test/no-today"]


# -- what a case answers alone --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        pytest.param("insolvency: unknown", "reason: 'unknown: insolvency'", id="stop-on-unknown"),
        pytest.param("has_email: no", "channel: sms", id="next-channel"),
        pytest.param(
            "has_email: no, has_mobile: no, has_address: no",
            "action: task, rule: reminder/standard, reason: no-channel",
            id="no-channel",
        ),
        pytest.param("preferred_channel: letter", "channel: letter", id="preference"),
        pytest.param("preferred_channel: call", "channel: email", id="preference-not-offered"),
        pytest.param("last_step: portal-check, days_since_step: 9", "action: contact", id="ladder"),
        pytest.param("has_email: unknown", "channel: sms", id="unknown-is-no"),
    ],
)
def test_a_case_alone(case: str, expected: str) -> None:
    found = single(f"case: {{{case}}}, expect: {{{expected}}}")
    assert result(found) is Result.PASSED, found.outcomes[0].shortfalls


def test_a_step_that_the_ladder_does_not_have_holds() -> None:
    policy = world().rulebook.policies["consumers"]
    decide = compile_policy(policy, world().rulebook.facts)
    named = {**promises("").case, "last_step": "portal-check", "days_since_step": 3}
    case = whole(named, world().rulebook.facts)
    assert answer(case, policy, decide, world().rulebook.facts).reason == "unknown-step"


@pytest.mark.parametrize("seed", range(6))
def test_the_next_day_is_the_one_that_portfolios_find(seed: int) -> None:
    """The counting of days for one case against that in columns, on generated policies."""
    rulebook = generated(seed)
    policy, facts = rulebook.policies["b2b"], rulebook.facts
    decide = compile_policy(policy, facts)
    space = space_of([rule.when for rule in policy.choices], facts)
    some = [_possible(case) for case in cases(space, count=60, seed=seed)]
    rows = pl.DataFrame(some, schema={name: dtype(facts[name], rulebook) for name in facts})
    signed = (
        pl.when(pl.col("days_late") > 0).then("days_late").otherwise(-pl.col("days_before_due"))
    )
    rows = rows.with_columns(signed_late=signed.fill_null(0))
    found = earliest_change(decided(rows, policy, facts), policy, facts)["days_on"].to_list()
    assert [next_change(case, policy, decide, facts) for case in some] == found
    assert any(found)


def _possible(case: Mapping[str, Value]) -> dict[str, Value]:
    """The case, either late or before its due day, and never unknown which."""
    late = int(case["days_late"] or 0)
    before = None if late else int(case["days_before_due"] or 0)
    known = {name: case[name] or 0 for name in ("days_since_step", "limitation_days")}
    return {**case, **known, "days_late": late, "days_before_due": before}


@pytest.mark.parametrize("name", ["b2b-standard", "consumers", "key-accounts", "public-bodies"])
def test_a_case_alone_is_answered_as_the_analyser_reads_it(name: str) -> None:
    rulebook = world().rulebook
    policy, facts = rulebook.policies[name], rulebook.facts
    decide, rows = compile_policy(policy, facts), rows_of(policy, rulebook)
    found = 0
    for case in cases(space_of([row.when for row in rows], facts), count=2_000, seed=7):
        wanted = outcome_of(rows, case)
        # The analyser does not read `same_as`: a step of another ladder is none to it.
        if wanted.layer not in OUTSIDE and case["last_step"] not in policy.same_as:
            found += 1
            assert answer(case, policy, decide, facts).rule == wanted.rule, case
    assert found > 20


# -- why ------------------------------------------------------------------------------------------


def test_why_names_what_the_expected_rule_lacked() -> None:
    found = single("case: {days_late: 3}, expect: {rule: reminder/standard}")
    why = found.outcomes[0].shortfalls[0].why
    assert why is not None
    assert why.missed is not None
    assert (why.rule, why.missed.value) == ("reminder/standard", 3)


def test_why_names_the_rule_that_answers_before() -> None:
    found = single("case: {dispute: open}, expect: {rule: reminder/standard}")
    why = found.outcomes[0].shortfalls[0].why
    assert why is not None
    assert (why.rule, why.before) == ("reminder/standard", "stops/dispute")


# -- properties -----------------------------------------------------------------------------------


def test_a_property_is_proved_or_refuted_by_a_case() -> None:
    kept = ran("invariants: [{name: a, never: {action: contact, dispute: open}}]\n").outcomes[0]
    assert isinstance(kept.proof, Proved)
    assert kept.result is Result.PASSED
    broken = ran("invariants: [{name: a, never: {action: contact, dispute: none}}]\n").outcomes[0]
    assert isinstance(broken.proof, Refuted)
    assert broken.result is Result.FAILED
    to_do = "invariants: [{name: a, todo: yes, never: {action: contact, dispute: none}}]\n"
    assert ran(to_do).outcomes[0].result is Result.TODO


# -- which tests ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        pytest.param("first", ["the first one"], id="part"),
        pytest.param("THE", ["the first one", "the other"], id="any-case"),
        pytest.param("the*er", ["the other"], id="star"),
        pytest.param("nobody", [], id="none"),
    ],
)
def test_a_pattern_names_some_tests(pattern: str, names: list[str]) -> None:
    text = "tests: [{name: the first one, expect: {action: hold}}, "
    text += "{name: the other, expect: {action: hold}}]\n"
    (found,) = chosen([promises(text)], pattern)
    assert [test.name for test in found.tests] == names


def test_a_date_is_counted_from_day_0() -> None:
    answered = Answered(action="wait", until=3)
    expect = Expectation(until=date(2026, 5, 15))
    assert holds(expect, answered, day_0=date(2026, 5, 12))
    (found,) = mismatches(expect, answered, day_0=date(2026, 5, 11))
    assert (found.expected, found.got) == ("2026-05-15", "2026-05-14")
