"""A book without a store: the tables that a day is planned by, lived from day to day.

It carries one debtor of a test's timeline as well as a whole portfolio of a simulation. A day is

    plan = plan_day(book.frames(day), rulebook, settings, today=day, ...)
    book.apply(plan, day)

with `book.happen(...)` and `book.pay(...)` before it for what is known in the morning. What is
planned leaves and counts as done when its channel says so: an e-mail or SMS the same day, a letter
when it has arrived, a registered one when it is presented, a call and a task of a step by the
outcome that is assumed, an approval the same day unless it is kept back. Tables are frames, and
grow by columns: a day of 400 debtors costs a few milliseconds beside its plan.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from typing import Any

import polars as pl

from dispatcher.decide import history
from dispatcher.decide.plan import Plan
from dispatcher.model.decision import Action
from dispatcher.model.event import EventKind
from dispatcher.model.message import BY_TASK, HUMAN_CHANNELS, Line, State
from dispatcher.model.plan import HAND_OVER, PlannedContact, PlannedTask
from dispatcher.model.reply import Happening
from dispatcher.policy.terms import Rulebook, Work
from dispatcher.ports import Frames
from dispatcher.prove.days import standing
from dispatcher.prove.days.book_rows import (
    NAMED,
    NOBODY,
    SCHEMAS,
    SENT,
    USUAL,
    Assumed,
    Fate,
    Happens,
    answerable,
    line_row,
    message_row,
)


#: The day on which what a channel took on a day is in the debtor's hands; None: no letter.
Presented = Callable[[str, date], date | None]


@dataclass(slots=True)
class _Open:
    """A message that people have in hand: what was planned, and how often a call was tried."""

    contact: PlannedContact
    tries: int = 0


@dataclass(slots=True)
class VirtualBook:
    """The frames of `model.tables.FRAMES` as days go by.

    `tables` may start from a store's frames or from `empty_frames()`; `presented` says when letters
    arrive. Data are as fresh as the day that asks for them.
    """

    tables: dict[str, pl.DataFrame]
    rulebook: Rulebook
    presented: Presented
    _open: dict[int, _Open] = field(default_factory=dict)

    # -- what the day is planned by ---------------------------------------------------------------

    def frames(self, day: date) -> Frames:
        """Everything that is known on the morning of a day."""
        fresh = pl.lit(day).alias("as_of")
        return {
            **self.tables,
            "debtors": self.tables["debtors"].with_columns(fresh),
            "invoices": self.tables["invoices"].with_columns(fresh),
        }

    def bring(self, tables: Frames) -> None:
        """More debtors with all that is known of them; their rows are numbered on.

        Debtors, invoices and payments keep their ids, by which the others name them.
        """
        for name, frame in tables.items():
            if name not in NAMED and not frame.is_empty():
                first = self._first(name)
                frame = frame.with_columns(id=pl.int_range(pl.len()) + first)  # noqa: PLW2901
            self.tables[name] = pl.concat([self.tables[name], frame])

    def leave(self, debtor: int) -> None:
        """Nobody asks about a debtor any more."""
        gone = pl.col("debtor_id") == debtor
        self.tables["invoices"] = self.tables["invoices"].filter(~gone)
        mine = [key for key, each in self._open.items() if each.contact.debtor_id == debtor]
        for message in mine:
            del self._open[message]

    def in_hand(self, debtor: int) -> bool:
        """Whether people have something of a debtor in hand: a call to repeat, an approval."""
        return any(each.contact.debtor_id == debtor for each in self._open.values())

    # -- what happens -----------------------------------------------------------------------------

    def happen(self, events: Iterable[Happens], day: date) -> tuple[Happening, ...]:
        """Events into the book; those that a policy may answer come back (`planned_replies`)."""
        rows = [
            {
                "kind": each.kind,
                "debtor_id": each.debtor_id,
                "invoice_id": each.case_id,
                "day": day,
                "until": each.until,
                "amount": each.amount,
                "detail": each.detail,
            }
            for each in events
        ]
        money = dict(self.tables["invoices"].select("id", "currency").iter_rows())
        return answerable(self.add("events", rows), money)

    def pay(
        self, paid: Mapping[int, int], day: date, *, told: bool = True
    ) -> tuple[Happening, ...]:
        """Money comes in: so much of each case; one that owes nothing any more is settled.

        `told`: somebody entered the payment, so a promise is judged by it. What was asked for and
        is paid comes back as `part_paid` or `all_paid`, one per account.
        """
        invoices = self.tables["invoices"]
        money = pl.DataFrame(
            {"id": list(paid), "paid": list(paid.values())},
            schema={"id": pl.Int64, "paid": pl.Int64},
        )
        moved = invoices.join(money, on="id").with_columns(
            paid=pl.min_horizontal("paid", "balance"),
        )
        if told:
            kind = EventKind.PAYMENT.value
            self.happen(
                (
                    Happens(kind=kind, debtor_id=debtor, case_id=case, amount=amount)
                    for case, debtor, amount in moved.select("id", "debtor_id", "paid").iter_rows()
                ),
                day,
            )
        self._settle(moved, day)
        currency = dict(moved.select("id", "currency").iter_rows())
        return tuple(
            replace(each, currency=currency[each.case_id or 0])
            for each in self.happen(self._thanked(moved, day), day)
        )

    def _settle(self, moved: pl.DataFrame, day: date) -> None:
        """The balances after a payment; what owes nothing leaves the open items."""
        rest = moved.select("id", rest=pl.col("balance") - pl.col("paid"))
        invoices = self.tables["invoices"].join(rest, on="id", how="left", maintain_order="left")
        self.tables["invoices"] = (
            invoices.with_columns(balance=pl.coalesce("rest", "balance"))
            .drop("rest")
            .filter(pl.col("balance") > 0)
        )
        closed = moved.join(rest.filter(pl.col("rest") <= 0), on="id", how="semi")
        settled = closed.select("id", "debtor_id", "due", closed_on=pl.lit(day))
        self.tables["payments"] = pl.concat([self.tables["payments"], settled])

    def _thanked(self, moved: pl.DataFrame, day: date) -> list[Happens]:
        """Per account that has paid of what it was asked for: whether that was all."""
        lines = self.tables["lines"]
        asked = lines.filter(
            "claimed",
            pl.col("done_on").is_not_null(),
            pl.col("taken_back_on").is_null(),
            pl.col("channel") != BY_TASK,
        )["invoice_id"].unique()
        account = ["debtor_id", "currency"]
        accounts = moved.filter(pl.col("id").is_in(asked.implode())).select(account).unique()
        late = self.tables["invoices"].filter(pl.col("due") < day).select(account).unique()
        owing = set(late.iter_rows())
        paid = (
            moved.join(accounts, on=account)
            .sort("paid", "id", descending=[True, False])
            .group_by(account, maintain_order=True)
            .agg(pl.col("paid").sum(), case=pl.col("id").first())
        )
        return [
            Happens(
                kind=EventKind.PART_PAID if (debtor, currency) in owing else EventKind.ALL_PAID,
                debtor_id=debtor,
                case_id=case,
                amount=amount,
            )
            for debtor, currency, case, amount in paid.select(*account, "case", "paid").iter_rows()
        ]

    def bounce(self, cases: Sequence[int], day: date) -> None:
        """The last message that carried each of these cases comes back: its step is undone."""
        lines = self.tables["lines"]
        mine = lines.filter(
            pl.col("invoice_id").is_in(list(cases)),
            pl.col("taken_back_on").is_null(),
            ~pl.col("channel").is_in([*HUMAN_CHANNELS, BY_TASK]),
        )
        last = mine.group_by("invoice_id").agg(pl.col("message_id").max())["message_id"]
        for message in last.unique().to_list():
            self._end(message, State.BOUNCED, day)

    def approve(self, debtor: int, day: date) -> None:
        """What of a debtor waits for an approval gets it and leaves."""
        for message, each in list(self._open.items()):
            mine = each.contact.debtor_id == debtor
            if mine and self._state(message) == State.AWAITING.value:
                self._leaves(message, each, day, USUAL)

    # -- what is planned --------------------------------------------------------------------------

    def apply(self, plan: Plan, day: date, assumed: Mapping[int, Assumed] = NOBODY) -> None:
        """All that a plan wants leaves, and where cases stand is kept as a run keeps it.

        `assumed` says of which debtors people do something else than usual that day.
        """
        self.tables |= standing.followed(self.tables, plan.stands, day)
        self._withdraw(plan, day)
        self._call_again(day, assumed)
        self._send(plan.contacts, day, assumed)
        self._work(plan.tasks, day, assumed)

    def answer(self, replies: Iterable[PlannedContact], day: date) -> None:
        """Answers to events leave; they count nowhere."""
        rows = ({**message_row(each, each.channel), **SENT, "contact_on": day} for each in replies)
        self.add("messages", list(rows))

    def _send(
        self, contacts: Sequence[PlannedContact], day: date, assumed: Mapping[int, Assumed]
    ) -> None:
        """The contacts of a day with their lines, and what goes beside them."""
        fates = [
            self._fate(each, day, assumed.get(each.debtor_id, USUAL), tries=1) for each in contacts
        ]
        planned = [
            {**message_row(contact, contact.channel), **fate.of_message, "planned_on": day}
            for contact, fate in zip(contacts, fates, strict=True)
        ]
        lines, beside = list[dict[str, Any]](), list[dict[str, Any]]()
        for row, contact, fate in zip(self.add("messages", planned), contacts, fates, strict=True):
            message = row["id"]
            lines += [
                {**line_row(each, message, contact.channel), **fate.of_lines}
                for each in contact.lines
            ]
            if fate.open:
                self._open[message] = _Open(contact, tries=1)
            if contact.also and not fate.open:
                beside.append({**message_row(contact, contact.also), **SENT, "contact_on": day})
                beside[-1]["main_id"] = message
        self.add("lines", lines)
        self.add("messages", beside)

    def _fate(self, contact: PlannedContact, day: date, assumed: Assumed, *, tries: int) -> Fate:
        """What becomes of a contact on a day; `tries` counts those of a call, this one too."""
        if contact.needs_approval and not assumed.approved:
            return Fate(state=State.AWAITING, open=True)
        if contact.channel in HUMAN_CHANNELS:
            if assumed.wrong_number or (not assumed.reached and tries >= contact.attempts):
                return Fate(state=State.FAILED)
            if not assumed.reached:
                return Fate(state=State.ACCEPTED, open=True)
            return Fate(state=State.SENT, contact_on=day, done_on=day)
        arrives = self.presented(contact.channel, day)
        if arrives is None:
            return Fate(state=State.SENT, contact_on=day, done_on=day)
        return Fate(state=State.ACCEPTED, contact_on=day, done_on=arrives)

    def _leaves(self, message: int, each: "_Open", day: date, assumed: Assumed) -> None:
        """A message that people had in hand goes on its way, or not."""
        fate = self._fate(each.contact, day, assumed, tries=each.tries)
        self._set("messages", "id", message, **fate.of_message)
        self._set("lines", "message_id", message, **fate.of_lines)
        if not fate.open:
            del self._open[message]
        if each.contact.also and not fate.open:
            row = {**message_row(each.contact, each.contact.also), **SENT, "contact_on": day}
            self.add("messages", [{**row, "main_id": message}])

    def _call_again(self, day: date, assumed: Mapping[int, Assumed]) -> None:
        """Calls of former days that reached nobody are made again."""
        for message, each in list(self._open.items()):
            if self._state(message) == State.ACCEPTED.value:
                each.tries += 1
                self._leaves(message, each, day, assumed.get(each.contact.debtor_id, USUAL))

    def _withdraw(self, plan: Plan, day: date) -> None:
        """A stop withdraws what has not left; so does the end of its validity."""
        if not self._open:
            return
        held = plan.answers_of(pl.col("action") == Action.HOLD.value, columns=["case_id"])
        stopped = set(held["case_id"].to_list())
        still = set(self.tables["invoices"]["id"].to_list()) - stopped
        over = datetime.combine(day, time(), UTC)
        for message, each in list(self._open.items()):
            waiting = self._state(message) == State.AWAITING.value
            if any(line.case_id not in still for line in each.contact.lines):
                del self._open[message]
                self._end(message, State.WITHDRAWN, None)
            elif waiting and each.contact.valid_until <= over:
                del self._open[message]
                self._end(message, State.EXPIRED, None)

    def _end(self, message: int, state: State, day: date | None) -> None:
        """A message reached nobody: its lines free their keys; a bounce takes steps back."""
        fault = {"fault": "recipient"} if state is State.FAILED else {}
        self._set("messages", "id", message, state=state.value, **fault)
        taken = {"taken_back_on": day} if state is State.BOUNCED else {}
        self._set("lines", "message_id", message, state=state.value, live=False, **taken)

    def _work(
        self, tasks: Sequence[PlannedTask], day: date, assumed: Mapping[int, Assumed]
    ) -> None:
        """Tasks of steps are done, and what is proposed to be handed over is, the same day."""
        works = {
            (policy.name, rule.id)
            for policy in self.rulebook.policies.values()
            for rule in policy.choices
            if isinstance(rule.then, Work)
        }
        mine = [task for task in tasks if (task.policy, task.rule) in works]
        self._by_task([task for task in mine if task.reason != "no-channel"], day)
        handed = (
            Happens(kind=EventKind.HANDED_OVER, debtor_id=task.debtor_id)
            for task in tasks
            if task.name == HAND_OVER and assumed.get(task.debtor_id, USUAL).approved
        )
        self.happen(handed, day)

    def _by_task(self, tasks: Sequence[PlannedTask], day: date) -> None:
        """The steps that our own people do are done."""
        if not tasks:
            return
        known = self.tables["sent_back"].select("step", case_id="invoice_id")
        again = history.cycles(self.tables["lines"], known.select("case_id", "step"))
        cycles = {(case, of): cycle for case, of, cycle in again.iter_rows()}
        rows = [
            {
                "debtor_id": task.debtor_id,
                "channel": BY_TASK,
                "policy": task.policy,
                "rule": task.rule,
                "legal_effect": False,
                **SENT,
            }
            for task in tasks
        ]
        lines = list[dict[str, Any]]()
        for row, task in zip(self.add("messages", rows), tasks, strict=True):
            step, _, choice = task.rule.partition("/")
            done = {**SENT, "done_on": day, "live": True}
            for case in task.case_ids:
                cycle = cycles.get((case, step), 0)
                line = Line(case_id=case, step=step, choice=choice, cycle=cycle, amount=0)
                lines.append({**line_row(line, row["id"], BY_TASK), **done})
        self.add("lines", lines)

    # -- rows -------------------------------------------------------------------------------------

    def add(self, name: str, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Rows at the end of a table, numbered on; they come back whole."""
        if not rows:
            return []
        first = self._first(name)
        whole = [{"id": first + number, **row} for number, row in enumerate(rows)]
        schema = SCHEMAS[name]
        columns = {column: [row.get(column) for row in whole] for column in schema}
        self.tables[name] = pl.concat([self.tables[name], pl.DataFrame(columns, schema=schema)])
        return [{column: row.get(column) for column in schema} for row in whole]

    def _first(self, name: str) -> int:
        """The number of a table's next row."""
        last = self.tables[name]["id"].max()
        return (last if isinstance(last, int) else 0) + 1

    def _set(self, name: str, key: str, value: int, **cells: object) -> None:
        schema, mine = SCHEMAS[name], pl.col(key) == value
        self.tables[name] = self.tables[name].with_columns(
            pl.when(mine).then(pl.lit(cell, dtype=schema[column])).otherwise(column).alias(column)
            for column, cell in cells.items()
        )

    def _state(self, message: int) -> str:
        found = self.tables["messages"].filter(pl.col("id") == message)["state"]
        return str(found[0])
