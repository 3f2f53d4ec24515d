"""The guard: just before a message leaves, the day is decided again for its debtor.

There is no second list of checks. The same facts and rules decide, in the claiming transaction;
a message whose cases no longer get the same step, or whose printed values have changed, stays.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

import polars as pl

from dispatcher.compose.printed import printed_digest
from dispatcher.decide.recheck import Compiled, still_due
from dispatcher.messages.accounts import BY_POST, accounts_of, printed
from dispatcher.messages.replies import replies_to
from dispatcher.model.plan import PlannedContact
from dispatcher.model.settings import Settings
from dispatcher.policy.terms import Rulebook
from dispatcher.ports import Claim, Clock, Frames
from dispatcher.store.book import Book


CHANGED = "printed values changed"
NO_MORE = "no-more"  # what it answers is not so any more


@dataclass(frozen=True, slots=True, kw_only=True)
class Recheck:
    """The port `Guard` over a book: message id -> why it must not leave.

    `withdrawn` collects what it named, for the caller to plan anew, `where` territory and time zone
    of each message's debtor; `postponed` is what a limit of the home keeps until tomorrow,
    `spent` the cost of what went (`caps`). `day_of` gives the home's day of an instant.
    """

    book: Book
    rulebook: Rulebook
    settings: Settings
    clock: Clock
    compiled: Compiled
    day_of: Callable[[datetime], date]
    reach: frozenset[str] = frozenset()
    withdrawn: dict[int, str] = field(default_factory=dict)
    postponed: dict[int, str] = field(default_factory=dict)
    spent: dict[int, int] = field(default_factory=dict)
    where: dict[int, tuple[str, str]] = field(default_factory=dict)

    def __call__(self, claims: Sequence[Claim]) -> Mapping[int, str]:
        frames = self.book.frames(sorted({claim.debtor_id for claim in claims}))
        today = self.clock.today()
        found = still_due(
            claims,
            frames,
            self.rulebook,
            self.settings,
            today=today,
            now=self.clock.now(),
            compiled=self.compiled,
        )
        left = [claim for claim in claims if claim.id not in found.reasons and claim.lines]
        changed = self._changed(left, frames, found.facts, today)
        answers = [claim for claim in claims if claim.event_id is not None]
        unfit = self._unfit(answers, frames, found.facts, today) if answers else {}
        self.where.update(found.where)
        reasons = {**found.reasons, **dict.fromkeys(changed, CHANGED), **unfit}
        self.withdrawn.update(reasons)
        return reasons

    def _unfit(
        self, claims: Sequence[Claim], frames: Frames, facts: pl.DataFrame, today: date
    ) -> Mapping[int, str]:
        """Answers to events that are not true any more, or that would be given otherwise today."""
        now = self.clock.now()
        due = replies_to(
            self.book.happened([claim.event_id for claim in claims if claim.event_id is not None]),
            frames,
            self.rulebook,
            self.settings,
            today=today,
            now=now,
            reach=self.reach,
        )
        wanted = {each.reply.event_id: each for each in due.contacts if each.reply is not None}
        why = {each.event_id: each.why for each in due.unsaid}
        return {
            claim.id: reason
            for claim in claims
            if claim.event_id is not None
            for reason in [
                why.get(claim.event_id, NO_MORE)
                if claim.event_id not in wanted
                else self._otherwise(claim, wanted[claim.event_id], frames, facts, today)
            ]
            if reason
        }

    def _otherwise(
        self,
        claim: Claim,
        wanted: PlannedContact,
        frames: Frames,
        facts: pl.DataFrame,
        today: date,
    ) -> str:
        """Why an answer that is still due must not leave as it was written."""
        if (wanted.channel, wanted.to, wanted.template) != (
            claim.channel,
            claim.to,
            claim.template,
        ):
            return "new-address"
        if wanted.not_before > self.clock.now():
            return "wait: quiet-hours"
        reply, day = wanted.reply, self.day_of(claim.created_at)
        if reply is None:
            return ""
        accounts = accounts_of(frames, facts, self.settings, {claim.debtor_id}, today=day)
        data = printed(
            replace(accounts, occasions={claim.debtor_id: reply.occasion}),
            self.settings,
            debtor_id=claim.debtor_id,
            to=claim.to,
            case_ids=reply.cases,
            planned_on=day,
            today=today,
            channel=claim.channel,
            by_post=claim.channel in BY_POST,
            currency=reply.currency,
        )
        return "" if printed_digest(data) == claim.printed else CHANGED

    def _changed(
        self, claims: Sequence[Claim], frames: Frames, facts: pl.DataFrame, today: date
    ) -> Iterable[int]:
        """Messages that would print something else today than when they were frozen.

        Of the facts only marks are printed, and those come from events: that the facts leave
        out the messages themselves changes none.
        """
        for day in sorted({self.day_of(claim.created_at) for claim in claims}):
            mine = [claim for claim in claims if self.day_of(claim.created_at) == day]
            debtors = {claim.debtor_id for claim in mine}
            accounts = accounts_of(frames, facts, self.settings, debtors, today=day)
            for claim in mine:
                data = printed(
                    accounts,
                    self.settings,
                    debtor_id=claim.debtor_id,
                    to=claim.to,
                    case_ids=[line.case_id for line in claim.lines if line.claimed],
                    planned_on=day,
                    today=today,
                    channel=claim.channel,
                    by_post=claim.channel in BY_POST,
                    legal_effect=claim.legal_effect,
                )
                if printed_digest(data) != claim.printed:
                    yield claim.id
