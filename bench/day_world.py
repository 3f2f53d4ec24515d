"""A portfolio of any size as an accounting export and as a book with a past: seeded.

Three of ten rows belong to their own debtor, so a million invoices have 300,000 debtors. About one
case in twelve acts on the day; the past holds one and a half contacts per case.
"""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

import polars as pl

from dispatcher.sample.files import HEADINGS


TODAY: Final = date(2026, 11, 17)  # a Tuesday
NATURES: Final = {
    "Entreprise": ("TPE", "PME", "ETI"),
    "Particulier": ("Particulier",),
    "Public": ("Public",),
    "Association": ("Association",),
}
CITIES: Final = {("69003", "LYON"): 78, ("67000", "STRASBOURG"): 20, ("97400", "SAINT-DENIS"): 2}
STEPS: Final = ("reminder", "second-reminder", "third-reminder")


def export(invoices: int, *, acting: bool = True, seed: int = 2026) -> bytes:
    """The file of open items; without `acting` nothing in it is due yet."""
    chance = random.Random(seed)
    debtors = _debtors(max(1, invoices * 3 // 10), chance)
    late = (-60, -30, -20, -10, -5, 0, 2, 3, 9, 20, 40, 90) if acting else (-60, -40, -31)
    owner = pl.Series([chance.randrange(debtors.height) for _ in range(invoices)])
    days = pl.Series([chance.choice(late) for _ in range(invoices)], dtype=pl.Int64)
    cents = pl.Series([chance.randint(2_000, 900_000) for _ in range(invoices)])
    euros = pl.concat_str(
        (pl.col("cents") // 100).cast(pl.String),
        pl.lit(","),
        (pl.col("cents") % 100).cast(pl.String).str.zfill(2),
    )
    due = pl.lit(TODAY) - pl.duration(days=pl.col("days"))
    rows = (
        debtors.select(pl.all().gather(owner))
        .with_columns(cents=cents, days=days, n=pl.int_range(invoices))
        .with_columns(
            due.dt.strftime("%d/%m/%Y").alias("Échéance"),
            (due - pl.duration(days=30)).dt.strftime("%d/%m/%Y").alias("Date facture"),
            pl.concat_str(pl.lit("FA"), pl.col("n").cast(pl.String).str.zfill(8)).alias("Facture"),
            euros.alias("Montant TTC"),
            euros.alias("Solde"),
            pl.lit("").alias("Mobile"),
            pl.lit("").alias("Interlocuteur"),
            pl.lit("").alias("Procédure"),
            pl.lit("").alias("Statut facture"),
            pl.lit("").alias("Niveau"),
            pl.lit("").alias("Date relance"),
        )
        .select(HEADINGS)
    )
    return rows.write_csv(separator=";").encode()


def _debtors(count: int, chance: random.Random) -> pl.DataFrame:
    columns: dict[str, list[str]] = {heading: [] for heading in HEADINGS[:9]}
    for number in range(count):
        nature = chance.choices(list(NATURES), weights=(75, 15, 5, 5))[0]
        postcode, city = chance.choices(list(CITIES), weights=list(CITIES.values()))[0]
        row = (
            f"C{number:07}",
            f"Société {number}",
            nature,
            chance.choice(NATURES[nature]),
            f"compta{number}@client{number % 50_000}.example" if chance.random() < 0.85 else "",
            f"04 72 {number // 10_000 % 100:02} {number // 100 % 100:02} {number % 100:02}",
            f"{chance.randint(1, 120)} rue de la République",
            postcode,
            city,
        )
        for heading, value in zip(columns, row, strict=True):
            columns[heading].append(value)
    return pl.DataFrame(columns)


Past = tuple[list[dict[str, object]], list[dict[str, object]]]


def past(cases: pl.DataFrame, *, seed: int = 7) -> Iterator[Past]:
    """Messages and lines of earlier days, in lots: three contacts for every second case.

    `cases` has `id`, `debtor_id` and `due`; ids of messages and lines ascend from one.
    """
    chance = random.Random(seed)
    messages: list[dict[str, object]] = []
    lines: list[dict[str, object]] = []
    number = 0
    for case, debtor, due in cases.select("id", "debtor_id", "due").iter_rows():
        for rank in range(3 if case % 2 else 0):
            number += 1
            day = min(due, TODAY) - timedelta(days=chance.randint(40, 700) - 10 * rank)
            messages.append(_message(number, debtor, day, STEPS[rank]))
            lines.append(_line(number, case, day, STEPS[rank]))
        if len(messages) >= 50_000:
            yield messages, lines
            messages, lines = [], []
    yield messages, lines


def _message(number: int, debtor: int, day: date, step: str) -> dict[str, object]:
    return {
        "id": number,
        "debtor_id": debtor,
        "channel": "email",
        "state": "sent",
        "policy": "b2b-standard",
        "rule": f"{step}/standard",
        "template": "courteous-reminder",
        "tone": "courteous",
        "legal_effect": False,
        "planned_on": day,
        "not_before": 0,
        "valid_until": 0,
        "attempts": 1,
        "attempted": 1,
        "contact_on": day,
        "created_at": 0,
        "changed_at": 0,
    }


def _line(number: int, case: int, day: date, step: str) -> dict[str, object]:
    """Taken back, so that the case stands where it did: the past is weight, not news."""
    return {
        "id": number,
        "message_id": number,
        "invoice_id": case,
        "step": step,
        "choice": "standard",
        "cycle": 0,
        "amount": 10_000,
        "claimed": True,
        "live": False,
        "done_on": day,
        "taken_back_on": day,
    }
