"""The witness that `relance test` prints can be put into a test file, and behaves there as said."""

import pytest

from dispatcher.cli.policies.tested import Words
from dispatcher.cli.say import Speaker
from dispatcher.policy.promises import Promises
from dispatcher.prove.exact.properties import Refuted
from dispatcher.prove.trials.result import Outcome, Result
from dispatcher.prove.trials.running import run
from tests.prove.prove_world import HEAD, promises, ran, world


#: Claims that the shipped policy does not keep, and which no merging is needed to break.
BROKEN = [
    "never: {rule: reminder/*}",
    "never: {days_late: under 60, action: contact, channel: registered_letter}",
    "never: {rule: stops/dispute}",
    "never: {amount_due: under 100, action: contact}",
    "always: {has_email: yes, action: contact}",
    "never: {action: hand_over}",
]


def refuted(claim: str, *, head: str = HEAD) -> Outcome:
    """What came of a property that is not kept."""
    (outcome,) = ran(f"invariants:\n  - name: a\n    {claim}\n", head=head).outcomes
    assert isinstance(outcome.proof, Refuted), claim
    return outcome


def lines(outcome: Outcome, lang: str = "en") -> list[str]:
    """What people read of it."""
    return list(Words(Speaker(lang), world()).lines(outcome))


def pasted(outcome: Outcome, expect: str, *, head: str = HEAD) -> Promises:
    """The witness, copied from the line that names it, as a test of the same file."""
    case = lines(outcome)[0].removeprefix("refuted by: ")
    return promises(f"tests:\n  - {{name: b, case: {case}, expect: {expect}}}\n", head=head)


@pytest.mark.parametrize("claim", BROKEN)
def test_a_witness_put_into_the_file_answers_as_was_said(claim: str) -> None:
    outcome = refuted(claim)
    found = outcome.proof
    assert isinstance(found, Refuted)
    assert (found.leader, found.after) == (None, "")
    words = {"action": found.action, "rule": found.rule, "channel": found.channel}
    said = ", ".join(f"{word}: {value}" for word, value in words.items() if value)
    results = [
        run([pasted(outcome, expect)], world()).outcomes[0].result
        for expect in (f"{{{said}}}", f"{{not: {{{said}}}}}")
    ]
    assert results == [Result.PASSED, Result.FAILED]


def test_a_witness_says_what_the_shared_case_would_say_otherwise() -> None:
    shared = HEAD.replace("has_email: yes", "has_email: yes\n  dispute: open")
    outcome = refuted("never: {rule: reminder/standard}", head=shared)
    assert "dispute: none" in lines(outcome)[0]
    test = pasted(outcome, "{rule: reminder/standard}", head=shared)
    assert run([test], world()).outcomes[0].result is Result.PASSED


def test_a_merged_witness_names_the_case_that_leads_and_its_rule() -> None:
    outcome = refuted("never: {rule: reminder/*, tone: firm}")
    told = lines(outcome)
    assert told[2].startswith("taken along by the contact of: {")
    assert told[2].endswith("(second-reminder/large)")
    assert lines(outcome, "fr")[2].startswith("emporté par le contact de : {")


def test_a_case_that_is_taken_along_early_is_said() -> None:
    outcome = refuted("never: {last_step: reminder, days_since_step: under 7, action: contact}")
    assert any("is not due today" in line for line in lines(outcome))
    assert any("n'est pas dû aujourd'hui" in line for line in lines(outcome, "fr"))


def test_a_property_that_asks_for_a_day_is_not_proved() -> None:
    (outcome,) = ran("invariants:\n  - {name: a, never: {until: day 3}}\n").outcomes
    assert lines(outcome) == ["not proved: a property cannot ask for a day (`until`)"]
