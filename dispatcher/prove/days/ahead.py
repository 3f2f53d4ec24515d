"""The course of days to come: what debtors and our people do, by a stated assumption."""

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

import polars as pl

from dispatcher.decide.plan import Plan
from dispatcher.model.event import EventKind
from dispatcher.model.message import BY_TASK, HUMAN_CHANNELS, UNFINISHED, State
from dispatcher.model.plan import PlannedContact
from dispatcher.model.reply import Happening
from dispatcher.policy.terms import Rulebook, Work
from dispatcher.ports import Frames
from dispatcher.prove.days.assumptions import (
    Assumption,
    Payments,
    answered,
    chance,
    happens,
    some_day,
)
from dispatcher.prove.days.book_rows import SCHEMAS, Assumed, Happens
from dispatcher.prove.days.replay import until
from dispatcher.prove.days.virtual_book import Presented, VirtualBook


ENOUGH: Final = 3  # payments that tell how a debtor pays
MONTH: Final = 30  # days after which the invoices of a month come again


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """What is asked of an open item: whose it is, when it is due."""

    case: int
    debtor: int
    due: date
    balance: int


@dataclass(slots=True, kw_only=True)
class Assuming:
    """What comes to pass, day by day; `late_already` counts cases later than debtors ever paid."""

    assumption: Assumption
    late_already: int = 0
    _pays: dict[date, dict[int, int]] = field(default_factory=dict)
    _said: list[Happening] = field(default_factory=list)
    _promised: set[int] = field(default_factory=set)
    _habits: Mapping[int, Sequence[int]] = field(default_factory=dict)
    _everybody: Sequence[int] = ()
    _coming: list[tuple[date, int]] = field(default_factory=list)
    _new: dict[int, dict[str, object]] = field(default_factory=dict)

    def begin(self, book: VirtualBook, start: date, days: int) -> None:
        """What the portfolio of the first morning lets expect of so many days."""
        self._habits, self._everybody = _lateness(book.tables["payments"])
        owed = list(_owed(book.tables["invoices"]))
        if self.assumption.again:
            self._come_again(book.tables["invoices"], start, days)
        for each in owed:
            self._pays_as_usual(each, start)
        self._keeps(book.tables["events"], {each.case: each for each in owed}, start)

    def morning(self, book: VirtualBook, day: date) -> Sequence[Happening]:
        """New invoices, then money: of promises somebody says so, all else just comes in."""
        self._bring(book, day)
        paid = {case: amount for _, each in until(self._pays, day) for case, amount in each.items()}
        promised = {case: amount for case, amount in paid.items() if case in self._promised}
        others = {case: amount for case, amount in paid.items() if case not in promised}
        known, self._said = self._said, []
        for some, told in ((promised, True), (others, False)):
            if some:
                known += book.pay(some, day, told=told)
        return known

    def people(self, book: VirtualBook, plan: Plan, day: date) -> Mapping[int, Assumed]:
        """Which calls reach nobody, and what gets no yes."""
        del plan
        if self.assumption.reached == 100 == self.assumption.approved:  # noqa: PLR2004 - per cent
            return {}
        debtors = {*book.tables["debtors"]["id"].to_list()}
        return {debtor: self._assumed(debtor, day) for debtor in debtors}

    def _assumed(self, debtor: int, day: date) -> Assumed:
        return Assumed(
            reached=happens(self.assumption, self.assumption.reached, "reached", debtor, day),
            approved=happens(self.assumption, self.assumption.approved, "approved", debtor, day),
        )

    def evening(
        self, book: VirtualBook, plan: Plan, day: date, assumed: Mapping[int, Assumed]
    ) -> None:
        """What those who were contacted will pay, and what they promise."""
        owed = {each.case: each for each in _owed(book.tables["invoices"])}
        for case, later in answered(self.assumption, plan.contacts, day):
            if case in owed:
                self._pay(owed[case], later)
        # What is said after the run is answered on the next morning.
        self._said += book.happen(self._promises(plan.contacts, owed, day, assumed), day)

    # -- payments -----------------------------------------------------------------------------

    def _pay(self, each: Owed, day: date) -> None:
        """Money of an item on that day; what was to come later comes no second time."""
        self._pays.setdefault(day, {}).setdefault(each.case, each.balance)

    def _pays_as_usual(self, each: Owed, start: date) -> None:
        if self.assumption.payments is not Payments.HISTORY:
            return
        usual = self._habits.get(each.debtor, self._everybody)
        days = [late for late in usual if each.due + timedelta(days=late) > start]
        if not days:
            self.late_already += 1
            return
        drawn = chance(self.assumption.seed, "usual", each.case)
        self._pay(each, each.due + timedelta(days=days[int(drawn * len(days))]))

    def _keeps(self, events: pl.DataFrame, owed: Mapping[int, Owed], start: date) -> None:
        """Promises that were made before and are kept."""
        made = events.filter(
            pl.col("kind") == EventKind.PROMISE_MADE.value,
            pl.col("until") > start,
            pl.col("invoice_id").is_not_null(),
        )
        for case, by in made.select("invoice_id", "until").iter_rows():
            if case in owed and happens(self.assumption, self.assumption.kept, "keeps", case):
                self._promised.add(case)
                self._pay(owed[case], by)

    def _promises(
        self,
        contacts: Iterable[PlannedContact],
        owed: Mapping[int, Owed],
        day: date,
        assumed: Mapping[int, Assumed],
    ) -> Iterator[Happens]:
        """Promises that calls bring; some of them are kept."""
        made = self.assumption.made
        for contact in contacts:
            reached = assumed.get(contact.debtor_id, Assumed()).reached
            if contact.channel not in HUMAN_CHANNELS or not reached:
                continue
            if not happens(self.assumption, made.share, "promises", contact.leader, day):
                continue
            by = some_day(self.assumption, made.within, day, "promises", contact.leader)
            for each in (owed[line.case_id] for line in contact.lines if line.case_id in owed):
                yield Happens(
                    kind=EventKind.PROMISE_MADE.value,
                    debtor_id=each.debtor,
                    case_id=each.case,
                    until=by,
                    amount=each.balance,
                )
                if happens(self.assumption, self.assumption.kept, "keeps", each.case, day):
                    self._promised.add(each.case)
                    self._pay(each, by)

    # -- new invoices -------------------------------------------------------------------------

    def _come_again(self, invoices: pl.DataFrame, start: date, days: int) -> None:
        """The invoices of the last month, once more every month."""
        since = start - timedelta(days=MONTH)
        recent = invoices.filter(pl.col("issued") > since, pl.col("issued") <= start)
        number = _highest(invoices)
        for row in recent.sort("id").iter_rows(named=True):
            for month in range(1, days // MONTH + 2):
                later = timedelta(days=month * MONTH)
                issued = row["issued"] + later
                if start < issued <= start + timedelta(days=days):
                    number += 1
                    self._new[number] = {
                        **row,
                        "id": number,
                        "number": f"{row['number']}+{month}",
                        "issued": issued,
                        "due": row["due"] + later,
                        "balance": row["amount"],
                    }
                    heapq.heappush(self._coming, (issued, number))

    def _bring(self, book: VirtualBook, day: date) -> None:
        rows = []
        while self._coming and self._coming[0][0] <= day:
            rows.append(self._new.pop(heapq.heappop(self._coming)[1]))
        if rows:
            frame = pl.DataFrame(rows, schema=SCHEMAS["invoices"])
            book.bring({"invoices": frame})
            for each in _owed(frame):
                self._pays_as_usual(each, day)


def _highest(invoices: pl.DataFrame) -> int:
    last = invoices["id"].max()
    return last if isinstance(last, int) else 0


def _owed(invoices: pl.DataFrame) -> Iterator[Owed]:
    for case, debtor, due, balance in invoices.select(
        "id", "debtor_id", "due", "balance"
    ).iter_rows():
        yield Owed(case=case, debtor=debtor, due=due, balance=balance)


def _lateness(payments: pl.DataFrame) -> tuple[Mapping[int, Sequence[int]], Sequence[int]]:
    """How late each debtor paid whose payments tell enough, and how late all of them did."""
    late = payments.drop_nulls(["due", "closed_on"]).select(
        "debtor_id", days=(pl.col("closed_on") - pl.col("due")).dt.total_days()
    )
    by_debtor: dict[int, list[int]] = {}
    for debtor, days in late.sort("debtor_id", "days").iter_rows():
        by_debtor.setdefault(debtor, []).append(days)
    enough = {debtor: days for debtor, days in by_debtor.items() if len(days) >= ENOUGH}
    return enough, late["days"].sort().to_list()


# -- the first morning ----------------------------------------------------------------------------


def taken_up(tables: Frames, rulebook: Rulebook, presented: Presented, start: date) -> VirtualBook:
    """The book of a store on the morning of a simulation.

    What people or channels had in hand is taken to be done that day: calls reach somebody, what
    waits for a yes gets it. Tasks open themselves anew.
    """
    book = VirtualBook(
        tables={name: tables[name].select(*SCHEMAS[name]) for name in SCHEMAS},
        rulebook=rulebook,
        presented=presented,
    )
    _send_off(book, start)
    _finish(book, rulebook, start)
    return book


def _send_off(book: VirtualBook, start: date) -> None:
    """Messages that had not ended have left."""
    unfinished = pl.col("state").is_in([state.value for state in UNFINISHED])
    messages, lines = book.tables["messages"], book.tables["lines"]
    waits = pl.col("live") & pl.col("done_on").is_null() & pl.col("taken_back_on").is_null()
    unfinished |= pl.col("id").is_in(lines.filter(waits)["message_id"].implode())
    mine = messages.filter(unfinished).select("id", "channel")
    if mine.is_empty():
        return
    arrival = [book.presented(channel, start) or start for channel in mine["channel"]]
    done = mine.select(message_id="id", arrives=pl.Series(arrival, dtype=pl.Date))
    sent = pl.lit(State.SENT.value)
    book.tables["messages"] = messages.with_columns(
        state=pl.when(unfinished).then(sent).otherwise("state"),
        contact_on=pl.when(unfinished)
        .then(pl.coalesce("contact_on", pl.lit(start)))
        .otherwise("contact_on"),
    )
    told = lines.join(done, on="message_id", how="left", maintain_order="left")
    carried = pl.col("arrives").is_not_null()
    book.tables["lines"] = told.with_columns(
        state=pl.when(carried).then(sent).otherwise("state"),
        done_on=pl.when(carried).then(pl.coalesce("done_on", "arrives")).otherwise("done_on"),
    ).drop("arrives")


def _finish(book: VirtualBook, rulebook: Rulebook, start: date) -> None:
    """Open tasks that do a step have done it; all tasks begin anew."""
    works = {
        (policy.name, rule.id)
        for policy in rulebook.policies.values()
        for rule in policy.choices
        if isinstance(rule.then, Work)
    }
    given = book.tables["tasks"].filter(pl.col("state") == "open")
    rows = given.select("debtor_id", "policy", "rule", "cases").iter_rows()
    for debtor, policy, rule, cases in rows:
        if (policy, rule) not in works:
            continue
        said = {"debtor_id": debtor, "channel": BY_TASK, "policy": policy, "rule": rule}
        (message,) = book.add("messages", [{**said, "state": State.SENT.value}])
        step, _, choice = rule.partition("/")
        line = {"message_id": message["id"], "step": step, "choice": choice, "cycle": 0}
        line |= {"live": True, "done_on": start, "state": State.SENT.value, "channel": BY_TASK}
        ids = pl.Series([cases]).str.json_decode(pl.List(pl.Int64)).explode().to_list()
        book.add("lines", [{**line, "invoice_id": case, "claimed": True} for case in ids])
    book.tables["tasks"] = book.tables["tasks"].clear()
