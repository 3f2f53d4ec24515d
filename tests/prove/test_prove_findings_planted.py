"""Faults planted into copies of the rules that ship: each is found, and its case behaves as said.

The case of a finding is put into a test, as an operator would, and that test is run.
"""

from dataclasses import replace

import pytest

from dispatcher.model.problem import Problem
from dispatcher.policy.read import read_rules
from dispatcher.policy.terms import Rulebook
from dispatcher.policy.testfile import read_promises
from dispatcher.problems.render import as_text
from dispatcher.prove.exact.properties import Refuted, prove_all
from dispatcher.prove.findings.look import findings
from dispatcher.prove.trials.result import Ran
from dispatcher.prove.trials.running import run
from tests.prove import prove_world
from tests.prove.findings_world import ROOT, rulebook, rules, world


TINY = """\
      - id: tiny
        when: {debtor_overdue: under 150}
        then: {contact: letter, template: last-notice, tone: formal}
"""
WRITE_OFF = """\
  - id: write-off
    when: {last_step: formal-notice, days_since_step: 15+}
    then: {task: propose-write-off, due_in: 20 business days}
"""


def planted(file: str, right: str, wrong: str) -> dict[str, str]:
    """The rules that ship with one fault."""
    texts = rules()
    assert texts[file].count(right) == 1, right
    return {**texts, file: texts[file].replace(right, wrong)}


def told(texts: dict[str, str], code: str) -> Problem:
    """The first finding of this code."""
    found = findings(rulebook(texts), world())
    return next(each for each in found if each.code == code)


def tried(book: Rulebook, policy: str, case: str, expect: str) -> Ran:
    """What comes of a case that is put into a test of that policy."""
    text = f"policy: {policy}\ntests:\n  - {{name: found, case: {case}, expect: {expect}}}\n"
    files = {"a.test.yaml": text}
    promised, problems = read_promises(files, book)
    assert problems == (), "\n".join(as_text(each, sources=files) for each in problems)
    return run(promised, replace(prove_world.world(), rulebook=book))


def behaves(texts: dict[str, str], problem: Problem, expect: str) -> None:
    """The case of a finding, put into a test, gets that answer."""
    fields = problem.fields
    ran = tried(rulebook(texts), fields["policy"], fields["case"], expect)
    assert not ran.bad, ran


def test_a_rule_hidden_by_a_union_is_found() -> None:
    right = "      - id: small\n        when: any\n        then: {contact: letter else email"
    texts = planted("b2b-standard.yaml", right, TINY + right)
    problem = told(texts, "prove/unreachable")
    assert problem.fields["rule"] == "formal-notice/small"
    assert {"formal-notice/registered", "formal-notice/tiny"} <= set(
        problem.fields["by"].split(", ")
    )
    behaves(texts, problem, "{rule: [formal-notice/registered, formal-notice/tiny, stops/*]}")


def test_a_gap_of_a_cent_is_found() -> None:
    narrow = WRITE_OFF.replace("15+}", "15+, debtor_overdue: under 149.99}")
    texts = planted("b2b-standard.yaml", WRITE_OFF, narrow)
    problem = told(texts, "prove/dead-end")
    assert "debtor_overdue: 149.99" in problem.fields["case"]
    behaves(texts, problem, "{action: nothing yet}")


def test_a_gap_of_a_cent_between_policies_is_found() -> None:
    texts = planted("key-accounts.yaml", "debtor_overdue: 20000+}", "debtor_overdue: 20000.01+}")
    _, problems = read_rules(texts)
    (gap,) = [each for each in problems if each.code == "policy/uncovered"]
    assert "debtor_overdue: 20000.00" in gap.fields["debtor"]


def test_a_dead_end_by_a_choice_that_was_removed_is_found() -> None:
    texts = planted("b2b-standard.yaml", WRITE_OFF, "")
    texts["key-accounts.yaml"] = texts["key-accounts.yaml"].replace("  - remove: write-off\n", "")
    problem = told(texts, "prove/dead-end")
    assert problem.fields["step"] == "hand_over"
    assert "last_step: formal-notice" in problem.fields["case"]
    behaves(texts, problem, "{action: nothing yet}")


def test_an_overlap_of_two_policies_is_found() -> None:
    texts = planted("key-accounts.yaml", "debtor_overdue: 20000+}", "debtor_overdue: 19999.99+}")
    _, problems = read_rules(texts)
    (overlap,) = [each for each in problems if each.code == "policy/overlap"]
    assert "debtor_overdue: 19999.99" in overlap.fields["debtor"]


def test_a_notice_that_is_possible_too_early_is_found() -> None:
    right = "when: {days_late: 30+, days_since_step: 8+}"
    texts = planted("b2b-standard.yaml", right, "when: {days_late: 20+, days_since_step: 3+}")
    problem = told(texts, "prove/notice-too-early")
    assert problem.fields["rule"] == "formal-notice/registered"
    behaves(texts, problem, "{rule: formal-notice/registered, channel: registered_letter}")


def test_a_notice_before_its_promised_day_is_refuted() -> None:
    right = "when: {days_late: 30+, days_since_step: 8+}"
    texts = planted("b2b-standard.yaml", right, "when: {days_late: 29+, days_since_step: 8+}")
    book = rulebook(texts)
    name = "b2b-standard.test.yaml"
    promised, _ = read_promises({name: (ROOT / "rules" / name).read_text("utf-8")}, book)
    wanted = promised[0].invariants
    found = prove_all(wanted, book.policies["b2b-standard"], book, legal=world().legal)
    proofs = {each.name: proof for each, proof in zip(wanted, found, strict=True)}
    broken = proofs["no formal notice before day 30"]
    assert isinstance(broken, Refuted)
    assert broken.case["days_late"] == 29
    assert not isinstance(proofs["a disputed invoice is never claimed"], Refuted)


@pytest.mark.parametrize(
    ("file", "right", "wrong", "code", "expect"),
    [
        pytest.param(
            "b2b-standard.yaml",
            "    when: {days_since_step: 7+}     # the reminder gave six days\n",
            "",
            "prove/escalates-at-once",
            "{action: contact, rule: second-reminder/*}",
            id="the morning after a stop",
        ),
        pytest.param(
            "b2b-standard.yaml",
            "start: {days_late: 4+}",
            "start: {days_late: 4 to 60}",
            "prove/closed-window",
            "{action: nothing yet}",
            id="a window",
        ),
        pytest.param(
            "consumers.yaml",
            "    when: {days_since_step: 8+}\n    choose:\n      - id: offer-plan",
            "    when: {days_since_step: 8+, payer_history: [good, irregular, bad]}\n"
            "    choose:\n      - id: offer-plan",
            "prove/stuck-on-unknown",
            "{action: nothing yet}",
            id="unknown",
        ),
        pytest.param(
            "base.yaml",
            "when: {deceased: yes}",
            "when: {deceased: yes, payer_history: known}",
            "prove/stop-lets-through",
            "{not: {rule: stops/deceased}}",
            id="a stop with a leak",
        ),
        pytest.param(
            "b2b-standard.yaml",
            "letter else email, also: email, template: last-notice",
            "letter, also: email, template: last-notice",
            "prove/reaches-nobody",
            "{action: task, rule: formal-notice/small}",
            id="nobody reached",
        ),
        pytest.param(
            "consumers.yaml",
            "{last_step: formal-notice, days_since_step: 30+, debtor_overdue: 200+}",
            "{last_step: formal-notice, days_since_step: 30+, debtor_overdue: 50+}",
            "prove/hand-over-without-notice",
            "{action: hand_over, to: bailiff}",
            id="no notice",
        ),
        pytest.param(
            "public-bodies.yaml",
            "{contact: letter else email, also: email, template: public-interest, tone: firm}",
            "{contact: letter else email, also: email, template: public-interest, tone: friendly}",
            "prove/tone-backwards",
            "{rule: second-reminder/standard, tone: friendly}",
            id="tone",
        ),
    ],
)
def test_a_planted_fault_is_found_and_its_case_behaves_as_said(
    file: str, right: str, wrong: str, code: str, expect: str
) -> None:
    texts = planted(file, right, wrong)
    behaves(texts, told(texts, code), expect)


def test_only_the_rules_that_are_needed_hide_another() -> None:
    small = "      - id: small\n        when: {days_since_step: 7+}\n"
    then = "        then: {contact: letter, template: last-reminder, tone: firm}\n"
    fewer = small.replace("small", "fewer").replace("7+", "7+, debtor_overdue: under 500") + then
    found = told(planted("b2b-standard.yaml", small, fewer + small), "prove/unreachable")
    assert found.fields["rule"] == "third-reminder/small"
    assert found.fields["by"] == "third-reminder/call, third-reminder/fewer"
