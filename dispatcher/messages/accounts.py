"""The accounts that messages speak of: debtors, their open items and credits, as values.

Between `decide`, which thinks in columns, and `compose`, which speaks of one debtor: only the
debtors that are contacted become values.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache

import polars as pl

from dispatcher.compose.contact import Data, contact_data
from dispatcher.compose.dues import Dues, dues_of
from dispatcher.decide import calendars
from dispatcher.legal.rates import rates_with
from dispatcher.model.debtor import Debtor, LegalKind
from dispatcher.model.event import EventKind
from dispatcher.model.following import NOT_KNOWN, Following
from dispatcher.model.letter import NO_OCCASION, CreditItem, Item, Occasion, Recalled
from dispatcher.model.message import HUMAN_CHANNELS, State
from dispatcher.model.settings import Deadlines, Settings
from dispatcher.ports import Frames


#: What has reached somebody, as far as anybody knows; a call or visit only once it was made.
_REACHED = (State.ACCEPTED, State.SENT, State.DELIVERED)

#: The role whose holder, or debtor's column, looks after a debtor.
ADVISER = "account_manager"

#: Channels that go by post: what they ask for counts from the day they arrive.
BY_POST = frozenset({"letter", "registered_letter"})

_MARKS = {"dispute": {"open": "disputed", "part": "disputed"}, "promise": {"open": "promised"}}

#: The operators' fact with the order number that a public body wants on everything.
ENGAGEMENT = "engagement"

_ACCOUNT = ("debtor_id", "currency")


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """Debtors by id, items by case id, and what each debtor and currency has open besides.

    `recalled` holds, by case id, the earlier messages that claimed it, by message id;
    `occasions`, by debtor, what has happened that a message answers; `promises`, by case id, the
    last promise whose day has passed, with its amount.
    """

    debtors: Mapping[int, Debtor]
    items: Mapping[int, Item]
    overdue: Mapping[tuple[int, str], tuple[int, ...]]
    currencies: Mapping[int, str]
    credits: Mapping[tuple[int, str], tuple[CreditItem, ...]]
    recalled: Mapping[int, Mapping[int, Recalled]]
    place: str  # the creditor's territory
    occasions: Mapping[int, Occasion] = field(default_factory=dict)
    promises: Mapping[int, tuple[date, int | None]] = field(default_factory=dict)


def accounts_of(
    frames: Frames,
    facts: pl.DataFrame,
    settings: Settings,
    debtor_ids: Collection[int],
    *,
    today: date,
) -> Accounts:
    """The accounts of these debtors; `facts` gives the marks (disputed, promised) of each case."""
    wanted = pl.Series(sorted(debtor_ids), dtype=pl.Int64).implode()
    mine = {
        name: frame.filter(pl.col("debtor_id").is_in(wanted))
        for name, frame in frames.items()
        if name in {"invoices", "credits", "messages"}
    }
    invoices = mine["invoices"].sort("due", "id")
    marks = _marks(facts.filter(pl.col("debtor_id").is_in(wanted)))
    debtors = frames["debtors"].filter(pl.col("id").is_in(wanted))
    return Accounts(
        debtors={row["id"]: _debtor(row) for row in debtors.iter_rows(named=True)},
        items=_items(invoices, marks, today),
        overdue=_overdue(invoices, today),
        currencies=dict(invoices.select("id", "currency").iter_rows()),
        credits=_credits(mine["credits"]),
        promises=_promises(frames["events"], invoices, today),
        recalled=_recalled(mine["messages"], frames["lines"], today),
        place=calendars.territory_of(calendars.HOME, settings.creditor.postcode),
    )


def debtors_of(frames: Frames) -> dict[int, Debtor]:
    """The debtors of these frames as values, by id."""
    return {row["id"]: _debtor(row) for row in frames["debtors"].iter_rows(named=True)}


def printed(
    accounts: Accounts,
    settings: Settings,
    *,
    debtor_id: int,
    to: str,
    case_ids: Iterable[int],
    planned_on: date,
    today: date,
    channel: str = "email",
    by_post: bool = False,
    legal_effect: bool = False,
    offer: str = "",
    with_dues: bool = False,
    currency: str = "",
    following: Following = NOT_KNOWN,
) -> Data:
    """What a message to this debtor prints that claims these cases; `currency` where it has none.

    Everything else that was overdue on the day of planning stands below. The limit date and
    interest count from that day too, so the same message printed later says the same. `by_post` and
    `legal_effect` are those of the contact's main message; `with_dues` is for templates that
    print interest and indemnities.
    """
    claimed = sorted(case_ids, key=lambda case: (accounts.items[case].due, case))
    own = accounts.currencies[claimed[0]] if claimed else currency or settings.currency
    account = (debtor_id, own)
    taken = set(claimed)
    below = [case for case in accounts.overdue.get(account, ()) if case not in taken]
    debtor = accounts.debtors[debtor_id]
    items = [accounts.items[case] for case in claimed]
    deducted = accounts.credits.get(account, ())
    said = accounts.occasions.get(debtor_id, NO_OCCASION)
    broken = [accounts.promises[case] for case in claimed if case in accounts.promises]
    promised, amount = max(broken, key=lambda each: each[0], default=(None, None))
    return contact_data(
        creditor=settings.creditor,
        debtor=debtor,
        to=to,
        claimed=items,
        listed=[accounts.items[case] for case in below],
        credits=deducted,
        today=today,
        limit=limit_day(
            planned_on,
            accounts.place,
            settings.deadlines,
            by_post=by_post,
            legal_effect=legal_effect,
        ),
        channel=channel,
        occasion=replace(
            said,
            promised=said.promised or promised,
            promised_amount=said.promised_amount if said.promised else amount,
            recalled=_earlier(accounts, claimed),
            offer=settings.offers.get(offer),
            adviser=_adviser(debtor, settings),
            following=following,
        ),
        dues=_dues(debtor, items, deducted, settings, planned_on) if with_dues else None,
        asks_dues=legal_effect,
        currency=account[1],
    )


@lru_cache(maxsize=64)
def limit_day(
    planned_on: date,
    place: str,
    deadlines: Deadlines,
    *,
    by_post: bool = False,
    legal_effect: bool = False,
) -> date:
    """The working day of the creditor by which a message planned that day asks to be paid.

    A reminder asks for a day before the next one may go; a formal notice gives its days in full,
    counted from the day on which it is presented.
    """
    arrives = calendars.add_business_days(planned_on, deadlines.post if by_post else 0, place)
    if legal_effect:
        return _working(arrives + timedelta(days=deadlines.formal_notice), place, 1)
    day = _working(arrives + timedelta(days=deadlines.reminder), place, -1)
    return day if day > arrives else _working(arrives + timedelta(days=1), place, 1)


def _working(day: date, place: str, step: int) -> date:
    while calendars.closing(day, place):
        day += timedelta(days=step)
    return day


def _dues(
    debtor: Debtor,
    items: Sequence[Item],
    deducted: Sequence[CreditItem],
    settings: Settings,
    until: date,
) -> Dues:
    return dues_of(
        items,
        deducted,
        kind=debtor.legal_kind,
        rates=rates_with(settings.rates),
        until=until,
        contract=settings.creditor.penalty_rate,
    )


def _earlier(accounts: Accounts, cases: Iterable[int]) -> tuple[Recalled, ...]:
    """The messages that claimed any of these cases, oldest first."""
    found = {
        message: each for case in cases for message, each in accounts.recalled.get(case, {}).items()
    }
    return tuple(sorted(found.values(), key=lambda each: each.day))


def _adviser(debtor: Debtor, settings: Settings) -> tuple[str, str]:
    """Who looks after the debtor, by name and address; what is not known is empty."""
    person = settings.people.get(ADVISER)
    if person is not None and person.name:
        return person.name, person.email
    named = debtor.account_manager
    return ("", named) if "@" in named else (named, "")


def _debtor(row: Mapping[str, object]) -> Debtor:
    texts = {
        name: str(row[name] or "")
        for name in (
            "reference",
            "name",
            "profile",
            "email",
            "phone",
            "mobile",
            "postcode",
            "city",
            "country",
            "language",
            "contact_name",
            "account_manager",
        )
    }
    address = tuple(line for line in str(row["address"] or "").split("\n") if line)
    number = row["id"]
    assert isinstance(number, int)  # noqa: S101 - the column's type
    return Debtor(id=number, legal_kind=LegalKind(str(row["legal_kind"])), address=address, **texts)


def _items(
    invoices: pl.DataFrame, marks: Mapping[int, tuple[str, ...]], today: date
) -> dict[int, Item]:
    terms = dict(invoices.group_by("number").agg(pl.col("term").max()).iter_rows())
    columns = invoices.select("id", "number", "term", "issued", "due", "balance", "extra")
    return {
        case: Item(
            number=number,
            term=term,
            terms=terms[number],
            issued=issued,
            due=due,
            balance=balance,
            days_late=max(0, (today - due).days),
            marks=marks.get(case, ()) if due < today else ("not_due",),
            engagement=_engagement(extra),
        )
        for case, number, term, issued, due, balance, extra in columns.iter_rows()
    }


def _engagement(extra: str | None) -> str:
    """The order number of a public body, where the operators map a fact of this name."""
    if not extra or ENGAGEMENT not in extra:
        return ""
    return str(json.loads(extra).get(ENGAGEMENT) or "")


def _overdue(invoices: pl.DataFrame, today: date) -> dict[tuple[int, str], tuple[int, ...]]:
    late = invoices.filter(pl.col("due") < today)
    grouped = late.group_by(_ACCOUNT, maintain_order=True).agg("id")
    return {(debtor, currency): tuple(ids) for debtor, currency, ids in grouped.iter_rows()}


def _marks(facts: pl.DataFrame) -> dict[int, tuple[str, ...]]:
    read = [name for name in _MARKS if name in facts.columns]
    found: dict[int, tuple[str, ...]] = {}
    for row in facts.select("case_id", *read).iter_rows(named=True):
        marks = [_MARKS[name].get(str(row[name]), "") for name in read]
        if any(marks):
            found[row["case_id"]] = tuple(mark for mark in marks if mark)
    return found


def _credits(credits: pl.DataFrame) -> dict[tuple[int, str], tuple[CreditItem, ...]]:  # noqa: A002 - the word of the field
    found: dict[tuple[int, str], tuple[CreditItem, ...]] = {}
    for row in credits.sort("id").iter_rows(named=True):
        key = (row["debtor_id"], row["currency"])
        item = CreditItem(number=row["number"], amount=row["amount"], issued=row["issued"])
        found[key] = (*found.get(key, ()), item)
    return found


def _promises(
    events: pl.DataFrame, invoices: pl.DataFrame, today: date
) -> dict[int, tuple[date, int | None]]:
    """The last promise for each case; one for the whole account is for what was due by its day."""
    made = events.filter(
        pl.col("kind") == EventKind.PROMISE_MADE.value, pl.col("until") < today
    ).sort("day", "id")
    cases: dict[int, list[tuple[int, date]]] = {}
    if made.height:
        for debtor, case, due in invoices.select("debtor_id", "id", "due").iter_rows():
            cases.setdefault(debtor, []).append((case, due))
    found: dict[int, tuple[date, int | None]] = {}
    for debtor, of_case, until, amount in made.select(
        "debtor_id", "invoice_id", "until", "amount"
    ).iter_rows():
        for case, due in cases.get(debtor, ()):
            if case == of_case or (of_case is None and due <= until):
                found[case] = (until, amount)
    return found


def _recalled(
    messages: pl.DataFrame, lines: pl.DataFrame, today: date
) -> dict[int, dict[int, Recalled]]:
    """By case and message: what had reached the debtor before this day, not today's own message."""
    human = pl.col("channel").is_in(list(HUMAN_CHANNELS))
    reached = messages.filter(
        pl.col("contact_on") < today,
        pl.col("state").is_in([state.value for state in _REACHED]),
        ~human | (pl.col("state") != State.ACCEPTED.value),
    )
    claims = lines.filter(pl.col("claimed"), pl.col("taken_back_on").is_null())
    rows = claims.select("invoice_id", "message_id").join(
        reached.select("id", "channel", "contact_on"), left_on="message_id", right_on="id"
    )
    found: dict[int, dict[int, Recalled]] = {}
    for case, message, channel, day in rows.iter_rows():
        found.setdefault(case, {})[message] = Recalled(channel=channel, day=day)
    return found
