"""The table of codes as data, and our words for the provider compared with its own.

The second needs the provider's published description beside the project
(`../shared/data/twilio-messages-openapi.json`) and is skipped where that is absent.
"""

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml

from channels.sms_replies import meaning
from dispatcher.deliver.schedule import SCHEDULES
from dispatcher.ports import NotAccepted, Rejected, Unknown
from tests.channels.sms_provider import description


TABLE: dict[str, dict[int | str, dict[str, str]]] = yaml.safe_load(
    files("channels").joinpath("sms_errors.yaml").read_text("utf-8")
)
ROWS = {f"{name} {code}": row for name, rows in TABLE.items() for code, row in rows.items()}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_every_row_says_what_it_means_what_to_do_and_who_says_so(row: dict[str, str]) -> None:
    assert row["outcome"] in {"not_accepted", "rejected", "unknown"}
    assert "scope" in row or row["outcome"] != "rejected"
    assert isinstance(row.get("days", 1), int)
    assert "days" not in row or row.get("scope", "recipient") == "recipient"
    assert ("schedule" in row) == (row["outcome"] == "not_accepted")
    assert row.get("scope", "recipient") in {"recipient", "message", "configuration"}
    assert row.get("schedule", "standard") in SCHEDULES
    assert row["do"]
    assert row["source"]
    assert row.keys() <= {"outcome", "scope", "schedule", "days", "do", "source"}


def test_only_what_is_reported_later_closes_a_number_for_days() -> None:
    """A later try that is wanted says for how long the number is left alone, or who is to blame."""
    assert not any("days" in row or "scope" in row for row in _later("codes"))
    assert all("days" in row or "scope" in row for row in _later("reported"))


def _later(name: str) -> list[dict[str, str]]:
    return [row for row in TABLE[name].values() if row["outcome"] == "not_accepted"]


KINDS = {"not_accepted": NotAccepted, "rejected": Rejected, "unknown": Unknown}


@pytest.mark.parametrize("code", TABLE["codes"])
def test_every_code_in_a_refusal_means_its_row(code: int) -> None:
    row = TABLE["codes"][code]
    outcome = meaning(400, {}, json.dumps({"code": code}))
    assert isinstance(outcome, KINDS[row["outcome"]])
    if isinstance(outcome, Rejected):
        assert outcome.scope == row["scope"]
    assert row["do"] in repr(outcome)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 301, 101, 999])
@pytest.mark.parametrize("code", [21211, 20429, 20003])
def test_no_code_makes_proof_of_what_is_no_refusal(status: int, code: int) -> None:
    assert isinstance(meaning(status, {}, json.dumps({"code": code})), Unknown)


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"code": NaN}', '{"code": {"a": 1}}', "\0", "1e999"]
)
def test_words_that_are_none_leave_the_status(text: str) -> None:
    outcome = meaning(400, {}, text)
    assert isinstance(outcome, Rejected)
    assert outcome.code == "sms/400"


# -- our words and theirs -------------------------------------------------------------------------

PUBLISHED = Path(__file__).parents[3] / "shared" / "data" / "twilio-messages-openapi.json"

#: Their format, else their type -> the first words of ours.
FORMATS = {
    "phone-number": "number of a telephone",
    "uri": "address",
    "date-time": "instant",
    "date-time-rfc-2822": "instant",
    "currency": "currency",
    "uri-map": "map",
}
TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "yes or no",
    "object": "map",
}


def in_our_words(told: dict[str, Any], names: dict[str, Any]) -> str:
    if "$ref" in told:
        return "one of " + " ".join(sorted(names[told["$ref"].rpartition("/")[2]]["enum"]))
    if "pattern" in told:
        return "sid " + str(told["pattern"])[1:].partition("[")[0]
    if told["type"] == "array":
        return "list of " + in_our_words(told["items"], names)
    return FORMATS.get(told.get("format", "")) or TYPES[told["type"]]


@pytest.mark.skipif(not PUBLISHED.is_file(), reason="the provider's description is not at hand")
def test_our_words_agree_with_the_providers_description() -> None:
    published = json.loads(PUBLISHED.read_text("utf-8"))
    names = published["components"]["schemas"]
    ours = description()
    path = ours["request"]["path"].replace("{account}", "{AccountSid}")
    post = published["paths"][path][ours["request"]["method"].lower()]
    asked = post["requestBody"]["content"][ours["request"]["form"]]["schema"]
    assert asked["required"] == ours["request"]["needed"]
    takes = {name: in_our_words(told, names) for name, told in asked["properties"].items()}
    assert takes == ours["request"]["takes"]
    said = asked["properties"]["ValidityPeriod"]["description"]
    assert "from `{}` to `{}`".format(*ours["request"]["validity"]) in said
    assert (
        f"{ours['request']['longest_body']:,} characters"
        in asked["properties"]["Body"]["description"]
    )
    assert list(post["responses"]) == [str(ours["answer"]["status"])]
    holds = {
        name: in_our_words(told, names) + (", or nothing" if told.get("nullable") else "")
        for name, told in names["api.v2010.account.message"]["properties"].items()
    }
    assert holds == ours["answer"]["holds"]
