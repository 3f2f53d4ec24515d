"""What tests do not reach is found, and the tests written out for it reach it."""

from functools import cache

import pytest

from dispatcher.policy.promises import Promises
from dispatcher.prove.trials.boundaries import boundaries
from dispatcher.prove.trials.coverage import Covered, coverage
from dispatcher.prove.trials.result import Result
from dispatcher.prove.trials.running import run
from tests.prove.prove_world import promises, world


FEW = """\
tests:
  - {name: a, expect: {rule: reminder/standard}}
  - {name: b, case: {days_late: 3}, expect: {action: nothing yet}}
"""


@cache
def few() -> Promises:
    return promises(FEW)


@cache
def reached() -> Covered:
    """What two tests of the shipped policy reach."""
    return coverage(few(), run([few()], world()), world().rulebook)


def test_a_rule_that_no_test_reaches_is_named() -> None:
    missing = {gap.where for gap in reached().gaps if gap.leaf is None}
    policy = world().rulebook.policies["b2b-standard"]
    rules = [rule.id for rule in (*policy.stops, *policy.hand_over, *policy.choices)]
    assert missing == set(rules) - {"reminder/standard"}
    assert (reached().rules, reached().rules_of) == (1, len(rules))


def test_a_side_that_no_test_has_seen_is_named() -> None:
    sides = {(gap.where, gap.leaf.fact, gap.missing) for gap in reached().gaps if gap.leaf}
    assert ("stops/dispute", "dispute", True) not in sides  # the test for the rule shows it
    assert ("reminder/good-payer", "days_late", False) in sides
    assert ("stops/dispute", "dispute", False) not in sides  # both tests came past it
    assert ("start", "days_late", True) not in sides  # day 5
    assert ("start", "days_late", False) not in sides  # day 3


def test_the_tests_written_out_pass_and_leave_nothing_out() -> None:
    written = "\n".join(gap.test for gap in reached().gaps if gap.test)
    text = FEW + written.replace('- name: "', '- name: "x ')
    whole = promises(_numbered(text))
    found = run([whole], world())
    assert {outcome.result for outcome in found.outcomes} == {Result.PASSED}
    after = coverage(whole, found, world().rulebook)
    assert [gap.where for gap in after.gaps if gap.test] == []


def _numbered(text: str) -> str:
    """The tests with names that differ: two gaps may be called the same."""
    lines = text.splitlines()
    return "\n".join(
        line.replace('- name: "x', f'- name: "{number}') for number, line in enumerate(lines)
    )


@pytest.mark.parametrize(
    ("where", "fact", "values", "rules"),
    [
        pytest.param("start", "days_late", [3, 4], ["", "reminder/standard"], id="days"),
        pytest.param(
            "stops/too-small",
            "debtor_overdue",
            [499, 500],
            ["stops/too-small", "reminder/standard"],
            id="money",
        ),
    ],
)
def test_both_sides_of_a_threshold_are_cases(
    where: str, fact: str, values: list[int], rules: list[str]
) -> None:
    found = boundaries(few(), run([few()], world()), world().rulebook)
    (mine,) = [each for each in found if (each.where, each.fact) == (where, fact)]
    assert [side.value for side in mine.sides] == values
    assert [side.answered.rule for side in mine.sides] == rules


def test_a_side_on_which_a_test_stands_is_known() -> None:
    found = boundaries(few(), run([few()], world()), world().rulebook)
    (start,) = [each for each in found if each.where == "start"]
    assert [side.tested for side in start.sides] == [True, False]  # 3 and 5, not 4
