"""For any portfolio: one answer per case, one contact per account, and both readings agree."""

import sys
from collections.abc import Mapping
from datetime import timedelta
from itertools import groupby
from types import FrameType
from typing import Any

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispatcher.decide.plan import Plan
from dispatcher.model.decision import Action
from dispatcher.policy.interpret import interpret
from dispatcher.policy.terms import Contact, Limits, Policy, Rulebook, Safety
from dispatcher.ports import Frames
from tests.decide.decide_world import (
    LADDER,
    LEGAL,
    LIMITS,
    STEPS,
    TODAY,
    Row,
    done,
    frames,
    plan,
    policy,
    rulebook,
    sent,
)


FEW = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
EVENTS = ("dispute_opened", "dispute_settled", "promise_made", "paused", "plan_agreed", "opted_out")


def _event(index: int, kind: str, days: int, *, wide: bool) -> Row:
    until = TODAY + timedelta(days=days - 5)
    return {
        "kind": kind,
        "debtor_id": index % 4 + 1,
        "invoice_id": None if wide else index + 1,
        "day": TODAY - timedelta(days=days),
        "until": until if kind in {"promise_made", "paused"} else None,
        "amount": 500,
        "detail": "email" if kind == "opted_out" else "",
    }


@st.composite
def portfolios(draw: st.DrawFn) -> dict[str, list[Row]]:
    """Up to four debtors and a dozen invoices with a past."""
    debtors: list[Row] = [
        {
            "email": draw(st.sampled_from(["", "a@roux.example"])),
            "phone": "",
            "mobile": draw(st.sampled_from(["", "+33600000001"])),
            "address": draw(st.sampled_from(["", "4 rue des Lilas"])),
            "legal_kind": draw(st.sampled_from(["business", "business", "consumer"])),
        }
        for _ in range(4)
    ]
    count = draw(st.integers(1, 12))
    late = draw(st.lists(st.integers(-10, 60), min_size=count, max_size=count))
    invoices: list[Row] = [
        {"debtor_id": n % 4 + 1, "late": days, "balance": 1000 * (n + 1)}
        for n, days in enumerate(late)
    ]
    reached = draw(st.lists(st.sampled_from(["", *STEPS]), min_size=count, max_size=count))
    since = draw(st.lists(st.integers(0, 30), min_size=count, max_size=count))
    lines = [
        done(n + 1, step, days=since[n], message=n + 1) for n, step in enumerate(reached) if step
    ]
    events = [
        _event(
            draw(st.integers(0, count - 1)),
            draw(st.sampled_from(EVENTS)),
            draw(st.integers(0, 20)),
            wide=draw(st.booleans()),
        )
        for _ in range(draw(st.integers(0, 4)))
    ]
    messages = [sent(days=draw(st.integers(0, 30)), debtor_id=n + 1) for n in range(2)]
    return {
        "debtors": debtors,
        "invoices": invoices,
        "lines": lines,
        "events": events,
        "messages": messages,
    }


@FEW
@given(portfolios())
def test_every_open_case_has_exactly_one_answer(tables: dict[str, list[Row]]) -> None:
    world = frames(**tables)
    made = plan(world)
    assert made.answers["case_id"].to_list() == world["invoices"]["id"].to_list()
    assert set(made.answers["action"]) <= {action.value for action in Action}
    texts = ["number", "debtor", "policy", "rule", "step", "channel", "reason", "task"]
    assert made.answers.select(pl.col(texts).null_count().sum()).sum_horizontal().item() == 0


@FEW
@given(portfolios())
def test_an_account_gets_at_most_one_contact_and_what_moves_says_so(
    tables: dict[str, list[Row]],
) -> None:
    made = plan(frames(**tables))
    debtors = [contact.debtor_id for contact in made.contacts]
    assert len(debtors) == len(set(debtors))
    moved = sorted(line.case_id for contact in made.contacts for line in contact.lines)
    said = made.answers.filter(pl.col("action") == "contact")["case_id"].to_list()
    assert moved == said


@FEW
@given(portfolios())
def test_a_wait_has_an_end_after_today_and_a_reason(tables: dict[str, list[Row]]) -> None:
    made = plan(frames(**tables))
    early = made.answers.filter(pl.col("until") <= TODAY)
    assert early.is_empty()


@FEW
@given(portfolios())
def test_the_day_that_is_promised_is_the_first_on_which_the_rules_say_otherwise(
    tables: dict[str, list[Row]],
) -> None:
    """Days counted on one by one by the naive interpreter, until it says something else."""
    made = plan(frames(**tables))
    rules = rulebook()
    rows = {row["case_id"]: row for row in made.facts.to_dicts()}
    for answer in made.answers.filter(pl.col("action") == "nothing yet").to_dicts():
        row = rows[answer["case_id"]]
        now = interpret(policy(), row)
        changes = (
            days for days in range(1, 70) if interpret(policy(), _later(row, days, rules)) != now
        )
        expected = next(changes, None)
        if expected is None:
            assert answer["until"] is None or answer["until"] >= TODAY + timedelta(days=70)
        else:
            assert answer["until"] == TODAY + timedelta(days=expected)


# -- the naive reading of a round ---------------------------------------------------------------

FREE = Limits(gather=LIMITS.gather)


@FEW
@given(portfolios())
def test_contacts_agree_with_the_naive_reading(tables: dict[str, list[Row]]) -> None:
    everywhere = [
        {**row, "email": "a@roux.example", "address": "4 rue", "phone": "+33140000001"}
        for row in tables["debtors"]
    ]
    events = [row for row in tables["events"] if row["kind"] != "opted_out"]
    world = frames(
        debtors=everywhere, invoices=tables["invoices"], lines=tables["lines"], events=events
    )
    rules = rulebook(policy(limits=FREE, safety=Safety()))
    made = plan(world, rules)
    found = {
        contact.leader: ([(line.case_id, line.step) for line in contact.lines], contact.listed)
        for contact in made.contacts
    }
    assert found == _naive(made, rules)


def _naive(made: Plan, rules: Rulebook) -> dict[int, tuple[list[tuple[int, str]], tuple[int, ...]]]:
    (only,) = rules.active
    rows = sorted(made.facts.to_dicts(), key=lambda row: (row["debtor_id"], row["case_id"]))
    found = {}
    for _, group in groupby(rows, key=lambda row: row["debtor_id"]):
        cases = [row for row in group if row["legal_kind"] == "business"]
        due = {row["case_id"]: step for row in cases if (step := _step(row, only)) is not None}
        if not due:
            continue
        leading = max(
            (row for row in cases if row["case_id"] in due),
            key=lambda row: (
                due[row["case_id"]],
                row["signed_late"],
                row["owed"],
                -row["case_id"],
            ),
        )
        rung = due[leading["case_id"]]
        lines = [
            (row["case_id"], STEPS[step])
            for row in cases
            if (step := _carried(row, rung, due.get(row["case_id"]), only, rules)) is not None
        ]
        moved = {case for case, _ in lines}
        listed = [
            row["case_id"]
            for row in cases
            if row["signed_late"] > 0 and row["case_id"] not in moved
        ]
        found[leading["case_id"]] = (lines, tuple(listed))
    return found


def _carried(
    row: Mapping[str, Any], rung: int, own: int | None, only: Policy, rules: Rulebook
) -> int | None:
    """The rung by which the leader's contact moves a case; None: it only stands below, if at all.

    The last rung is the formal notice: it has legal effect and takes nobody along.
    """
    last = len(STEPS) - 1
    if rung == last:
        return own if own == last else None
    if own is not None:
        return own
    verdict = interpret(only, row)
    if verdict.stop is not None or verdict.hand_over is not None or row["signed_late"] < 1:
        return None
    early = _step(_later(row, only.limits.gather, rules), only)
    return early if early is not None and early <= rung else None


def _step(row: Mapping[str, Any], only: Policy) -> int | None:
    """The rung to which a case moves by itself, by contact; None where it does not."""
    verdict = interpret(only, row)
    if verdict.stop is not None or verdict.hand_over is not None or verdict.choice is None:
        return None
    rule = only.choices[verdict.choice]
    return STEPS.index(rule.id.split("/")[0]) if isinstance(rule.then, Contact) else None


def _later(row: Mapping[str, Any], days: int, rules: Rulebook) -> dict[str, Any]:
    late = row["signed_late"] + days
    moved = {
        "days_late": max(late, 0),
        "days_before_due": -late if late <= 0 else None,
        "days_since_step": None
        if row["days_since_step"] is None
        else row["days_since_step"] + days,
        "limitation_days": row["limitation_days"] - days,
    }
    assert moved.keys() <= rules.facts.keys()
    return {**row, **moved}


# -- the cost of those who do not act -----------------------------------------------------------


def _idle(count: int) -> Frames:
    """That many cases of which nothing is wanted: half not due, half in dispute."""
    numbers = pl.int_range(1, count + 1, eager=True)
    seed = frames(
        debtors=[{}],
        invoices=[{"late": -5}],
        events=[{"kind": "dispute_settled", "invoice_id": 1}],
    )
    repeated = {
        name: pl.concat([seed[name]] * count).with_columns(id=numbers)
        for name in ("debtors", "invoices", "events")
    }
    repeated["invoices"] = repeated["invoices"].with_columns(
        debtor_id=numbers, number=pl.format("F{}", numbers)
    )
    repeated["events"] = repeated["events"].with_columns(debtor_id=numbers, invoice_id=numbers)
    return {**seed, **repeated}


def _calls(world: Frames) -> int:
    """Python functions entered while a plan is made."""
    rules = rulebook(policy(steps=LADDER))
    entered = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal entered
        entered += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        made = plan(world, rules, legal=LEGAL)
    finally:
        sys.setprofile(before)
    assert made.answers.height == world["invoices"].height
    return entered


def test_cases_that_do_not_act_cost_no_python() -> None:
    _calls(_idle(10))  # what is read once and kept (calendars) is read here
    assert _calls(_idle(20_000)) <= _calls(_idle(1_000)) * 1.02
