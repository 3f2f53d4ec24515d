"""The guard: just before a message leaves, the day is decided again for its debtor.

There is no second list of checks. The same facts and rules decide, in the claiming transaction;
a message whose cases no longer get the same step, or whose printed values have changed, stays.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import polars as pl

from dispatcher.accounts import accounts_of, printed
from dispatcher.compose.printed import printed_digest
from dispatcher.decide.recheck import Compiled, still_due
from dispatcher.model.settings import Settings
from dispatcher.policy.terms import Rulebook
from dispatcher.ports import Claim, Clock, Frames
from dispatcher.store.book import Book


CHANGED = "printed values changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recheck:
    """The port `Guard` over a book: message id -> why it must not leave.

    `withdrawn` collects what it named, for the caller to plan anew. `day_of` gives the home's day
    of an instant.
    """

    book: Book
    rulebook: Rulebook
    settings: Settings
    clock: Clock
    compiled: Compiled
    day_of: Callable[[datetime], date]
    withdrawn: dict[int, str] = field(default_factory=dict)

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
        reasons = {**found.reasons, **dict.fromkeys(changed, CHANGED)}
        self.withdrawn.update(reasons)
        return reasons

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
                )
                if printed_digest(data) != claim.printed:
                    yield claim.id
