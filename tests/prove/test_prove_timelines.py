"""Timelines on the real day: what happens, what is answered, sent, and not sent.

All timelines of this module are lived at once, as `relance test` lives those of a home.
"""

# ruff: noqa: ANN401 - any field of the limits may be changed by name

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from dispatcher.model.vocabulary import Value
from dispatcher.policy.promises import Promises
from dispatcher.policy.terms import Answer, Hold, Rule, Rulebook
from dispatcher.policy.testfile import read_promises
from dispatcher.posting import presented
from dispatcher.problems.render import as_text
from dispatcher.prove.trials.result import Outcome, Ran, Result
from dispatcher.prove.trials.timelines import run_timelines
from dispatcher.prove.trials.world import World
from tests.decide.decide_world import (
    LEGAL,
    LIMITS,
    REACH,
    STOPS,
    is_,
    policy,
    rulebook,
    settings,
)


ANSWERS = (
    Answer(event="dispute_opened", contact=("email", "letter"), template="dispute-received"),
    Answer(event="part_paid", contact=("email",), template="part-paid"),
    Answer(event="all_paid", contact=("email",), template="thank-you"),
)

MORE_STOPS: Mapping[str, tuple[Value, ...]] = {
    "reply": ("waiting",),
    "plan": ("running",),
    "handed_over": (True,),
}

HEAD = """\
policy: b2b
case:
  legal_kind: business
  profile: sme
  amount_due: 1200
  debtor_overdue: 1200
  last_step: none
  has_email: yes
  has_mobile: yes
  has_phone: yes
  has_address: yes
timelines:
"""

#: Name -> start (June 3rd where none is said) and days. Day 4 is a Sunday, day 5 a Monday.
PASSING: Mapping[str, str] = {
    "nothing before the fourth day, nothing on Sunday": """
      - {day: 0, event: due, expect: {action: nothing yet, until: day 4}}
      - {day: 4, expect: {action: wait, until: day 5}}
      - {day: 5, expect: {rule: reminder/standard, channel: email, tone: courteous}}
      - {day: 6, expect: {action: nothing yet, until: day 12}}
      - {day: 12, expect: {rule: second-reminder/standard}}
""",
    "a promise holds until it is broken": """
      - {day: 0, event: due}
      - {day: 6, event: promise_made, until: day 14, amount: 1200}
      - {day: 14, expect: {action: hold, rule: stops/promise}}
      - {day: 16, expect: {action: hold, rule: stops/promise}}
      - {day: 17, expect: {action: nothing yet}}
      - {day: 24, expect: {rule: second-reminder/standard}}
""",
    "a promise that is kept in part is broken, and all paid is the end": """
      - {day: 0, event: due}
      - {day: 6, event: promise_made, until: day 8, amount: 1200}
      - {day: 7, event: part_paid, amount: 200, expect: {rule: answers/part_paid, channel: email}}
      - {day: 13, expect: {not: {reason: promise}}}
      - {day: 14, event: all_paid, expect: {rule: answers/all_paid, template: thank-you}}
      - {day: 30, expect: {not: {action: contact}}}
""",
    "nobody is thanked for what he was not asked for": """
      - {day: 0, event: due}
      - {day: 3, event: payment, expect: {not: {rule: answers/*}}}
""",
    "a dispute is answered and holds": """
      - {day: 0, event: due}
      - {day: 8, event: dispute_opened, expect: {rule: answers/dispute_opened, channel: email}}
      - {day: 8, expect: {action: hold, rule: stops/dispute}}
      - {day: 20, event: dispute_settled, expect: {not: {action: contact}}}
      - {day: 27, expect: {rule: second-reminder/standard}}
""",
    "a part may be disputed and the rest goes on": """
      - {day: 0, event: due}
      - {day: 3, event: dispute_opened, amount: 300}
      - {day: 5, expect: {action: contact}}
""",
    "an e-mail that bounced goes by the next channel, after the gap": """
      - {day: 0, event: due}
      - {day: 5, expect: {channel: email}}
      - {day: 6, event: bounced}
      - {day: 9, expect: {action: wait, until: day 12}}
      - {day: 12, expect: {action: contact, rule: reminder/standard, channel: sms}}
""",
    "who opted out of e-mail gets a text": """
      - {day: 0, event: due}
      - {day: 2, event: opted_out, channel: email}
      - {day: 5, expect: {channel: sms}}
""",
    "a reply is read before we write again": """
      - {day: 0, event: due}
      - {day: 4, event: reply_received}
      - {day: 5, expect: {action: hold, rule: stops/reply}}
      - {day: 8, event: reply_read, expect: {action: contact}}
""",
    "a call that reaches nobody is made again": """
      - {day: 0, event: due}
      - {day: 19, event: no_answer, expect: {rule: third-reminder/call, channel: call}}
      - {day: 20, event: no_answer, expect: {action: under way}}
      - {day: 21, expect: {action: under way}}
      - {day: 22, expect: {action: nothing yet}}
""",
    "a wrong number goes by the next channel": """
      - {day: 0, event: due}
      - {day: 19, event: wrong_number, expect: {channel: call}}
      - {day: 20, expect: {action: contact, rule: third-reminder/call, channel: letter}}
      - {day: 22, expect: {action: under way, rule: third-reminder/call}}
      - {day: 23, expect: {action: nothing yet}}
""",
    "what is not approved does not leave": """
      - {day: 0, event: due}
      - {day: 30, event: not_approved, expect: {channel: registered_letter}}
      - {day: 31, expect: {action: under way}}
      - {day: 33, event: approved}
      - {day: 34, expect: {action: under way}}
      - {day: 37, expect: {action: nothing yet}}
""",
    "the deadline of a formal notice runs, then it is handed over": """
      - {day: 0, event: due}
      - {day: 30, expect: {rule: formal-notice/registered, template: formal-notice}}
      - {day: 33, expect: {not: {action: [contact, hand_over]}}}
      - {day: 49, expect: {action: nothing yet, until: day 50}}
      - {day: 50, expect: {action: hand_over, to: lawyer}}
      - {day: 51, expect: {action: hold, rule: stops/handed_over}}
""",
}


def text(days: Mapping[str, str], *, todo: bool = False, more: str = "") -> str:
    """A test file of these timelines."""
    mark = "    todo: yes\n" if todo else ""
    return HEAD + "".join(
        f"  - name: {name}\n    from: 2026-06-03\n{mark}{more}    days:{said.rstrip()}\n"
        for name, said in days.items()
    )


def rules(**limits: Any) -> Rulebook:
    """The usual ladder with the stops and answers that these timelines need."""
    more = tuple(
        Rule(id=f"stops/{name}", when=is_(name, *values), then=Hold(reason=name))
        for name, values in MORE_STOPS.items()
    )
    changed = replace(LIMITS, **limits)
    return rulebook(policy(stops=(*more, *STOPS), answers=ANSWERS, limits=changed))


def world(known: Rulebook) -> World:
    """The usual configuration around these rules."""
    chosen = settings()
    return World(
        rulebook=known,
        settings=chosen,
        reach=REACH | {"visit"},
        legal=LEGAL,
        presented=presented(chosen),
    )


def read(written: str, known: Rulebook) -> Promises:
    files = {"a.test.yaml": written}
    found, problems = read_promises(files, known)
    assert problems == (), "\n".join(as_text(each, sources=files) for each in problems)
    return found[0]


def lived(written: str, *, every_day: bool = False, **limits: Any) -> Ran:
    """What came of a test file."""
    known = rules(**limits)
    return run_timelines([read(written, known)], world(known), every_day=every_day)


@cache
def passed() -> Mapping[str, Outcome]:
    """What came of the timelines that pass, by name."""
    found = lived(text(PASSING))
    assert found.problems == ()
    return {outcome.name: outcome for outcome in found.outcomes}


@pytest.mark.parametrize("name", PASSING)
def test_a_timeline_lives_as_the_language_says(name: str) -> None:
    found = passed()[name]
    assert found.result is Result.PASSED, [
        (short.day, short.mismatches, short.answered) for short in found.shortfalls
    ]


QUIET = [name for name in PASSING if "holds until" in name or "reply" in name or "number" in name]


def test_days_that_are_left_out_would_have_changed_nothing() -> None:
    some = text({name: PASSING[name] for name in QUIET})
    quick, every = (
        {each.name: each for each in lived(some, every_day=whole).outcomes}
        for whole in (False, True)
    )
    for name in QUIET:
        assert every[name].result is Result.PASSED, name
        assert _acts(quick[name]) == _acts(every[name]) == _acts(passed()[name]), name
        assert len(quick[name].answers) < len(every[name].answers)


def _acts(outcome: Outcome) -> list[tuple[str, str]]:
    told = [answer for answer in outcome.answers if answer.action in {"contact", "hand_over"}]
    return [(answer.rule, answer.channel) for answer in told]


# -- what fails -----------------------------------------------------------------------------------


def one(days: str, *, todo: bool = False, more: str = "", **limits: Any) -> Outcome:
    """What came of one timeline."""
    (outcome,) = lived(text({"a": days}, todo=todo, more=more), **limits).outcomes
    return outcome


WRONG: Mapping[str, str] = {
    "another answer": "{day: 5, expect: {rule: second-reminder/standard}}",
    "another day": "{day: 3, expect: {until: day 5}}",
    "an answer to an event": "{day: 5, expect: {rule: answers/dispute_opened}}",
    "not what is sent": "{day: 5, expect: {not: {channel: email}}}",
    "not what is answered to an event": "{day: 6, expect: {not: {rule: answers/*}}}",
    "nothing is open": "{day: 9, expect: {action: hold}}",
}


def test_every_kind_of_expectation_can_fail() -> None:
    days = {
        name: f"\n      - {{day: 0, event: due}}\n      - {said}\n" for name, said in WRONG.items()
    }
    days["not what is answered to an event"] += "      - {day: 6, event: dispute_opened}\n"
    days["nothing is open"] += "      - {day: 7, event: all_paid}\n"
    found = lived(text(days))
    assert {each.name: each.result for each in found.outcomes} == dict.fromkeys(
        WRONG, Result.FAILED
    )
    short = found.outcomes[0].shortfalls[0]
    assert (short.day, short.answered.rule) == (5, "reminder/standard")
    assert short.why is not None
    assert short.why.rule == "second-reminder/standard"
    assert short.place is not None


def test_never_is_looked_at_every_day() -> None:
    days = "\n      - {day: 0, event: due}\n      - {day: 6, expect: {action: nothing yet}}\n"
    assert one(days, more="    never: {channel: letter}\n").result is Result.PASSED
    broken = one(days, more="    never: {channel: email}\n")
    assert [short.day for short in broken.shortfalls] == [5]


def test_a_timeline_that_is_to_do_may_not_pass() -> None:
    days = "\n      - {day: 0, event: due}\n      - {day: 2, expect: {action: nothing yet}}\n"
    assert one(days, todo=True).result is Result.FIXED


def test_a_fact_that_day_0_cannot_have_is_a_problem() -> None:
    case = "    case: {broken_promises: 3}\n"
    days = "\n      - {day: 0, event: due}\n"
    found = lived(text({"a": days}, more=case))
    (problem,) = found.problems
    assert problem.code == "test/untrue-fact"
    assert (problem.fields["fact"], problem.fields["found"]) == ("broken_promises", "0")


def test_facts_of_a_case_are_true_on_day_0() -> None:
    """Each beside the others in its own timeline; a fact that came out otherwise is a problem."""
    facts = (
        "dispute: open",
        "dispute: part",
        "dispute: settled",
        "promise: open",
        "promise: broken, broken_promises: 1",
        "plan: running",
        "plan: missed",
        "reply: waiting",
        "pause: yes",
        "insolvency: yes",
        "insolvency: unknown",
        "handed_over: yes",
        "contacts_30d: 3",
        "usual_days_late: 12",
        "has_mobile: no, has_phone: no",
        "has_address: no",
        "days_late: 3, debtor_overdue: 5000",
        "days_late: 3, debtor_overdue: 300",
        "days_late: 9, last_step: reminder, days_since_step: 4",
    )
    lines = "".join(
        f'  - {{name: "{number}", from: 2026-06-03, case: {{days_late: 3, {each}}}, '
        "days: [{day: 0, expect: {not: {channel: visit}}}]}\n".replace("days_late: 3, days", "days")
        for number, each in enumerate(facts)
    )
    found = lived(HEAD + lines)
    assert [(each.fields["name"], each.fields) for each in found.problems] == []
    assert len(found.outcomes) == len(facts)


def test_timelines_do_not_keep_each_other_waiting() -> None:
    """One call a day for all: each timeline has its own."""
    days = "\n      - {day: 0, event: due}\n      - {day: 19, expect: {channel: call}}\n"
    found = lived(text({"a": days, "b": days}), per_day={"call": 1})
    assert [each.result for each in found.outcomes] == [Result.PASSED, Result.PASSED]
    nobody = one(days, per_day={"call": 0})
    assert nobody.result is Result.FAILED
