"""One day, decided debtor by debtor in plain Python: a second writing of `language.md` section 4.

Facts are given (the language says what rules make of them); everything else is read from the rows
of the book: policy, stops, work in hand, hand-over, steps, round, channel, gates, capacity,
answers. It is meant to be read beside the language; speed is of no interest here. Cases by
themselves stand in `reference_cases`, rounds and limits in `reference_rounds`, channels and days
in `reference_gates`, conditions in `reference_rules`.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tests.agreement.reference_cases import (
    Case,
    Day,
    Said,
    answer_alone,
    choose_step,
    hand_over,
    open_case,
)
from tests.agreement.reference_gates import day_off
from tests.agreement.reference_rounds import (
    Move,
    Round,
    find_round,
    hand_out,
    reaches,
    take_turns,
)


Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What the day says: an answer per case, and the rounds that leave today."""

    answers: Mapping[int, Said]
    contacts: tuple[Round, ...]
    again: Mapping[int, tuple[str, ...]]  # case -> the steps that it does once more


def read_day(day: Day) -> Reading:
    """Order: stops; work in hand; hand_over; start and steps; rounds, channels and limits."""
    cases: list[Case] = []
    rounds: list[Round] = []
    open_items = _by(day.tables["invoices"], "debtor_id")
    for debtor in day.tables["debtors"]:
        his: list[Round] = []
        mine = [row for row in open_items.get(debtor["id"], []) if row["balance"] > 0]
        for account in _by(mine, "currency").values():
            found = [open_case(row, day) for row in account]
            answer_alone(found, day)
            hand_over(found, debtor, day)
            choose_step(found, day)
            his += find_round(found, debtor, day)
            cases += found
        take_turns(his, debtor, mine, day)
        rounds += his
    hand_out(rounds, day)
    for one in rounds:
        _answer_round(one, day)
    going = [one for one in rounds if one.reached.channel and one.day == day.today]
    return Reading(
        answers={case.id: _said(case, day) for case in cases},
        contacts=tuple(sorted(going, key=lambda one: one.leader.id)),
        again={case.id: case.again for case in cases if case.again},
    )


def _by(rows: Iterable[Row], name: str) -> dict[Any, list[Row]]:
    found: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[name]].append(row)
    return found


# -- answers ------------------------------------------------------------------------------------


def _answer_round(one: Round, day: Day) -> None:
    """The answers of the cases in a round, by what became of its contact."""
    goes = bool(one.reached.channel) and one.day == day.today
    for move in one.moves:
        if goes:
            move.case.said = Said(
                action="contact",
                rule=move.rule.id,
                step=move.step,
                channel=one.reached.channel,
                carried_by=None if move.case is one.leader else one.leader.id,
            )
        elif move.due:
            move.case.said = _not_going(one, move)
    for case in one.left:
        rule = case.ruling.choice
        assert rule is not None
        if one.reached.channel and not reaches(case, one.debtor, day):
            case.said = Said(action="task", rule=rule.id, reason="no-channel", task="find-contact")
            continue
        pause = max(one.policy.limits.after.get(one.step, 0), one.policy.limits.gap, 1)
        start = one.day if one.reached.channel else day.today
        until = start + timedelta(days=pause)
        assert case.ruling.step is not None
        while day_off(until, one.debtor, one.policy.limits, case.ruling.step.id):
            until += timedelta(days=1)
        case.said = Said(action="wait", rule=rule.id, reason="round", until=until)


def _not_going(one: Round, move: Move) -> Said:
    if one.reached.channel:
        return Said(action="wait", rule=move.rule.id, reason=one.gate, until=one.day)
    leading = one.leader.ruling.choice
    assert leading is not None
    # One task per debtor and rule, listing his cases: the rule that found no channel.
    return Said(action="task", rule=leading.id, reason="no-channel", task="find-contact")


def _said(case: Case, day: Day) -> Said:
    assert case.said is not None, f"case {case.id} has no answer on {day.today}"
    case.said.policy = "" if case.policy is None else case.policy.name
    return case.said
