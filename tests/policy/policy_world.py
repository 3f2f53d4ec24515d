"""A small vocabulary and small policies, for tests that write the rest themselves."""

from dispatcher.model.problem import Problem
from dispatcher.policy.names import Names
from dispatcher.policy.read import read_rules
from dispatcher.policy.terms import Policy, Rulebook
from dispatcher.problems.render import as_text


FACTS = """\
facts:
  kind:            {of: debtor, type: enum, values: [firm, person]}
  profile:         {of: debtor, type: enum, values: [micro, sme, mid_cap], nullable: yes}
  overdue:         {of: debtor, from: derived, type: money, min: 0, max: 100000.00}
  amount_due:      {of: invoice, type: money, min: 0, max: 100000.00}
  days_late:       {of: invoice, from: derived, type: int, min: 0, max: 3650}
  days_since_step: {of: invoice, from: derived, type: int, min: 0, max: 3650, nullable: yes}
  days_before_due: {of: invoice, from: derived, type: int, min: 0, max: 365, nullable: yes}
  limitation_days: {of: invoice, from: derived, type: int, min: -100, max: 100}
  last_step:       {of: invoice, from: ledger, type: step}
  policy_before:   {of: debtor, from: ledger, type: policy, nullable: yes}
  dispute:         {of: invoice, type: enum, values: [none, part, open], default: none}
  insolvency:      {of: debtor, type: bool, nullable: yes, default: no, max_age: 90 days}
  handed_over:     {of: debtor, from: ledger, type: bool, default: no}
invariants:
  - {last_step: none, days_since_step: known}
  - {last_step: not none, days_since_step: unknown}
"""

HEAD = """\
language: 1
policy: standard
version: 2026.05.1
currency: EUR
applies_to: any
"""

STEPS = """\
steps:
  - id: reminder
    choose:
      - {id: standard, when: any, then: {contact: email, template: courteous, tone: courteous}}
  - id: notice
    when: {days_since_step: 8+}
    choose:
      - {id: standard, when: any, then: {contact: letter, template: notice, tone: formal}}
"""


def read(policy: str, *others: str, names: Names | None = None) -> Rulebook:
    """The rulebook of these policy texts; fails with the problems in words."""
    texts = texts_of(policy, *others)
    rulebook, problems = read_rules(texts, names=names)
    assert rulebook is not None, in_words(problems, texts)
    return rulebook


def read_one(policy: str, *others: str) -> Policy:
    """The first of these policies."""
    rulebook = read(policy, *others)
    return next(found for found in rulebook.policies.values() if found.file == "1.yaml")


def found(policy: str, *others: str, names: Names | None = None) -> tuple[Problem, ...]:
    """All problems of these policy texts."""
    return read_rules(texts_of(policy, *others), names=names)[1]


def codes(policy: str, *others: str, names: Names | None = None) -> list[str]:
    """The codes of all problems, in order."""
    return [problem.code for problem in found(policy, *others, names=names)]


def texts_of(*policies: str) -> dict[str, str]:
    """File names to texts, with the vocabulary."""
    return {"facts.yaml": FACTS} | {f"{n}.yaml": text for n, text in enumerate(policies, 1)}


def in_words(problems: tuple[Problem, ...], texts: dict[str, str]) -> str:
    """What an operator would read."""
    return "\n".join(as_text(problem, sources=texts) for problem in problems)


def rule(when: str) -> str:
    """A policy whose one step has one choice under this condition, then `any`."""
    return (
        f"{HEAD}steps:\n  - id: reminder\n    choose:\n"
        f"      - {{id: tried, when: {when}, then: {{task: look, due_in: 1 day}}}}\n"
        "      - {id: rest, when: any, then: {task: look, due_in: 1 day}}\n"
    )
