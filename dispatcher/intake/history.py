"""What was done about an item before we came: its last step, its last contact."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from dispatcher.intake.checks import Check
from dispatcher.intake.dates import DateFormat
from dispatcher.intake.targets import HISTORY
from dispatcher.model.settings import SourceSettings
from dispatcher.model.tables import TAKEN
from dispatcher.model.vocabulary import Fact


NONE: Final = "none"
STEP, STEP_ON, CONTACT_ON = HISTORY


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """How the history of items is read; `mapped` are the source's targets."""

    mapped: frozenset[str]
    days: DateFormat
    today: date
    facts: Mapping[str, Fact]

    def columns(self) -> list[pl.Expr]:
        """The typed columns, each named `is.` and what it is; null where it cannot be used."""
        step = self._text(STEP)
        return [
            pl.when(step.is_in(self.steps)).then(step).alias(f"is.{STEP}"),
            *(self._day(name).alias(f"is.{name}") for name in (STEP_ON, CONTACT_ON)),
        ]

    def checks(self) -> Iterator[Check]:
        """What may be wrong; nothing of it refuses the row."""
        known = pl.col(f"is.{STEP}").is_not_null()
        said = self._said()
        yield from self._only(STEP, Check(code="csv/step", target=STEP, bad=said & ~known))
        for name in (STEP_ON, CONTACT_ON):
            text = self._text(name)
            read = self.days.read(text)
            unread = read.is_null() & (text != "")
            yield from self._only(name, Check(code="csv/date", target=name, bad=unread))
            late = (read > self.today).fill_null(value=False)
            yield from self._only(name, Check(code="csv/not-yet", target=name, bad=late))
        undated = known & pl.col(f"is.{STEP_ON}").is_null()
        yield from self._only(STEP, Check(code="csv/step-undated", target=STEP, bad=undated))
        stepless = pl.col(f"is.{STEP_ON}").is_not_null() & ~said
        yield from self._only(
            STEP_ON, Check(code="csv/day-without-step", target=STEP_ON, bad=stepless)
        )

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps of the active policies."""
        fact = self.facts.get(STEP)
        return () if fact is None else tuple(step for step in fact.values if step != NONE)

    def frame(self, good: pl.DataFrame, source: SourceSettings) -> pl.DataFrame:
        """One row per open item that has a history (`TAKEN["history"]`).

        A step without a day was done when the debtor was last contacted, else on the day that the
        row speaks of: so nothing goes further at once. A step was a contact of its day.
        """
        schema = {name: getattr(pl, word) for name, word in TAKEN["history"].items()}
        step, done = pl.col(f"is.{STEP}"), pl.col(f"is.{STEP_ON}")
        contacted = pl.col(f"is.{CONTACT_ON}")
        since = pl.coalesce(done, contacted, pl.min_horizontal("is.as_of", pl.lit(self.today)))
        told = good.filter(~pl.col("is.credit")).select(
            number="is.number",
            term="is.term",
            last_step=step.fill_null(""),
            last_step_on=pl.when(step.is_not_null()).then(since),
            last_contact_on=pl.coalesce(contacted, pl.when(self._said()).then(done)),
            source=pl.lit(source.name),
            row="row",
        )
        some = (pl.col(STEP) != "") | pl.col(CONTACT_ON).is_not_null()
        return told.filter(some).select(pl.col(name).cast(kind) for name, kind in schema.items())

    def _text(self, target: str) -> pl.Expr:
        return pl.col(target) if target in self.mapped else pl.lit("", dtype=pl.String)

    def _said(self) -> pl.Expr:
        """Whether a step is named, whether or not we know it."""
        return ~self._text(STEP).is_in(["", NONE])

    def _day(self, target: str) -> pl.Expr:
        read = self.days.read(self._text(target))
        return pl.when(read <= self.today).then(read)

    def _only(self, target: str, check: Check) -> Iterator[Check]:
        if target in self.mapped:
            yield check
