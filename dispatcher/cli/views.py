"""What the commands of the day show: imports, plans, runs, tasks, histories."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import polars as pl

from dispatcher.app import short
from dispatcher.cli.say import Speaker
from dispatcher.compose.format import money
from dispatcher.decide.plan import Plan
from dispatcher.house import Came, Delivered, House, Report
from dispatcher.model.decision import Action
from dispatcher.model.problem import Level
from dispatcher.problems.registry import level
from dispatcher.store.history import HistoryRow
from dispatcher.store.verify import Verified
from dispatcher.work import Todo, todo


if TYPE_CHECKING:
    from dispatcher.model.problem import Problem


SHOWN_PROBLEMS = 20  # of one source on the screen; all of them in `--format json`

UNSHOWN = frozenset({"commitment", "policy_hash"})  # for the trail, not for people

OUTCOMES = ("accepted", "not_accepted", "rejected", "unknown", "planned")


def show_came(speaker: Speaker, came: Iterable[Came]) -> int:
    """How each row of each source ended; returns how many were refused."""
    refused = 0
    for each in came:
        counts = {status: n for status, n in each.taken.counts.items() if n}
        rows = sum(counts.values())
        speaker.say("came/title", source=each.taken.source, rows=rows, as_of=f"{each.taken.as_of}")
        told = ", ".join(f"{n} {speaker.words(f'row/{status}')}" for status, n in counts.items())
        speaker.say("came/counts", counts=told)
        _show_some(speaker, each.taken.problems)
        refused += each.taken.counts.get("refused", 0)  # type: ignore[call-overload]
    return refused


def _show_some(speaker: Speaker, problems: Sequence["Problem"]) -> None:
    """Every refusal up to a screenful, and of the remarks one of each kind with their number."""
    refusals = [problem for problem in problems if level(problem) is not Level.HINT]
    speaker.problems(refusals[:SHOWN_PROBLEMS], {})
    if len(refusals) > SHOWN_PROBLEMS:
        speaker.note("came/more", count=len(refusals) - SHOWN_PROBLEMS)
    remarks = [problem for problem in problems if level(problem) is Level.HINT]
    counts = Counter(problem.code for problem in remarks)
    for code, count in counts.items():
        speaker.problems([next(problem for problem in remarks if problem.code == code)], {})
        if count > 1:
            speaker.note("came/alike", count=count - 1, code=code)


def show_verified(speaker: Speaker, found: Verified) -> bool:
    """Whether the trail is whole; returns whether it has a fault."""
    if found.first_fault is None:
        head = found.head
        speaker.say("audit/whole", records=found.records, seq=head.seq, hash=head.hash[:16])
        return False
    speaker.problems([found.first_fault], {})
    speaker.note("audit/fault", records=found.records)
    return True


def show_unknown(speaker: Speaker, answers: pl.DataFrame) -> int:
    """How many cases hold only because a fact is unknown, by fact."""
    held = answers.filter(pl.col("reason").str.starts_with("unknown: "))
    for reason, count in held.group_by("reason").len().sort("reason").iter_rows():
        speaker.say("came/unknown", count=count, fact=reason.removeprefix("unknown: "))
    return held.height


def show_plan(speaker: Speaker, plan: Plan, day: date) -> None:
    """The plan as a table: what would be done, then what waits or holds, by reason."""
    speaker.say(
        "plan/title",
        day=day,
        cases=plan.answers.height,
        contacts=len(plan.contacts),
        tasks=len(plan.tasks),
    )
    headings = ("answer", "policy", "rule", "channel", "reason", "until", "cases", "debtors")
    speaker.table(
        [speaker.words(f"plan/{name}") for name in (*headings, "amount")],
        (_plan_row(speaker, row) for row in _grouped(plan.answers).iter_rows(named=True)),
        right=(6, 7, 8),
    )
    for each in plan.exceeded:
        digest = short(plan.digest)
        fields = {"policy": each.policy, "share": each.share, "limit": each.limit}
        speaker.say("plan/exceeded", **fields, digest=digest)
    speaker.say("plan/digest", digest=short(plan.digest))


def _grouped(answers: pl.DataFrame) -> pl.DataFrame:
    order = {action.value: place for place, action in enumerate(Action)}
    return (
        answers.group_by("action", "policy", "rule", "channel", "reason")
        .agg(
            pl.len().alias("cases"),
            pl.col("debtor_id").n_unique().alias("debtors"),
            pl.col("amount_due").sum(),
            pl.col("until").min(),
            pl.col("currency").first(),
        )
        .with_columns(place=pl.col("action").replace_strict(order, return_dtype=pl.Int64))
        .sort("place", "policy", "rule", "channel", "reason")
    )


def _plan_row(speaker: Speaker, row: Mapping[str, object]) -> tuple[str, ...]:
    return (
        speaker.words(f"action/{row['action']}"),
        str(row["policy"]),
        str(row["rule"]),
        str(row["channel"]),
        str(row["reason"]),
        "" if row["until"] is None else str(row["until"]),
        str(row["cases"]),
        str(row["debtors"]),
        _money(row["amount_due"], row["currency"]),
    )


def show_report(speaker: Speaker, report: Report) -> int:
    """One run; returns how many rows and messages were set aside."""
    refused = show_came(speaker, report.came)
    speaker.say(
        "run/planned",
        run=report.run_id,
        contacts=len(report.plan.contacts),
        written=report.frozen.written,
        tasks=len(report.plan.tasks),
    )
    for each in report.frozen.unrendered:
        speaker.say("run/unrendered", debtor=each.contact.debtor_id, rule=each.contact.rule)
        speaker.problems([each.problem], {})
    unknown = show_unknown(speaker, report.plan.answers)
    aside = show_delivered(speaker, report.delivered)
    return refused + len(report.frozen.unrendered) + unknown + aside


def show_delivered(speaker: Speaker, delivered: Delivered) -> int:
    """What was sent; returns how many did not go as planned."""
    if delivered.recovered.total:
        counts = _outcomes(speaker, delivered.recovered.counts)
        speaker.say("run/recovered", counts=counts)
    shown = False
    for turn in delivered.sent:
        for name, channel in turn.channels.items():
            if channel.counts:
                shown = True
                speaker.say("run/sent", channel=name, counts=_outcomes(speaker, channel.counts))
            if channel.ended:
                why = f"{channel.ended} {channel.reason}".strip()
                speaker.say("run/ended", channel=name, why=why)
    if not shown:
        speaker.say("run/nothing")
    recovered = delivered.recovered.counts.get("unknown", 0)
    return recovered + sum(delivered.count(word) for word in OUTCOMES[1:])


def _outcomes(speaker: Speaker, counts: Mapping[str, int]) -> str:
    known = [(word, counts[word]) for word in OUTCOMES if counts.get(word)]
    return ", ".join(speaker.words(f"outcome/{word}", count=n) for word, n in known)


def show_tasks(speaker: Speaker, house: House, today: date) -> None:
    """Calls and tasks, late ones first, then by day and amount."""
    rows = todo(house)
    if not rows:
        speaker.say("tasks/none")
        return
    headings = ("number", "due", "what", "debtor", "cases", "amount", "who")
    speaker.table(
        [speaker.words(f"tasks/{name}") for name in headings],
        (_todo_row(speaker, house, row, today) for row in rows),
        right=(5,),
    )


def _todo_row(speaker: Speaker, house: House, row: Todo, today: date) -> tuple[str, ...]:
    due = "" if row.due_on is None else str(row.due_on)
    late = row.due_on is not None and row.due_on < today
    return (
        row.number,
        speaker.words("tasks/late", day=due) if late else due,
        _what(speaker, house, row),
        row.debtor,
        ", ".join(row.cases),
        _money(row.amount, row.currency),
        row.assignee,
    )


def _what(speaker: Speaker, house: House, row: Todo) -> str:
    if row.channel:
        return speaker.words(f"tasks/{row.channel}", to=row.to)
    text = house.settings.tasks.get(row.name)
    label = row.name if text is None else text.labels.get(speaker.lang, row.name)
    return f"{label} ({row.reason})" if row.reason else label


def show_history(speaker: Speaker, rows: Sequence[HistoryRow], timezone: str) -> None:
    """Everything that happened to a case, oldest first, in the home's time."""
    if not rows:
        speaker.say("history/none")
        return
    zone = ZoneInfo(timezone)
    speaker.table(
        [speaker.words(f"history/{name}") for name in ("at", "what", "detail")],
        (
            (
                _clock(row.at, zone),
                f"{speaker.words(f'happened/{row.happened}')}: {row.what}",
                ", ".join(
                    f"{key} {value}" for key, value in row.fields.items() if key not in UNSHOWN
                ),
            )
            for row in rows
        ),
    )


def _clock(instant: datetime, zone: ZoneInfo) -> str:
    return f"{instant.astimezone(zone):%Y-%m-%d %H:%M:%S}"


def _money(minor: object, currency: object) -> str:
    return money(minor, str(currency)) if isinstance(minor, int) else ""
