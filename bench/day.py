"""A whole day, stage by stage: `python -m bench.day --invoices 1000000`.

From the CSV through the store to the answers file, with the time and the most memory of each
stage, beside what reading the file costs at the very least: Polars alone, and the csv module with
`Decimal` and dates. Then the number of Python calls of a plan in which nothing acts.
"""

import argparse
import csv
import io
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from types import FrameType

import polars as pl
from sqlalchemy import insert

from bench import day_world
from bench.stages import Stages, prefixed
from bench.timing import machine
from dispatcher.config.read import read_config
from dispatcher.decide.looking_back import looks_back_to
from dispatcher.decide.plan import Plan, plan_day
from dispatcher.intake.take import take_in
from dispatcher.model.settings import Environment, Settings
from dispatcher.policy.read import read_rules
from dispatcher.policy.terms import Rulebook
from dispatcher.ports import Frames, Stage, unmeasured
from dispatcher.store.answers import write_answers
from dispatcher.store.book import Book
from dispatcher.store.open import create_store
from dispatcher.store.tables import line, message


ROOT = Path(__file__).parent.parent
NOW = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
REACH = frozenset({"email", "call"})


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(prog="python -m bench.day", description=__doc__)
    options.add_argument("--invoices", type=int, default=100_000)
    options.add_argument("--calls", action="store_true", help="count Python calls only")
    given = options.parse_args()
    settings, rulebook = chosen_settings(), shipped_rules()
    print(f"# A day: {machine()}, Polars {pl.__version__}\n")
    if not given.calls:
        _day(given.invoices, settings, rulebook)
    _count_calls(settings, rulebook)


def chosen_settings() -> Settings:
    """The example's settings."""
    text = (ROOT / "config.example.yaml").read_text("utf-8")
    settings, problems = read_config(text, file="config.yaml", home=ROOT)
    assert settings is not None, problems
    return settings


def shipped_rules() -> Rulebook:
    """The rules that come with the product."""
    texts = {path.name: path.read_text("utf-8") for path in (ROOT / "rules").glob("*.yaml")}
    rulebook, problems = read_rules(texts)
    assert rulebook is not None, problems
    return rulebook


# -- stages ---------------------------------------------------------------------------------------


def _day(invoices: int, settings: Settings, rulebook: Rulebook) -> None:
    content = day_world.export(invoices)
    stages = Stages()
    with stages.stage("limit: Polars alone reads the file"):
        _bare_polars(content)
    with stages.stage("limit: csv module, Decimal and dates"):
        _bare_csv(content)
    with tempfile.TemporaryDirectory() as folder:
        _from_file_to_answers(Path(folder), content, settings, rulebook, stages)


def _from_file_to_answers(
    folder: Path, content: bytes, settings: Settings, rulebook: Rulebook, stages: Stages
) -> None:
    store = create_store(folder / "bench.sqlite", environment=Environment.SANDBOX, now=NOW)
    book = Book(store, day_of=lambda _now: day_world.TODAY)
    _take(book, content, settings, rulebook, stages, what="new file")
    _write_past(book)
    _take(book, content, settings, rulebook, stages, what="same file again")
    with stages.stage("frames out of the store"):
        frames = book.frames(since=looks_back_to(rulebook, day_world.TODAY))
    with stages.stage("plan: all"):
        planned = _plan(frames, settings, rulebook, prefixed(stages, "plan"))
    with stages.stage("answers file"):
        parts = (part.for_file() for part in planned.parts)
        write_answers(folder, parts, day=day_world.TODAY, run_id=1)
    store.close()
    acting = sum(len(contact.lines) for contact in planned.contacts)
    counts = {name: frame.height for name, frame in frames.items() if frame.height}
    _print(stages, counts, acting, len(planned.contacts))


def _take(
    book: Book,
    content: bytes,
    settings: Settings,
    rulebook: Rulebook,
    stages: Stages,
    *,
    what: str,
) -> None:
    source = settings.sources[0]
    with stages.stage(f"take in: {what}"):
        taken = take_in(
            source,
            content,
            facts=rulebook.facts,
            today=day_world.TODAY,
            file_date=day_world.TODAY,
        )
    assert not taken.refused_whole, taken.problems
    with stages.stage(f"into the store: {what}"):
        book.take(
            taken.frames,
            source=source.name,
            kind=source.kind,
            now=NOW,
            day=day_world.TODAY,
            complete=True,
            refused=taken.refused,
        )


def _write_past(book: Book) -> None:
    cases = book.frames()["invoices"]
    with book.store.writing() as connection:
        for messages, lines in day_world.past(cases):
            if messages:
                connection.execute(insert(message), messages)
                connection.execute(insert(line), lines)


def _plan(
    frames: Frames, settings: Settings, rulebook: Rulebook, stage: Stage = unmeasured
) -> Plan:
    return plan_day(
        frames,
        rulebook,
        settings,
        today=day_world.TODAY,
        now=NOW,
        reach=REACH,
        legal=frozenset(),
        stage=stage,
    )


def _print(stages: Stages, counts: dict[str, int], acting: int, contacts: int) -> None:
    rows = ", ".join(f"{count:,} {name}" for name, count in counts.items())
    print(f"{rows}; {acting:,} cases act in {contacts:,} contacts\n")
    limit = next(iter(stages.seconds.values()))
    print("| stage | seconds | processor | bare reads | peak MB |\n|---|---|---|---|---|")
    for name, took in stages.seconds.items():
        worked, peak = stages.worked[name], stages.peaks[name]
        print(f"| {name} | {took:.2f} | {worked:.2f} | {took / limit:.1f} | {peak} |")
    whole = ("take in: same", "into the store: same", "frames", "plan: all", "answers file")
    first = ("take in: new", "into the store: new", "frames", "plan: all", "answers file")
    for what, names in (("an unchanged file", whole), ("a new file", first)):
        total = sum(took for name, took in stages.seconds.items() if name.startswith(names))
        worked = sum(took for name, took in stages.worked.items() if name.startswith(names))
        print(
            f"| **CSV to answers file, {what}** | {total:.2f} | {worked:.2f} "
            f"| {total / limit:.1f} | |"
        )
    parts = ("facts", "holds", "rules", "rounds", "channels", "gates")
    decided = sum(stages.seconds.get(f"plan: {part}", 0.0) for part in parts)
    worked = sum(stages.worked.get(f"plan: {part}", 0.0) for part in parts)
    print(f"| **facts to gates** | {decided:.2f} | {worked:.2f} | {decided / limit:.1f} | |\n")


# -- limits ---------------------------------------------------------------------------------------


def _bare_polars(content: bytes) -> pl.DataFrame:
    return pl.read_csv(
        content,
        separator=";",
        schema_overrides={"CP": pl.String, "Montant TTC": pl.String, "Solde": pl.String},
    ).with_columns(
        pl.col("Solde").str.replace(",", "").cast(pl.Int64),
        pl.col("Échéance").str.to_date("%d/%m/%Y"),
    )


def _bare_csv(content: bytes) -> int:
    rows = csv.reader(io.TextIOWrapper(io.BytesIO(content), newline=""), delimiter=";")
    next(rows)
    typed = ((*row[:10], *map(_day_of, row[10:12]), *map(_amount, row[12:14])) for row in rows)
    return sum(1 for _ in typed)  # never held: what is measured after it would look large


def _day_of(text: str) -> date:
    return date(int(text[6:]), int(text[3:5]), int(text[:2]))


def _amount(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))


# -- Python calls ---------------------------------------------------------------------------------


def _count_calls(settings: Settings, rulebook: Rulebook) -> None:
    """The goal: as many for 100,000 invoices that do not act as for 1,000, within 1 %."""
    found = {}
    for invoices in (1_000, 100_000):
        frames = _quiet_frames(invoices, settings, rulebook)
        plan = _plan(frames, settings, rulebook)  # fills caches
        assert not plan.contacts
        found[invoices] = _calls(partial(_plan, frames, settings, rulebook))
    few, many = found.values()
    print(f"Python calls of a plan in which nothing acts: {few:,} for 1,000 invoices, {many:,} for")
    print(f"100,000: {100 * (many - few) / few:+.2f} % (wanted: within 1 %)")
    frames = _quiet_frames(80, settings, rulebook)
    begun = time.perf_counter()
    for _ in range(5):
        _plan(frames, settings, rulebook)
    print(f"a plan of 80 invoices: {(time.perf_counter() - begun) / 5 * 1000:.0f} ms")


def _quiet_frames(invoices: int, settings: Settings, rulebook: Rulebook) -> Frames:
    content = day_world.export(invoices, acting=False)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.sqlite"
        store = create_store(path, environment=Environment.SANDBOX, now=NOW)
        book = Book(store, day_of=lambda _now: day_world.TODAY)
        _take(book, content, settings, rulebook, Stages(), what="quiet")
        frames = book.frames()
        store.close()
    return frames


def _calls(work: Callable[[], object]) -> int:
    """Python calls and calls into C during the work."""
    count = 0

    def counted(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(counted)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


if __name__ == "__main__":
    main()
