"""An explanation names what was read and what was missing, in both languages."""

from pathlib import Path

import pytest

from dispatcher.decide.explain import explain
from dispatcher.decide.explain_text import as_lines
from dispatcher.decide.plan import Plan
from tests.decide.decide_world import TODAY, Row, done, frames, plan, rulebook, sent


GOLDEN = Path(__file__).parent / "golden"

WORLDS: dict[str, dict[str, list[Row]]] = {
    "contact": {"invoices": [{}]},
    "unknown-fact": {"debtors": [{"extra": '{"insolvency":null}'}], "invoices": [{}]},
    "nothing-yet": {
        "debtors": [{"email": ""}],
        "invoices": [{"late": 40}],
        "lines": [done(1, "reminder", days=3)],
    },
    "gap": {"invoices": [{}], "messages": [sent(days=2)]},
    "contradiction": {
        "debtors": [{"legal_kind": "consumer"}],
        "invoices": [{"term": 2}],
    },
    "find-contact": {
        "debtors": [{"email": "", "mobile": "", "address": ""}],
        "invoices": [{}],
    },
    "dispute": {
        "invoices": [{}],
        "events": [{"kind": "dispute_opened", "invoice_id": 1}],
    },
    "carried": {
        "invoices": [{"late": 3}, {"late": 40}],
        "lines": [done(2, "reminder", days=9)],
    },
    "hand-over": {"invoices": [{"late": 60}], "lines": [done(1, "formal-notice", days=20)]},
}


def made(world: str) -> Plan:
    usual: dict[str, list[Row]] = {"debtors": [{}]}
    return plan(frames(**(usual | WORLDS[world])))


@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize("world", WORLDS)
def test_an_explanation_reads_as_agreed(world: str, lang: str) -> None:
    lines = as_lines(explain(1, made(world), rulebook(), today=TODAY), lang=lang)
    golden = GOLDEN / f"explain-{world}.{lang}.txt"
    assert "\n".join(lines) + "\n" == golden.read_text(encoding="utf-8")


def test_the_first_failure_is_the_comparison_that_was_missing() -> None:
    explained = explain(1, made("nothing-yet"), rulebook(), today=TODAY)
    (tried,) = explained.steps
    failure = tried.failure
    assert failure is not None
    assert failure.value == 3
    assert explained.later == ("third-reminder", "formal-notice")


def test_a_case_that_is_not_open_has_no_explanation() -> None:
    with pytest.raises(KeyError):
        explain(99, made("contact"), rulebook(), today=TODAY)
