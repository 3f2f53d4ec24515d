"""The book: one face for all that the store remembers; each method is one transaction."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from dispatcher.model.mail import EarlierMail
from dispatcher.model.message import State
from dispatcher.model.news import News, Verdict
from dispatcher.model.plan import PlannedTask
from dispatcher.model.reply import Happening
from dispatcher.ports import Frames, Frozen
from dispatcher.store import (
    addressed,
    approvals,
    calls,
    events,
    freezing,
    history,
    inquiries,
    interventions,
    mails,
    named_files,
    news,
    outbox_rows,
    person,
    portfolio,
    replies,
    reports,
    resolutions,
    runs,
    tasks,
    unknown,
    volumes,
)
from dispatcher.store.approvals import AwaitingRow
from dispatcher.store.calls import CallRow
from dispatcher.store.connection import Store
from dispatcher.store.events import NewEvent
from dispatcher.store.history import HistoryRow
from dispatcher.store.interventions import Deed
from dispatcher.store.outbox_rows import LYING, LyingRow, Story, TwiceRow
from dispatcher.store.outcomes import Presented
from dispatcher.store.portfolio import CaseRow
from dispatcher.store.reports import ReportRow
from dispatcher.store.resolutions import Word
from dispatcher.store.runs import RunRow
from dispatcher.store.tasks import TaskKey, TaskRow, TasksOpened, TaskState
from dispatcher.store.unknown import Inquired, SilentRow, UnknownRow, Unknowns
from dispatcher.store.unsent import Unsent, unsent
from dispatcher.store.volumes import Handed


if TYPE_CHECKING:
    import polars as pl

    from dispatcher.store.taking import TakenCounts


class Book:
    """What the store remembers; `day_of` gives the civil day of an instant in the home's zone.

    Every method raises `StoreFault` when the disk fails: then it has written nothing.
    """

    def __init__(self, store: Store, *, day_of: Callable[[datetime], date]) -> None:
        self.store = store
        self._day_of = day_of

    # -- what comes in

    def take(
        self,
        taken: "Mapping[str, pl.DataFrame]",
        *,
        source: str,
        kind: str,
        now: datetime,
        day: date,
        complete: bool,
        refused: Sequence[tuple[str, int]] = (),
        file_digest: str = "",
    ) -> "TakenCounts":
        """Write one import (`model.tables.TAKEN`): new, changed and reopened rows; no others.

        With `complete`, open invoices and credits of that source which the file no longer names
        are closed on `day`. `refused` are invoice numbers and terms that the file does name in
        rows that were not taken: they stay open.

        Raises:
            ValueError: a key stands twice.
        """
        from dispatcher.store.taking import take  # noqa: PLC0415 - Polars, 180 ms

        with self.store.writing() as connection:
            return take(
                connection,
                taken,
                source=source,
                kind=kind,
                now=now,
                day=day,
                complete=complete,
                refused=refused,
                file_digest=file_digest,
            )

    def open_items(self) -> Mapping[str, int]:
        """How many open invoices each source has."""
        with self.store.reading() as connection:
            return portfolio.open_items(connection)

    def record_event(self, event: NewEvent, *, now: datetime) -> int | None:
        """Write what happened outside; None where that source and reference is known already."""
        with self.store.writing() as connection:
            return events.record_event(connection, event, now=now)

    def record_events(self, new: Sequence[NewEvent], *, now: datetime) -> int:
        """Write many events, each with its record; how many of them were not known."""
        with self.store.writing() as connection:
            return events.record_events(connection, new, now=now)

    def has_event(self, *, source: str, beginning: str) -> bool:
        """Whether that source has an event whose reference begins so."""
        with self.store.reading() as connection:
            return events.has_event(connection, source=source, beginning=beginning)

    def addressed(self, tokens: Collection[str]) -> Mapping[str, addressed.Addressed]:
        """Whom the messages with these tokens were for, by token."""
        with self.store.reading() as connection:
            return addressed.addressed(connection, tokens)

    def bounced_before(self, *, debtor_id: int, to: str, code: str, since: datetime) -> int:
        """How often messages to this address came back with that code since then."""
        with self.store.reading() as connection:
            return addressed.bounced_before(
                connection, debtor_id=debtor_id, to=to, code=code, since=since
            )

    def debtor_named(self, words: Collection[str]) -> int | None:
        """The only debtor whose invoice or reference is among these words."""
        with self.store.reading() as connection:
            return addressed.debtor_named(connection, words)

    def token_on_its_way(self, case: int, channels: Collection[str]) -> str:
        """The token of the newest message of a case by these channels that left; empty: none."""
        with self.store.reading() as connection:
            return addressed.token_on_its_way(connection, case, channels)

    def why_closed(self, debtor_id: int, channel: str) -> str:
        """What speaks against a channel of a debtor, in a few words; empty: nothing is known."""
        with self.store.reading() as connection:
            return addressed.why_closed(connection, debtor_id, channel)

    def managers(self) -> frozenset[str]:
        """The addresses of our own account managers, as the debtors' rows have them."""
        with self.store.reading() as connection:
            return addressed.managers(connection)

    def hear(self, news: Sequence[News], *, now: datetime) -> tuple[Verdict, ...]:
        """Keep each piece of news once and do what follows from it (see `news.hear`)."""
        with self.store.writing() as connection:
            return _hear(connection, news, now=now, day_of=self._day_of)

    # -- what nobody knows

    def unknowns(self, *, before: datetime) -> Unknowns:
        """How many messages are unknown; with legal effect: those that are since `before`."""
        with self.store.reading() as connection:
            return unknown.counted(connection, before=before)

    def unknown(self, message_id: int | None = None) -> tuple[UnknownRow, ...]:
        """Every message that may have left, or that one; the oldest first."""
        with self.store.reading() as connection:
            return unknown.unknown(connection, self.store.secret, message_id)

    def taken(self, to: str, *, but: int) -> frozenset[str]:
        """What providers call our other messages to that address."""
        with self.store.reading() as connection:
            return unknown.taken(connection, to, but=but)

    def silent(
        self, channels: Collection[str], *, after: datetime, before: datetime
    ) -> tuple[SilentRow, ...]:
        """Messages taken between two instants of which nothing was heard unless we asked."""
        with self.store.reading() as connection:
            return unknown.silent(connection, channels, after=after, before=before)

    def inquired(
        self,
        asked: Sequence[Inquired],
        word: Word | None = None,
        *,
        now: datetime,
        presented: Presented,
        provider_id: str = "",
    ) -> State | None:
        """Write down what providers were asked and what that proved (see `resolutions.settle`).

        The state that follows from the word; None without one, or where the message has meanwhile
        been settled otherwise.
        """
        with self.store.writing() as connection:
            inquiries.note(connection, asked, now=now)
            if word is None or not resolutions.is_open(connection, word):
                return None
            return resolutions.settle(
                connection,
                word,
                now=now,
                day_of=self._day_of,
                presented=presented,
                provider_id=provider_id,
            )

    def resent(self, message_id: int) -> bool:
        """Whether the policy has had that message sent once more already."""
        with self.store.reading() as connection:
            return resolutions.resent(connection, message_id)

    def resolve(self, word: Word, *, now: datetime, presented: Presented) -> State:
        """Write down what somebody says of an unknown message (see `resolutions.settle`).

        Raises:
            ValueError: that message is not unknown, or the word is about another attempt.
        """
        with self.store.writing() as connection:
            return resolutions.settle(
                connection, word, now=now, day_of=self._day_of, presented=presented
            )

    # -- how much goes out

    def left_on(self, day: date) -> tuple[Handed, ...]:
        """What may have left on a day; inside a claim as that transaction sees it."""
        with self.store.reading() as connection:
            return volumes.left_on(connection, day)

    def wanted_by_runs(self, *, day: date, days: int) -> Mapping[date, tuple[Handed, ...]]:
        """What runs wrote on that day and the last `days` before it that contacted somebody."""
        with self.store.reading() as connection:
            return volumes.wanted_by_runs(connection, day=day, days=days)

    def newest_record(self) -> datetime | None:
        """The latest instant of which the end of the trail tells."""
        with self.store.reading() as connection:
            return volumes.newest(connection)

    def reports_waiting(self) -> int:
        """How many pieces of news wait for a person."""
        with self.store.reading() as connection:
            return reports.waiting(connection)

    def reports(self, *, every: bool = False) -> tuple[ReportRow, ...]:
        """What came back and is kept for a person, or the newest of all (see `reports`)."""
        with self.store.reading() as connection:
            return reports.reports(connection, every=every)

    def report(self, number: int) -> ReportRow:
        """One piece of news.

        Raises:
            LookupError: there is none of that number.
        """
        with self.store.reading() as connection:
            return reports.report_of(connection, number)

    def close_report(self, number: int, *, person: str, now: datetime) -> None:
        """A person has seen a piece of news (see `reports.close`).

        Raises:
            LookupError: none of that number is open.
        """
        with self.store.writing() as connection:
            reports.close(connection, number, person=person, now=now)

    def assign_report(self, number: int, case: int, *, person: str, now: datetime) -> Verdict:
        """A person says whose a piece of news is (see `reports.assign`).

        Raises:
            LookupError: none of that number is open, or there is no such case.
            ValueError: it is placed already, or that case has no message that it could be about.
        """
        with self.store.writing() as connection:
            debtor_id = portfolio.case(connection, case).debtor_id
            return reports.assign(
                connection, number, case, debtor_id, person=person, now=now, day_of=self._day_of
            )

    # -- what decide reads

    def slices(self, *, size: int) -> tuple[tuple[int, int], ...]:
        """Ranges of debtor ids, ascending, that hold every debtor; see `store.slices`."""
        from dispatcher.store.slices import slices  # noqa: PLC0415 - only to decide

        with self.store.reading() as connection:
            return slices(connection, size=size)

    def frames(
        self,
        debtor_ids: Sequence[int] | None = None,
        *,
        since: date | None = None,
        between: tuple[int, int] | None = None,
    ) -> Frames:
        """The tables as frames, of these debtors or of all; `between` are two ids of debtors.

        With `since`, of all without what cannot change an answer any more: messages that were
        sent or delivered before that day and have done their steps, and lines of closed cases.
        Inside a claim it reads what that transaction sees: the guard decides on it.
        """
        from dispatcher.store.frames import frames  # noqa: PLC0415 - Polars, 180 ms

        if debtor_ids is not None:
            with self.store.reading() as connection:
                return frames(connection, debtor_ids)
        with self.store.reading_twice() as (connection, second):
            return frames(connection, since=since, between=between, second=second)

    # -- runs

    def begin_run(
        self, *, kind: str, day: date, now: datetime, policies: Sequence[str] = ()
    ) -> int:
        """Open a run under these policy hashes."""
        with self.store.writing() as connection:
            return runs.begin(connection, kind=kind, day=day, now=now, policies=policies)

    def end_run(
        self,
        run_id: int,
        *,
        state: str,
        now: datetime,
        answers: str = "",
        answers_rows: int = 0,
        plan: str = "",
        note: str = "",
    ) -> None:
        """Close a run with the digest and row count of its answers file.

        Raises:
            ValueError: that run is not at work.
        """
        with self.store.writing() as connection:
            runs.end(
                connection,
                run_id,
                state=state,
                now=now,
                answers=answers,
                answers_rows=answers_rows,
                plan=plan,
                note=note,
            )

    def runs(self, *, limit: int = 100, day: date | None = None) -> tuple[RunRow, ...]:
        """The latest runs first."""
        with self.store.reading() as connection:
            return runs.runs(connection, limit=limit, day=day)

    def remember_policies(self, texts: Mapping[str, str], *, now: datetime) -> None:
        """Keep the resolved text of each policy by its hash."""
        with self.store.writing() as connection:
            runs.remember_policies(connection, texts, now=now)

    def policy_text(self, name: str) -> str | None:
        """The resolved text of the policy with that hash."""
        with self.store.reading() as connection:
            return runs.policy_text(connection, name)

    # -- what a run plans

    def freeze(
        self, run_id: int | None, batch: Sequence[Frozen], *, now: datetime
    ) -> list[int | None]:
        """Ids of the written messages in the batch's order; None where a key was taken."""
        with self.store.writing() as connection:
            return freezing.freeze(connection, run_id, batch, now=now)

    def unanswered(self, *, since: datetime) -> tuple[Happening, ...]:
        """What was recorded since then that may be answered, and is not."""
        with self.store.reading() as connection:
            return replies.unanswered(connection, since=since)

    def happened(self, event_ids: Sequence[int]) -> tuple[Happening, ...]:
        """These events, answered or not."""
        with self.store.reading() as connection:
            return replies.happened(connection, event_ids)

    def named_files(self, names: Collection[str]) -> frozenset[str]:
        """Those of these finished files that a message names."""
        with self.store.reading() as connection:
            return named_files.named_files(connection, names)

    def earlier_mails(self, debtor_ids: Sequence[int]) -> Mapping[int, tuple[EarlierMail, ...]]:
        """The e-mails that each of these debtors has got, oldest first."""
        with self.store.reading() as connection:
            return mails.earlier_mails(connection, self.store.secret, debtor_ids)

    def words_of(self, provider_id: str) -> Mapping[str, str]:
        """The text parts of the message that a provider, or a sink, knows by that name."""
        with self.store.reading() as connection:
            return mails.words_of(connection, provider_id)

    def open_tasks(
        self,
        run_id: int | None,
        planned: Sequence[PlannedTask],
        *,
        now: datetime,
        closing: Collection[str] = (),
        silent: Collection[TaskKey] = (),
    ) -> TasksOpened:
        """Open what is planned and not there; close what ended (see `tasks.open_tasks`)."""
        with self.store.writing() as connection:
            return tasks.open_tasks(
                connection,
                run_id,
                planned,
                now=now,
                day=self._day_of(now),
                closing=closing,
                silent=silent,
            )

    def follow(
        self, run_id: int | None, stands: "Mapping[str, pl.DataFrame]", *, now: datetime
    ) -> None:
        """Keep where cases stand (`model.tables.FOLLOWED`, whole): what changed, with its day.

        Raises:
            ValueError: one of the frames is missing.
        """
        from dispatcher.store.standing import follow  # noqa: PLC0415 - Polars, 180 ms

        with self.store.writing() as connection:
            follow(connection, run_id, stands, now=now, day=self._day_of(now))

    # -- what people do and ask

    def finish_by_person(
        self,
        message_id: int,
        *,
        outcome: str,
        person: str,
        note: str,
        now: datetime,
        until: date | None = None,
        followed_by: Sequence[NewEvent] = (),
    ) -> State:
        """Enter the outcome of a call or visit (see `person.finish`).

        Raises:
            ValueError: no person has that message in hand.
        """
        with self.store.writing() as connection:
            return _finish_call(
                connection,
                message_id,
                outcome=outcome,
                person=person,
                note=note,
                now=now,
                day=self._day_of(now),
                until=until,
                followed_by=followed_by,
            )

    def finish_task(
        self,
        task_id: int,
        *,
        outcome: str,
        person: str,
        note: str,
        now: datetime,
        until: date | None = None,
        did: Frozen | None = None,
        undone: bool = False,
        followed_by: Sequence[NewEvent] = (),
    ) -> None:
        """Enter the outcome of a task (see `tasks.finish`).

        Raises:
            ValueError: that task is not open.
        """
        with self.store.writing() as connection:
            tasks.finish(
                connection,
                task_id,
                outcome=outcome,
                person=person,
                note=note,
                now=now,
                day=self._day_of(now),
                until=until,
                did=did,
                undone=undone,
                followed_by=followed_by,
            )

    def awaiting(self) -> tuple[AwaitingRow, ...]:
        """Contacts that wait for an approval, oldest first."""
        with self.store.reading() as connection:
            return approvals.awaiting(connection, self.store.secret)

    def unsent(self, now: datetime) -> Unsent:
        """What is written and has not left."""
        with self.store.reading() as connection:
            return unsent(connection, now)

    def approve(self, message_id: int, *, role: str, person: str, now: datetime) -> State:
        """Write down a role's yes (see `approvals.approve`).

        Raises:
            ValueError: the message waits for nothing of that role.
        """
        with self.store.writing() as connection:
            return approvals.approve(connection, message_id, role=role, person=person, now=now)

    def refuse(self, message_id: int, *, role: str, person: str, note: str, now: datetime) -> None:
        """Write down a role's no: the message is withdrawn (see `approvals.refuse`).

        Raises:
            ValueError: the message waits for nothing of that role.
        """
        with self.store.writing() as connection:
            approvals.refuse(connection, message_id, role=role, person=person, note=note, now=now)

    def lying(self, states: Collection[State] = LYING) -> tuple[LyingRow, ...]:
        """Every message that lies in the outbox in these states (see `outbox_rows.lying`)."""
        with self.store.reading() as connection:
            return outbox_rows.lying(connection, states)

    def story(self, message_id: int) -> Story | None:
        """One message with its attempts and what came back; None where there is none."""
        with self.store.reading() as connection:
            return outbox_rows.story(connection, message_id)

    def twice(self) -> tuple[TwiceRow, ...]:
        """Contacts that went out twice."""
        with self.store.reading() as connection:
            return outbox_rows.twice(connection)

    def intervene(
        self, message_id: int, deed: Deed, *, person: str, note: str, now: datetime
    ) -> State:
        """Hold, let go or withdraw a message that has not left (see `interventions.intervene`).

        Raises:
            ValueError: the message is in no state that lets it.
        """
        with self.store.writing() as connection:
            return interventions.intervene(
                connection, message_id, deed, person=person, note=note, now=now
            )

    def calls(self) -> tuple[CallRow, ...]:
        """Calls and visits without an outcome yet, those that are due first."""
        with self.store.reading() as connection:
            return calls.calls(connection)

    def tasks(self, state: TaskState | None = TaskState.OPEN) -> tuple[TaskRow, ...]:
        """Tasks in that state or in all, those that are due first."""
        with self.store.reading() as connection:
            return tasks.tasks(connection, state=state)

    def case_id(self, number: str, term: int = 1) -> int | None:
        """The case with that invoice number and term."""
        with self.store.reading() as connection:
            return history.case_id(connection, number=number, term=term)

    def case(self, case: int) -> CaseRow:
        """Whose a case is, and what is due on it.

        Raises:
            LookupError: there is no such case.
        """
        with self.store.reading() as connection:
            return portfolio.case(connection, case)

    def history(self, case: int) -> tuple[HistoryRow, ...]:
        """All that happened to a case, in order."""
        with self.store.reading() as connection:
            return history.history(connection, case)


_finish_call = person.finish  # in `finish_by_person` the name `person` is who did it
_hear = news.hear  # in `hear` the name `news` is what came
