"""Portfolios at random: policies of every layer, and debtors with a past on all their boundaries.

A world is one day of one home: some policies and some hundred debtors, each a portfolio of his
own. Values stand at the thresholds that the policies name, one below and one above.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, Final

from dispatcher.policy.terms import Rulebook, Work
from tests.agreement.policies import any_policies, thresholds
from tests.decide.decide_world import DEFAULTS


Row = dict[str, Any]
Tables = Mapping[str, Sequence[Row]]

REACH: Final = frozenset({"email", "sms", "call", "letter", "registered_letter"})
DAYS: Final = (
    date(2026, 5, 12),  # a Tuesday; Thursday is Ascension
    date(2026, 5, 13),
    date(2026, 5, 15),  # a Friday
    date(2026, 5, 14),
    date(2026, 5, 16),
    date(2026, 4, 3),
    date(2026, 4, 2),  # before Good Friday in Alsace, and Easter
    date(2026, 12, 23),
    date(2026, 12, 30),
    date(2026, 2, 28),
    date(2026, 8, 21),
    date(2026, 11, 2),
)
POSTCODES: Final = ("75011", "75002", "67000", "97110", "97400", "97600")
DONE_STATES: Final = ("sent", "sent", "delivered", "accepted", "unknown")
PENDING_STATES: Final = (
    "awaiting",
    "planned",
    "sending",
    "accepted",
    "deferred",
    "unknown",
    "hold",
    "quarantined",
)
DEAD_STATES: Final = ("withdrawn", "expired", "failed", "bounced")
EVENTS: Final = (
    "dispute_opened",
    "dispute_opened",
    "dispute_settled",
    "promise_made",
    "promise_made",
    "payment",
    "plan_agreed",
    "plan_missed",
    "plan_ended",
    "paused",
    "resumed",
    "reply_received",
    "reply_read",
    "handed_over",
    "opted_out",
    "opted_out",
    "opted_in",
    "prefers",
    "prefers",
    "hand_over_decided",
    "hand_over_decided",
    "taken_over",
    "taken_over",
    "contacted",
    "contacted",
    "not_before",
    "reason_given",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """One day of one home: rows as the store has them, policies, and what the run is given."""

    tables: Tables
    rulebook: Rulebook
    today: date
    now: datetime
    reach: frozenset[str] = REACH
    legal: frozenset[str] = frozenset({"formal-notice"})

    def reading(self, rulebook: Rulebook) -> "World":
        """The same day under these policies."""
        return replace(self, rulebook=rulebook)


def any_world(seed: int, *, debtors: int = 60) -> World:
    """The world of a seed: always the same."""
    return any_world_of(Random(seed), debtors=debtors)


def any_world_of(random: Random, *, debtors: int) -> World:
    """A world drawn from this source of chance."""
    rulebook, legal = any_policies(random)
    today = random.choice(DAYS)
    hour = random.choice((8, 8, 8, 5, 6, 7, 12, 16, 17, 18, 19, 20, 21, 23, 0))
    now = datetime(today.year, today.month, today.day, hour, random.choice((0, 0, 30)), tzinfo=UTC)
    marks = thresholds(rulebook)
    maker = _Maker(random, rulebook, today, marks)
    for _ in range(debtors):
        maker.debtor()
    reach = REACH if random.random() < 0.8 else REACH - {random.choice(sorted(REACH))}
    world = World(
        tables=maker.tables, rulebook=rulebook, today=today, now=now, reach=reach, legal=legal
    )
    return replace(world, now=_on_the_day(now, today))


def _on_the_day(now: datetime, today: date) -> datetime:
    """A run's `today` is the civil day in Paris: late in the evening UTC it is tomorrow there."""
    return now if now.hour < 22 else now - timedelta(days=1) if now.date() == today else now


class _Maker:
    """Fills the tables of one world, debtor by debtor."""

    def __init__(
        self, random: Random, rulebook: Rulebook, today: date, marks: Mapping[str, Sequence[int]]
    ) -> None:
        self.random = random
        # What came later draws here: the worlds stay those that their seeds stand for.
        self.beside = Random(str(random.getstate()))
        self.rulebook = rulebook
        self.today = today
        self.marks = marks
        self.tables: dict[str, list[Row]] = {name: [] for name in DEFAULTS}
        self.ladders = [
            [(step.id, rule.id.partition("/")[2]) for step in policy.steps for rule in step.choose]
            for policy in rulebook.active
        ]

    def add(self, table: str, **row: Any) -> int:  # noqa: ANN401 - any column of any table
        rows = self.tables[table]
        rows.append({**DEFAULTS[table], **row, "id": len(rows) + 1})
        return len(rows)

    def near(self, fact: str, *others: int) -> int:
        """A value at a threshold of the policies, one beside it, or one of these."""
        choices = [*self.marks.get(fact, ()), *others]
        return self.random.choice(choices) + self.random.choice((0, 0, -1, 1))

    def ago(self, days: int) -> date:
        return self.today - timedelta(days=days)

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def debtor(self) -> None:
        random = self.random
        kind = random.choice(("business",) * 8 + ("consumer",) * 6 + ("public_body", ""))
        usual = {"consumer": "consumer", "public_body": "public_body"}.get(kind, "")
        profile = usual or random.choice(("micro", "micro", "sme", "sme", "key_account", ""))
        if self.chance(0.03):
            profile = random.choice(("consumer", "sme"))
        whose = self.add(
            "debtors",
            reference=f"D{len(self.tables['debtors']) + 1}",
            legal_kind=kind,
            profile=profile,
            email="" if self.chance(0.25) else "a@roux.example",
            phone="" if self.chance(0.4) else "+33140000001",
            mobile="" if self.chance(0.4) else "+33600000001",
            address="" if self.chance(0.2) else "4 rue des Lilas",
            postcode=random.choice(POSTCODES),
            extra=self.extra(),
            as_of=self.ago(random.choice((0, 0, 0, 0, 0, 0, 90, 91))),
        )
        cases = [self.invoice(whose) for _ in range(random.choice((1, 1, 2, 2, 3, 4, 6)))]
        for case in cases:
            self.past(whose, case)
            if self.chance(0.3):
                self.stood(case)
        for _ in range(random.choice((0, 0, 0, 1, 1, 2, 4))):
            self.event(whose, random.choice([None, *cases]))
        for _ in range(random.choice((0, 0, 0, 1, 2, 3))):
            self.message(whose)
        if self.chance(0.15):
            self.credit(whose, cases)
        for _ in range(self.random.choice((0, 0, 1, 2))):
            self.task(whose, cases)

    def extra(self) -> str:
        known = self.random.choice((None, False, True, *["absent"] * 12))
        return "{}" if known == "absent" else json.dumps({"insolvency": known})

    def invoice(self, whose: int) -> int:
        number = len(self.tables["invoices"]) + 1
        return self.add(
            "invoices",
            debtor_id=whose,
            number=f"F{number}",
            due=self.ago(self.near("days_late", -20, 0, 1, 10, 40, 90)),
            issued=self.ago(100),
            balance=max(self.near("amount_due", 0, 1_000, 120_000), 0),
            currency="USD" if self.chance(0.08) else "EUR",
            as_of=self.today if self.chance(0.8) else self.ago(self.random.choice((1, 4, 30))),
        )

    def past(self, whose: int, case: int) -> None:
        """Steps that were done, one after another, and perhaps one in hand."""
        ladder = self.random.choice(self.ladders)
        reached = self.random.randint(0, len(ladder))
        if self.chance(0.3):
            reached = 0
        days = self.near("days_since_step", 0, 3, 10, 20)
        seen: set[str] = set()
        for step, choice in reversed(ladder[:reached]):
            if step in seen or self.chance(0.15):
                continue
            seen.add(step)
            self.done(whose, case, step, choice, max(days, 0))
            days += self.near("days_since_step", 5, 10)
        if self.chance(0.1):
            step, choice = self.random.choice(ladder)
            self.pending(whose, case, step, choice)
        if self.chance(0.03):
            self.done(whose, case, "old-letter", "standard", 3)

    def stood(self, case: int) -> None:
        """Stops that runs have seen, one after another or together; some still stand."""
        random = self.random
        rules = [rule.id for policy in self.rulebook.active for rule in policy.stops]
        for _ in range(random.choice((1, 1, 2, 3))):
            began = random.choice((1, 2, 5, 9, 20))
            ended = random.choice((None, None, None, 0, 1, 2, 5))
            self.add(
                "holds",
                invoice_id=case,
                rule=random.choice([*rules, "credit", "unknown-step"]),
                on_unknown=self.chance(0.2),
                began_on=self.ago(began),
                ended_on=None if ended is None else self.ago(min(ended, began)),
            )
        lines = [row for row in self.tables["lines"] if row["invoice_id"] == case]
        if lines and self.chance(0.3):
            line = random.choice(lines)
            self.add(
                "sent_back",
                invoice_id=case,
                line_id=line["id"],
                step=line["step"],
                to_step=random.choice(("reminder", line["step"])),
                day=self.ago(random.choice((1, 4))),
            )

    def done(self, whose: int, case: int, step: str, choice: str, days: int) -> None:
        channel = self.random.choice(("email", "sms", "call", "letter", "registered_letter"))
        state = self.random.choice(DONE_STATES)
        back = self.chance(0.1)
        self.line(
            whose,
            case,
            step=step,
            choice=choice,
            channel=channel,
            state="bounced" if back else "sent" if state == "unknown" else state,
            contact_on=self.ago(days + self.random.choice((0, 0, 0, 2))),
            done_on=self.ago(days),
            taken_back_on=self.ago(max(days - 1, 0)) if back else None,
            live=not back,
        )

    def pending(self, whose: int, case: int, step: str, choice: str) -> None:
        dead = self.chance(0.3)
        self.line(
            whose,
            case,
            step=step,
            choice=choice,
            channel=self.random.choice(("email", "call", "letter")),
            state=self.random.choice(DEAD_STATES if dead else PENDING_STATES),
            contact_on=None,
            done_on=None,
            taken_back_on=None,
            live=not dead,
        )

    def line(self, whose: int, case: int, **row: Any) -> None:  # noqa: ANN401 - any column
        legal = row["step"] == "formal-notice"
        message = self.message(
            whose,
            channel=row["channel"],
            state=row["state"],
            contact_on=row.pop("contact_on"),
            legal_effect=legal,
            rule=f"{row['step']}/{row['choice']}",
        )
        self.add("lines", message_id=message, invoice_id=case, **row)

    def message(self, whose: int, **row: Any) -> int:  # noqa: ANN401 - any column
        """A message; one without a line is an answer, an `also`, or of a paid invoice."""
        gap = self.random.choice((0, 1, 4, 5, 6, 7, 8, 13, 14, 15, 16, 28, 29, 30, 31))
        usual: Row = {
            "debtor_id": whose,
            "channel": self.random.choice(("email", "sms", "call", "letter", "visit")),
            "state": self.random.choice((*DONE_STATES, *DEAD_STATES)),
            "contact_on": self.ago(gap),
            "policy": self.random.choice(("b2b", "b2b", "b2c")),
            "rule": self.random.choice(("reminder/standard", "reminder/standard", "answers/paid")),
            "legal_effect": self.chance(0.1),
            "fault": self.random.choice(("", "recipient", "message")),
            "main_id": 1 if self.chance(0.1) else None,
        }
        if row:
            usual["main_id"] = None
        if {**usual, **row}["state"] in {"bounced", "failed"}:
            channel = str({**usual, **row}["channel"])
            usual["recipient"] = self.beside.choice((None, self.address(whose, channel)))
        return self.add("messages", **{**usual, **row})

    def address(self, whose: int, channel: str) -> str:
        """His own address of that channel, or another one."""
        own = {"email": "email", "sms": "mobile"}.get(channel)
        now = "" if own is None else self.tables["debtors"][whose - 1][own]
        return self.beside.choice((now or "gone", "gone"))

    def channel_event(self, whose: int) -> None:
        """A channel that was closed, for an address or whatever it is, or released."""
        kind = self.beside.choice(("channel_closed", "channel_closed", "channel_released"))
        channel, closes = self.beside.choice(("email", "email", "sms")), kind == "channel_closed"
        address = self.beside.choice(("", self.address(whose, channel))) if closes else ""
        self.add(
            "events",
            debtor_id=whose,
            kind=kind,
            day=self.ago(self.beside.choice((0, 1, 5, 9, -1))),
            until=self.beside.choice((None, self.ago(1), self.ago(0))) if closes else None,
            detail=f"{channel} {address}".strip(),
        )

    def event(self, whose: int, case: int | None) -> None:
        kind = self.random.choice(EVENTS)
        days = self.random.choice((0, 1, 2, 3, 5, 9, 20, -1))
        until = None
        if kind in {"promise_made", "paused"}:
            until = self.ago(self.random.choice((-9, -1, 0, 1, 2, 3, 4, 5, 8, 15)))
        detail = ""
        if kind == "hand_over_decided":
            case, until = None, self.random.choice((None, self.ago(0), self.ago(1), self.ago(-9)))
            days = self.random.choice((1, 29, 30, 31))
        if kind in {"opted_out", "opted_in", "prefers"}:
            case, detail = None, self.random.choice(("", "email", "sms", "call", "letter"))
        if kind == "taken_over":
            case = case or len(self.tables["invoices"])
            detail = self.random.choice(("reminder", "formal-notice", "formal-notice", "old"))
            days = self.near("days_since_step", 3, 15)
        if kind == "contacted":
            case, detail = None, self.random.choice(("", "email", "call"))
            days = self.random.choice((0, 1, 5, 6, 7, 13, 29, 30))
        if kind == "not_before":
            case, until = None, self.ago(self.random.choice((-1, -3, -9, 0, 2)))
        if kind == "dispute_opened" and self.chance(0.5):
            detail = "part"
        if kind in {"reply_received", "reply_read", "handed_over"}:
            case = None
        self.add(
            "events",
            debtor_id=whose,
            invoice_id=case,
            kind=kind,
            day=self.ago(days),
            until=until,
            detail=detail,
            amount=self.random.choice((1, 500, 1_000, 119_999)),
        )
        if self.beside.random() < 0.2:
            self.channel_event(whose)

    def credit(self, whose: int, cases: Sequence[int]) -> None:
        invoice = self.tables["invoices"][self.random.choice(cases) - 1]
        self.add(
            "credits",
            debtor_id=whose,
            number=f"A{len(self.tables['credits'])}",
            invoice_number=invoice["number"] if self.chance(0.5) else "",
            amount=max(invoice["balance"] + self.random.choice((-1, 0, 1, -500, 10**6)), 1),
            currency=invoice["currency"],
        )

    def task(self, whose: int, cases: Sequence[int]) -> None:
        policy = self.random.choice(self.rulebook.active)
        rules = [
            rule
            for one in self.rulebook.active
            for rule in one.choices
            if isinstance(rule.then, Work)
        ]
        self.add(
            "tasks",
            debtor_id=whose,
            policy=policy.name,  # perhaps another one than that of the rule
            rule=self.random.choice([*rules, *policy.choices]).id,
            name="look",
            state=self.random.choice(("open", "open", "closed")),
            cases=json.dumps([case for case in cases if self.chance(0.7)]),
            opened_on=self.ago(3),
            due_on=self.ago(-2),
        )
