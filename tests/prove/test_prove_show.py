"""`show`: a policy as sentences and as a table, and flat with the origin of every value.

`RELANCE_GOLDEN=write` writes the texts anew; read them before you keep them.
"""

import json
import os
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from dispatcher.model.vocabulary import Fact, FactType, Owner
from dispatcher.policy.read import read_rules
from dispatcher.policy.terms import Policy, Rulebook
from dispatcher.policy.testfile import rules_of
from dispatcher.problems.catalog import spoken
from dispatcher.prove.words.resolved import resolved
from dispatcher.prove.words.ruled import as_json, as_markdown, rows
from dispatcher.prove.words.sentences import as_lines, sections, wording_of
from dispatcher.prove.words.wording import Wording
from tests.policy.policy_spellings import Data, flow, policies
from tests.policy.policy_world import FACTS


ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).parent / "golden"
LANGUAGES = ("fr", "en")

#: A vocabulary with labels, and two policies that say everything a policy can say.
WORLD = {
    "facts.yaml": """\
facts:
  kind:
    {of: debtor, type: enum, values: [firm, person], label: {fr: "Nature", en: "Kind"}}
  overdue:
    {of: debtor, type: money, min: 0, max: 100000, label: {fr: "Total échu", en: "Overdue"}}
  days_late:
    {of: invoice, type: int, min: 0, max: 365, label: {fr: "Jours de retard", en: "Days late"}}
  days_since_step:
    of: invoice
    type: int
    min: 0
    max: 365
    nullable: yes
    label: {fr: "Jours depuis l'étape", en: "Days since the step"}
  last_step:
    {of: invoice, from: ledger, type: step, label: {fr: "Dernière étape", en: "Last step"}}
  dispute:
    of: invoice
    type: enum
    values: [none, part, open]
    default: none
    label: {fr: "Litige", en: "Dispute"}
  paused: {of: invoice, type: bool, default: no}
  handed_over: {of: debtor, from: ledger, type: bool, default: no}
""",
    "base.yaml": """\
language: 1
policy: base
version: 2026.01.1
currency: EUR
stops:
  - {id: handed-over, when: {handed_over: yes}, then: {hold: handed_over}}
  - id: dispute
    when: {dispute: open}
    then: {hold: dispute, task: answer, due_in: 5 business days}
  - id: pause
    when: {paused: yes}
    then: {hold: our_own_reason}
resume:
  - {after: dispute, to: reminder, when: {overdue: 150.50+}}
  - {after: any, to: same_step}
answers:
  - {event: part_paid, contact: email else letter, template: thanks}
limits:
  quiet_hours: {sms: "19:00-09:00"}
  days: business
  closed:
    - {from: 12-24, to: 01-01}
    - {from: 08-01, to: 08-21, steps: [notice, hand_over]}
  rounds: {gather: 7 days, gap: 1 day, after: {notice: 15 days}}
  at_most: [{contacts: 4, per: 30 days}, {call: 2, per: 30 days}, {legal_effect: 1, per: 30 days}]
  per_day: {call: 40}
safety:
  per_run: {debtors: 2000, legal_effect: 50}
  stop_at: {share_of_debtors: 40%}
""",
    "firms.yaml": """\
language: 1
policy: firms
version: 2026.05.2
label: {fr: "Entreprises", en: "Firms"}
extends: base
keep: until_paid
applies_to:
  - {kind: firm, overdue: under 20000}
  - {kind: not person, overdue: 20000 to under 50000.50}
start: {days_late: 4+}
stops:
  - override: pause
    when: {paused: yes, days_late: under 90}
steps:
  - id: before
    optional: yes
    choose:
      - {id: all, when: any, then: {contact: email, template: soon, tone: friendly}}
  - id: reminder
    label: {fr: "Rappel", en: "Reminder"}
    choose:
      - {id: good, when: {days_late: 4 to 8, last_step: [none, before]}, then: wait}
      - id: call
        when: [{overdue: 150.50+}, {dispute: neither none nor open}]
        then:
          contact: call else sms else letter
          template: call
          tone: understanding
          assign_to: clerk
          due_in: 1 business day
          attempts: 2
          escalate_to: boss
          follow_up: note
          offer: three-times
          copy_to: [boss, clerk]
          on_unknown: resend
          valid_for: 2 days
      - {id: rest, when: any, then: {task: look, due_in: 3 days, assign_to: clerk}}
  - id: notice
    label: {fr: "Mise en demeure", en: "Formal notice"}
    from: [before, reminder]
    when: {days_since_step: 8+}
    choose:
      - {id: part, when: {dispute: part}, then: {wait: dispute, task: answer, due_in: 1 day}}
      - id: registered
        when: any
        then:
          contact: registered_letter
          also: email
          template: notice
          tone: formal
          needs_approval: boss
hand_over:
  - id: gone
    when: {last_step: notice, days_since_step: unknown}
    then: {task: look, due_in: 1 day}
  - id: lawyer
    when: {last_step: notice, days_since_step: known}
    then: {hand_over: lawyer, needs_approval: [boss]}
""",
}
LABELS = {
    "answer": {"fr": "Répondre au litige", "en": "Answer the dispute"},
    "three-times": {"fr": "Paiement en trois fois", "en": "Three instalments"},
}


def world() -> Rulebook:
    rulebook, problems = read_rules(WORLD)
    assert rulebook is not None, problems
    return rulebook


def words(policy: Policy, rulebook: Rulebook, lang: str) -> Wording:
    return wording_of(policy, rulebook.facts, lang=lang, labels=LABELS)


def golden(name: str, text: str) -> None:
    path = GOLDEN / name
    if os.environ.get("RELANCE_GOLDEN") == "write":
        path.write_text(text, encoding="utf-8")
    assert path.read_text("utf-8") == text


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", ["firms", "base"])
def test_a_policy_reads_as_people_speak(name: str, lang: str) -> None:
    rulebook = world()
    policy = rulebook.policies[name]
    lines = as_lines(sections(policy, words(policy, rulebook, lang)))
    golden(f"show-{name}-{lang}.txt", "\n".join(lines) + "\n")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_policy_as_a_table(lang: str) -> None:
    rulebook = world()
    policy = rulebook.policies["firms"]
    said = words(policy, rulebook, lang)
    golden(f"show-table-{lang}.md", as_markdown(rows(policy, said), said) + "\n")
    plain = json.loads(as_json(rows(policy, said)))
    assert [row["rule"] for row in plain] == [
        rule.id for rule in (*policy.stops, *policy.choices, *policy.hand_over)
    ]
    assert set(plain[0]) == {"step", "rule", "when", "what", "channel", "template", "tone"}


def test_the_flat_policy_says_where_each_value_comes_from() -> None:
    flat = resolved(WORLD, "firms", folder="rules")
    assert flat is not None
    golden("show-resolved.yaml", flat)
    for line in flat.splitlines():
        found = re.search(r"# rules/(\w+\.yaml):(\d+)$", line)
        if found is None:
            assert line.endswith(":"), line
            continue
        origin = WORLD[found[1]].splitlines()[int(found[2]) - 1]
        value = re.split(r"[:{}\[\], ]+", line.partition("#")[0].strip())
        assert all(word.strip('"-') in origin for word in value), line


def test_a_flat_policy_that_is_not_there_is_none() -> None:
    assert resolved(WORLD, "nobody") is None


@pytest.mark.parametrize("name", ["firms", "base"])
def test_the_flat_policy_means_the_same(name: str) -> None:
    assert flat_hash(WORLD, name) == world().policies[name].hash


def flat_hash(texts: dict[str, str], name: str) -> str:
    """The content of the flat policy, read in the place of its own file."""
    rulebook, problems = read_rules(texts)
    assert rulebook is not None, problems
    flat = resolved(texts, name)
    assert flat is not None
    assert "extends" not in flat
    again, problems = read_rules({**texts, rulebook.policies[name].file: flat})
    assert again is not None, problems
    return again.policies[name].hash


@given(data=policies())
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_flat_policy_means_the_same(data: Data) -> None:
    child = (
        "language: 1\npolicy: child\nversion: 2026.01.1\ncurrency: EUR\n"
        f"extends: {json.dumps(data['policy'])}\n"
    )
    texts = {"facts.yaml": FACTS, "1.yaml": flow(data), "2.yaml": child}
    rulebook, problems = read_rules(texts)
    assert rulebook is not None, problems
    for name in (data["policy"], "child"):
        assert flat_hash(texts, name) == rulebook.policies[name].hash


# -- the shipped policies -----------------------------------------------------------------------


def shipped() -> tuple[Rulebook, dict[str, str]]:
    texts = {path.name: path.read_text("utf-8") for path in (ROOT / "rules").glob("*.yaml")}
    rulebook, problems = read_rules(texts)
    assert rulebook is not None, problems
    return rulebook, texts


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_rule_of_the_shipped_policies_has_its_sentence(lang: str) -> None:
    rulebook, texts = shipped()
    for policy in rulebook.policies.values():
        said = words(policy, rulebook, lang)
        spoken_ids = [s.rule for part in sections(policy, said) for s in part.sentences if s.rule]
        assert sorted(spoken_ids) == sorted(rules_of(policy))
        table = {row.rule for row in rows(policy, said)}
        assert table == {rule for rule in rules_of(policy) if not rule.startswith("answers/")}
        for part in sections(policy, said):
            for sentence in part.sentences:
                assert sentence.text.endswith("."), sentence.text
                assert "{" not in sentence.text
        assert flat_hash(texts, policy.name) == policy.hash


# -- words --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minor", "currency", "fr", "en"),
    [
        (150000, "EUR", "1\u202f500\u00a0€", "€1,500"),
        (1250, "EUR", "12,50\u00a0€", "€12.50"),
        (5, "USD", "0,05\u00a0USD", "0.05 USD"),
        (0, "EUR", "0\u00a0€", "€0"),
    ],
)
def test_amounts_are_written_as_people_write_them(
    minor: int, currency: str, fr: str, en: str
) -> None:
    facts = {"x": Fact(name="x", type=FactType.MONEY, of=Owner.DEBTOR)}
    said = {lang: Wording(lang=lang, facts=facts, currency=currency) for lang in LANGUAGES}
    assert (said["fr"].amount(minor), said["en"].amount(minor)) == (fr, en)


def test_every_phrase_has_the_same_fields_in_both_languages() -> None:
    for name, each in spoken.PHRASES.items():
        assert each.fields("fr") == each.fields("en"), name
