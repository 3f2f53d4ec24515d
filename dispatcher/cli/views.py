"""What the commands of the day show: imports, plans, runs, tasks, histories."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from dispatcher.cli.labels import task_label
from dispatcher.cli.lying import show_twice
from dispatcher.cli.past import why_words
from dispatcher.cli.say import Speaker
from dispatcher.compose.format import phone
from dispatcher.decide.explain_text import channel_words, reason_words
from dispatcher.house import Came, Delivered, House, MailRead, Report
from dispatcher.model.problem import Level
from dispatcher.people.work import Todo, todo
from dispatcher.problems.registry import level
from dispatcher.store.verify import Verified
from dispatcher.timings import MB, Timings


if TYPE_CHECKING:
    from dispatcher.messages.freeze import Unrendered
    from dispatcher.model.problem import Problem
    from dispatcher.store.unknown import Unknowns
    from dispatcher.store.unsent import Unsent

    Showing = Callable[[Speaker, Sequence[Problem]], None]


SHOWN_PROBLEMS = 20  # of one source on the screen; all of them in `--format json`

STOPPED = "stopped"  # by a person: `stops` says it once, for all channels that had nothing yet

OVER = ("limit", "per_run")  # reasons to wait that only the home's own limits give

OUTCOMES = ("accepted", "not_accepted", "rejected", "unknown", "planned", "quarantined")


def show_came(speaker: Speaker, came: Iterable[Came], show: "Showing | None" = None) -> int:
    """How each row of each source ended; returns how many were refused.

    `show` tells what is wrong with rows; without it, `show_some`.
    """
    refused = 0
    for each in came:
        counts = {status: n for status, n in each.taken.counts.items() if n}
        rows = sum(counts.values())
        speaker.say("came/title", source=each.taken.source, rows=rows, as_of=f"{each.taken.as_of}")
        told = ", ".join(speaker.words(f"row/{status}", count=n) for status, n in counts.items())
        speaker.say("came/counts", counts=told)
        (show or show_some)(speaker, each.taken.problems)
        refused += each.taken.counts.get("refused", 0)  # type: ignore[call-overload]
    return refused


def show_some(speaker: Speaker, problems: Sequence["Problem"]) -> None:
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


def show_timings(speaker: Speaker, measured: Timings) -> None:
    """Seconds and peak memory of each stage, on standard error."""
    for name, seconds in measured.seconds.items():
        stage = speaker.words(f"timings/{name}")
        fields = {"seconds": f"{seconds:.2f}", "peak": measured.peaks[name] // MB}
        speaker.note("timings/stage", stage=f"{stage:<28}", **fields)


def show_verified(speaker: Speaker, found: Verified) -> bool:
    """Whether the trail is whole; returns whether it has a fault."""
    if found.first_fault is None:
        head = found.head
        speaker.say("audit/whole", records=found.records, seq=head.seq, hash=head.hash[:16])
        if found.agreed:
            speaker.say("checkpoint/agrees", count=found.agreed)
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


def show_over(speaker: Speaker, answers: pl.DataFrame) -> None:
    """How many debtors a limit of the home keeps for another day, by limit."""
    over = answers.filter(pl.col("reason").str.split(": ").list.first().is_in(OVER))
    counted = over.group_by("reason").agg(pl.col("debtor_id").n_unique()).sort("reason")
    for reason, count in counted.iter_rows():
        speaker.say("run/over", count=count, reason=reason_words(reason, speaker.lang))


def show_report(speaker: Speaker, report: Report, *, came: bool = True) -> int:
    """One run, with what came in if wanted; returns how many rows and messages were set aside."""
    refused = show_came(speaker, report.came) if came else 0
    speaker.say(
        "run/planned",
        run=report.run_id,
        contacts=len(report.plan.contacts),
        written=report.frozen.written,
        tasks=len(report.plan.tasks),
    )
    if report.replies.written:
        speaker.say("run/replies", count=report.replies.written)
    show_unrendered(speaker, (*report.frozen.unrendered, *report.replies.unrendered))
    show_some(speaker, report.frozen.remarks)
    unknown = show_unknown(speaker, report.plan.answers)
    show_over(speaker, report.plan.answers)
    aside = show_delivered(speaker, report.delivered)
    if report.stopped:
        speaker.problems(report.stopped, {})
        speaker.say("run/rest-waits", digest=report.stopped[0].fields["digest"])
    unrendered = len(report.frozen.unrendered) + len(report.replies.unrendered)
    return refused + unrendered + unknown + aside


def show_unrendered(speaker: Speaker, unrendered: "Sequence[Unrendered]") -> None:
    """Whose message could not be made and why, up to a screenful: a template may fail for all."""
    for each in unrendered[:SHOWN_PROBLEMS]:
        debtor = each.debtor or each.contact.debtor_id
        speaker.say("run/unrendered", debtor=debtor, rule=each.contact.rule)
        speaker.problems([each.problem], {})
    if len(unrendered) > SHOWN_PROBLEMS:
        speaker.say("came/more", count=len(unrendered) - SHOWN_PROBLEMS)


def show_delivered(speaker: Speaker, delivered: Delivered) -> int:
    """What was sent; returns how many did not go as planned."""
    if delivered.replies.written:
        speaker.say("run/replies", count=delivered.replies.written)
    if delivered.recovered.total:
        counts = _outcomes(speaker, delivered.recovered.counts)
        speaker.say("run/recovered", counts=counts)
    show_asked(speaker, delivered)
    show_mail(speaker, delivered.mail)
    shown = False
    for turn in delivered.sent:
        for name, channel in turn.channels.items():
            spoken = channel_words(name, speaker.lang)
            if channel.counts:
                shown = True
                speaker.say("run/sent", channel=spoken, counts=_outcomes(speaker, channel.counts))
            if channel.ended and (channel.counts or channel.ended != STOPPED):
                shown = True
                why = speaker.words(f"run/ended/{channel.ended}")
                said = f" ({channel.reason})" if channel.reason else ""
                speaker.say("run/ended", channel=spoken, why=f"{why}{said}")
    if not shown:
        speaker.say("run/nothing")
    show_unsent(speaker, delivered.unsent)
    show_kept_back(speaker, delivered)
    speaker.problems(delivered.stops, {})
    show_unknowns(speaker, delivered.unknown)
    if delivered.news:
        speaker.say("run/news", count=delivered.news)
    recovered = delivered.recovered.counts.get("unknown", 0) + delivered.unknown.legal
    recovered += delivered.unsent.aside + len(delivered.unsent.twice)
    return recovered + sum(delivered.count(word) for word in OUTCOMES[1:])


def show_kept_back(speaker: Speaker, delivered: Delivered) -> None:
    """What the last look at each debtor kept from leaving, by reason."""
    for reason, count in delivered.withdrawn.items():
        speaker.say("run/withdrawn", count=count, why=why_words(speaker, reason))
    for limit, count in delivered.limited.items():
        speaker.say("run/limited", count=count, limit=limit)


def show_mail(speaker: Speaker, mail: MailRead) -> None:
    """How the mails ended that were read, and the mailboxes that could not be."""
    if mail.counts:
        ends = {name: mail.counts.get(name, 0) for name in ("placed", "kept", "ignored")}
        speaker.say("mail/read", **ends)
    speaker.problems(mail.problems, {})


def show_asked(speaker: Speaker, delivered: Delivered) -> None:
    """What providers said when they were asked before anything was sent."""
    asked = delivered.asked
    if asked.counts:
        counts = [speaker.words(f"asked/{word}", count=n) for word, n in asked.counts.items()]
        speaker.say("run/asked", counts=", ".join(counts))
    if asked.news:
        speaker.say("run/asked-news", count=asked.news)


def show_unknowns(speaker: Speaker, unknown: "Unknowns") -> None:
    """How many messages may or may not have left, and those that people must settle."""
    if unknown.count:
        speaker.say("run/unknown", count=unknown.count)
    if unknown.legal:
        speaker.say("run/unknown-legal", count=unknown.legal)


def show_unsent(speaker: Speaker, unsent: "Unsent") -> None:
    """What is written and has not left, and what it waits for."""
    if unsent.approvals:
        speaker.say("run/for-approval", count=unsent.approvals)
    if unsent.next_at is not None:
        at = f"{speaker.day(unsent.next_at.date())} {unsent.next_at:%H:%M}"
        speaker.say("run/for-later", count=unsent.later, at=at)
    elif unsent.later:
        speaker.say("run/for-next", count=unsent.later)
    if unsent.aside:
        speaker.say("run/aside", count=unsent.aside)
    if unsent.held:
        speaker.say("run/held", count=unsent.held)
    show_twice(speaker, unsent.twice)


def _outcomes(speaker: Speaker, counts: Mapping[str, int]) -> str:
    known = [(word, counts[word]) for word in OUTCOMES if counts.get(word)]
    return ", ".join(speaker.words(f"outcome/{word}", count=n) for word, n in known)


def show_tasks(speaker: Speaker, house: House, today: date) -> None:
    """Calls and tasks, late ones first, then by day and amount."""
    show_todo(speaker, house, todo(house), today)


def show_todo(speaker: Speaker, house: House, rows: Sequence[Todo], today: date) -> None:
    """These rows of the list of work."""
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
    due = speaker.day(row.due_on)
    late = row.due_on is not None and row.due_on < today
    return (
        row.number,
        speaker.words("tasks/late", day=due) if late else due,
        _what(speaker, house, row),
        row.debtor,
        ", ".join(row.cases),
        speaker.money(row.amount, row.currency),
        row.assignee,
    )


def _what(speaker: Speaker, house: House, row: Todo) -> str:
    if row.approves:
        return speaker.words("tasks/approve", template=row.approves)
    if row.channel:
        return speaker.words(f"tasks/{row.channel}", to=phone(row.to))
    text = house.settings.tasks.get(row.name)
    label = task_label(speaker, row.name, text)
    return f"{label} ({reason_words(row.reason, speaker.lang)})" if row.reason else label
