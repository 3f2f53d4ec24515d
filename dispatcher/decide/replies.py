"""What is sent at once when something happens: outside ladder, rounds and caps, once per event."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any, Final

import polars as pl

from dispatcher.decide import calendars, history
from dispatcher.decide.act import DUE_IN, end_of, start_of
from dispatcher.decide.addresses import NEEDS, addresses
from dispatcher.decide.channels import contact_rules
from dispatcher.decide.closed import closed_channels
from dispatcher.decide.open_days import quiet_until
from dispatcher.model.event import EventKind
from dispatcher.model.message import Tone
from dispatcher.model.plan import PlannedContact
from dispatcher.model.reply import Happening, Reply
from dispatcher.model.settings import Settings
from dispatcher.policy.terms import Policy, Rulebook
from dispatcher.ports import Frames


#: Facts of a debtor that a source tells and after which nobody answers him.
ENDED: Final = ("insolvency", "deceased")

YES: Final = frozenset({"true", "yes", "1"})

WRITTEN: Final = ("email",)  # how the notes of a call or visit follow it

#: What takes back what was said: the newest event of a case speaks.
OVER: Final[Mapping[EventKind, frozenset[EventKind]]] = {
    EventKind.DISPUTE_OPENED: frozenset({EventKind.DISPUTE_SETTLED, EventKind.DISPUTE_OPENED}),
    EventKind.PLAN_AGREED: frozenset(
        {EventKind.PLAN_AGREED, EventKind.PLAN_MISSED, EventKind.PLAN_ENDED}
    ),
    EventKind.PROMISE_MADE: frozenset({EventKind.PROMISE_MADE}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsaid:
    """An event that is not answered although its policy would, and why."""

    event_id: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Says:
    """How a policy answers an event."""

    policy: Policy
    rule: str
    channels: Sequence[str]
    template: str
    tone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _World:
    """What is looked at for every event."""

    frames: Frames
    rulebook: Rulebook
    settings: Settings
    today: date
    now: datetime
    reach: frozenset[str]
    place: str
    debtors: Mapping[int, dict[str, Any]]
    to: Mapping[int, dict[str, Any]]
    shut: Mapping[tuple[int, str], str]
    prefers: Mapping[int, str]
    placed: Mapping[tuple[int, str], str]
    zones: Mapping[int, str]


def planned_replies(
    happened: Sequence[Happening],
    frames: Frames,
    rulebook: Rulebook,
    settings: Settings,
    *,
    today: date,
    now: datetime,
    reach: frozenset[str],
    place: str,
) -> tuple[tuple[PlannedContact, ...], tuple[Unsaid, ...]]:
    """The answers to these events, and those that are not given although a policy asks for them.

    `frames` hold the debtors of the events; `place` is the creditor's territory. What an answer
    says of its occasion is filled in by whoever puts it into words.
    """
    if not happened:
        return (), ()
    world = _world(frames, rulebook, settings, today=today, now=now, reach=reach, place=place)
    contacts, unsaid = list[PlannedContact](), list[Unsaid]()
    for each in happened:
        found = _answer(each, world)
        if isinstance(found, PlannedContact):
            contacts.append(found)
        elif found:
            unsaid.append(Unsaid(event_id=each.event_id, why=found))
    return tuple(contacts), tuple(unsaid)


def _world(
    frames: Frames,
    rulebook: Rulebook,
    settings: Settings,
    *,
    today: date,
    now: datetime,
    reach: frozenset[str],
    place: str,
) -> _World:
    debtors = frames["debtors"]
    closed = closed_channels(frames, today=today)
    territory = calendars.territory(pl.col("country"), pl.col("postcode"))
    zones = debtors.select("id", zone=calendars.zone(territory, home=settings.timezone))
    placed = frames["placements"].select("debtor_id", "currency", "policy")
    return _World(
        frames=frames,
        rulebook=rulebook,
        settings=settings,
        today=today,
        now=now,
        reach=reach,
        place=place,
        debtors={row["id"]: row for row in debtors.iter_rows(named=True)},
        to={row["debtor_id"]: row for row in addresses(debtors).iter_rows(named=True)},
        shut={(row[0], row[1]): row[2] for row in closed.iter_rows()},
        prefers=dict(history.preferred(frames["events"], today=today).iter_rows()),
        placed={(debtor, currency): name for debtor, currency, name in placed.iter_rows()},
        zones=dict(zones.iter_rows()),
    )


def _answer(each: Happening, world: _World) -> PlannedContact | str:
    """The answer, or why there is none; empty where nobody asks for one."""
    reply = _reply(each, world)
    says = None if reply is None else _says(each, reply, world)
    if reply is None or says is None:
        return ""
    why = _ended(each, world) or ("" if STILL[EventKind(each.kind)](each, world) else "no-more")
    if why:
        return why
    way = _channel(each.debtor_id, says.channels, world)
    return "no-channel" if way is None else _contact(each, reply, says, way, world)


def _contact(
    each: Happening, reply: Reply, says: _Says, way: tuple[str, str], world: _World
) -> PlannedContact:
    channel, to = way
    zone = world.zones[each.debtor_id]
    quiet = quiet_until(world.now, zone, says.policy.limits.quiet_hours.get(channel))
    timezone = world.settings.timezone
    return PlannedContact(
        debtor_id=each.debtor_id,
        leader=each.case_id or (reply.cases[0] if reply.cases else 0),
        channel=channel,
        to=to,
        policy=says.policy.name,
        policy_hash=says.policy.hash,
        rule=says.rule,
        step="",
        template=says.template,
        tone=says.tone,
        lines=(),
        not_before=quiet or start_of(world.today, timezone),
        valid_until=end_of(calendars.after(world.today, DUE_IN, world.place), timezone),
        reply=reply,
    )


# -- who answers --------------------------------------------------------------------------------


def _reply(each: Happening, world: _World) -> Reply | None:
    """What is answered; None where the call or the account of it is not known any more."""
    if each.kind == EventKind.SPOKEN:
        return _of_call(each, world)
    cases = _claimed(each, world)
    return Reply(event_id=each.event_id, cases=cases, currency=each.currency)


def _of_call(each: Happening, world: _World) -> Reply | None:
    if each.message_id is None:
        return None
    lines = world.frames["lines"].filter(pl.col("message_id") == each.message_id)
    invoices = world.frames["invoices"].filter(pl.col("id").is_in(lines["invoice_id"].implode()))
    if invoices.is_empty():
        return None
    cases = tuple(sorted(invoices["id"].to_list()))
    currency = str(invoices["currency"][0])
    return Reply(event_id=each.event_id, cases=cases, currency=currency, main_id=each.message_id)


def _claimed(each: Happening, world: _World) -> tuple[int, ...]:
    """The open cases that the words are about: that of the event, or what is still to be paid."""
    invoices = world.frames["invoices"]
    if each.kind in {EventKind.PART_PAID, EventKind.ALL_PAID}:
        mine = invoices.filter(
            pl.col("debtor_id") == each.debtor_id,
            pl.col("currency") == each.currency,
            pl.col("due") < world.today,
            pl.col("balance") > 0,
        )
        return tuple(sorted(mine["id"].to_list()))
    return (each.case_id,) if each.case_id in set(invoices["id"]) and each.case_id else ()


def _says(each: Happening, reply: Reply, world: _World) -> _Says | None:
    if each.kind == EventKind.SPOKEN:
        return _follow_up(each, world)
    if each.kind == EventKind.PROMISE_MADE and _follow_up(each, world) is not None:
        return None  # the notes of the call say it
    name = world.placed.get((each.debtor_id, reply.currency), "")
    policy = world.rulebook.policies.get(name)
    answers = () if policy is None else policy.answers
    found = next((answer for answer in answers if answer.event == each.kind), None)
    if policy is None or found is None:
        return None
    return _Says(
        policy=policy,
        rule=f"answers/{found.event}",
        channels=found.contact,
        template=found.template,
        tone=found.tone,
    )


def _follow_up(each: Happening, world: _World) -> _Says | None:
    """The notes that the rule of a call or visit sends after it."""
    if each.message_id is None:
        return None
    messages = world.frames["messages"].filter(pl.col("id") == each.message_id)
    for name, rule in messages.select("policy", "rule").iter_rows():
        policy = world.rulebook.policies.get(name)
        then = contact_rules(world.rulebook).get((name, rule))
        if policy is not None and then is not None and then.follow_up:
            return _Says(
                policy=policy,
                rule=rule,
                channels=WRITTEN,
                template=then.follow_up,
                tone=Tone.COURTEOUS.value,
            )
    return None


# -- whether it is still so ---------------------------------------------------------------------


def _ended(each: Happening, world: _World) -> str:
    """Why nothing at all is written to this debtor; his other stops do not matter here."""
    events = world.frames["events"].filter(pl.col("debtor_id") == each.debtor_id)
    if (events["kind"] == EventKind.HANDED_OVER.value).any():
        return "handed_over"
    extra = json.loads(world.debtors[each.debtor_id]["extra"] or "{}")
    told = (name for name in ENDED if str(extra.get(name)).lower() in YES)
    return next(told, "") or world.shut.get((each.debtor_id, ""), "")


def _not_taken_back(each: Happening, world: _World) -> bool:
    """The case is open, and no later event of the same family speaks of it."""
    if each.case_id is None:
        return False
    kinds = [kind.value for kind in OVER[EventKind(each.kind)]]
    events = world.frames["events"]
    mine = events.filter(pl.col("invoice_id") == each.case_id, pl.col("kind").is_in(kinds))
    later = mine.filter(
        (pl.col("day") > each.day) | ((pl.col("day") == each.day) & (pl.col("id") > each.event_id))
    )
    return later.is_empty() and bool(_claimed(each, world))


def _promised(each: Happening, world: _World) -> bool:
    in_time = each.until is None or each.until >= world.today
    return in_time and _not_taken_back(each, world)


def _owes(each: Happening, world: _World, *, owes: bool) -> bool:
    return bool(_claimed(each, world)) is owes


def _reached(_each: Happening, _world: _World) -> bool:
    return True


STILL: Final[Mapping[EventKind, Callable[[Happening, _World], bool]]] = {
    EventKind.DISPUTE_OPENED: _not_taken_back,
    EventKind.PLAN_AGREED: _not_taken_back,
    EventKind.PROMISE_MADE: _promised,
    EventKind.PART_PAID: partial(_owes, owes=True),
    EventKind.ALL_PAID: partial(_owes, owes=False),
    EventKind.SPOKEN: _reached,
}


# -- by which way -------------------------------------------------------------------------------


def _channel(debtor_id: int, channels: Sequence[str], world: _World) -> tuple[str, str] | None:
    """The first channel that reaches the debtor, his own preference first, and its address."""
    liked = world.prefers.get(debtor_id, "")
    for channel in sorted(channels, key=lambda name: name != liked):
        for to in _to(debtor_id, channel, world):
            return channel, to
    return None


def _to(debtor_id: int, channel: str, world: _World) -> Iterator[str]:
    column, _ = NEEDS.get(channel, ("", ""))
    open_to = channel in world.reach and not world.shut.get((debtor_id, channel))
    if column and open_to and world.to[debtor_id][column]:
        yield str(world.to[debtor_id][column])
