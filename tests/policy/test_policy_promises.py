"""Test files are read into values; the file itself is `good/standard.test.yaml`."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from dispatcher.policy.interpret import truth
from dispatcher.policy.names import Names
from dispatcher.policy.promises import Expectation, Promises
from dispatcher.policy.read import read_rules
from dispatcher.policy.testfile import read_promises
from tests.policy.policy_world import FACTS, HEAD, STEPS, codes, in_words, read


GOOD = Path(__file__).parent / "good"
TEXTS = {
    "facts.yaml": FACTS,
    "1.yaml": (GOOD / "standard.yaml").read_text("utf-8"),
    "1.test.yaml": (GOOD / "standard.test.yaml").read_text("utf-8"),
}


def promises(text: str = TEXTS["1.test.yaml"]) -> Promises:
    rulebook, problems = read_rules(TEXTS)
    assert rulebook is not None, in_words(problems, TEXTS)
    found, wrong = read_promises({"1.test.yaml": text}, rulebook)
    assert wrong == (), in_words(wrong, {"1.test.yaml": text})
    return found[0]


def test_the_shared_case_is_read_with_types() -> None:
    found = promises()
    assert (found.policy, found.file, found.today) == ("standard", "1.test.yaml", date(2026, 5, 12))
    assert found.case["amount_due"] == 120_000
    assert found.case["days_late"] == 5
    assert found.case["days_since_step"] is None
    assert found.case["last_step"] == "none"


def test_a_single_test_says_what_it_expects() -> None:
    first, waiting, dispute, unknown, *_ = promises().tests
    assert first.expect == Expectation(
        actions=("contact",),
        rules=("reminder/standard",),
        channels=("email",),
        templates=("courteous",),
        tones=("courteous",),
        offers=("plan-3",),
    )
    assert waiting.case == {"profile": "sme"}
    assert waiting.expect.until == date(2026, 5, 15)
    assert waiting.expect.but == Expectation(channels=("sms", "letter"))
    assert dispute.case == {"dispute": "open", "insolvency": False}
    assert dispute.expect.rules == ("stops/*",)
    assert (unknown.todo, unknown.case) == (True, {"insolvency": None})


def test_each_row_of_a_table_is_a_test() -> None:
    rows = [test for test in promises().tests if test.name.startswith("thresholds")]
    assert [row.name for row in rows] == ["thresholds [1]", "thresholds [2]"]
    assert rows[0].case == {"days_late": 4, "amount_due": 9_999_999}
    expected = Expectation(actions=("contact",), rules=("reminder/standard",), until=3)
    assert rows[0].expect == expected
    assert rows[1].expect == replace(expected, until=date(2026, 6, 3))


def test_a_row_changes_what_its_table_shares() -> None:
    table = "{name: a, case: {days_late: 3, profile: sme}, expect: {action: hold, channel: email}, "
    table += "columns: [days_late, action], rows: [[9, wait]]}"
    (row,) = promises(f"policy: standard\ntests: [{table}]\n").tests
    assert row.case == {"days_late": 9, "profile": "sme"}
    assert row.expect == Expectation(actions=("wait",), channels=("email",))


def test_a_timeline_is_read_day_by_day() -> None:
    (timeline,) = promises().timelines
    assert timeline.start == date(2026, 6, 3)
    assert [(each.day, each.event) for each in timeline.days] == [
        (0, "due"),
        (5, ""),
        (6, "promise_made"),
        (25, "payment"),
    ]
    promise = timeline.days[2]
    assert (promise.until, promise.amount) == (14, 120_000)
    assert timeline.days[3].expect == Expectation(but=Expectation(rules=("notice/*",)))


def test_an_invariant_speaks_of_facts_and_answers_together() -> None:
    notice, left_alone, _ = promises().invariants
    assert notice.never is not None
    assert notice.never.expect == Expectation(rules=("notice/*",))
    assert truth(notice.never.facts, {"days_late": 7}) is True
    assert truth(notice.never.facts, {"days_late": 8}) is False
    assert left_alone.always is not None
    assert truth(left_alone.when.facts, {"handed_over": True}) is True
    assert truth(left_alone.always.facts, {}) is True


def test_mistakes_of_several_test_files_are_said_together() -> None:
    rulebook, _ = read_rules(TEXTS)
    assert rulebook is not None
    wrong = {"a.test.yaml": "policy: standrad\n", "b.test.yaml": "policy: standard\ntest: []\n"}
    found = read_promises(wrong, rulebook)[1]
    assert [(problem.code, problem.place and problem.place.file) for problem in found] == [
        ("policy/unknown-policy", "a.test.yaml"),
        ("policy/unknown-key", "b.test.yaml"),
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("tests: [{name: a, expect: {}}]", "policy/empty", id="nothing-expected"),
        pytest.param("tests: [{expect: {action: hold}}]", "policy/missing-key", id="no-name"),
        pytest.param(
            "tests: [{name: a, expect: {action: hold}}, {name: a, expect: {action: hold}}]",
            "policy/duplicate-id",
            id="same-name",
        ),
        pytest.param(
            "tests: [{name: a, columns: [days_late, days_late], rows: [[1, 2]]}]",
            "policy/duplicate-id",
            id="same-column",
        ),
        pytest.param("tests: [{name: a, columns: [days_late]}]", "policy/test-form", id="no-rows"),
        pytest.param(
            "tests: [{name: a, columns: [], rows: [[]]}]", "policy/empty", id="no-columns"
        ),
        pytest.param(
            "tests: [{name: a, columns: a, rows: [[1]]}]", "policy/needs-list", id="column"
        ),
        pytest.param("case: {day_late: 3}", "policy/unknown-fact", id="fact"),
        pytest.param("case: {days_late: soon}", "policy/number", id="value"),
        pytest.param(
            "timelines: [{name: a, from: 2026-06-03, days: [{day: 1, event: moon}]}]",
            "policy/unknown-word",
            id="event",
        ),
        pytest.param("invariants: [{name: a}]", "policy/invariant-form", id="says-nothing"),
        pytest.param("invariants: [{name: a, never: {}}]", "policy/empty", id="empty-claim"),
    ],
)
def test_a_mistake_is_said(text: str, code: str) -> None:
    rulebook, _ = read_rules(TEXTS)
    assert rulebook is not None
    found = read_promises({"1.test.yaml": f"policy: standard\n{text}\n"}, rulebook)[1]
    assert code in [problem.code for problem in found]


def test_with_a_default_policy_of_the_currency_nobody_is_uncovered() -> None:
    narrow = HEAD.replace("any", "{kind: firm}") + STEPS
    assert codes(narrow) == ["policy/uncovered"]
    assert codes(narrow, names=Names(default_policy="standard")) == []
    dollars = (HEAD.replace("EUR", "USD") + STEPS).replace("policy: standard", "policy: dollars")
    assert codes(narrow, dollars, names=Names(default_policy="dollars")) == ["policy/uncovered"]


#: As written, and the canonical form that the reference page gives for it.
SPELLINGS = [
    ("days_late", "30+", "{at_least: 30}"),
    ("overdue", "under 500", "{below: 500}"),
    ("overdue", "150 to under 5000", "{at_least: 150, below: 5000}"),
    ("days_late", "4 to 8", "{at_least: 4, at_most: 8}"),
    ("limitation_days", "-5 to under 3", "{at_least: -5, below: 3}"),
    ("days_late", "7", "[7]"),
    ("profile", "not sme", "{none_of: [sme]}"),
    ("profile", "neither sme nor micro", "{none_of: [micro, sme]}"),
]


@pytest.mark.parametrize(("fact", "written", "canonical"), SPELLINGS)
def test_a_value_and_its_canonical_form_mean_the_same(
    fact: str, written: str, canonical: str
) -> None:
    def hash_of(value: str) -> str:
        text = HEAD + f"start: {{{fact}: {value}}}\n" + STEPS
        return read(text).policies["standard"].hash

    assert hash_of(written) == hash_of(canonical)
