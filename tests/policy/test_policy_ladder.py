"""Steps and what they may follow, inheritance, and what a policy's hash depends on."""

import hashlib

import pytest

from dispatcher.policy.names import Names
from dispatcher.policy.read import read_rules
from dispatcher.policy.terms import (
    ALWAYS,
    AtMost,
    Closed,
    Contact,
    Days,
    HandOver,
    Hold,
    OneOf,
    Wait,
    Work,
)
from tests.policy.policy_world import FACTS, HEAD, STEPS, codes, found, read, read_one, texts_of


def _ladder(*steps: str) -> str:
    body = "\n    choose: [{id: go, when: any, then: {task: look, due_in: 1 day}}]\n"
    return HEAD + "steps:\n" + "".join(f"  - id: {step}{body}" for step in steps)


def _after(*steps: str) -> dict[str, tuple[str, ...]]:
    return {step.id: step.after for step in read_one(_ladder(*steps)).steps}


def test_a_step_follows_the_step_before() -> None:
    assert _after("one", "two", "three") == {"one": ("none",), "two": ("one",), "three": ("two",)}


def test_a_step_follows_what_is_written() -> None:
    assert _after("one", "two", "three\n    from: [one, two]")["three"] == ("one", "two")


def test_what_may_follow_the_start_may_also_follow_an_optional_step() -> None:
    optional = "\n    from: none\n    optional: yes"
    assert _after("pre" + optional, "second-pre" + optional, "one", "two") == {
        "pre": ("none",),
        "second-pre": ("none", "pre"),
        "one": ("none", "pre", "second-pre"),
        "two": ("one",),
    }


def test_start_holds_back_only_what_is_not_optional() -> None:
    text = _ladder("pre\n    optional: yes", "one") + "start: {days_late: 4+}\n"
    pre, one = read_one(text).choices
    start = read_one(text).start
    assert start not in pre.when.parts  # type: ignore[union-attr] # an All of the parts
    assert start in one.when.parts  # type: ignore[union-attr] # an All of the parts


def test_from_start_and_when_multiply_into_every_choice() -> None:
    policy = read_one(HEAD + STEPS + "start: {days_late: 4+}\n")
    notice = policy.choices[1]
    step = policy.steps[1]
    last = OneOf(fact="last_step", values=("reminder",))
    assert notice.id == "notice/standard"
    assert notice.when.parts == (last, policy.start, step.when, ALWAYS)  # type: ignore[union-attr] # an All


WHOLE = (
    HEAD
    + """\
label: {fr: "Standard"}
owner: team@example.test
keep: until_paid
was: old
same_as: {call: reminder}
stops:
  - id: handed-over
    when: {handed_over: yes}
    then: {hold: handed_over}
  - id: dispute
    when: {dispute: open}
    then: {hold: dispute, task: answer, due_in: 5 business days}
resume:
  - {after: dispute, to: reminder, when: {profile: sme}}
  - {after: any, to: same_step}
answers:
  - {event: all_paid, contact: email else letter, template: thank-you}
steps:
  - id: reminder
    choose:
      - id: later
        when: {days_late: under 8}
        then: wait
      - id: part
        when: {dispute: part}
        then: {wait: dispute, task: answer, due_in: 2 days}
      - id: work
        when: {profile: sme}
        then: {task: look, due_in: 1 business day, assign_to: team}
      - id: visit
        when: any
        then:
          contact: visit else letter
          also: email
          template: visit
          tone: firm
          offer: plan
          copy_to: team
          assign_to: team
          due_in: 2 days
          attempts: 5
          escalate_to: boss
          follow_up: note
          needs_approval: [boss, legal]
          on_unknown: resend
          valid_for: 3 days
hand_over:
  - {id: lawyer, when: {days_late: 60+}, then: {hand_over: lawyer, needs_approval: boss}}
limits:
  quiet_hours: {sms: "19:00-09:00"}
  days: business
  closed: [{from: 12-24, to: 01-01}, {from: 08-01, to: 08-21, steps: [reminder, hand_over]}]
  rounds: {gather: 7 days, gap: 5 days, after: {reminder: 15 days}}
  at_most: [{contacts: 4, per: 30 days}, {call: 2, per: 7 days}, {legal_effect: 1, per: 30 days}]
  per_day: {call: 40}
safety:
  per_run: {debtors: 2000, legal_effect: 50}
  stop_at: {share_of_debtors: 40%}
"""
)


def test_every_key_of_the_language_arrives() -> None:
    policy = read_one(WHOLE)
    assert policy.labels == {"fr": "Standard"}
    assert (policy.owner, policy.keep, policy.was) == ("team@example.test", True, "old")
    assert policy.same_as == {"call": "reminder"}
    assert [rule.id for rule in policy.stops] == ["stops/handed-over", "stops/dispute"]
    assert policy.stops[1].then == Hold(
        reason="dispute", task="answer", due_in=Days(count=5, business=True)
    )
    assert [(r.after, r.to) for r in policy.resume] == [
        ("dispute", "reminder"),
        ("any", "same_step"),
    ]
    (answer,) = policy.answers
    assert (answer.event, answer.contact, answer.tone) == (
        "all_paid",
        ("email", "letter"),
        "courteous",
    )
    assert policy.hand_over[0].then == HandOver(to="lawyer", needs_approval=("boss",))


def test_every_deed_arrives() -> None:
    later, part, work, visit = (choice.then for choice in read_one(WHOLE).steps[0].choose)
    assert later == Wait()
    assert part == Wait(reason="dispute", task="answer", due_in=Days(count=2))
    assert work == Work(task="look", due_in=Days(count=1, business=True), assign_to="team")
    assert visit == Contact(
        channels=("visit", "letter"),
        template="visit",
        tone="firm",
        also="email",
        offer="plan",
        copy_to=("team",),
        assign_to="team",
        due_in=Days(count=2),
        attempts=5,
        escalate_to="boss",
        follow_up="note",
        needs_approval=("boss", "legal"),
        on_unknown="resend",
        valid_for=Days(count=3),
    )


def test_every_limit_arrives() -> None:
    limits, safety = read_one(WHOLE).limits, read_one(WHOLE).safety
    assert limits.quiet_hours == {"sms": (19 * 60, 9 * 60)}
    assert limits.business_days
    assert limits.closed == (
        Closed(start=(12, 24), end=(1, 1)),
        Closed(start=(8, 1), end=(8, 21), steps=("reminder", "hand_over")),
    )
    assert (limits.gather, limits.gap, limits.after) == (7, 5, {"reminder": 15})
    assert limits.at_most == (
        AtMost(what="contacts", count=4, per=30),
        AtMost(what="call", count=2, per=7),
        AtMost(what="legal_effect", count=1, per=30),
    )
    assert limits.per_day == {"call": 40}
    assert (safety.debtors, safety.legal_effect, safety.share_of_debtors) == (2000, 50, 40)


# -- extends ------------------------------------------------------------------------------------

PARENT = WHOLE.replace("policy: standard", "policy: parent").replace("applies_to: any\n", "")


def _child(text: str) -> str:
    return HEAD.replace("currency: EUR\n", "") + "extends: parent\n" + text


def test_what_is_not_inherited() -> None:
    child = read_one(_child(""), PARENT)
    assert (child.labels, child.keep, child.was) == ({}, False, "")
    assert (child.currency, child.owner) == ("EUR", "team@example.test")
    assert len(child.choices) == 4


def test_a_parent_without_applies_to_is_never_chosen() -> None:
    rulebook = read(_child(""), PARENT)
    assert [policy.name for policy in rulebook.active] == ["standard"]
    assert set(rulebook.policies) == {"standard", "parent"}


def test_limits_merge_by_key_at_every_depth_and_lists_are_replaced() -> None:
    text = "limits: {rounds: {gap: 10 days}, quiet_hours: {call: 18:00-09:00}, closed: []}\n"
    limits = read_one(_child(text), PARENT).limits
    assert (limits.gather, limits.gap, limits.after) == (7, 10, {"reminder": 15})
    assert set(limits.quiet_hours) == {"sms", "call"}
    assert limits.closed == ()
    assert len(limits.at_most) == 3


def test_maps_of_facts_are_replaced_whole() -> None:
    base = PARENT + "start: {days_late: 4+}\nconditions:\n  a: {days_late: 1+}\n  b: {kind: firm}\n"
    text = "start: {profile: sme}\nconditions:\n  a: {profile: sme}\nstops:\n"
    text += (
        "  - {id: a, when: {is: a}, then: {hold: a}}\n  - {id: b, when: {is: b}, then: {hold: b}}"
    )
    child = read_one(_child(text), base)
    assert child.start == child.stops[2].when.parts[0].condition  # type: ignore[union-attr] # is: a
    assert child.stops[3].id == "stops/b"


def test_lists_with_ids_override_remove_and_find_their_place() -> None:
    text = """\
stops:
  - {id: first, before: handed-over, when: {kind: firm}, then: {hold: first}}
  - {id: second, after: handed-over, when: {kind: firm}, then: {hold: second}}
  - {id: last, when: {kind: firm}, then: {hold: last}}
  - override: dispute
    when: {dispute: part}
"""
    child = read_one(_child(text), PARENT)
    names = ["first", "handed-over", "second", "dispute", "last"]
    assert [rule.id for rule in child.stops] == [f"stops/{name}" for name in names]
    dispute = child.stops[3]
    assert dispute.when.parts == (OneOf(fact="dispute", values=("part",)),)  # type: ignore[union-attr] # an All
    assert dispute.then == read_one(WHOLE).stops[1].then


def test_an_override_can_move_and_a_removed_rule_is_gone() -> None:
    text = "stops:\n  - {override: dispute, before: handed-over}\nhand_over:\n  - remove: lawyer\n"
    child = read_one(_child(text), PARENT)
    assert [rule.id for rule in child.stops] == ["stops/dispute", "stops/handed-over"]
    assert child.hand_over == ()


def test_an_override_replaces_each_key_whole() -> None:
    text = """\
steps:
  - override: reminder
    choose:
      - {id: only, when: any, then: {task: look, due_in: 1 day}}
"""
    assert [choice.id for choice in read_one(_child(text), PARENT).choices] == ["reminder/only"]


def test_a_mistake_of_the_parent_is_told_once_and_in_the_parents_file() -> None:
    problems = found(_child(""), PARENT.replace("dispute: open", "dispute: opened"))
    assert [(p.code, p.place and p.place.file) for p in problems] == [
        ("policy/unknown-value", "2.yaml")
    ]


def test_without_a_parent_there_is_nothing_to_override() -> None:
    assert "policy/unknown-id" in codes(HEAD + STEPS + "stops:\n  - {override: dispute}\n")


# -- hash ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("policy: standard\n", "policy: standard # the one\n", id="comment"),
        pytest.param('label: {fr: "Standard"}\n', "", id="label"),
        pytest.param("{dispute: open}", "\n      dispute: open", id="layout"),
        pytest.param("{fr: ", "{en: x, fr: ", id="translation"),
        pytest.param("tone: firm", "tone: 'firm'", id="quoted"),
        pytest.param("template: thank-you}", "template: thank-you, tone: courteous}", id="default"),
    ],
)
def test_what_does_not_change_the_meaning_does_not_change_the_hash(old: str, new: str) -> None:
    assert old in WHOLE
    assert read_one(WHOLE.replace(old, new)).hash == read_one(WHOLE).hash


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("{days_late: under 8}", "{days_late: under 9}"),
        ("tone: firm", "tone: formal"),
        ("gap: 5 days", "gap: 6 days"),
        ("2026.05.1", "2026.05.2"),
        ("applies_to: any", "applies_to: {kind: firm}"),
        ("hold: dispute,", "hold: disputed,"),
    ],
)
def test_whatever_changes_the_meaning_changes_the_hash(old: str, new: str) -> None:
    assert read_one(WHOLE.replace(old, new)).hash != read_one(WHOLE).hash


def test_the_name_of_a_condition_and_the_order_of_facts_do_not_matter() -> None:
    plain = read_one(HEAD + STEPS + "start: {days_late: 4+, profile: sme, kind: firm}\n")
    named = read_one(
        HEAD
        + STEPS
        + "conditions:\n  solid: {kind: firm, profile: sme}\nstart: {is: solid, days_late: 4+}\n"
    )
    assert plain.hash == named.hash
    assert plain.start != named.start


def test_a_policy_that_says_all_itself_has_the_hash_of_one_that_inherits_it() -> None:
    child = read_one(_child("keep: until_paid\nwas: old\n"), PARENT)
    assert child.hash == read_one(WHOLE).hash


def test_the_hash_names_the_canonical_text_which_leaves_defaults_out() -> None:
    policy = read_one(HEAD + STEPS)
    assert policy.hash == hashlib.sha256(policy.text.encode()).hexdigest()
    assert "valid_for" not in policy.text  # else a new key would change every hash there is


# -- files --------------------------------------------------------------------------------------


def test_test_files_are_left_aside() -> None:
    texts = texts_of(HEAD + STEPS) | {"1.test.yaml": "policy: [\n"}
    assert read_rules(texts)[0] is not None


def test_a_broken_file_does_not_hide_the_mistakes_of_the_others() -> None:
    other = HEAD.replace("standard", "other").replace("any", "{kind: frm}") + STEPS
    told = [p.code for p in read_rules({"facts.yaml": FACTS, "a.yaml": "a: [", "b.yaml": other})[1]]
    assert told == ["yaml/bracket", "policy/unknown-value"]


def test_steps_and_policies_fill_their_facts() -> None:
    rulebook = read(HEAD + STEPS)
    assert rulebook.facts["last_step"].values == ("none", "reminder", "notice")
    assert rulebook.facts["policy_before"].values == ("standard",)


def test_what_is_not_known_is_not_checked() -> None:
    assert not codes(HEAD + STEPS, names=Names())
    assert codes(HEAD + STEPS, names=Names(templates={})) == ["policy/unknown-template"] * 2
