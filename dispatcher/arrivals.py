"""Whether what came in is fit to act on: of today, whole, and not of tomorrow."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date

from dispatcher.decide import calendars
from dispatcher.intake.taken import Status, Taken
from dispatcher.model.problem import Problem
from dispatcher.model.settings import Settings, SourceKind


#: A portfolio that shrinks by more than this from one day to the next lost rows on the way.
LEAST_LEFT = 70  # percent

FEW = 20  # open items; below it a share says nothing


def unfit(
    taken: Sequence[Taken], known: Mapping[str, int], settings: Settings, *, today: date
) -> tuple[Problem, ...]:
    """What a person has to look at before these sources are taken in.

    `known` are the open items of each source as the book has them.
    """
    # What was paid long ago says nothing about today: its file may be old, and small.
    past = {each.name for each in settings.sources if each.kind is SourceKind.PAID_ITEMS}
    place = calendars.territory_of(calendars.HOME, settings.creditor.postcode)
    oldest = calendars.business_days_before(today, settings.max_data_age, place)
    return tuple(
        problem
        for each in taken
        if not each.refused_whole and each.source not in past
        for problem in (
            *_age(each, today=today, oldest=oldest, limit=settings.max_data_age),
            *_size(each, known.get(each.source, 0)),
        )
    )


def unspoken(taken: Taken, spoken: Collection[str]) -> Iterator[Problem]:
    """Languages of debtors in which no template is written: their messages would be held."""
    debtors = taken.frames.get("debtors")
    if debtors is None or "language" not in debtors.columns:
        return
    asked = debtors.drop_nulls("language").group_by("language").len().sort("language")
    for lang, count in asked.iter_rows():
        if lang not in spoken:
            fields = {"source": taken.source, "language": str(lang), "count": str(count)}
            yield Problem(code="run/language", fields=fields)


def _age(taken: Taken, *, today: date, oldest: date, limit: int) -> Iterator[Problem]:
    fields = {"source": taken.source, "as_of": str(taken.as_of), "today": str(today)}
    if taken.as_of < oldest:
        yield Problem(code="run/stale", fields={**fields, "limit": str(limit)})
    if taken.as_of > today:
        yield Problem(code="run/future", fields=fields)


def _size(taken: Taken, known: int) -> Iterator[Problem]:
    """Rows that were refused are still open items: only what the file does not name is missing."""
    named = sum(taken.counts.get(status, 0) for status in _OPEN)
    if known >= FEW and named * 100 < known * LEAST_LEFT:
        fields = {"source": taken.source, "count": str(named), "known": str(known)}
        yield Problem(code="run/shrunken", fields=fields)


_OPEN = (Status.TAKEN, Status.REMARK, Status.REFUSED)
