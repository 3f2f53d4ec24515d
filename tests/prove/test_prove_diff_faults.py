"""Planted faults: the shipped policies with one mistake each, on the sample company.

A comparison names the right cases, and counts them as a person would who decides the day by both
and compares row by row.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest

from dispatcher import app
from dispatcher.decide.costs import prices_of
from dispatcher.decide.plan import Plan
from dispatcher.home import lay_down, shipped
from dispatcher.house import House
from dispatcher.month.play import export
from dispatcher.policy.interpret import interpret, truth
from dispatcher.policy.read import read_rules
from dispatcher.policy.terms import Policy, Rulebook, Verdict
from dispatcher.prove.changes.compare import Comparison, compare, names_before
from dispatcher.prove.changes.moved_cases import Moved, moved
from dispatcher.prove.trials.alone import on_ladder
from dispatcher.sample.company import company
from dispatcher.wiring import looking


DAY = date(2026, 11, 24)
RULES = {path.name: path.read_text("utf-8") for path in (shipped() / "rules").glob("*.yaml")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One mistake: what is written instead of what, and the changes of answers that it makes."""

    file: str
    edits: tuple[tuple[str, str], ...]
    changes: frozenset[tuple[str, str]]
    where: str  # stands in every region
    moves: bool  # whether the sample company has such cases


SMALL = """\
      - id: small
        when: {days_since_step: 7+}
        then: {contact: sms else email else letter, template: last-reminder, tone: firm}
"""

STANDARD = """\
      - id: standard
        when: any
        then: {contact: email else sms else letter, template: firm-reminder, tone: firm, offer: \
waive-late-fees}
"""

DIFFICULTY = "      - id: difficulty "
MEDIUM = f"""\
      - id: medium
        when: {{debtor_overdue: under 600}}
        then: wait
{DIFFICULTY}"""

FAULTS = {
    "shadowed by two together": Fault(
        file="b2b-standard.yaml",
        edits=(("{debtor_overdue: 2000+}\n", "{debtor_overdue: 500+}\n"), (DIFFICULTY, MEDIUM)),
        changes=frozenset(
            {
                ("second-reminder/difficulty", "second-reminder/large"),
                ("second-reminder/difficulty", "second-reminder/medium"),
                ("second-reminder/standard", "second-reminder/large"),
                ("second-reminder/standard", "second-reminder/medium"),
            }
        ),
        where="last_step: reminder",
        moves=True,
    ),
    "a gap of a cent": Fault(
        file="b2b-standard.yaml",
        edits=(
            (
                SMALL,
                SMALL.replace("7+}", "7+, debtor_overdue: under 149.99}"),
            ),
        ),
        changes=frozenset({("third-reminder/small", "")}),
        where="debtor_overdue: 149.99",
        moves=False,
    ),
    "a dead end": Fault(
        file="b2b-standard.yaml",
        edits=((STANDARD, ""),),
        changes=frozenset({("second-reminder/standard", "")}),
        where="debtor_overdue: under 2000.00",
        moves=True,
    ),
    "another tone": Fault(
        file="b2b-standard.yaml",
        edits=(("courteous-reminder, tone: courteous}", "courteous-reminder, tone: friendly}"),),
        changes=frozenset({("reminder/standard", "reminder/standard")}),
        where="last_step: [none, pre-due]",
        moves=True,
    ),
    "a notice too early": Fault(
        file="b2b-standard.yaml",
        edits=(("days_late: 30+, days_since_step: 8+", "days_late: 10+, days_since_step: 1+"),),
        changes=frozenset(
            {
                ("", "formal-notice/part-disputed"),
                ("", "formal-notice/good-payer"),
                ("", "formal-notice/registered"),
                ("", "formal-notice/small"),
            }
        ),
        where="last_step: third-reminder",
        moves=True,
    ),
}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Any:  # noqa: ANN401 - a generator's value
    """The sample company taken in, on a copy that is thrown away."""
    home = lay_down(tmp_path_factory.mktemp("diff") / "home")
    export(home, company(today=DAY, debtors=120), DAY, since=date.min)
    with looking(home, day=str(DAY)) as opened:
        app.take_in(opened, accepted=[source.name for source in opened.settings.sources])
        yield opened


@pytest.fixture(scope="module")
def today(house: House) -> Plan:
    return planned(house, RULES)[1]


def planned(house: House, rules: Mapping[str, str]) -> tuple[Rulebook, Plan]:
    """The rulebook of these texts, whatever its rules say together, and the day by it."""
    rulebook, problems = read_rules(rules, faulty=True)
    assert rulebook is not None, problems
    return rulebook, app.decide(replace(house, rulebook=rulebook))


def broken(fault: Fault) -> dict[str, str]:
    text = RULES[fault.file]
    for before, after in fault.edits:
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    return {**RULES, fault.file: text}


def said(plan: Plan) -> dict[int, tuple[Any, ...]]:
    """By case the whole answer, put together row by row."""
    contacts = {
        line.case_id: (each.template, each.tone, each.offer, each.also)
        for each in plan.contacts
        for line in each.lines
    }
    return {
        row["case_id"]: (
            *(row[name] for name in ("action", "policy", "rule", "channel", "reason", "task")),
            *contacts.get(row["case_id"], ("", "", "", "")),
        )
        for row in plan.answers.iter_rows(named=True)
    }


def check_counts(found: Moved, old: Plan, new: Plan) -> None:
    """What is counted on columns is what is counted row by row."""
    before, after = said(old), said(new)
    rows = {row["case_id"]: row for row in new.answers.iter_rows(named=True)}
    other = [case for case in after if before[case] != after[case]]
    assert found.cases == len(after) == len(before)
    assert found.moved == len(other)
    assert found.debtors == len({rows[case]["debtor_id"] for case in other})
    amounts = Counter[str]()
    for case in other:
        amounts[rows[case]["currency"]] += rows[case]["amount_due"]
    assert found.amounts == amounts
    pairs = Counter((before[case][2], after[case][2]) for case in other)
    told = Counter[tuple[str, str]]()
    for row in found.groups.iter_rows(named=True):
        told[row["old_rule"], row["new_rule"]] += row["cases"]
    assert told == pairs
    sent = [Counter(each.channel for each in plan.contacts) for plan in (old, new)]
    sent[0].update(each.also for each in old.contacts if each.also)
    sent[1].update(each.also for each in new.contacts if each.also)
    assert {x.channel: (x.old, x.new) for x in found.mails} == {
        name: (sent[0][name], sent[1][name]) for name in sent[0] | sent[1]
    }


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_shows_where_it_is_and_what_it_moves(
    name: str, house: House, today: Plan
) -> None:
    fault = FAULTS[name]
    old, _ = read_rules(RULES)
    assert old is not None
    new, plan = planned(house, broken(fault))
    found = compare(old, new)
    (pair,) = (each for each in found.pairs if not each.same)
    assert {(change.old.rule, change.new.rule) for change in pair.changes} == fault.changes
    for change in pair.changes:
        assert any(fault.where in region.text for region in change.regions)
    check_regions(found, today)
    counted = moved(today, plan, names=dict(names_before(found)), prices=prices_of(house.settings))
    check_counts(counted, today, plan)
    assert bool(counted.moved or counted.later) == fault.moves


def check_regions(found: Comparison, plan: Plan) -> None:
    """Of the company's cases those are in a region which the interpreter answers otherwise."""
    (pair,) = (each for each in found.pairs if not each.same)
    facts = found.paired.new.facts
    rows = zip(plan.facts.iter_rows(named=True), plan.answers["policy"], strict=True)
    for row, policy_name in rows:
        if policy_name != pair.new.name:
            continue
        case = {name: row[name] for name in facts}
        old, new = (_of(policy, case) for policy in (pair.old, pair.new))
        inside = any(
            truth(region.when, case) is True for change in pair.changes for region in change.regions
        )
        assert (old != new) == (inside and not old[0].startswith("stops/")), case


def _of(policy: Policy, case: dict[str, Any]) -> tuple[str, str]:
    """The rule that answers a case and what it does, by the naive interpreter alone."""
    case, known = on_ladder(case, policy)
    verdict = interpret(policy, case)
    rules = _rules(verdict, policy) if known or verdict.stop is not None else ()
    return next(((rule.id, repr(rule.then)) for rule in rules), ("", ""))


def _rules(verdict: Verdict, policy: Policy) -> Any:  # noqa: ANN401 - rules, in the language's order
    if verdict.stop is not None:
        yield policy.stops[verdict.stop]
    if verdict.hand_over is not None:
        yield policy.hand_over[verdict.hand_over]
    if verdict.choice is not None:
        yield policy.choices[verdict.choice]


def test_an_overlap_of_two_policies_names_the_debtors_of_both(house: House, today: Plan) -> None:
    text = RULES["b2b-standard.yaml"].replace("under 20000}", "under 30000}")
    old, _ = read_rules(RULES)
    new, plan = planned(house, {**RULES, "b2b-standard.yaml": text})
    assert old is not None
    found = compare(old, new)
    (move,) = found.moves
    assert (move.old, move.new) == (("key-accounts",), ("b2b-standard", "key-accounts"))
    assert all("20000.00 to under 30000.00" in region.text for region in move.regions)
    assert all(pair.same for pair in found.pairs)
    check_counts(
        moved(today, plan, names=dict(names_before(found)), prices=prices_of(house.settings)),
        today,
        plan,
    )


def test_what_is_only_called_otherwise_moves_nobody(house: House, today: Plan) -> None:
    text = RULES["b2b-standard.yaml"].replace("- id: standard\n", "- id: usual\n")
    old, _ = read_rules(RULES)
    new, plan = planned(house, {**RULES, "b2b-standard.yaml": text})
    assert old is not None
    found = compare(old, new)
    named = found.pairs[0].renamings
    assert named["reminder/standard"] == "reminder/usual"
    names, prices = dict(names_before(found)), prices_of(house.settings)
    assert "reminder/usual" in plan.answers["rule"].to_list()
    assert moved(today, plan, names=names, prices=prices).moved == 0
    assert moved(today, plan, names={}, prices=prices).moved > 0
