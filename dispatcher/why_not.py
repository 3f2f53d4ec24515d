"""Why a rule does not answer a case today: how near it is, and what would still put it off."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import polars as pl

from dispatcher.decide import gates
from dispatcher.decide.explain import Explanation
from dispatcher.decide.explain_text import answer_lines, channel_words, day_words, reason_words
from dispatcher.decide.plan import Plan
from dispatcher.decide.wording import DECIDED
from dispatcher.errors import BadInput
from dispatcher.house import House
from dispatcher.model.decision import Action
from dispatcher.model.problem import Problem
from dispatcher.policy.terms import Contact, Policy, Rule, Wait
from dispatcher.problems.registry import phrase
from dispatcher.problems.suggest import nearest as nearest_word
from dispatcher.prove.exact.diagram import OverBudget
from dispatcher.prove.exact.freed import Freed, freed
from dispatcher.prove.exact.nearest import Nearest, is_channel, nearest, rules_named, wanted
from dispatcher.prove.exact.nearest_text import as_lines
from dispatcher.prove.exact.reach import channel_of
from dispatcher.prove.exact.table import Table, analyse
from dispatcher.prove.words.sentences import wording_of
from dispatcher.prove.words.wording import Wording


MORNING: Final = time(8)  # when a day to come is looked at

#: Holds and waits that no rule of the policy makes.
BESIDES: Final = frozenset({"credit", "contradiction", "no-policy", "unknown-step", "hand-over"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What was asked of one case, and where the answer is looked for."""

    house: House
    plan: Plan
    case_id: int
    explained: Explanation
    name: str
    lang: str

    @property
    def own(self) -> Policy | None:
        return self.explained.policy

    def say(self, name: str, /, **fields: str) -> str:
        return phrase(f"why/{name}", self.lang, **fields)


def why_not(
    house: House, plan: Plan, explained: Explanation, *, case_id: int, name: str, lang: str
) -> list[str]:
    """What the case answers, and the smallest change after which a rule so named would answer.

    `name` is a rule, a pattern with `*`, a step, a layer (`stops`, `hand_over`) or a channel.

    Raises:
        BadInput: no rule is meant by that name, or the policy is too large to look at.
    """
    asked = _Asked(
        house=house, plan=plan, case_id=case_id, explained=explained, name=name, lang=lang
    )
    return [*answer_lines(explained, lang=lang), *_lines(asked)]


def _lines(asked: _Asked) -> Iterator[str]:
    policy = _policy(asked)
    yield from _other_policy(asked, policy)
    if _answers(asked, policy):
        yield asked.say("answers", rule=asked.explained.answer["rule"])
        return
    yield from _besides(asked)
    free = freed(asked.explained.case, policy) if policy is asked.own else None
    found = _nearest(asked, policy, free)
    if found is None:
        yield asked.say("never", rule=asked.name)
    elif not found.days and not found.changed:
        if not _reason_besides(asked):
            yield asked.say("only-limits", rule=found.rule)
    else:
        words = wording_of(policy, asked.house.rulebook.facts, lang=asked.lang)
        if free is not None and not found.rule.startswith("stops/"):
            yield _clock(asked, free, words)
        yield from as_lines(found, words, today=asked.explained.today)
        yield from _afterwards(asked, policy, found)


def _clock(asked: _Asked, free: Freed, words: Wording) -> str:
    """What the end of a stop does to the days since the last step."""
    if free.back_to:
        return asked.say("goes-back", step=words.step(free.back_to))
    return asked.say("restarts")


# -- which rules are meant ----------------------------------------------------------------------


def _policy(asked: _Asked) -> Policy:
    """The policy whose rules are meant: the case's own, else the first one of its currency."""
    currency = asked.explained.answer["currency"]
    others = [each for each in asked.house.rulebook.active if each.currency == currency]
    for policy in (*([asked.own] if asked.own else []), *others):
        if rules_named(asked.name, policy):
            return policy
    known = dict.fromkeys(step.id for policy in others for step in policy.steps)
    fields = {
        "value": asked.name,
        "allowed": ", ".join(known),
        "policy": (asked.own or others[0]).name if asked.own or others else "",
    }
    meant = nearest_word(asked.name, list(known))
    raise BadInput(Problem(code="why/no-rule", fields=fields, suggestion=meant))


def _other_policy(asked: _Asked, policy: Policy) -> Iterator[str]:
    if asked.own is not None and policy.name != asked.own.name:
        yield asked.say("other-policy", policy=policy.name, own=asked.own.name)


def _answers(asked: _Asked, policy: Policy) -> bool:
    """Whether a rule that is meant acts today, or holds the case."""
    answer = asked.explained.answer
    rule = next((rule for rule in _rules(policy) if rule.id == answer["rule"]), None)
    if rule is None or policy is not asked.own:
        return False
    meant = rule.id in rules_named(asked.name, policy)
    by = answer["channel"] in {asked.name, ""} or not is_channel(asked.name, policy)
    acts = answer["action"] not in (Action.WAIT.value, Action.UNDER_WAY.value)
    waits = answer["action"] == Action.WAIT.value and isinstance(rule.then, Wait)
    return meant and by and (acts or waits)


def _rules(policy: Policy) -> tuple[Rule, ...]:
    return (*policy.stops, *policy.hand_over, *policy.choices)


def _reason_besides(asked: _Asked) -> str:
    """What no rule says and has to end before any rule is asked; empty: nothing."""
    answer = asked.explained.answer
    if answer["action"] == Action.UNDER_WAY.value:
        return asked.say("under-way")
    reason = answer["reason"]
    return reason_words(reason, asked.lang) if reason in {*BESIDES, DECIDED} else ""


def _besides(asked: _Asked) -> Iterator[str]:
    reason = _reason_besides(asked)
    if reason:
        yield asked.say("besides", reason=reason)


# -- how near it is -----------------------------------------------------------------------------


def _nearest(asked: _Asked, policy: Policy, free: Freed | None) -> Nearest | None:
    """The nearest case that the rule answers.

    Raises:
        BadInput: the policy is too large to look at every case.
    """
    case = asked.explained.case
    try:
        table = analyse(policy, asked.house.rulebook)
        node = wanted(asked.name, table)
        if free is None or _is_stop(asked, table):
            return nearest(table, node, case)
        return nearest(table, node, free.case, today=case)
    except OverBudget:
        raise BadInput(Problem(code="why/too-large", fields={"policy": policy.name})) from None


def _is_stop(asked: _Asked, table: Table) -> bool:
    return all(rule.startswith("stops/") for rule in rules_named(asked.name, table.policy))


# -- what comes after the rules -----------------------------------------------------------------


def _afterwards(asked: _Asked, policy: Policy, found: Nearest) -> Iterator[str]:
    """The channel of a contact, and the limit that would still put it off."""
    rule = next((rule for rule in policy.choices if rule.id == found.rule), None)
    if rule is None or not isinstance(rule.then, Contact):
        return
    channel = channel_of(rule.then, found.case, frozenset(asked.house.rulebook.facts))
    if not channel:
        yield asked.say("no-channel")
        return
    yield asked.say("by", channel=channel_words(channel, asked.lang))
    day = asked.explained.today + timedelta(days=found.days)
    gated = _gated(asked, policy, rule, channel, day)
    if gated["day"] is not None and gated["day"] > day:
        until = day_words(gated["day"], asked.lang)
        yield asked.say("postponed", day=until, reason=reason_words(gated["gate"], asked.lang))


def _gated(asked: _Asked, policy: Policy, rule: Rule, channel: str, day: date) -> Mapping[str, Any]:
    """The day that limits leave open to such a contact on that day, and which limit says so."""
    facts = asked.plan.facts.filter(pl.col("case_id") == asked.case_id)
    step = rule.id.partition("/")[0]
    legal = isinstance(rule.then, Contact) and rule.then.template in asked.house.legal
    contact = facts.with_columns(
        leader="case_id",
        policy=pl.lit(policy.name),
        step=pl.lit(step),
        channel=pl.lit(channel),
        also=pl.lit(None, dtype=pl.String),
        legal=pl.lit(legal),
        position=pl.lit([each.id for each in policy.steps].index(step)),
    ).select(gates.READ)
    debtor = contact["debtor_id"].to_list()
    found = gates.dated(
        contact,
        asked.plan.facts_of(debtor),
        asked.house.book.frames(debtor),
        asked.house.rulebook,
        today=day,
        now=_instant(asked, day),
    )
    return found.contacts.row(0, named=True)


def _instant(asked: _Asked, day: date) -> datetime:
    """When that day is looked at: now, or in the morning of a day to come."""
    if day == asked.explained.today:
        return asked.house.clock.now()
    zone = ZoneInfo(asked.house.settings.timezone)
    return datetime.combine(day, MORNING, zone).astimezone(UTC)
