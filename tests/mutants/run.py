"""Every mutant at full size, a line each: `./run mutants [WORD ...]`; words choose by name."""

import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.mutants.mutant_runner import FAILED, PASSED, copied, said_of, tried
from tests.mutants.mutant_table import MUTANTS


def main(words: Sequence[str]) -> int:
    """0: every mutant was found, and without any of them the same tests pass."""
    chosen = [m for m in MUTANTS if not words or any(word in m.name for word in words)]
    with TemporaryDirectory(prefix="mutants-") as folder:
        tree = copied(Path(folder) / "tree")
        whole = said_of(tree, sorted({mutant.test for mutant in chosen}))
        _say(f"{'passes' if whole.code == PASSED else 'FAILS':8} {whole.seconds:5.1f} s  no mutant")
        wrong = whole.code != PASSED
        if wrong:
            _say(whole.said)
        for mutant in chosen:
            done = tried(tree, mutant)
            found = done.code == FAILED
            wrong = wrong or not found
            _say(f"{'found' if found else 'MISSED':8} {done.seconds:5.1f} s  {mutant.name}")
            if not found:
                _say(done.said)
    return int(wrong)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
