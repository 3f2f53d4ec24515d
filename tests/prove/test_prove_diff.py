"""A comparison of two rulebooks is empty exactly when both mean the same, and says what differs."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from itertools import product
from random import Random

import pytest

from dispatcher.model.vocabulary import Value
from dispatcher.policy.interpret import interpret, truth
from dispatcher.policy.read import read_rules
from dispatcher.policy.terms import Policy, Rule, Rulebook
from dispatcher.prove.changes.answers_changed import MOST_REGIONS, meaning
from dispatcher.prove.changes.compare import Compared, Comparison, compare
from dispatcher.prove.changes.settings_changed import Setting
from dispatcher.prove.exact.outcomes import OUTSIDE, answered, rows_of
from dispatcher.prove.exact.sampling import cases
from dispatcher.prove.exact.space import space_of
from tests.agreement.policies import any_policy
from tests.policy.policy_world import FACTS, HEAD, STEPS, read
from tests.prove.test_prove_tables import SHIPPED, generated


# -- empty exactly when both mean the same --------------------------------------------------------

#: A vocabulary so small that every case can be asked.
SMALL = """\
facts:
  kind:      {of: debtor, type: enum, values: [firm, person]}
  dispute:   {of: invoice, type: enum, values: [none, part, open], nullable: yes}
  days_late: {of: invoice, from: derived, type: int, min: 0, max: 9}
  last_step: {of: invoice, from: ledger, type: step}
"""

#: Conditions of which several mean the same in other words.
CONDITIONS = (
    "any",
    "{days_late: 4+}",
    "{days_late: 4 to 9}",
    "{days_late: 5+}",
    "{dispute: open}",
    "{dispute: neither none nor part}",
    "[{dispute: open}, {dispute: open, days_late: 2+}]",
    "{dispute: part, kind: firm}",
    "{dispute: part, kind: not person}",
)

DEEDS = (
    "wait",
    "{task: look, due_in: 1 day, assign_to: anna}",
    "{contact: email, template: a, tone: firm, copy_to: [anna, paul]}",
    "{contact: email, template: a, tone: firm, copy_to: [paul, anna]}",
    "{contact: email, template: a, tone: formal}",
)


def small_policy(random: Random) -> str:
    """A policy over the small vocabulary: two stops, two steps, some settings."""
    stop, other = (random.choice(CONDITIONS[1:]) for _ in range(2))
    first, second, third = (random.choice(CONDITIONS) for _ in range(3))
    deeds = [random.choice(DEEDS) for _ in range(4)]
    gap = random.choice(("5 days", "5 days", "6 days"))
    start = random.choice(("{days_late: 2+}", "{days_late: 2 to 9}", "{days_late: 3+}"))
    return f"""\
language: 1
policy: standard
version: 2026.05.{random.randint(1, 3)}
label: {{fr: "{random.random()}"}}
currency: EUR
applies_to: {random.choice(("any", "{kind: [firm, person]}", "{kind: firm}"))}
limits: {{rounds: {{gap: {gap}}}}}
stops:
  - {{id: a, when: {stop}, then: {{hold: dispute}}}}
  - {{id: b, when: {other}, then: {{hold: other}}}}
resume:
  - {{after: a, when: {first}, to: same_step}}
start: {start}
steps:
  - id: reminder
    choose:
      - {{id: first, when: {first}, then: {deeds[0]}}}
      - {{id: second, when: {second}, then: {deeds[1]}}}
      - {{id: rest, when: any, then: {deeds[2]}}}
  - id: notice
    when: {third}
    choose:
      - {{id: rest, when: any, then: {deeds[3]}}}
"""


def varied(policy: str, random: Random) -> str:
    """The same lines, some of them from another policy: often nothing else is meant."""
    lines = policy.splitlines()
    others = small_policy(random).splitlines()
    for place in random.sample(range(len(lines)), k=random.choice((1, 1, 2))):
        lines[place] = others[place]
    return "\n".join(lines) + "\n"


def every_case() -> Iterator[Mapping[str, Value]]:
    """Every case that there is over the small vocabulary."""
    words = (("firm", "person"), ("none", "part", "open", None), tuple(range(10)))
    for kind, dispute, late, step in product(*words, ("none", "reminder", "notice")):
        yield {"kind": kind, "dispute": dispute, "days_late": late, "last_step": step}


@cache
def everything() -> tuple[Mapping[str, Value], ...]:
    """Those cases, made once."""
    return tuple(every_case())


def told(policy: Policy, case: Mapping[str, Value]) -> object:
    """All that the naive reading has to say of a case; roles have no order."""
    scope = policy.applies_to
    if scope is None or truth(scope, case) is not True:
        return "not ours"
    verdict = interpret(policy, case)
    held = [(x.id, truth(x.when, case), x.then) for x in policy.stops]
    stopped = [(name, said, reason(then)) for name, said, then in held if said is not False]
    acts = None
    if verdict.stop is None and verdict.choice is not None:
        acts = _deed(policy.choices[verdict.choice])
    return stopped, verdict.stop, acts


def reason(then: object) -> object:
    return getattr(then, "reason", None)


def _deed(rule: Rule) -> tuple[str, str]:
    said = repr(rule.then)
    return rule.id, said.replace("('paul', 'anna')", "('anna', 'paul')")


def beside(policy: Policy) -> object:
    """What a policy says beside its rules; of `resume` what every case makes of it."""
    ways = [[truth(x.when, case) is True for case in everything()] for x in policy.resume]
    return policy.limits, ways, [(step.id, step.after) for step in policy.steps]


@pytest.mark.parametrize("seeds", [range(40), range(40, 80)], ids=["one", "other"])
def test_it_is_empty_exactly_when_both_mean_the_same(seeds: range) -> None:
    seen = set[bool]()
    for seed in seeds:
        random = Random(seed)
        texts = [small_policy(random)]
        texts.append(varied(texts[0], random))
        books = [small(text) for text in texts]
        old, new = books
        one, other = old.policies["standard"], new.policies["standard"]
        same = beside(one) == beside(other) and all(
            told(one, case) == told(other, case) for case in everything()
        )
        found = compare(old, new)
        assert found.exact
        assert found.same == same, (seed, found)
        seen.add(same)
    assert seen == {True, False}


def small(text: str) -> Rulebook:
    """The rulebook over the small vocabulary, whatever its rules say together."""
    rulebook, problems = read_rules({"facts.yaml": SMALL, "a.yaml": text}, faulty=True)
    assert rulebook is not None, problems
    return rulebook


# -- what is said ---------------------------------------------------------------------------------


def over(old: str, new: str, *, facts: str = FACTS) -> Comparison:
    """The comparison of two policies that are written out; both can be read."""
    books = [
        read_rules({"facts.yaml": vocabulary, "1.yaml": text}, faulty=True)[0]
        for vocabulary, text in ((FACTS, old), (facts, new))
    ]
    assert books[0] is not None
    assert books[1] is not None
    return compare(books[0], books[1])


def only(found: Comparison) -> Compared:
    """The one policy of both sides."""
    (pair,) = found.pairs
    return pair


POLICY = HEAD + STEPS


def test_words_for_people_and_versions_mean_nothing() -> None:
    new = POLICY.replace("2026.05.1", "2026.06.1") + "label: {fr: Autre}\n# a remark\n"
    assert over(POLICY, new).same


def test_a_rule_that_is_called_otherwise_is_renamed_and_answers_the_same() -> None:
    found = over(
        POLICY,
        POLICY.replace(
            "- {id: standard, when: any, then: {contact: letter",
            "- {id: paper, when: any, then: {contact: letter",
        ),
    )
    pair = only(found)
    assert (pair.changes, pair.settings, found.same) == ((), (), False)
    assert pair.renamings == {"notice/standard": "notice/paper"}


def test_a_step_that_says_what_it_was_is_renamed() -> None:
    new = POLICY.replace("- id: reminder", "- id: first\n    was: reminder")
    pair = only(over(POLICY, new))
    assert (pair.renamings, pair.changes, pair.settings) == ({"reminder": "first"}, (), ())


def test_a_policy_that_says_what_it_was_is_paired() -> None:
    keeping = POLICY.replace("applies_to: any", "applies_to: any\nkeep: until_paid")
    new = keeping.replace("policy: standard", "policy: firms\nwas: standard")
    found = over(keeping, new)
    assert (found.added, found.removed, found.moves) == ((), (), ())
    pair = only(found)
    assert (pair.renamings, pair.changes, pair.settings) == ({"standard": "firms"}, (), ())


def test_a_policy_that_forgets_what_it_was_means_something_else() -> None:
    known = POLICY.replace("policy: standard", "policy: standard\nwas: former")
    assert over(known, known).same
    found = over(known, POLICY)
    assert not found.same
    assert only(found).settings == (Setting(name="was", old="former", new=""),)


def test_two_policies_that_are_named_together_are_one() -> None:
    old, new = read(POLICY), read(POLICY.replace("policy: standard", "policy: firms"))
    assert compare(old, new).removed
    found = compare(old, new, together=("standard", "firms"))
    assert only(found).renamings == {"standard": "firms"}
    assert (found.removed, found.added, found.moves) == ((), (), ())


def test_rules_that_never_meet_may_change_places() -> None:
    rules = [
        "      - {id: small, when: {overdue: under 100}, then: wait}\n",
        "      - {id: large, when: {overdue: 500+}, then: wait}\n",
        "      - {id: rest, when: any, then: {task: look, due_in: 1 day}}\n",
    ]
    head = HEAD + "steps:\n  - id: reminder\n    choose:\n"
    assert over(head + "".join(rules), head + rules[1] + rules[0] + rules[2]).same
    assert not over(head + "".join(rules), head + rules[2] + rules[0] + rules[1]).same


SETTINGS = [
    (
        "",
        "limits: {rounds: {gap: 5 days}}\n",
        Setting(name="limits.rounds.gap", old="", new="5 days"),
    ),
    (
        'limits: {quiet_hours: {sms: "19:00-09:00"}}\n',
        'limits: {quiet_hours: {sms: "20:00-09:00"}}\n',
        Setting(name="limits.quiet_hours.sms", old="19:00-09:00", new="20:00-09:00"),
    ),
    (
        "limits: {at_most: [{call: 1, per: 7 days}, {contacts: 4, per: 30 days}]}\n",
        "limits: {at_most: [{contacts: 4, per: 30 days}, {call: 2, per: 7 days}]}\n",
        Setting(
            name="limits.at_most",
            old="call: 1 per 7 days; contacts: 4 per 30 days",
            new="call: 2 per 7 days; contacts: 4 per 30 days",
        ),
    ),
    (
        "safety: {stop_at: {share_of_debtors: 40%}}\n",
        "",
        Setting(name="safety.stop_at.share_of_debtors", old="40%", new=""),
    ),
    (
        "answers: [{event: all_paid, contact: email, template: a}]\n",
        "answers: [{event: all_paid, contact: email, template: b}]\n",
        Setting(name="answers.all_paid", old="email, a, courteous", new="email, b, courteous"),
    ),
    (
        "resume: [{after: any, when: {days_late: 3+}, to: reminder}]\n",
        "resume: [{after: any, when: {days_late: 4+}, to: reminder}]\n",
        Setting(
            name="resume.any", old="reminder when days_late: 3+", new="reminder when days_late: 4+"
        ),
    ),
    ("", "keep: until_paid\n", Setting(name="keep", old="", new="until_paid")),
    (
        "owner: a@b.test\n",
        "owner: b@b.test\n",
        Setting(name="owner", old="a@b.test", new="b@b.test"),
    ),
]


@pytest.mark.parametrize(("old", "new", "wanted"), SETTINGS, ids=lambda x: getattr(x, "name", ""))
def test_a_setting_is_told_with_both_values(old: str, new: str, wanted: Setting) -> None:
    pair = only(over(POLICY + old, POLICY + new))
    assert (pair.settings, pair.changes) == ((wanted,), ())


def test_a_setting_in_other_words_is_the_same() -> None:
    old = "resume: [{after: any, when: {days_late: 3 to 3650}, to: reminder}]\n"
    assert over(POLICY + old, POLICY + old.replace("3 to 3650", "3+")).same


def test_a_stop_that_another_hides_is_told_all_the_same() -> None:
    stop = "stops:\n  - {id: all, when: any, then: {hold: all}}\n"
    more = "  - {id: dispute, when: {dispute: open}, then: {hold: dispute}}\n"
    pair = only(over(POLICY + stop, POLICY + stop + more))
    (setting,) = pair.settings
    assert (setting.name, setting.new) == ("stops/dispute", "dispute: open; hold: dispute")
    assert pair.changes == ()


def test_a_hidden_stop_that_holds_for_the_unknown_no_more_is_told() -> None:
    stops = """\
conditions: {out: {insolvency: yes}}
stops:
  - {id: all, when: any, then: {hold: all}}
  - {id: out, when: {is: out}, then: {hold: insolvency}}
"""
    known = stops.replace("{is: out}, then", "{is: out, insolvency: known}, then")
    (setting,) = only(over(POLICY + stops, POLICY + known)).settings
    assert setting.name == "stops/out"


def test_roles_have_no_order_and_channels_have() -> None:
    contact = "contact: email else sms, template: courteous, tone: firm, copy_to: [anna, paul]"
    policy = POLICY.replace("contact: letter, template: notice, tone: formal", contact)
    assert contact in policy
    assert over(policy, policy.replace("[anna, paul]", "[paul, anna]")).same
    assert not over(policy, policy.replace("email else sms", "sms else email")).same


@pytest.mark.parametrize(
    ("before", "after", "name"),
    [
        (
            "  dispute: ",
            "  contested:       {of: invoice, type: bool, default: no}\n  dispute: ",
            "contested",
        ),
        ("max: 100000.00}\n  amount_due", "max: 90000.00}\n  amount_due", "overdue"),
        ("micro, sme, mid_cap", "micro, sme", "profile"),
        ("max_age: 90 days", "max_age: 30 days", "insolvency"),
        (
            "type: bool, nullable: yes",
            "type: enum, values: [no, filed], nullable: yes",
            "insolvency",
        ),
    ],
    ids=["new", "bound", "value", "age", "type"],
)
def test_a_change_of_the_vocabulary_is_told(before: str, after: str, name: str) -> None:
    assert before in FACTS
    found = over(POLICY, POLICY, facts=FACTS.replace(before, after))
    assert [each.name for each in found.vocabulary] == [f"facts.{name}"]
    assert only(found).same


def test_combinations_that_can_be_now_are_told_as_a_whole() -> None:
    line = "  - {last_step: not none, days_since_step: unknown}\n"
    (setting,) = over(POLICY, POLICY, facts=FACTS.replace(line, "")).vocabulary
    assert setting.name == "invariants"
    assert setting.old == "last_step: not none and days_since_step: unknown"
    twice = FACTS.replace(line, line + line)
    assert over(POLICY, POLICY, facts=twice).same


def test_debtors_move_where_conditions_of_policies_move() -> None:
    def books(limit: str) -> Rulebook:
        firms = POLICY.replace("applies_to: any", f"applies_to: {{overdue: under {limit}}}")
        large = firms.replace("policy: standard", "policy: large")
        return read(firms, large.replace(f"under {limit}", f"{limit}+"))

    found = compare(books("500"), books("700"))
    (move,) = found.moves
    assert (move.old, move.new) == (("large",), ("standard",))
    assert [region.text for region in move.regions] == ["overdue: 500.00 to under 700.00"]
    assert all(pair.same for pair in found.pairs)


# -- on the shipped policies ----------------------------------------------------------------------


@pytest.mark.parametrize("name", [policy.name for policy in SHIPPED.active])
def test_every_case_that_is_shown_is_answered_as_said(name: str) -> None:
    old = SHIPPED.policies[name]
    steps = tuple(
        replace(step, choose=step.choose[1:] or step.choose, after=(*step.after, "reminder"))
        for step in old.steps
    )
    new = replace(old, steps=steps, stops=old.stops[1:])
    book = replace(SHIPPED, policies={**SHIPPED.policies, name: new})
    found = compare(SHIPPED, book)
    (pair,) = (each for each in found.pairs if not each.same)
    assert len(pair.changes) > 5
    sides = (found.paired.old, found.paired.new)
    for change in pair.changes:
        for policy, side, said in zip((old, new), sides, (change.old, change.new), strict=True):
            assert meaning(answered(rows_of(policy, side), change.case)) == meaning(said)
        for region in change.regions:
            assert truth(region.when, region.case) is True


@pytest.mark.parametrize("seed", range(6))
def test_every_case_that_differs_lies_in_a_region_that_says_so(seed: int) -> None:
    """Large policies at random: no case of a sample differs that no region holds."""
    rulebook = generated(seed)
    random = Random(seed)
    old = rulebook.policies["b2b"]
    new = edited(old, any_policy(random, "b2b", kinds=("business", "non_professional")))
    book = replace(rulebook, policies={**rulebook.policies, "b2b": new})
    (pair,) = (each for each in compare(rulebook, book).pairs if each.new.name == "b2b")
    rows = rows_of(pair.old, rulebook), rows_of(pair.new, rulebook)
    space = space_of([row.when for each in rows for row in each], rulebook.facts)
    for case in cases(space, count=150, seed=seed):
        one, other = (answered(each, case) for each in rows)
        if OUTSIDE & {one.layer, other.layer} or meaning(one) == meaning(other):
            continue
        told = [x for x in pair.changes if (x.old, x.new) == (one, other)]
        assert len(told) == 1, case
        whole = len(told[0].regions) < MOST_REGIONS
        inside = any(truth(region.when, case) is True for region in told[0].regions)
        assert inside or not whole, case


def edited(old: Policy, other: Policy) -> Policy:
    """The policy with stops, start and the choices of some steps of another one."""
    theirs = {step.id: step for step in other.steps}
    steps = tuple(
        replace(step, choose=theirs[step.id].choose) if step.id in theirs else step
        for step in old.steps
    )
    return replace(old, stops=other.stops, start=other.start, steps=steps)


def test_what_is_too_large_is_tried_and_never_called_the_same() -> None:
    old = SHIPPED.policies["b2b-standard"]
    later = replace(old, stops=old.stops[1:])
    book = replace(SHIPPED, policies={**SHIPPED.policies, old.name: later})
    found = compare(SHIPPED, book, most=50)
    assert not found.exact
    (pair,) = (each for each in found.pairs if each.changes)
    assert {change.old.rule for change in pair.changes} == {old.stops[0].id}
    assert all(change.regions == () for change in pair.changes)
