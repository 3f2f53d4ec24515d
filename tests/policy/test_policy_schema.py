"""The schemas for editors take what the reader takes, and refuse what it refuses."""

from collections.abc import Mapping

import pytest
from jsonschema import Draft7Validator

from dispatcher.nodes.node import Map, Node, Scalar
from dispatcher.nodes.read import read_yaml
from dispatcher.policy.schema import facts_schema, policy_schema
from tests.policy.policy_world import FACTS, HEAD, STEPS, found, read, rule


RULEBOOK = read(HEAD + STEPS)


def _plain(node: Node) -> object:
    """A document as an editor has it: whole numbers typed, all else text."""
    if isinstance(node, Map):
        return {entry.key: _plain(entry.value) for entry in node}
    if isinstance(node, Scalar):
        whole = not node.quoted and node.text.isascii() and node.text.isdigit()
        return int(node.text) if whole else node.text
    return [_plain(item) for item in node]


def _takes(schema: Mapping[str, object], text: str) -> bool:
    top, _ = read_yaml(text, file="f.yaml")
    assert top is not None
    Draft7Validator.check_schema(schema)
    return bool(Draft7Validator(schema).is_valid(_plain(top)))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(HEAD + STEPS, id="small"),
        pytest.param(rule("{overdue: 150 to under 5000, profile: [sme, micro]}"), id="values"),
        pytest.param(rule("{overdue: {below: 500}, profile: not sme, insolvency: no}"), id="maps"),
        pytest.param(rule("[{days_late: 30+}, {limitation_days: under -7}]"), id="list"),
        pytest.param(
            "language: 1\npolicy: child\nversion: 2026.05.1\nextends: standard\n"
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
    assert _takes(policy_schema(RULEBOOK.facts), text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(HEAD + STEPS + "limts: {}\n", id="key"),
        pytest.param(rule("{day_late: 3+}"), id="fact"),
        pytest.param(rule("{days_late: 30 +}"), id="number"),
        pytest.param(rule("{profile: smal}"), id="value"),
        pytest.param(rule("{}"), id="empty"),
        pytest.param(HEAD + STEPS.replace("tone: formal", "tone: formel"), id="tone"),
        pytest.param(HEAD + STEPS.replace("template: notice, ", ""), id="template"),
        pytest.param(HEAD.replace("version: 2026.05.1\n", "") + STEPS, id="version"),
    ],
)
def test_a_schema_refuses_what_the_reader_refuses(text: str) -> None:
    assert found(text)
    assert not _takes(policy_schema(RULEBOOK.facts), text)


def test_the_vocabulary_has_a_schema_of_its_own() -> None:
    schema = facts_schema(RULEBOOK.facts)
    assert _takes(schema, FACTS)
    assert not _takes(schema, FACTS.replace("of: debtor", "off: debtor"))
    assert not _takes(schema, FACTS.replace("last_step: none,", "last_stp: none,"))
