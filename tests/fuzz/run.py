"""Minutes of damaged input, a line for each thing read: `./run fuzz --minutes 10 [NAME ...]`.

Every round begins elsewhere; `--from` begins where a line says, to see a failure again. What fails
is shown small, and the others go on. Ends with 1 if anything failed.
"""

import argparse
import contextlib
import io
import itertools
import os
import random
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.fuzz.fuzz_all import TARGETS
from tests.fuzz.fuzz_look import look
from tests.fuzz.fuzz_target import MOST_MEMORY, Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What came of a target: examples, the round at which it failed, and how."""

    examples: int
    at: int
    swollen: int
    failure: str = ""


def main(words: Sequence[str]) -> int:
    """0: nothing failed."""
    asked = _asked(words)
    chosen = [t for t in TARGETS if not asked.names or t.name in asked.names]
    seconds = 60 * asked.minutes / max(1, len(chosen))
    begin = random.SystemRandom().randrange(10**6) if asked.begin is None else asked.begin
    failed = 0
    with TemporaryDirectory(prefix="fuzz-") as folder:
        for target in chosen:
            place = Path(folder) / target.name.replace(" ", "-")
            place.mkdir()
            seen = _looked(target, place, seconds=seconds, begin=begin)
            word = "FAILED" if seen.failure else "holds"
            megabytes = seen.swollen // 1_000_000
            _say(
                f"{word:7} {target.name:15} {seen.examples:8} examples from {begin} to {seen.at},"
                f" {megabytes} MB"
            )
            if seen.failure:
                failed += 1
                _say(seen.failure)
    _say(f"{len(chosen)} things that are read, {failed} failed")
    return int(failed > 0)


def _asked(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10, help="for all of them together")
    parser.add_argument("--from", type=int, dest="begin", help="the first round's number")
    parser.add_argument("names", nargs="*", metavar="NAME")
    return parser.parse_args(words)


def _looked(target: Target, folder: Path, *, seconds: float, begin: int) -> Seen:
    until = time.monotonic() + seconds
    several = 2 * target.examples  # between two looks at the clock
    swollen = 0
    here = Path.cwd()
    os.chdir(folder)
    try:
        for number in itertools.count():
            # As a terminal is: half letters go out by the way of errors only.
            out = io.BytesIO()
            quiet = io.TextIOWrapper(out, "utf-8", write_through=True)
            wrong = io.StringIO()
            failure = ""
            with (
                contextlib.redirect_stdout(quiet),
                contextlib.redirect_stderr(wrong),
                _libraries_are_silent(),
            ):
                try:
                    swollen = max(
                        swollen, look(target, folder, examples=several, at=begin + number)
                    )
                except KeyboardInterrupt:
                    raise
                except BaseException:  # noqa: BLE001 - a panic of a library is none of Exception
                    failure = traceback.format_exc(limit=-6)
            told = out.getvalue().decode() + wrong.getvalue()
            if "Traceback" in told:
                failure = failure or told[told.index("Traceback") :][:3_000]
            if swollen > MOST_MEMORY:
                failure = failure or f"swelled by {swollen} bytes"
            if failure or time.monotonic() > until:
                examples = several * (number + 1)
                return Seen(
                    examples=examples, at=begin + number, swollen=swollen, failure=failure[-6_000:]
                )
    finally:
        os.chdir(here)
    raise AssertionError  # rounds have no end


@contextlib.contextmanager
def _libraries_are_silent() -> Iterator[None]:
    """What libraries in other languages print past Python when they stumble is not shown."""
    before = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    try:
        yield
    finally:
        os.dup2(before, 2)
        os.close(before)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
