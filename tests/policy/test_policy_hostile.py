"""The 44 cases of policy YAML that the reliability study starts from, each with its answer.

`Refused`: this text raises that code. `Taken`: the text is right here, because every scalar is
text until its place gives it a type. `Elsewhere`: what it is about is tested or decided there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from dispatcher.nodes.read import read_yaml
from dispatcher.policy.names import Names, TemplateWords
from dispatcher.policy.read import read_rules
from tests.policy.policy_world import HEAD, STEPS, in_words, rule, texts_of


HERE = Path(__file__).parent
NAMES = Names(
    templates={
        "courteous": TemplateWords(channels=frozenset({"email", "letter"})),
        "notice": TemplateWords(channels=frozenset({"letter"}), legal_effect=True),
    },
    roles=frozenset({"manager"}),
    tasks=frozenset({"look"}),
)


@dataclass(frozen=True, slots=True)
class Refused:
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Taken:
    text: str


@dataclass(frozen=True, slots=True)
class Elsewhere:
    file: str
    why: str


def top(line: str) -> str:
    return f"{HEAD}{STEPS}{line}\n"


def contact(then: str) -> str:
    return (
        f"{HEAD}steps:\n  - id: reminder\n    choose:\n"
        f"      - {{id: standard, when: any, then: {{{then}}}}}\n"
    )


BAD = "tests/policy/bad"

CASES: Mapping[str, Refused | Taken | Elsewhere] = {
    "1": Refused("yaml/duplicate-key", top("currency: EUR")),
    "2": Refused("yaml/tag", top('owner: !!python/object/apply:os.system ["true"]')),
    "3 binary": Refused("yaml/tag", top("owner: !!binary aGVsbG8=")),
    "3 set": Refused("yaml/tag", top("limits: !!set {days}")),
    "3 own": Refused("yaml/tag", top("owner: !team credit")),
    "4": Refused("yaml/anchor", top("a: &a [x, x]\nb: &b [*a, *a, *a]\nc: [*b, *b, *b]")),
    "5": Refused("yaml/anchor", top("owner: &a [*a]")),
    "6": Refused("yaml/merge-key", top("<<: {keep: until_paid}")),
    "7": Refused("yaml/too-deep", top(f"owner: {'[' * 2000}{']' * 2000}")),
    "8": Elsewhere(f"{BAD}/yaml-too-large.yaml", "a file is measured before it is decoded"),
    "9": Refused("yaml/documents", top("---\npolicy: other")),
    "10": Refused("yaml/empty", ""),
    "11": Refused("yaml/not-a-map", "- language: 1\n"),
    "12": Refused("yaml/tab", top("label:\n\tfr: Relance")),
    "13 raw": Refused("yaml/control-character", top("owner: cre\x08dit")),
    "13 escaped": Refused("yaml/control-character", top('owner: "cre\\u0000dit"')),
    "14": Elsewhere(f"{BAD}/yaml-windows-1252.yaml", "bytes; UTF-16 beside it"),
    "15": Taken(top("owner: NO")),
    "16": Taken(top("limits: {quiet_hours: {sms: 18:00-09:00}}")),
    "17": Taken(top("owner: 00012345600012")),
    "18": Taken(top("owner: +33612345678")),
    "19 exponent": Refused("policy/amount", rule("{overdue: 1e3}")),
    "19 underscore": Refused("policy/amount", rule("{overdue: 1_000}")),
    "19 comma": Refused("policy/amount", rule('{overdue: "1,50"}')),
    "20 infinite": Refused("policy/amount", rule("{overdue: .inf}")),
    "20 nan": Refused("policy/number", rule("{days_late: .nan}")),
    "21": Refused("policy/day-of-year", top("limits: {closed: [{from: 02-30, to: 03-01}]}")),
    "22": Refused("policy/number", rule(f"{{days_late: {'9' * 5000}}}")),
    "23": Refused(
        "policy/unknown-key", contact("contact: email, template: courteous, tone: firm, chanel: x")
    ),
    "24": Refused(
        "policy/unknown-channel", contact("contact: fax, template: courteous, tone: firm")
    ),
    "25": Refused(
        "policy/unknown-template", contact("contact: email, template: curteous, tone: firm")
    ),
    "26 path": Refused("policy/name", contact("contact: email, template: ../x, tone: firm")),
    "26 absolute": Refused("policy/name", contact("contact: email, template: /etc/x, tone: firm")),
    "26 backslash": Refused("policy/name", contact("contact: email, template: a\\b, tone: firm")),
    "26 null": Refused(
        "yaml/control-character", contact('contact: email, template: "a\\0b", tone: firm')
    ),
    "27": Elsewhere("dispatcher/policy/thens.py", "a policy names a template, never a file"),
    "28": Refused("policy/duplicate-id", HEAD + STEPS + STEPS.removeprefix("steps:\n")),
    "29 negative": Refused("policy/span", contact("task: look, due_in: -1 days")),
    "29 huge": Refused("policy/span", contact("task: look, due_in: 100000 days")),
    "29 endless": Refused(
        "policy/endless-wait",
        rule("{overdue: 5}").replace("{task: look, due_in: 1 day}", "wait", 1),
    ),
    "30 gap": Refused(
        "policy/incomplete",
        rule("{amount_due: under 100}").replace("when: any, ", "when: {amount_due: 200+}, "),
    ),
    "30 overlap": Taken(rule("{amount_due: under 100}")),
    "31 range": Refused("policy/empty-range", rule("{days_late: 8 to 4}")),
    "31 shadowed": Elsewhere(
        "dispatcher/policy/complete.py", "finding shadowed rules is the analysis of a later issue"
    ),
    "32": Refused(
        "policy/from-later", top("").replace("id: reminder", "id: reminder\n    from: notice")
    ),
    "33": Refused(
        "policy/incomplete",
        rule("{profile: sme}").replace("when: any, ", "when: {profile: micro}, "),
    ),
    "34": Refused("policy/template-words", contact("contact: sms, template: notice, tone: formal")),
    "35": Refused(
        "policy/resend-legal",
        contact("contact: letter, template: notice, tone: formal, on_unknown: resend"),
    ),
    "36": Refused("policy/number", rule("{days_late: \"__import__('os')\"}")),
    "36 as a condition": Refused("policy/condition-form", rule('"days_late.__class__"')),
    "37": Refused("policy/number", rule("{days_late: 9**9**9}")),
    "38": Refused("policy/unknown-value", rule('{profile: "(a+)+$"}')),
    "39": Refused("policy/amount", rule("{overdue: abc}")),
    "40": Refused("policy/missing-key", top("").replace("currency: EUR\n", "")),
    "41": Elsewhere("tests/config/test_config.py", "the time zone is a setting, not a policy's"),
    "42": Refused("policy/hours", top("limits: {quiet_hours: {sms: 22:00-24:30}}")),
    "43": Elsewhere("tests/policy/test_policy_schema.py", "test_nothing_is_fetched_for_a_schema"),
    "44": Refused("policy/language", top("").replace("language: 1", "language: 2")),
}


def test_each_of_the_44_cases_has_its_answer() -> None:
    assert {int(name.split()[0]) for name in CASES} == set(range(1, 45))


@pytest.mark.parametrize(
    "case",
    [pytest.param(case, id=name) for name, case in CASES.items() if isinstance(case, Refused)],
)
def test_it_is_refused_with_its_code(case: Refused) -> None:
    texts = texts_of(case.text)
    rulebook, problems = read_rules(texts, names=NAMES)
    assert rulebook is None
    assert case.code in [problem.code for problem in problems], in_words(problems, texts)


@pytest.mark.parametrize(
    "case",
    [pytest.param(case, id=name) for name, case in CASES.items() if isinstance(case, Taken)],
)
def test_it_is_taken_as_it_is_written(case: Taken) -> None:
    texts = texts_of(case.text)
    rulebook, problems = read_rules(texts, names=NAMES)
    assert rulebook is not None, in_words(problems, texts)
    assert read_yaml(case.text, file="1.yaml")[1] == ()


@pytest.mark.parametrize(
    "case",
    [pytest.param(case, id=name) for name, case in CASES.items() if isinstance(case, Elsewhere)],
)
def test_it_is_answered_elsewhere(case: Elsewhere) -> None:
    assert (HERE.parents[1] / case.file).is_file()
    assert case.why
