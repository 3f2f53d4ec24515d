"""One row per open case, every fact typed, counted by hand."""

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from dispatcher.decide.facts import IDENTITY, build_facts
from dispatcher.model.vocabulary import RESERVED, Fact, FactType, Owner, Source
from dispatcher.policy.dtypes import dtype
from tests.decide.decide_world import TODAY, Row, done, frames, rulebook, sent


OWN = (
    Fact(name="region", type=FactType.ENUM, of=Owner.DEBTOR, values=("north", "south")),
    Fact(
        name="nonpayment_reason",
        type=FactType.ENUM,
        of=Owner.INVOICE,
        source=Source.LEDGER,
        values=("none", "oversight", "bad_faith"),
        default="none",
        has_default=True,
    ),
    Fact(name="score", type=FactType.INT, of=Owner.DEBTOR),
    Fact(name="deposit", type=FactType.MONEY, of=Owner.INVOICE, default=100, has_default=True),
    Fact(name="vip", type=FactType.BOOL, of=Owner.DEBTOR, default=False, has_default=True),
)


def facts(**tables: list[Row]) -> dict[str, Any]:
    """The facts of the first case."""
    usual: dict[str, list[Row]] = {"debtors": [{}], "invoices": [{}]}
    world = frames(**(usual | tables))
    built = build_facts(world, rulebook(facts=OWN), today=TODAY, timezone="Europe/Paris")
    return built.filter(pl.col("case_id") == 1).row(0, named=True)


def _given(reason: str, *, days: int, case: int | None = 1) -> Row:
    day = TODAY - timedelta(days=days)
    return {"kind": "reason_given", "invoice_id": case, "day": day, "detail": reason}


CASES = [
    pytest.param({}, {"nonpayment_reason": "none"}, id="nobody-said-why"),
    pytest.param(
        {"events": [_given("bad_faith", days=9), _given("oversight", days=2)]},
        {"nonpayment_reason": "oversight"},
        id="the-reason-said-last",
    ),
    pytest.param(
        {"events": [_given("bad_faith", days=9), _given("none", days=2)]},
        {"nonpayment_reason": "none"},
        id="a-reason-taken-back",
    ),
    pytest.param(
        {"events": [_given("bad_faith", days=9, case=None), _given("oversight", days=-1)]},
        {"nonpayment_reason": "bad_faith"},
        id="of-the-whole-debtor-and-not-of-tomorrow",
    ),
    pytest.param(
        {"invoices": [{}, {}], "events": [_given("bad_faith", days=9, case=2)]},
        {"nonpayment_reason": "none"},
        id="of-another-invoice",
    ),
    pytest.param({"invoices": [{"late": 0}]}, {"days_late": 0, "days_before_due": 0}, id="due-day"),
    pytest.param({"invoices": [{"late": -9}]}, {"days_late": 0, "days_before_due": 9}, id="before"),
    pytest.param({"invoices": [{"late": 9}]}, {"days_late": 9, "days_before_due": None}, id="late"),
    pytest.param(
        {"invoices": [{"late": 9000}]},
        {"days_late": 3650, "limitation_days": -3650},
        id="cut-to-its-bounds",
    ),
    pytest.param(
        {"invoices": [{"balance": 100}, {"balance": 40}, {"balance": 7, "late": 0}]},
        {"debtor_overdue": 140, "amount_due": 100},
        id="only-what-is-overdue-counts",
    ),
    pytest.param(
        {
            "invoices": [{"balance": 100}, {"balance": 40}],
            "credits": [{"number": "A", "amount": 30}],
        },
        {"debtor_overdue": 110, "debtor_credit": "part"},
        id="net-of-credits",
    ),
    pytest.param(
        {"invoices": [{"balance": 100}], "credits": [{"number": "A", "amount": 300}]},
        {"debtor_overdue": 0, "debtor_credit": "covers"},
        id="never-below-nothing",
    ),
    pytest.param(
        {
            "invoices": [{"balance": 100}, {"balance": 40, "late": -3}],
            "credits": [{"number": "A", "amount": 40, "invoice_number": "F2"}],
        },
        {"debtor_overdue": 100, "debtor_credit": "none"},
        id="a-credit-of-an-invoice-not-due-waits-for-it",
    ),
    pytest.param(
        {
            "invoices": [{"balance": 100}, {"balance": 40, "currency": "USD"}],
            "credits": [{"number": "A", "amount": 40, "currency": "USD"}],
        },
        {"debtor_overdue": 100, "debtor_credit": "none"},
        id="currencies-are-apart",
    ),
    pytest.param(
        {
            "invoices": [{"balance": 100}, {"balance": 40}],
            "events": [{"kind": "dispute_opened", "invoice_id": 2}],
        },
        {"debtor_overdue": 100, "dispute": "none"},
        id="what-is-disputed-is-not-counted",
    ),
    pytest.param(
        {
            "invoices": [{"balance": 100}],
            "events": [{"kind": "dispute_opened", "invoice_id": 1, "detail": "part", "amount": 30}],
        },
        {"debtor_overdue": 70, "amount_due": 70, "dispute": "part"},
        id="a-disputed-part-is-deducted",
    ),
    pytest.param(
        {"lines": [done(1, "reminder", days=9), done(1, "second-reminder", days=2)]},
        {"last_step": "second-reminder", "days_since_step": 2},
        id="the-newest-step",
    ),
    pytest.param(
        {
            "lines": [
                done(1, "reminder", days=9),
                done(1, "second-reminder", days=2, taken_back_on=TODAY),
            ]
        },
        {"last_step": "reminder", "days_since_step": 9},
        id="one-taken-back-does-not-count",
    ),
    pytest.param(
        {"lines": [done(1, "reminder", days=2), done(1, "second-reminder", days=2)]},
        {"last_step": "second-reminder"},
        id="of-one-day-the-later-line",
    ),
    pytest.param({}, {"last_step": "none", "days_since_step": None}, id="no-step-yet"),
    pytest.param(
        {
            "messages": [
                sent(days=0),
                sent(days=29),
                sent(days=30),
                sent(days=1, main_id=1),
                sent(days=1, state="withdrawn"),
                sent(days=1, rule="answers/all_paid"),
            ]
        },
        {"contacts_30d": 2},
        id="today-and-the-29-before",
    ),
    pytest.param(
        {
            "events": [
                {
                    "kind": "promise_made",
                    "invoice_id": 1,
                    "day": TODAY - timedelta(days=30),
                    "until": TODAY - timedelta(days=20),
                    "amount": 500,
                },
                {
                    "kind": "payment",
                    "invoice_id": 1,
                    "day": TODAY - timedelta(days=19),
                    "amount": 500,
                },
            ]
        },
        {"promise": "kept", "broken_promises": 0},
        id="a-promise-kept-within-its-grace",
    ),
    pytest.param(
        {
            "events": [
                {
                    "kind": "promise_made",
                    "invoice_id": None,
                    "day": TODAY - timedelta(days=30),
                    "until": TODAY - timedelta(days=20),
                }
            ],
            "invoices": [{}, {}],
        },
        {"promise": "broken", "broken_promises": 1},
        id="a-promise-for-all-invoices-is-broken-once",
    ),
    pytest.param(
        {
            "invoices": [{"as_of": TODAY - timedelta(days=19)}],
            "events": [
                {
                    "kind": "promise_made",
                    "invoice_id": 1,
                    "day": TODAY - timedelta(days=30),
                    "until": TODAY - timedelta(days=20),
                }
            ],
        },
        {"promise": "open"},
        id="old-payment-data-breaks-no-promise",
    ),
    pytest.param(
        {"debtors": [{"extra": '{"region":"south","score":7,"vip":true}'}]},
        {"region": "south", "score": 7, "vip": True, "deposit": 100},
        id="facts-of-their-own",
    ),
    pytest.param(
        {
            "debtors": [{"extra": '{"region":"west","score":"many","vip":null}'}],
            "invoices": [{"extra": '{"deposit":null}'}],
        },
        {"region": None, "score": None, "vip": None, "deposit": None},
        id="what-is-mapped-and-empty-or-wrong-is-unknown",
    ),
    pytest.param(
        {"debtors": [{"phone": "", "mobile": "+33600000001", "city": "", "email": ""}]},
        {"has_phone": True, "has_mobile": True, "has_address": False, "has_email": False},
        id="ways-to-reach-him",
    ),
]


@pytest.mark.parametrize(("tables", "expected"), CASES)
def test_a_fact_is_what_was_counted_by_hand(
    tables: dict[str, list[Row]], expected: dict[str, Any]
) -> None:
    found = facts(**tables)
    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("kind", "limit"),
    [
        pytest.param("consumer", date(2027, 3, 10), id="two-years"),
        pytest.param("public_body", date(2029, 12, 31), id="four-years-to-the-end"),
        pytest.param("business", date(2030, 3, 10), id="five-years"),
        pytest.param("non_professional", date(2030, 3, 10), id="associations-too"),
    ],
)
def test_the_law_says_how_long_a_claim_lives(kind: str, limit: date) -> None:
    found = facts(debtors=[{"legal_kind": kind}], invoices=[{"due": date(2025, 3, 10)}])
    assert found["limitation_days"] == (limit - TODAY).days


def test_no_fact_can_have_the_name_of_a_column_beside_the_facts() -> None:
    assert set(RESERVED) == set(IDENTITY)


def test_every_fact_has_its_type() -> None:
    rules = rulebook(facts=OWN)
    built = build_facts(frames(), rules, today=TODAY, timezone="Europe/Paris")
    assert built.columns == [*IDENTITY, *rules.facts]
    assert {name: built.schema[name] for name in rules.facts} == {
        name: dtype(fact, rules) for name, fact in rules.facts.items()
    }
