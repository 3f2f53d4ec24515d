"""The schemas take all that the reader takes, and refuse nothing else than it refuses.

Where a schema is weaker than the reader is said in `dispatcher/policy/schema.py`. More cases than
here: `./run test -m slow tests/policy/test_policy_schema.py` (5,000 of each kind, or as many as
`RELANCE_EXAMPLES` says).
"""

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from referencing.exceptions import Unresolvable

from dispatcher.config.read import read_config
from dispatcher.config.schema import config_schema
from dispatcher.model.problem import Level, Problem
from dispatcher.nodes.node import Map, Node, Scalar
from dispatcher.nodes.opinion import Opinion
from dispatcher.nodes.read import read_yaml
from dispatcher.nodes.schema import typed
from dispatcher.policy.names import Names, TemplateWords
from dispatcher.policy.read import TEST_SUFFIX, read_rules
from dispatcher.policy.schema import (
    Known,
    facts_schema,
    known_of,
    policy_schema,
    promises_schema,
)
from dispatcher.policy.terms import Rulebook
from dispatcher.policy.testfile import read_promises
from dispatcher.problems.registry import level
from dispatcher.problems.render import as_text
from tests.policy.policy_spellings import Data, flow, mutated, policies, spellings
from tests.policy.policy_world import FACTS, HEAD, STEPS, found, in_words, read, rule


ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
NAMES = Names(
    templates={
        "courteous": TemplateWords(
            channels=frozenset({"email", "sms", "letter", "call", "registered_letter"})
        )
    },
    channels=frozenset({"email", "sms", "letter", "registered_letter", "call"}),
    tasks=frozenset({"look"}),
    offers=frozenset({"plan-3"}),
    roles=frozenset({"manager", "clerk"}),
)
RULEBOOK = read(HEAD + STEPS)
KNOWN = known_of(RULEBOOK, NAMES)

RULES = {path.name: path.read_text("utf-8") for path in sorted((ROOT / "rules").glob("*.yaml"))}
PROMISES = (HERE / "good" / "standard.test.yaml").read_text("utf-8")
CONFIG = (ROOT / "config.example.yaml").read_text("utf-8")


def top_of(text: str) -> Map:
    top, problems = read_yaml(text, file="f.yaml")
    assert top is not None, problems
    return top


def takes(schema: Mapping[str, object], text: str) -> bool:
    return Opinion(schema).disagreement(top_of(text)) is None


def has_error(problems: tuple[Problem, ...]) -> bool:
    return any(level(problem) is Level.ERROR for problem in problems)


# -- small examples -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(HEAD + STEPS, id="small"),
        pytest.param(rule("{overdue: 150 to under 5000, profile: [sme, micro]}"), id="values"),
        pytest.param(rule("{overdue: {below: 500}, profile: not sme, insolvency: no}"), id="maps"),
        pytest.param(rule("[{days_late: 30+}, {limitation_days: under -7}]"), id="list"),
        pytest.param(
            "policy: child\nversion: 2026.05.1\nextends: standard\n"
            "steps:\n  - {override: reminder, before: notice, when: {days_late: 3+}}\n"
            "stops: [{remove: dispute}]\n",
            id="child",
        ),
        pytest.param(
            HEAD + STEPS + "limits: {at_most: [{call: 2, per: 30 days}], "
            "rounds: {gap: 5 days, after: {notice: 15 days}}, days: business, "
            'quiet_hours: {sms: "19:00-09:00"}}\nsafety: {stop_at: {share_of_debtors: 40%}}\n',
            id="limits",
        ),
    ],
)
def test_a_schema_takes_what_is_right(text: str) -> None:
    assert takes(policy_schema(known_of(RULEBOOK, None)), text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(HEAD + STEPS + "limts: {}\n", id="key"),
        pytest.param(rule("{day_late: 3+}"), id="fact"),
        pytest.param(rule("{days_late: 30 +}"), id="number"),
        pytest.param(rule("{days_late: 4000}"), id="outside"),
        pytest.param(rule("{profile: smal}"), id="value"),
        pytest.param(rule("{profile: not smal}"), id="not-value"),
        pytest.param(rule("{}"), id="empty"),
        pytest.param(HEAD + STEPS.replace("tone: formal", "tone: formel"), id="tone"),
        pytest.param(HEAD + STEPS.replace("template: notice, ", ""), id="template"),
        pytest.param(HEAD + STEPS.replace("{contact: letter", "{task: look, x: letter"), id="work"),
        pytest.param(HEAD.replace("version: 2026.05.1\n", "") + STEPS, id="version"),
        pytest.param(HEAD.replace("language: 1\n", "") + STEPS, id="language"),
        pytest.param(HEAD.replace("currency: EUR\n", "") + STEPS, id="currency"),
        pytest.param(HEAD.replace("any", "{days_late: 3+}") + STEPS, id="not-debtor"),
        pytest.param(HEAD + STEPS + "limits: {quiet_hours: {fax: 19:00-09:00}}\n", id="channel"),
    ],
)
def test_a_schema_refuses_what_the_reader_refuses(text: str) -> None:
    assert found(text)
    assert not takes(policy_schema(known_of(RULEBOOK, None)), text)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        pytest.param("template: curteous", "template: courteous", id="template"),
        pytest.param("task: loook", "task: look", id="task"),
        pytest.param("assign_to: chef", "assign_to: clerk", id="role"),
        pytest.param("offer: plan-4", "offer: plan-3", id="offer"),
    ],
)
def test_names_of_the_installation_are_completed_and_others_refused(wrong: str, right: str) -> None:
    then = "contact: email, template: courteous, tone: firm, offer: plan-3, assign_to: clerk"
    text = HEAD + "stops: [{id: a, when: any, then: {hold: a, task: look, due_in: 1 day}}]\n"
    text += f"steps: [{{id: one, choose: [{{id: a, when: any, then: {{{then}}}}}]}}]\n"
    assert right in text
    assert takes(policy_schema(KNOWN), text)
    assert not takes(policy_schema(KNOWN), text.replace(right, wrong))


def test_the_vocabulary_has_a_schema_of_its_own() -> None:
    schema = facts_schema(KNOWN)
    assert takes(schema, FACTS)
    assert not takes(schema, FACTS.replace("of: debtor", "off: debtor"))
    assert not takes(schema, FACTS.replace("last_step: none,", "last_stp: none,"))
    assert not takes(schema, FACTS.replace("  kind: ", "  debtor: "))


def test_a_default_that_is_a_list_is_refused_by_the_reader_too() -> None:
    wrong = FACTS.replace("default: none}", "default: [none]}")
    assert wrong != FACTS
    problems = read_rules({"facts.yaml": wrong, "1.yaml": HEAD + STEPS})[1]
    assert "policy/needs-value" in [problem.code for problem in problems]


ALL: Mapping[str, Callable[[str], Mapping[str, object]]] = {
    "policy": lambda lang: policy_schema(KNOWN, lang=lang),
    "facts": lambda lang: facts_schema(KNOWN, lang=lang),
    "policy-test": lambda lang: promises_schema(KNOWN, lang=lang),
    "config": lambda lang: config_schema(policies=KNOWN.policies, lang=lang),
}


@pytest.mark.parametrize("kind", ALL)
def test_a_schema_is_draft_07_and_refers_to_nothing_outside(kind: str) -> None:
    schema = ALL[kind]("")
    Draft7Validator.check_schema(schema)
    text = json.dumps(schema)
    definitions = schema["definitions"]
    assert isinstance(definitions, dict)
    for part in text.split('"$ref": "')[1:]:
        assert part.startswith("#/definitions/")
        assert part[len("#/definitions/") :].partition('"')[0] in definitions


def _descriptions(schema: object) -> list[str]:
    """Every description; a property that happens to be called so is none."""
    if isinstance(schema, list):
        return [found for item in schema for found in _descriptions(item)]
    if not isinstance(schema, Mapping):
        return []
    own = schema.get("description")
    inside = [found for value in schema.values() for found in _descriptions(value)]
    return [own, *inside] if isinstance(own, str) else inside


@pytest.mark.parametrize("kind", ALL)
def test_descriptions_are_in_the_asked_language_or_in_both(kind: str) -> None:
    english, french, both = (_descriptions(ALL[kind](lang)) for lang in ("en", "fr", ""))
    assert len(english) == len(french) == len(both) > 10
    assert [f"{en}\n\n{fr}" for en, fr in zip(english, french, strict=True)] == both
    different = [en for en, fr in zip(english, french, strict=True) if en != fr]
    assert len(different) > 10  # facts without a label have one name


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7", 7),
        ("0123", 123),
        ("-5", -5),
        ("0x10", 16),
        ("1500.00", 1500.0),
        ("1e3", 1000.0),
        ("true", True),
        ("yes", "yes"),
        ("~", None),
        ("19:00-09:00", "19:00-09:00"),
        ("2026.05.1", "2026.05.1"),
        ("2026-06-03", "2026-06-03"),
        ("30+", "30+"),
        ("-", "-"),
        (".", "."),
    ],
)
def test_an_unquoted_text_is_typed_as_editors_do(text: str, value: object) -> None:
    found = typed(text)
    assert found == value
    assert type(found) is type(value)


# -- both opinions on the same document ----------------------------------------------------------


def texts_only(node: Node) -> object:
    """The document with nothing but texts, as our reader has it."""
    if isinstance(node, Map):
        return {entry.key: texts_only(entry.value) for entry in node}
    if isinstance(node, Scalar):
        return node.text
    return [texts_only(item) for item in node]


def assert_taken_by_both(schema: Mapping[str, object], text: str) -> None:
    doubt = Opinion(schema).disagreement(top_of(text))
    assert doubt is None, as_text(doubt, sources={"f.yaml": text})
    assert Draft7Validator(schema).is_valid(texts_only(top_of(text)))


@pytest.mark.parametrize("name", RULES)
def test_shipped_rules_are_taken_by_reader_and_schema(name: str) -> None:
    rulebook, problems = read_rules(RULES)
    assert rulebook is not None, in_words(problems, RULES)
    known = known_of(rulebook, None)
    if name.endswith(TEST_SUFFIX):
        schema = promises_schema(known)
    else:
        schema = facts_schema(known) if name == "facts.yaml" else policy_schema(known)
    assert_taken_by_both(schema, RULES[name])


def test_the_test_file_is_taken_by_reader_and_schema() -> None:
    promises, problems = read_promises({"standard.test.yaml": PROMISES}, PROMISED, names=NAMES)
    assert problems == ()
    assert len(promises) == 1
    assert_taken_by_both(promises_schema(known_of(PROMISED, NAMES)), PROMISES)


def test_the_example_configuration_is_taken_by_reader_and_schema() -> None:
    assert read_config(CONFIG, file="config.yaml", home=Path())[1] == ()
    assert_taken_by_both(config_schema(), CONFIG)


def _judge(text: str) -> tuple[bool, str]:
    """Whether the reader takes a policy of the small vocabulary, and why not."""
    texts = {"facts.yaml": FACTS, "1.yaml": text}
    rulebook, problems = read_rules(texts, names=NAMES)
    return rulebook is not None, in_words(problems, texts)


def check_generated(data: Data, text: str) -> None:
    right, why = _judge(text)
    assert right, why
    texts = {"facts.yaml": FACTS, "1.yaml": text}
    rulebook, _ = read_rules(texts, names=NAMES)
    schema = policy_schema(known_of(rulebook, NAMES))
    assert_taken_by_both(schema, text)
    plain = read_rules({"facts.yaml": FACTS, "1.yaml": flow(data)}, names=NAMES)[0]
    assert rulebook is not None
    assert plain is not None
    name = data["policy"]
    assert rulebook.policies[name].hash == plain.policies[name].hash


WRITTEN = policies().flatmap(lambda data: st.tuples(st.just(data), spellings(data)))
QUICK = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
LONG = settings(
    max_examples=int(os.environ.get("RELANCE_EXAMPLES", "5000")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@given(written=WRITTEN)
@QUICK
def test_a_generated_policy_is_taken_by_both_and_means_the_same_in_every_spelling(
    written: tuple[Data, str],
) -> None:
    check_generated(*written)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@given(written=WRITTEN)
@LONG
def test_many_generated_policies_are_taken_by_both(written: tuple[Data, str]) -> None:
    check_generated(*written)


# -- damaged documents: what the schema refuses the reader refuses -------------------------------


def data_of(text: str) -> Data:
    return texts_only(top_of(text))


def _rulebook_of_promises() -> Rulebook:
    text = (HERE / "good" / "standard.yaml").read_text("utf-8")
    rulebook, problems = read_rules({"facts.yaml": FACTS, "1.yaml": text}, names=NAMES)
    assert rulebook is not None, problems
    return rulebook


PROMISED = _rulebook_of_promises()


def _read_rules(name: str) -> Callable[[str], tuple[Problem, ...]]:
    return lambda text: read_rules(RULES | {name: text})[1]


def _shipped() -> Known:
    return known_of(read_rules(RULES)[0], None)


#: name -> the document, its reader's problems, its schema
DOCUMENTS: Mapping[str, tuple[Data, Callable[[str], tuple[Problem, ...]], Mapping[str, object]]] = {
    "promises": (
        data_of(PROMISES),
        lambda text: read_promises({"a.test.yaml": text}, PROMISED, names=NAMES)[1],
        promises_schema(known_of(PROMISED, NAMES)),
    ),
    "config": (
        data_of(CONFIG),
        lambda text: read_config(text, file="config.yaml", home=Path())[1],
        config_schema(),
    ),
    **{
        name: (data_of(text), _read_rules(name), policy_schema(_shipped()))
        for name, text in RULES.items()
        if name in {"base.yaml", "b2b-standard.yaml"}
    },
    "facts": (data_of(RULES["facts.yaml"]), _read_rules("facts.yaml"), facts_schema(_shipped())),
}


def check_damaged(
    text: str, read_one: Callable[[str], tuple[Problem, ...]], schema: Mapping[str, object]
) -> None:
    top, unread = read_yaml(text, file="f.yaml")
    if top is None or unread:
        return
    doubt = Opinion(schema).disagreement(top)
    if doubt is not None:
        assert has_error(read_one(text)), f"only the schema refuses: {doubt.fields}\n{text}"


@pytest.mark.parametrize("name", DOCUMENTS)
@given(draw=st.data())
@settings(QUICK, max_examples=40)
def test_what_a_schema_refuses_the_reader_refuses(name: str, draw: Any) -> None:  # noqa: ANN401 - hypothesis
    data, read_one, schema = DOCUMENTS[name]
    damaged = draw.draw(mutated(data))
    check_damaged(flow(damaged, draw.draw(st.sampled_from(("plain", '"')))), read_one, schema)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", DOCUMENTS)
@given(draw=st.data())
@LONG
def test_what_a_schema_refuses_the_reader_refuses_at_length(name: str, draw: Any) -> None:  # noqa: ANN401
    data, read_one, schema = DOCUMENTS[name]
    damaged = draw.draw(mutated(data))
    check_damaged(flow(damaged, draw.draw(st.sampled_from(("plain", '"')))), read_one, schema)


GENERATED_SCHEMA = policy_schema(KNOWN)


@given(text=policies().flatmap(mutated).map(flow))
@QUICK
def test_a_damaged_generated_policy_is_never_refused_by_the_schema_alone(text: str) -> None:
    check_damaged(text, lambda each: found(each, names=NAMES), GENERATED_SCHEMA)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@given(text=policies().flatmap(mutated).map(flow))
@LONG
def test_many_damaged_policies_are_never_refused_by_the_schema_alone(text: str) -> None:
    check_damaged(text, lambda each: found(each, names=NAMES), GENERATED_SCHEMA)


# -- disagreement is never silent ----------------------------------------------------------------


def test_a_disagreement_is_shown_where_it_is_and_asks_to_be_reported() -> None:
    schema = {"properties": {"steps": {"items": {"properties": {"id": {"const": "other"}}}}}}
    text = HEAD + STEPS
    problem = Opinion(schema).disagreement(top_of(text))
    assert problem is not None
    shown = "\n\n".join(
        as_text(problem, lang=lang, sources={"f.yaml": text}) for lang in ("en", "fr")
    )
    golden = HERE / "golden" / "policy-schema-disagrees.txt"
    if os.environ.get("RELANCE_GOLDEN") == "write":
        golden.write_text(shown + "\n", encoding="utf-8")
    assert shown + "\n" == golden.read_text("utf-8")


def test_nothing_is_fetched_for_a_schema() -> None:
    opinion = Opinion({"properties": {"policy": {"$ref": "http://127.0.0.1:9/schema.json"}}})
    with pytest.raises(Unresolvable):
        opinion.disagreement(top_of(HEAD))
