"""A copy of the tree in which one mistake is made, and what its tests say."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.mutants.mutant_table import Mutant


ROOT: Final = Path(__file__).resolve().parents[2]
COPIED: Final = (
    "dispatcher",
    "channels",
    "tests",
    "rules",
    "templates",
    "config.example.yaml",
    "pyproject.toml",
    "README.md",
)

#: How pytest ends: every test passed; some failed. Anything else says nothing of a mutant.
PASSED: Final = 0
FAILED: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What the tests said: how pytest ended, its last lines, and how long it took in seconds."""

    code: int
    said: str
    seconds: float


def copied(to: Path) -> Path:
    """The tree of this project at that place, compiled files included: they are known by age."""
    to.mkdir(parents=True)
    for name in COPIED:
        here = ROOT / name
        if here.is_dir():
            shutil.copytree(here, to / name, ignore=shutil.ignore_patterns("mutants", "*.tmp"))
        else:
            shutil.copy2(here, to / name)
    return to


def source(mutant: Mutant) -> str:
    """The file that a mutant is made of, as it stands."""
    return (ROOT / mutant.file).read_text(encoding="utf-8")


def mutate(tree: Path, mutant: Mutant) -> None:
    """Make the mistake in that copy.

    Raises:
        ValueError: what it replaces does not stand there exactly once.
    """
    text = source(mutant)
    if text.count(mutant.old) != 1:
        message = f"{mutant.name}: {text.count(mutant.old)} times in {mutant.file}"
        raise ValueError(message)
    (tree / mutant.file).write_text(text.replace(mutant.old, mutant.new), encoding="utf-8")


def restore(tree: Path, mutant: Mutant) -> None:
    """Take the mistake back."""
    (tree / mutant.file).write_text(source(mutant), encoding="utf-8")


def said_of(tree: Path, tests: Sequence[str]) -> Tried:
    """What these tests say of that copy: its code comes before whatever is installed."""
    begun = time.monotonic()
    environment = {**os.environ, "PYTHONPATH": str(tree)}
    for name in ("PYTEST_XDIST_WORKER", "PYTEST_ADDOPTS", "PYTEST_CURRENT_TEST"):
        environment.pop(name, None)
    options = ("-n", "0", "-x", "-q", "--no-header", "--tb=line", "-p", "no:cacheprovider")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *tests],
        cwd=tree,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    said = "\n".join((done.stdout + done.stderr).splitlines()[-12:])
    return Tried(code=done.returncode, said=said, seconds=time.monotonic() - begun)


def tried(tree: Path, mutant: Mutant) -> Tried:
    """The test of a mutant, with its mistake in that copy, which is whole again afterwards."""
    mutate(tree, mutant)
    try:
        return said_of(tree, [mutant.test])
    finally:
        restore(tree, mutant)
