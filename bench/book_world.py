"""The frames of a book of any size, without a store: what `decide` is measured on.

Of a million open invoices of 300,000 debtors: 1.5 million past contacts, every account placed by an
earlier run, half a million settled invoices, one event per twenty cases, some holds, tasks and
credits. About one case in twelve acts on the day. Every value follows from the row's number.
"""

from collections.abc import Iterator
from datetime import date
from typing import Final

import polars as pl

from bench.day_world import STEPS, TODAY
from dispatcher.model.tables import FRAMES
from dispatcher.ports import Frames


POLICIES: Final = {
    "business": "b2b-standard",
    "consumer": "consumers",
    "public_body": "public-bodies",
    "non_professional": "b2b-standard",
}
POSTCODES: Final = ("69003", "75011", "13001", "67000", "97400")
CITIES: Final = ("LYON", "PARIS", "MARSEILLE", "STRASBOURG", "SAINT-DENIS")
LATE: Final = (-60, -30, -20, -10, -5, 0, 2, 3, 9, 20, 40, 90)
QUIET: Final = (-60, -40, -31)
EVENTS: Final = ("promise_made", "dispute_opened", "payment", "paused", "reply_read", "opted_out")
LONG_AGO: Final = 40  # days; the oldest contact is almost two years older


def book(invoices: int, *, acting: bool = True) -> Frames:
    """Every frame of `model.tables.FRAMES`; without `acting` nothing in it is due yet."""
    debtors = max(1, invoices * 3 // 10)
    cases = _cases(invoices, debtors, LATE if acting else QUIET)
    past = _past(cases)
    found = {
        "debtors": _debtors(debtors),
        "invoices": cases,
        "credits": _credits(debtors // 50, debtors),
        "events": _events(cases.filter(_drawn("event", 20) == 0)),
        "messages": past,
        "lines": past,
        "tasks": pl.DataFrame(schema=_schema("tasks")),
        "holds": _holds(cases.filter(_drawn("hold", 100) == 0)),
        "sent_back": pl.DataFrame(schema=_schema("sent_back")),
        "placements": _placements(debtors),
        "payments": _payments(invoices // 2, debtors),
    }
    return {name: _typed(name, found[name]) for name in FRAMES}


def slices(invoices: int, size: int) -> Iterator[Frames]:
    """Books of `size` invoices each, by ascending debtors, until there are so many invoices."""
    for done in range(0, invoices, size):
        yield _moved_on(book(min(size, invoices - done)), by=done)


def _moved_on(frames: Frames, *, by: int) -> Frames:
    """The same book of other debtors: every id is larger."""
    more = pl.col(r"^(id|debtor_id|invoice_id|message_id)$") + 10 * by
    return {name: frame.with_columns(more) for name, frame in frames.items()}


def _schema(name: str) -> dict[str, pl.DataType]:
    return {column: getattr(pl, word) for column, word in FRAMES[name].items()}


def _typed(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame's own columns, each value in its place as a store gives it; not drawn: empty."""
    whole = frame.select(
        (pl.col(column) if column in frame.columns else pl.lit(None)).cast(kind).alias(column)
        for column, kind in _schema(name).items()
    )
    return pl.DataFrame(whole.get_columns())


def _drawn(what: str, among: int) -> pl.Expr:
    """A number below `among`, drawn by the row's number and what it is for."""
    return (pl.col("id").hash(seed=sum(map(ord, what))) % among).cast(pl.Int64)


def _one_of(what: str, values: tuple[str, ...]) -> pl.Expr:
    return _drawn(what, len(values)).replace_strict(dict(enumerate(values)), return_dtype=pl.String)


def _numbered(rows: int) -> pl.DataFrame:
    return pl.DataFrame({"id": pl.int_range(1, rows + 1, eager=True)})


def _text(before: str, width: int) -> pl.Expr:
    return pl.lit(before) + pl.col("id").cast(pl.String).str.zfill(width)


def _debtors(rows: int) -> pl.DataFrame:
    nature = _drawn("nature", 100)
    kind = (
        pl.when(nature < 75)
        .then(pl.lit("business"))
        .when(nature < 90)
        .then(pl.lit("consumer"))
        .when(nature < 95)
        .then(pl.lit("public_body"))
        .otherwise(pl.lit("non_professional"))
    )
    place = _drawn("place", len(POSTCODES))
    return _numbered(rows).select(
        "id",
        reference=_text("C", 7),
        name=_text("Société ", 1),
        legal_kind=kind,
        profile=pl.lit("sme"),
        email=pl.when(_drawn("email", 100) < 85)
        .then(pl.format("compta{}@client.example", "id"))
        .otherwise(pl.lit("")),
        phone=_text("+3347", 8),
        mobile=pl.lit(""),
        address=pl.format("{} rue de la République", _drawn("street", 120)),
        postcode=place.replace_strict(dict(enumerate(POSTCODES)), return_dtype=pl.String),
        city=place.replace_strict(dict(enumerate(CITIES)), return_dtype=pl.String),
        country=pl.lit("FR"),
        language=pl.lit("fr"),
        contact_name=pl.lit(""),
        account_manager=pl.lit(""),
        siren=pl.lit(""),
        siret=pl.lit(""),
        iban=pl.lit(""),
        extra=pl.when(_drawn("extra", 100) == 0)
        .then(pl.lit('{"insolvency": null}'))
        .when(_drawn("extra", 100) < 30)
        .then(pl.lit('{"insolvency": false}'))
        .otherwise(pl.lit("{}")),
        as_of=pl.lit(TODAY),
    )


def _cases(rows: int, debtors: int, late: tuple[int, ...]) -> pl.DataFrame:
    days = _drawn("late", len(late)).replace_strict(dict(enumerate(late)), return_dtype=pl.Int64)
    due = pl.lit(TODAY) - pl.duration(days=days)
    cents = _drawn("amount", 898_000) + 2_000
    return _numbered(rows).select(
        "id",
        number=_text("FA", 8),
        term=pl.lit(1),
        debtor_id=_drawn("debtor", debtors) + 1,
        currency=pl.lit("EUR"),
        amount=cents,
        balance=cents,
        issued=due - pl.duration(days=30),
        due=due,
        extra=pl.lit("{}"),
        as_of=pl.lit(TODAY),
    )


def _past(cases: pl.DataFrame) -> pl.DataFrame:
    """Three contacts by e-mail for every second case: the message, and its line."""
    contacted = cases.filter(pl.col("id") % 2 == 1)
    ranks = pl.DataFrame({"rank": range(len(STEPS)), "step": STEPS})
    drawn = contacted.select(
        "debtor_id", "amount", invoice_id="id", since=_drawn("past", 660) + LONG_AGO
    )
    day = pl.lit(TODAY) - pl.duration(days=pl.col("since") - 10 * pl.col("rank"))
    return (
        drawn.join(ranks, how="cross")
        .with_columns(id=pl.int_range(1, pl.len() + 1), contact_on=day)
        .with_columns(
            message_id="id",
            channel=pl.lit("email"),
            state=pl.lit("sent"),
            policy=pl.lit("b2b-standard"),
            rule=pl.col("step") + "/standard",
            choice=pl.lit("standard"),
            template=pl.lit("courteous-reminder"),
            tone=pl.lit("courteous"),
            legal_effect=pl.lit(value=False),
            fault=pl.lit(""),
            cycle=pl.lit(0),
            live=pl.lit(value=True),
            claimed=pl.lit(value=True),
            done_on="contact_on",
        )
    )


def _credits(rows: int, debtors: int) -> pl.DataFrame:
    return _numbered(rows).select(
        "id",
        debtor_id=_drawn("credit", debtors) + 1,
        number=_text("AV", 6),
        invoice_number=pl.lit(""),
        currency=pl.lit("EUR"),
        amount=_drawn("credited", 50_000) + 100,
        issued=pl.lit(TODAY),
    )


def _events(cases: pl.DataFrame) -> pl.DataFrame:
    since = _drawn("since", 30)
    return cases.select(
        "debtor_id",
        invoice_id="id",
        kind=_one_of("kind", EVENTS),
        day=pl.lit(TODAY) - pl.duration(days=since),
        until=pl.lit(TODAY) + pl.duration(days=since - 20),
        amount=pl.col("amount") // 2,
        detail=pl.lit("email"),
    ).with_columns(id=pl.int_range(1, pl.len() + 1))


def _holds(cases: pl.DataFrame) -> pl.DataFrame:
    began = pl.lit(TODAY) - pl.duration(days=_drawn("began", 60) + 1)
    ended = pl.when(_drawn("ended", 2) == 0).then(began + pl.duration(days=1))
    return cases.select(
        invoice_id="id",
        policy=pl.lit("b2b-standard"),
        rule=pl.lit("stops/promise"),
        reason=pl.lit("promise"),
        on_unknown=pl.lit(value=False),
        began_on=began,
        ended_on=ended,
    ).with_columns(id=pl.int_range(1, pl.len() + 1))


def _placements(debtors: int) -> pl.DataFrame:
    return _debtors(debtors).select(
        "id",
        "legal_kind",
        debtor_id="id",
        currency=pl.lit("EUR"),
        policy=pl.col("legal_kind").replace_strict(POLICIES, return_dtype=pl.String),
        since=pl.lit(date(TODAY.year, 1, 5)),
    )


def _payments(rows: int, debtors: int) -> pl.DataFrame:
    closed = pl.lit(TODAY) - pl.duration(days=_drawn("closed", 700) + 1)
    return _numbered(rows).select(
        id=pl.col("id") + 10_000_000,
        debtor_id=_drawn("payer", debtors) + 1,
        due=closed - pl.duration(days=_drawn("delay", 60)),
        closed_on=closed,
    )
