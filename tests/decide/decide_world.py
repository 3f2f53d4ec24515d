"""A small world to decide about: frames from a few words, the shipped vocabulary, one policy."""

# ruff: noqa: ANN401 - any field of a value may be changed by name

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from dispatcher.decide.plan import Plan, plan_day
from dispatcher.model.settings import Creditor, Settings
from dispatcher.model.tables import FRAMES
from dispatcher.model.vocabulary import Fact, FactType, Owner, Source, Value
from dispatcher.policy.terms import (
    ALWAYS,
    All,
    AtMost,
    Between,
    Closed,
    Condition,
    Contact,
    Days,
    HandOver,
    Hold,
    Known,
    Limits,
    NoneOf,
    OneOf,
    Policy,
    Rule,
    Rulebook,
    Safety,
    Step,
    Wait,
    Work,
)
from dispatcher.ports import Frames


TODAY = date(2026, 5, 12)  # a Tuesday
NOW = datetime(2026, 5, 12, 8, 0, tzinfo=UTC)  # ten o'clock in Paris
REACH = frozenset({"email", "sms", "call", "letter", "registered_letter"})
LEGAL = frozenset({"formal-notice"})
STEPS = ("reminder", "second-reminder", "third-reminder", "formal-notice")

Row = Mapping[str, Any]

DEFAULTS: Mapping[str, Row] = {
    "debtors": {
        "name": "Menuiserie Roux",
        "legal_kind": "business",
        "profile": "sme",
        "email": "compta@roux.example",
        "phone": "+33140000001",
        "mobile": "+33600000001",
        "address": "4 rue des Lilas",
        "postcode": "75011",
        "city": "Paris",
        "country": "FR",
        "language": "fr",
        "contact_name": "",
        "account_manager": "",
        "extra": "{}",
        "as_of": TODAY,
    },
    "invoices": {
        "term": 1,
        "debtor_id": 1,
        "currency": "EUR",
        "amount": 120_000,
        "balance": 120_000,
        "issued": TODAY - timedelta(days=60),
        "extra": "{}",
        "as_of": TODAY,
    },
    "credits": {"currency": "EUR", "invoice_number": "", "issued": TODAY, "debtor_id": 1},
    "events": {"debtor_id": 1, "day": TODAY, "detail": ""},
    "messages": {
        "debtor_id": 1,
        "policy": "b2b",
        "rule": "reminder/standard",
        "template": "courteous",
        "tone": "courteous",
        "legal_effect": False,
        "state": "sent",
        "channel": "email",
    },
    "lines": {
        "cycle": 0,
        "live": True,
        "claimed": True,
        "amount": 120_000,
        "state": "sent",
        "channel": "email",
        "choice": "standard",
    },
    "tasks": {
        "debtor_id": 1,
        "policy": "b2b",
        "state": "open",
        "cases": "[1]",
        "opened_on": TODAY,
    },
    "holds": {"policy": "b2b", "on_unknown": False, "began_on": TODAY},
    "sent_back": {"day": TODAY},
    "placements": {
        "debtor_id": 1,
        "currency": "EUR",
        "legal_kind": "business",
        "since": TODAY - timedelta(days=60),
    },
    "payments": {"debtor_id": 1},
}


def frames(**tables: Sequence[Row]) -> Frames:
    """The store's frames from rows; what a row does not say is usual or empty."""
    return {name: table(name, tables.get(name, [])) for name in FRAMES}


def table(name: str, rows: Sequence[Row]) -> pl.DataFrame:
    """One frame of the store."""
    usual = DEFAULTS[name]
    whole = [_named(name, {**usual, "id": number, **row}) for number, row in enumerate(rows, 1)]
    schema = {column: getattr(pl, kind) for column, kind in FRAMES[name].items()}
    return pl.DataFrame(
        {column: [row.get(column) for row in whole] for column in schema}, schema=schema
    )


def _named(name: str, row: dict[str, Any]) -> dict[str, Any]:
    if name == "debtors":
        row.setdefault("reference", f"D{row['id']}")
    if name == "invoices":
        row.setdefault("number", f"F{row['id']}")
        row.setdefault("due", TODAY - timedelta(days=row.pop("late", 10)))
    return row


def done(invoice: int, step: str, *, days: int, message: int = 1, **more: Any) -> Row:
    """A line whose step was done that many days ago."""
    day = TODAY - timedelta(days=days)
    return {"message_id": message, "invoice_id": invoice, "step": step, "done_on": day, **more}


def sent(*, days: int, **more: Any) -> Row:
    """A message that counted as a contact that many days ago."""
    return {"contact_on": TODAY - timedelta(days=days), **more}


def plan(world: Frames, rules: Rulebook | None = None, **changes: Any) -> Plan:
    """The plan of the usual day."""
    given: dict[str, Any] = {
        "today": TODAY,
        "now": NOW,
        "reach": REACH,
        "legal": LEGAL,
        "settings": settings(),
        **changes,
    }
    chosen = given.pop("settings")
    return plan_day(world, rules or rulebook(), chosen, **given)


def settings(**changes: Any) -> Settings:
    """A configuration with nothing special in it."""
    given: dict[str, Any] = {
        "home": Path("home"),
        "creditor": Creditor(name="Ateliers Morel", postcode="69003"),
        **changes,
    }
    return Settings(**given)


def answer(made: Plan, case: int = 1) -> dict[str, Any]:
    """The answer of one case."""
    return made.answers.filter(pl.col("case_id") == case).row(0, named=True)


def rulebook(
    *policies: Policy,
    facts: Sequence[Fact] = (),
    invariants: Sequence[Condition] | None = None,
    steps: Sequence[str] = STEPS,
) -> Rulebook:
    """The shipped vocabulary and these policies, or the usual one."""
    chosen = policies or (policy(),)
    known = {fact.name: fact for fact in (*vocabulary(tuple(steps)), *facts)}
    broken = INVARIANTS if invariants is None else tuple(invariants)
    return Rulebook(facts=known, invariants=broken, policies={p.name: p for p in chosen})


INVARIANTS: tuple[Condition, ...] = (
    All(
        parts=(
            OneOf(fact="legal_kind", values=("consumer",)),
            NoneOf(fact="profile", values=("consumer",)),
        )
    ),
    All(parts=(Between(fact="days_late", at_least=1), Known(fact="days_before_due"))),
)


def vocabulary(steps: tuple[str, ...] = STEPS) -> tuple[Fact, ...]:
    """The facts of `rules/facts.yaml` that policies of these tests read."""
    invoice, debtor = Owner.INVOICE, Owner.DEBTOR
    profiles = ("consumer", "micro", "sme", "key_account", "public_body")
    kinds = ("business", "consumer", "public_body", "non_professional")
    ledger, derived = Source.LEDGER, Source.DERIVED
    none = {"default": "none", "has_default": True}
    yes_no = FactType.BOOL
    return (
        _fact("legal_kind", FactType.ENUM, debtor, values=kinds),
        _fact("profile", FactType.ENUM, debtor, values=profiles),
        _fact("amount_due", FactType.MONEY, invoice, minimum=0, maximum=10**10),
        _fact("debtor_overdue", FactType.MONEY, debtor, derived, minimum=0, maximum=10**10),
        _fact("debtor_credit", FactType.ENUM, debtor, derived, ("none", "part", "covers"), **none),
        _fact("days_late", FactType.INT, invoice, derived, minimum=0, maximum=3650),
        _fact("days_before_due", FactType.INT, invoice, derived, minimum=0, maximum=365),
        _fact("last_step", FactType.STEP, invoice, ledger, ("none", *steps)),
        _fact("days_since_step", FactType.INT, invoice, derived, minimum=0, maximum=3650),
        _fact(
            "promise", FactType.ENUM, invoice, ledger, ("none", "open", "kept", "broken"), **none
        ),
        _fact(
            "broken_promises",
            FactType.INT,
            debtor,
            ledger,
            minimum=0,
            maximum=99,
            default=0,
            has_default=True,
        ),
        _fact(
            "dispute", FactType.ENUM, invoice, ledger, ("none", "part", "open", "settled"), **none
        ),
        _fact("plan", FactType.ENUM, invoice, ledger, ("none", "running", "missed"), **none),
        _fact("reply", FactType.ENUM, debtor, ledger, ("none", "waiting"), **none),
        _fact("pause", yes_no, invoice, ledger, default=False, has_default=True),
        _fact("insolvency", yes_no, debtor, default=False, has_default=True, max_age=90),
        _fact("handed_over", yes_no, debtor, ledger, default=False, has_default=True),
        _fact("has_email", yes_no, debtor, derived, default=False, has_default=True),
        _fact("has_mobile", yes_no, debtor, derived, default=False, has_default=True),
        _fact("has_phone", yes_no, debtor, derived, default=False, has_default=True),
        _fact("has_address", yes_no, debtor, derived, default=False, has_default=True),
        _fact(
            "contacts_30d",
            FactType.INT,
            debtor,
            ledger,
            minimum=0,
            maximum=99,
            default=0,
            has_default=True,
        ),
        _fact("limitation_days", FactType.INT, invoice, derived, minimum=-3650, maximum=3650),
        _fact("usual_days_late", FactType.INT, debtor, derived, minimum=0, maximum=365),
    )


def _fact(
    name: str,
    kind: FactType,
    of: Owner,
    source: Source = Source.COLUMN,
    values: tuple[str, ...] = (),
    **more: Any,
) -> Fact:
    return Fact(name=name, type=kind, of=of, source=source, values=values, **more)


def is_(fact: str, *values: Value) -> OneOf:
    """The fact is one of these."""
    return OneOf(fact=fact, values=values)


def least(fact: str, low: int | None = None, high: int | None = None) -> Between:
    """The fact lies between these."""
    return Between(fact=fact, at_least=low, at_most=high)


STOPS = (
    Rule(id="stops/insolvency", when=is_("insolvency", True), then=Hold(reason="insolvency")),
    Rule(
        id="stops/dispute",
        when=is_("dispute", "open"),
        then=Hold(reason="dispute", task="answer-dispute", due_in=Days(count=5, business=True)),
    ),
    Rule(id="stops/promise", when=is_("promise", "open"), then=Hold(reason="promise")),
    Rule(id="stops/pause", when=is_("pause", True), then=Hold(reason="pause")),
    Rule(
        id="stops/credit",
        when=is_("debtor_credit", "covers"),
        then=Hold(reason="credit", task="allocate-credit", due_in=Days(count=2, business=True)),
    ),
    Rule(
        id="stops/time-barred", when=least("limitation_days", high=-1), then=Hold(reason="barred")
    ),
)


def contact(*names: str, template: str = "courteous", **more: Any) -> Contact:
    """A contact through these channels, the first that reaches."""
    given = {"tone": "courteous", **more}
    return Contact(channels=names, template=template, **given)


def step(
    name: str, after: str, when: Condition, *choices: tuple[str, Condition, Any], **more: Any
) -> Step:
    """One rung with its choices `(id, when, then)`."""
    rules = tuple(Rule(id=f"{name}/{id_}", when=cond, then=then) for id_, cond, then in choices)
    return Step(id=name, labels={}, after=(after,), when=when, choose=rules, **more)


LADDER = (
    step(
        "reminder",
        "none",
        ALWAYS,
        ("standard", ALWAYS, contact("email", "sms", "letter")),
    ),
    step(
        "second-reminder",
        "reminder",
        least("days_since_step", 7),
        ("standard", ALWAYS, contact("email", "letter", template="firm", tone="firm")),
    ),
    step(
        "third-reminder",
        "second-reminder",
        least("days_since_step", 7),
        ("call", ALWAYS, contact("call", "letter", due_in=Days(count=2, business=True))),
    ),
    step(
        "formal-notice",
        "third-reminder",
        All(parts=(least("days_late", 30), least("days_since_step", 8))),
        ("part-disputed", is_("dispute", "part"), Wait(reason="dispute", task="answer-dispute")),
        (
            "registered",
            ALWAYS,
            contact(
                "registered_letter",
                template="formal-notice",
                tone="formal",
                also="email",
                needs_approval=("credit_manager",),
            ),
        ),
    ),
)

HAND_OVER = (
    Rule(
        id="hand_over/lawyer",
        when=All(parts=(is_("last_step", "formal-notice"), least("days_since_step", 15))),
        then=HandOver(to="lawyer", needs_approval=("credit_manager",)),
    ),
)

LIMITS = Limits(
    quiet_hours={"call": (18 * 60, 9 * 60), "sms": (19 * 60, 9 * 60)},
    business_days=True,
    closed=(
        Closed(start=(12, 24), end=(1, 1)),
        Closed(start=(8, 1), end=(8, 21), steps=("formal-notice",)),
    ),
    gather=7,
    gap=5,
    after={"formal-notice": 15},
    at_most=(AtMost(what="contacts", count=4, per=30), AtMost(what="call", count=2, per=30)),
    per_day={"call": 40},
)


def policy(name: str = "b2b", **changes: Any) -> Policy:
    """The usual policy, or one that differs in these keys."""
    given: dict[str, Any] = {
        "version": "2026.05.1",
        "hash": f"hash-of-{name}",
        "file": f"rules/{name}.yaml",
        "applies_to": is_("legal_kind", "business", "non_professional"),
        "stops": STOPS,
        "start": least("days_late", 4),
        "steps": LADDER,
        "hand_over": HAND_OVER,
        "limits": LIMITS,
        "safety": Safety(debtors=2000, share_of_debtors=40),
        **changes,
    }
    return Policy(name=name, **given)


def task_step(name: str, after: str, task: str) -> Step:
    """A rung that is work for our own people."""
    return step(name, after, ALWAYS, ("look", ALWAYS, Work(task=task)))
