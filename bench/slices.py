"""Very many invoices in slices: `python -m bench.slices --invoices 10000000 --size 1000000`.

From the frames of each slice of debtors to the answers file, without a store: the most memory of
each stage, beside the file's size. `--size` as large as `--invoices` decides all at once.
"""

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from bench import book_world, day_world
from bench.day import NOW, REACH, chosen_settings, shipped_rules
from bench.stages import Stages, prefixed
from bench.timing import machine
from dispatcher.decide.day import Day, in_memory
from dispatcher.decide.plan import plan_slices
from dispatcher.ports import Frames
from dispatcher.store.answers import write_answers
from dispatcher.store.aside import SetAside


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(prog="python -m bench.slices", description=__doc__)
    options.add_argument("--invoices", type=int, default=1_000_000)
    options.add_argument("--size", type=int, default=500_000)
    given = options.parse_args()
    print(f"# {given.invoices:,} in slices of {given.size:,}: {machine()}, Polars {pl.__version__}")
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        _measure(Path(folder), given.invoices, given.size)


def _measure(folder: Path, invoices: int, size: int) -> None:
    stages = Stages()
    day = Day(
        rulebook=shipped_rules(),
        settings=chosen_settings(),
        today=day_world.TODAY,
        now=NOW,
        reach=REACH,
        legal=frozenset(),
        stage=prefixed(stages, "plan"),
        aside=in_memory if size >= invoices else lambda frame: SetAside(frame, folder=folder),
    )
    plan = plan_slices(_slices(invoices, size, stages), day)
    with stages.stage("answers file"):
        parts = (part.for_file() for part in plan.parts)
        written = write_answers(folder, parts, day=day_world.TODAY, run_id=1)
    megabytes = written.path.stat().st_size // 1024**2
    print(f"{len(plan.contacts):,} contacts, {written.rows:,} answers, file of {megabytes} MB\n")
    print("| stage | seconds | processor | peak MB |\n|---|---|---|---|")
    for name, took in stages.seconds.items():
        print(f"| {name} | {took:.2f} | {stages.worked[name]:.2f} | {stages.peaks[name]} |")


def _slices(invoices: int, size: int, stages: Stages) -> Iterator[Frames]:
    found = book_world.slices(invoices, size)
    while True:
        with stages.stage("frames, generated"):
            frames = next(found, None)
        if frames is None:
            return
        yield frames
        del frames


if __name__ == "__main__":
    main()
