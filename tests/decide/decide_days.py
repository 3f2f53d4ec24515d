"""Days one after the other: what a plan says is done, and the book keeps where cases stand."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import polars as pl

from dispatcher.decide.plan import Plan
from dispatcher.model.plan import PlannedContact
from dispatcher.policy.terms import Rulebook
from tests.decide.decide_world import TODAY, Row, answer, frames, plan, rulebook


#: A registered letter is presented some days after it was posted.
PRESENTED_AFTER = timedelta(days=2)


def on(days: int) -> date:
    """So many days after the first."""
    return TODAY + timedelta(days=days)


class Diary:
    """The tables of a book from day to day; everything planned leaves and reaches its debtor."""

    def __init__(self, rules: Rulebook | None = None, **tables: Sequence[Row]) -> None:
        usual: dict[str, Sequence[Row]] = {"debtors": [{}], "invoices": [{}]}
        self.rules = rules or rulebook()
        self.tables: dict[str, list[dict[str, Any]]] = {
            name: [dict(row) for row in rows] for name, rows in (usual | tables).items()
        }

    def add(self, table: str, **row: Any) -> None:  # noqa: ANN401 - any cell of a table
        self.tables.setdefault(table, []).append(row)

    def happens(self, days: int, kind: str, **row: Any) -> None:  # noqa: ANN401 - as above
        """An event of the first case, unless it says otherwise."""
        self.add("events", **{"kind": kind, "day": on(days), "invoice_id": 1, **row})

    def look(self, days: int) -> Plan:
        """The plan of that day; nothing is done."""
        day = on(days)
        now = datetime.combine(day, time(8), UTC)
        return plan(frames(**self.tables), self.rules, today=day, now=now)

    def run(self, days: int) -> Plan:
        """The plan of that day, done."""
        made = self.look(days)
        self._follow(made, on(days))
        for contact in made.contacts:
            self._send(contact, on(days))
        return made

    def live(self, first: int, last: int) -> None:
        """A run on each of these days, both included."""
        self.runs(*range(first, last + 1))

    def runs(self, *days: int) -> None:
        """A run on these days alone: those on which something can change."""
        for each in days:
            self.run(each)

    def steps(self, case: int = 1) -> list[tuple[int, str, int]]:
        """What a case had: the day, the step, its cycle."""
        sent = self.tables.get("messages", [])
        return [
            ((sent[line["message_id"] - 1]["contact_on"] - TODAY).days, line["step"], line["cycle"])
            for line in self.tables.get("lines", [])
            if line["invoice_id"] == case
        ]

    def _send(self, contact: PlannedContact, day: date) -> None:
        self.add(
            "messages",
            debtor_id=contact.debtor_id,
            channel=contact.channel,
            policy=contact.policy,
            rule=contact.rule,
            template=contact.template,
            tone=contact.tone,
            legal_effect=contact.legal_effect,
            contact_on=day,
        )
        late = PRESENTED_AFTER if contact.channel == "registered_letter" else timedelta()
        for line in contact.lines:
            self.add(
                "lines",
                message_id=len(self.tables["messages"]),
                invoice_id=line.case_id,
                step=line.step,
                choice=line.choice,
                cycle=line.cycle,
                channel=contact.channel,
                done_on=day + late,
            )

    def _follow(self, made: Plan, day: date) -> None:
        """As `dispatcher.store.standing` does, row by row."""
        seen = {_key(row): row for row in made.stands["holds"].to_dicts()}
        standing = {}
        for row in self.tables.setdefault("holds", []):
            if row.get("ended_on") is None:
                standing[row["invoice_id"], row["rule"], row["on_unknown"]] = row
        for key, row in standing.items():
            if key not in seen:
                row["ended_on"] = day
        for key, told in seen.items():
            if key not in standing:
                self.add("holds", **_of_case(told), began_on=day)
        for told in made.stands["sent_back"].to_dicts():
            self.add("sent_back", **_of_case(told), day=day)
        for told in made.stands["placements"].to_dicts():
            self._place(told, day)

    def _place(self, told: dict[str, Any], day: date) -> None:
        for row in self.tables.setdefault("placements", []):
            if (row["debtor_id"], row["currency"]) == (told["debtor_id"], told["currency"]):
                row.update(told)
                return
        self.add("placements", **told, since=day)


def said(diary: Diary, days: int, case: int = 1) -> dict[str, Any]:
    """The answer of a case on a day that is run."""
    return answer(diary.run(days), case)


def fact(made: Plan, name: str, case: int = 1) -> object:
    """A fact of one case as the plan saw it."""
    row = made.facts.filter(pl.col("case_id") == case).row(0, named=True)
    value: object = row[name]
    return value


def _key(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return row["case_id"], row["rule"], row["on_unknown"]


def _of_case(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"invoice_id" if name == "case_id" else name: value for name, value in row.items()}
