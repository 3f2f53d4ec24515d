"""One or two replays: how they are lived, and how they are told side by side."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_UP, Decimal
from typing import Any, Final

import polars as pl

from dispatcher.cli.policies import lived as figures
from dispatcher.cli.policies import sections
from dispatcher.cli.policies.ahead import assumption_of, works_daily, world_of
from dispatcher.cli.policies.assumed import assumed
from dispatcher.cli.policies.sections import Section
from dispatcher.cli.say import Speaker
from dispatcher.clocks import a_day
from dispatcher.decide import calendars
from dispatcher.decide.costs import prices_of
from dispatcher.errors import BadInput
from dispatcher.house import House
from dispatcher.ledgers import Asked, read_ledger
from dispatcher.model.problem import Problem
from dispatcher.model.settings import Settings
from dispatcher.prove.days.assumptions import Assumption
from dispatcher.prove.days.diary import Diary
from dispatcher.prove.days.forecast import forecast
from dispatcher.prove.days.replay import Ledger, Past, opened
from dispatcher.prove.days.replayed import COMPARED, Replayed, figure, replayed
from dispatcher.prove.days.simulation import Simulation, Told, run_days


CENT: Final = Decimal("0.01")
MONEY: Final = "notice_amount"
TENTHS: Final = frozenset({"days_late", "median_late", "really_late"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asks:
    """The first and last day as written, the assumption and its seed."""

    begin: str = ""
    end: str = ""
    assume: str = ""
    seed: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One set of rules, called as it was asked for, and what came of it."""

    name: str
    told: Replayed
    diary: Diary
    assumption: Assumption
    settings: Settings
    debtors: pl.DataFrame
    left_out: int
    disputed: int


def lived(name: str, house: House, wanted: Asked, asks: Asks, told: Told) -> Side:
    """The days of a ledger under the house's rules.

    Raises:
        BadInput: the ledger cannot be read, or has nothing in these days.
    """
    rulebook, settings = house.rulebook, house.settings
    today = max(house.clock.today(), a_day(asks.end) if asks.end else date.min)
    ledger = read_ledger(settings, rulebook, wanted, today=today)
    first, last = _span(ledger, asks)
    assumption = Assumption(seed=asks.seed)
    if asks.assume:
        assumption = assumption_of(asks.assume, rulebook, seed=asks.seed)
    past, world = Past(ledger=ledger, assumption=assumption), world_of(house)
    past.begin(first)
    book = opened(ledger, rulebook, world.presented, first)
    simulation = Simulation(world=world, book=book, course=past)
    simulation.live(run_days(rulebook, settings.creditor.postcode, first, last), told)
    prices, diary = prices_of(settings), simulation.diary
    place = calendars.territory_of(calendars.HOME, settings.creditor.postcode)
    # the last run may be earlier: what was due or paid on a weekend after it counts as well
    found = replace(forecast(diary, rulebook, settings.totals, prices), end=last)
    return Side(
        name=name,
        told=replayed(diary, past, book.tables["events"], found, place),
        diary=diary,
        assumption=assumption,
        settings=settings,
        debtors=book.tables["debtors"],
        left_out=ledger.left_out,
        disputed=int(ledger.invoices["disputed"].sum()),
    )


def _span(ledger: Ledger, asks: Asks) -> tuple[date, date]:
    begin, end = ledger.span
    first = a_day(asks.begin) if asks.begin else begin
    last = a_day(asks.end) if asks.end else end
    if first > last or last < begin or first > end:
        days = {"first": first, "last": last, "begin": begin, "end": end}
        fields = {name: str(day) for name, day in days.items()}
        raise BadInput(Problem(code="replay/no-days", fields=fields))
    return first, min(last, end + timedelta(days=1))


# -- for people ------------------------------------------------------------------------------------


def _sections(speaker: Speaker, sides: Sequence[Side]) -> Iterator[Section]:
    first = sides[0]
    yield _assumed(speaker, first)
    yield _compared(speaker, sides)
    for side in sides:
        if len(sides) > 1:
            yield Section(lines=(f"── {side.name}",))
        yield from figures.sections(speaker, side.told.forecast, side.settings, side.debtors)


def _assumed(speaker: Speaker, side: Side) -> Section:
    more = []
    if side.disputed:
        more.append(speaker.words("assume/disputed", count=side.disputed))
    return assumed(
        speaker,
        side.assumption,
        real=True,
        runs=side.told.forecast.runs,
        working=not works_daily(side.diary.days),
        more=more,
    )


def _compared(speaker: Speaker, sides: Sequence[Side]) -> Section:
    told = sides[0].told
    lines = [
        speaker.words(
            "replay/title",
            start=speaker.day(told.forecast.start),
            end=speaker.day(told.forecast.end),
            invoices=told.invoices,
            paid=told.paid,
        )
    ]
    if sides[0].left_out:
        lines.append(speaker.words("replay/left-out", count=sides[0].left_out))
    both = len(sides) > 1
    headings = [speaker.words("replay/figure"), *(side.name for side in sides)]
    return Section(
        title=speaker.words("replay/compared"),
        lines=tuple(lines),
        headings=(*headings, *([speaker.words("replay/difference")] if both else [])),
        rows=[_row(speaker, name, sides) for name in COMPARED],
        right=tuple(range(1, len(sides) + 1 + both)),
    )


def _row(speaker: Speaker, name: str, sides: Sequence[Side]) -> tuple[str, ...]:
    values = [figure(side.told, name) for side in sides]
    cells = [_shown(speaker, name, value, sides[0].settings.currency) for value in values]
    if len(sides) > 1:
        cells.append(_difference(speaker, name, values, sides[0].settings.currency))
    return speaker.words(f"replay/{name}"), *cells


def _difference(
    speaker: Speaker, name: str, values: Sequence[float | Decimal | None], currency: str
) -> str:
    """The second less the first, with its sign; a dash where one of them is not known."""
    old, new = (cents(value) if name == "cost" else value for value in values)
    if old is None or new is None:
        return figures.DASH
    change = Decimal(str(new)) - Decimal(str(old))
    if not change:
        return "0"
    sign = "+" if change > 0 else "-"
    size = abs(change)
    if name == MONEY:
        size = Decimal(int(size))
    return sign + _shown(speaker, name, size, currency)


def cents(cost: float | Decimal | None) -> Decimal | None:
    """A cost as it is shown, so that the difference is that of what is shown."""
    return None if cost is None else Decimal(cost).quantize(CENT, ROUND_UP)


def _shown(speaker: Speaker, name: str, value: float | Decimal | None, currency: str) -> str:
    if value is None:
        return figures.DASH
    if name == "cost":
        return figures.euros(speaker, Decimal(value))
    if name == MONEY:
        return speaker.money(int(value), currency)
    return f"{value:.1f}" if name in TENTHS else str(value)


def _as_text(speaker: Speaker, sides: Sequence[Side]) -> None:
    sections.as_text(speaker, _sections(speaker, sides))


def _as_markdown(speaker: Speaker, sides: Sequence[Side]) -> None:
    sections.as_markdown(speaker, _sections(speaker, sides))


# -- for programs ----------------------------------------------------------------------------------


def _as_json(speaker: Speaker, sides: Sequence[Side]) -> None:
    found = [_data(side) for side in sides]
    speaker.line(json.dumps(figures.plain(found), ensure_ascii=False))


def _data(side: Side) -> dict[str, Any]:
    return {
        "rules": side.name,
        "assumption": {"payments": "real", "after": asdict(side.assumption)["after"]},
        "left_out": side.left_out,
        "disputed": side.disputed,
        **asdict(side.told),
    }


def _as_csv(speaker: Speaker, sides: Sequence[Side]) -> None:
    for line in _assumed(speaker, sides[0]).lines:
        speaker.line(f"# {line}")
    for number, side in enumerate(sides):
        head, _, rows = figures.as_csv(side.diary, prices_of(side.settings)).partition("\n")
        if not number:
            speaker.line(f"rules,{head}")
        for row in rows.splitlines():
            speaker.line(f"{side.name},{row}")


FORMS: Final[Mapping[str, Callable[[Speaker, Sequence[Side]], None]]] = {
    "text": _as_text,
    "markdown": _as_markdown,
    "json": _as_json,
    "csv": _as_csv,
}
