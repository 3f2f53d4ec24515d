"""Decided, written, crashed, decided again: what is written stays in hand and is planned once.

Whatever state a message was left in, by a crash, a person or a provider, the next plan says of each
of its cases whose turn it is, and plans nothing for it; the columns, the generated function and the
naive interpreter say so of one mind.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatcher.decide.explain_text import turn_words
from dispatcher.decide.plan import Plan
from dispatcher.model.message import NOTHING_REACHED, UNFINISHED, State
from dispatcher.policy.function import compile_policy
from dispatcher.policy.interpret import interpret
from tests.decide.decide_world import REACH, TODAY, Row, answer, frames, plan, policy, rulebook
from tests.decide.test_decide_properties import FEW, portfolios


#: Whose turn it is, by where the message stands.
TURNS: Final[Mapping[State, str]] = {
    State.AWAITING: "person",  # or the roles that the step names
    State.PLANNED: "relance",
    State.DEFERRED: "relance",
    State.SENDING: "relance",
    State.UNKNOWN: "person",
    State.HOLD: "person",
    State.QUARANTINED: "person",
}

WORDS: Final = {
    "relance": ("leaves by itself", "part tout seul"),
    "person": ("anybody of ours", "l'un de nous"),
}

Tables = Mapping[str, Sequence[Row]]


def written(tables: Tables, made: Plan, states: Sequence[State]) -> dict[str, Sequence[Row]]:
    """The tables after the plan's messages were written and came to these states, in turn."""
    messages, lines = list(tables.get("messages", [])), list(tables.get("lines", []))
    for number, contact in enumerate(made.contacts):
        state = states[number % len(states)]
        reached = state not in NOTHING_REACHED
        messages.append(
            {
                "id": 1000 + number,
                "debtor_id": contact.debtor_id,
                "channel": contact.channel,
                "policy": contact.policy,
                "rule": contact.rule,
                "state": state.value,
                "planned_on": TODAY,
                "contact_on": TODAY if state in {State.SENDING, State.UNKNOWN} else None,
            }
        )
        lines += [
            {
                "id": 1000 * (number + 1) + place,
                "message_id": 1000 + number,
                "invoice_id": line.case_id,
                "step": line.step,
                "choice": line.choice,
                "cycle": line.cycle,
                "channel": contact.channel,
                "state": state.value,
                "live": reached,
            }
            for place, line in enumerate(contact.lines)
        ]
    return {**tables, "messages": messages, "lines": lines}


ONE: Final[Tables] = {"debtors": [{}], "invoices": [{"late": 10}]}


def test_every_unfinished_state_has_its_turn() -> None:
    assert TURNS.keys() == UNFINISHED


@pytest.mark.parametrize("state", TURNS)
def test_a_case_says_whose_turn_it_is(state: State) -> None:
    again = plan(frames(**written(ONE, plan(frames(**ONE)), [state])))
    found = answer(again)
    told = (found["action"], found["rule"], found["turn"], found["since"])
    assert told == ("under way", "reminder/standard", TURNS[state], TODAY)
    for lang, words in zip(("en", "fr"), WORDS[TURNS[state]], strict=True):
        assert turn_words(found["turn"], lang) == words


#: What else may stand in the way; what is in hand stays in hand.
AROUND: Final[Mapping[str, tuple[Tables, Mapping[str, Any]]]] = {
    "its channel was closed": (
        {"events": [{"kind": "channel_closed", "detail": "email"}]},
        {},
    ),
    "its provider is out of order": ({}, {"reach": REACH - {"email"}}),
    "no provider works at all": ({}, {"reach": frozenset()}),
}


@pytest.mark.parametrize("state", TURNS)
@pytest.mark.parametrize(("more", "day"), AROUND.values(), ids=AROUND)
def test_nothing_else_is_planned_beside_what_is_in_hand(
    state: State, more: Tables, day: Mapping[str, Any]
) -> None:
    tables = {**written(ONE, plan(frames(**ONE)), [state]), **more}
    again = plan(frames(**tables), **day)
    assert (again.contacts, answer(again)["turn"]) == ((), TURNS[state])


@pytest.mark.parametrize(("more", "day"), AROUND.values(), ids=AROUND)
def test_what_reached_nobody_goes_another_way_or_tells_a_person(
    more: Tables, day: Mapping[str, Any]
) -> None:
    tables = {**written(ONE, plan(frames(**ONE)), [State.EXPIRED]), **more}
    found = answer(plan(frames(**tables), **day))
    assert found["channel"] != "email"
    assert found["channel"] or found["task"] == "find-contact"


@FEW
@given(portfolios(), st.permutations(sorted(UNFINISHED)))
def test_a_plan_written_before_a_crash_is_not_made_twice(
    tables: dict[str, list[Row]], states: list[State]
) -> None:
    made = plan(frames(**tables))
    assert plan(frames(**tables)).digest == made.digest
    again = plan(frames(**written(tables, made, states)))
    rules, (only,) = rulebook(), (policy(),)
    decide = compile_policy(only, rules.facts)
    known = {row["case_id"]: row for row in again.facts.to_dicts()}
    for number, contact in enumerate(made.contacts):
        for line in contact.lines:
            found = answer(again, line.case_id)
            told = (found["action"], found["turn"], found["rule"])
            turn = TURNS[states[number % len(states)]]
            if states[number % len(states)] is State.AWAITING and contact.needs_approval:
                turn = ", ".join(contact.needs_approval)
            assert told == ("under way", turn, f"{line.step}/{line.choice}")
            facts = known[line.case_id]
            assert decide(facts) == interpret(only, facts)
            assert interpret(only, facts).stop is None
    taken = {line.case_id for contact in made.contacts for line in contact.lines}
    assert not taken & {line.case_id for contact in again.contacts for line in contact.lines}


@FEW
@given(portfolios(), st.sampled_from(sorted(NOTHING_REACHED - {State.BOUNCED, State.FAILED})))
def test_what_ended_before_it_left_is_planned_as_if_it_had_never_been(
    tables: dict[str, list[Row]], state: State
) -> None:
    made = plan(frames(**tables))
    again = plan(frames(**written(tables, made, [state])))
    assert again.answers.select(pl.exclude("until")).equals(
        made.answers.select(pl.exclude("until"))
    )
    assert again.contacts == made.contacts
