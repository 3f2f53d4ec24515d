"""What tests expect of the words of messages, on messages that are said here in one sentence."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from dispatcher.model.problem import Problem
from dispatcher.policy.promises import Expectation
from dispatcher.prove.trials.alone import Answered
from dispatcher.prove.trials.result import Ran, Result
from dispatcher.prove.trials.running import run
from dispatcher.prove.trials.spoken import Speech, unsaid
from tests.prove.prove_world import HEAD, promises, world


#: A broken line, spaces as letters have them, the apostrophe of a printer.
TOLD = (
    "Mise en demeure, compte C1\nVous nous devez\n1\u202f240,00\xa0€\xa0: l\u2019indemnité est due."
)

CASES = [
    pytest.param(["mise en demeure"], [], [], id="capitals"),
    pytest.param(["nous devez 1 240,00 € : l'indemnité"], [], [], id="lines-spaces-apostrophe"),
    pytest.param(["40,00 €"], [], ["40,00 €"], id="a-number-stands-alone"),
    pytest.param(["compte C"], [], [], id="a-letter-before-a-digit-may-be-asked-for"),
    pytest.param(["due", "payée", "reçue"], [], ["payée", "reçue"], id="every-phrase"),
    pytest.param([], ["40,00 €", "merci"], [], id="has-none"),
    pytest.param([], ["INDEMNITÉ", "merci"], ["INDEMNITÉ"], id="has-one"),
]


def speech(*, template: str = "a", channel: str = "email") -> Speech:
    answered = Answered(action="contact", template=template, channel=channel)
    return Speech(answered=answered, case={}, today=promises("").today or pytest.fail("no day"))


def _said(_speech: Speech) -> str:
    return TOLD


@pytest.mark.parametrize(("says", "never_says", "wrong"), CASES)
def test_phrases_are_looked_for_as_a_person_reads(
    says: Sequence[str], never_says: Sequence[str], wrong: Sequence[str]
) -> None:
    expect = Expectation(says=tuple(says), never_says=tuple(never_says))
    found, problem = unsaid(expect, speech(), _said)
    assert [each.expected for each in found] == wrong
    assert all(each.unwanted == (each.expected in never_says) for each in found)
    assert all(each.got for each in found)
    assert problem is None


def test_where_nothing_is_sent_no_words_are_right() -> None:
    expect = Expectation(says=("due",), never_says=("40,00 €",))
    for silent in (speech(template=""), speech(channel="")):
        found, _ = unsaid(expect, silent, _said)
        assert [(each.word, each.expected, each.got) for each in found] == [
            ("says", "due", ""),
            ("never_says", "40,00 €", ""),
        ]


def told(test: str, *, timeline: str = "", head: str = HEAD) -> tuple[Ran, list[Speech]]:
    """What came of a test, and the messages that had to be made for it."""
    made: list[Speech] = []

    def speak(asked: Speech) -> str:
        made.append(asked)
        return f"{asked.answered.template} {asked.today} {asked.case.get('days_late')} jours"

    lines = f"timelines:\n{timeline}" if timeline else f"tests:\n  - {{name: a, {test}}}\n"
    return run([promises(lines, head=head)], replace(world(), speak=speak)), made


def test_a_test_that_asks_for_no_words_makes_no_message() -> None:
    found, made = told("expect: {action: contact}")
    assert (found.count(Result.PASSED), made) == (1, [])


def test_a_message_is_made_of_the_case_and_its_answer() -> None:
    found, (made,) = told('expect: {says: ["courteous-reminder 2026-05-12 5 jours"]}')
    assert found.count(Result.PASSED) == 1
    assert (made.answered.channel, made.answered.tone) == ("email", "courteous")
    assert made.case["amount_due"] == 120_000


def test_each_row_has_its_own_words() -> None:
    rows = "columns: [days_late, says, never_says], "
    found, made = told(rows + 'rows: [[5, 5 jours, 6 jours], [6, "5 jours", 7 jours]]')
    assert [each.result for each in found.outcomes] == [Result.PASSED, Result.FAILED]
    assert len(made) == 2


def test_words_of_a_day_of_a_timeline_are_those_of_that_day() -> None:
    days = (
        "{day: 0, event: due}",
        '{day: 5, expect: {action: contact, says: "courteous-reminder 2026-06-08 5 jours"}}',
        "{day: 6, event: part_paid, amount: 9, expect: {rule: answers/part_paid, says: received}}",
        "{day: 7, expect: {never_says: jours}}",
    )
    lines = "".join(f"      - {day}\n" for day in days)
    found, made = told("", timeline=f"  - name: a\n    from: 2026-06-03\n    days:\n{lines}")
    (outcome,) = found.outcomes
    assert [(short.day, short.mismatches[0].word) for short in outcome.shortfalls] == [
        (7, "never_says")
    ]
    assert [each.answered.template for each in made] == [
        "courteous-reminder",
        "part-payment-received",
    ]


@pytest.mark.parametrize(
    "timeline",
    [
        "",
        "- {name: a, from: 2026-06-03, days: [{day: 0, event: due}, {day: 5, expect: {says: a}}]}",
    ],
    ids=["test", "timeline"],
)
def test_a_message_that_cannot_be_made_is_a_problem(timeline: str) -> None:
    lines = f"timelines:\n{timeline}" if timeline else "tests: [{name: a, expect: {says: a}}]"
    found = run([promises(lines)], world())
    assert [each.code for each in found.problems] == ["test/no-words"]
    broken = replace(world(), speak=lambda _speech: Problem(code="render/time"))
    assert [each.code for each in run([promises(lines)], broken).problems] == ["render/time"]


def test_words_are_asked_for_on_a_day() -> None:
    head = HEAD.replace("today: 2026-05-12\n", "")
    found, made = told("expect: {says: a}", head=head)
    assert ([each.code for each in found.problems], made) == (["test/no-today"], [])
