"""What people ask: what would happen, why a case answers what it answers, what happened to it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from dispatcher import other_days
from dispatcher.app import decide, recall, take_in, unanswered
from dispatcher.caution import out_of_usual
from dispatcher.decide.closed import closed_channels
from dispatcher.decide.explain import explain
from dispatcher.decide.explain_text import as_lines, channel_words, day_words
from dispatcher.decide.plan import Plan
from dispatcher.errors import BadInput, WantsPerson
from dispatcher.house import Came, House
from dispatcher.messages.accounts import accounts_of
from dispatcher.messages.correspondence import absent_files, encloses
from dispatcher.messages.replies import NOTHING, Replies
from dispatcher.model.event import EventKind
from dispatcher.model.message import State
from dispatcher.model.problem import Problem
from dispatcher.problems.registry import phrase
from dispatcher.store.history import Happened, HistoryRow
from dispatcher.why_not import why_not


#: What people say about holding a case; the newest word counts.
PAUSES: Final = (EventKind.PAUSED, EventKind.RESUMED)

#: Where a message lies until a person leads it out.
LIES: Final = (State.QUARANTINED, State.HOLD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would come in, what a run would do, and what would keep it from starting."""

    came: tuple[Came, ...]
    plan: Plan
    doubts: tuple[Problem, ...] = ()
    replies: Replies = NOTHING  # answers to what has happened


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A hold that a person put on a case; without `until` it lasts until he takes it away."""

    person: str
    since: date
    until: date | None
    reason: str


def preview(house: House) -> Preview:
    """The day as it would go; for a house on a copy that is thrown away."""
    doubts: tuple[Problem, ...] = ()
    try:
        came = take_in(house)
    except WantsPerson as error:
        doubts = error.problems
        came = take_in(house, accepted=[source.name for source in house.settings.sources])
    recall(house)
    plan = decide(house)
    doubts = (*doubts, *out_of_usual(house, plan), *_absent(house, plan))
    return Preview(came=came, plan=plan, doubts=doubts, replies=_replies(house, plan))


def _replies(house: House, plan: Plan) -> Replies:
    """What a run would answer; it writes down first which policy each account has."""
    if not unanswered(house).happened:
        return NOTHING
    house.book.follow(None, plan.stands, now=house.clock.now())
    return unanswered(house)


def _absent(house: House, plan: Plan) -> Iterator[Problem]:
    """The files that will not go along with the e-mails of a plan."""
    contacts = [each for each in plan.contacts if encloses(house.library, each)]
    if not contacts:
        return
    today, debtors = house.clock.today(), {contact.debtor_id for contact in contacts}
    frames = house.book.frames(sorted(debtors))
    facts = plan.facts_of(debtors)
    accounts = accounts_of(frames, facts, house.settings, debtors, today=today)
    for contact in contacts:
        yield from absent_files(contact, accounts, house.library, house.settings)


def explained(
    house: House, name: str, lang: str, *, chosen: bool = False, rule: str = ""
) -> list[str]:
    """Why a case answers what it answers, in lines for a person.

    With `chosen` a day before today is that of its runs, and a later one looks ahead. With `rule`
    (`why_not.why_not`) how near that rule is to answering instead.

    Raises:
        BadInput: no open case has that name, no run was on that day, no rule is meant by that
            name, or it is asked of a day that is past.
        StoreFault: the answers of that day are missing or are not those of the trail.
    """
    when = other_days.tense(house) if chosen else other_days.Tense.PRESENT
    replies = NOTHING
    if when is other_days.Tense.PAST:
        if rule:
            fields = {"day": str(house.clock.today())}
            raise BadInput(Problem(code="why/past", fields=fields))
        case = case_named(house, name)
        run, found = other_days.answered(house, case, name)
        head = _on("explain/past", house, lang, run=str(run.id))
    else:
        seen = preview(other_days.unchanged(house) if when is other_days.Tense.FUTURE else house)
        plan, replies = seen.plan, seen.replies
        case = case_named(house, name)
        if plan.answers.filter(pl.col("case_id") == case).is_empty():
            raise _no_case(name)
        found = explain(case, plan, house.rulebook, today=house.clock.today())
        head = _on("explain/future", house, lang) if when is other_days.Tense.FUTURE else []
        if rule:
            return [*head, *why_not(house, plan, found, case_id=case, name=rule, lang=lang)]
    lines = [*head, *as_lines(found, lang=lang), *_held_lines(held(house, case), lang)]
    if when is not other_days.Tense.PAST:
        lines += _lying_lines(house, case, lang)
        lines += _closed_lines(house, case, lang)
    return [*lines, *_answered_lines(replies, case, lang)]


def _closed_lines(house: House, case: int, lang: str) -> Iterator[str]:
    """The channels that the debtor is out of, since when and by which evidence."""
    debtor = house.book.case(case).debtor_id
    closed = closed_channels(house.book.frames([debtor]), today=house.clock.today())
    for row in closed.sort("channel").iter_rows(named=True):
        fields = {
            "channel": channel_words(row["channel"], lang) if row["channel"] else "*",
            "why": phrase(f"decide/reason/{row['why']}", lang),
            "evidence": house.book.why_closed(debtor, row["channel"]) or "-",
        }
        if row["since"] is None:
            yield phrase("explain/closed-undated", lang, **fields)
        else:
            yield phrase("explain/closed", lang, since=str(row["since"]), **fields)


def _lying_lines(house: House, case: int, lang: str) -> Iterator[str]:
    """The messages of a case that lie aside until a person leads them out."""
    for row in house.book.history(case):
        if row.happened is Happened.STATE and row.what in LIES:
            yield phrase(f"explain/lies-{row.what}", lang, number=f"M{row.message_id}")


def _answered_lines(replies: Replies, case: int, lang: str) -> Iterator[str]:
    """What is said at once about what has happened to a case, and what is not."""
    for each in replies.contacts:
        if each.reply is not None and case in {each.leader, *each.reply.cases}:
            channel = channel_words(each.channel, lang)
            yield phrase("explain/reply", lang, rule=each.rule, channel=channel)
    of_case = {each.event_id: each.kind for each in replies.happened if each.case_id == case}
    for unsaid in replies.unsaid:
        if unsaid.event_id in of_case:
            event = phrase(f"event/{of_case[unsaid.event_id]}", lang)
            why = phrase(f"explain/unsaid-{unsaid.why}", lang)
            yield phrase("explain/no-reply", lang, event=event, why=why)


def _on(name: str, house: House, lang: str, **fields: str) -> list[str]:
    return [phrase(name, lang, day=day_words(house.clock.today(), lang), **fields)]


def _held_lines(hold: Held | None, lang: str) -> list[str]:
    """Who holds the case, since when and why; nothing where nobody does."""
    if hold is None:
        return []
    told = {"person": hold.person, "since": str(hold.since), "reason": hold.reason}
    name = "hold/explained" if hold.until is None else "hold/explained-until"
    return [phrase(name, lang, **told, until=str(hold.until))]


def held(house: House, case: int) -> Held | None:
    """The hold by a person that lasts today, or None."""
    today = house.clock.today()
    told = [
        (row.day, row.event_id or 0, row)
        for row in house.book.history(case)
        if row.what in PAUSES and row.day is not None and row.day <= today
    ]
    if not told:
        return None
    since, _, newest = max(told, key=lambda word: word[:2])  # of one day the later word
    until = date.fromisoformat(newest.fields["until"]) if "until" in newest.fields else None
    if newest.what != EventKind.PAUSED or (until is not None and until < today):
        return None
    fields = newest.fields
    return Held(
        person=fields.get("person", ""), since=since, until=until, reason=fields.get("note", "")
    )


def history_of(house: House, name: str) -> tuple[HistoryRow, ...]:
    """Everything that happened to a case, oldest first.

    Raises:
        BadInput: no case has that name.
    """
    return house.book.history(case_named(house, name))


def case_named(house: House, name: str) -> int:
    """The case of an invoice number, or of `number/term`; a number may hold a slash itself.

    Raises:
        BadInput: no case has that name.
    """
    found = house.book.case_id(name)
    number, _, term = name.rpartition("/")
    if found is None and number and term.isascii() and term.isdigit():
        found = house.book.case_id(number, int(term))
    if found is None:
        raise _no_case(name)
    return found


def _no_case(name: str) -> BadInput:
    return BadInput(Problem(code="run/no-case", fields={"value": name}))
