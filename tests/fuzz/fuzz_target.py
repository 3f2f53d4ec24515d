"""One thing that is read: its seeds, what is done with them, and what may be said of it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dispatcher.model.problem import Problem
from dispatcher.problems.registry import kinds
from dispatcher.problems.render import as_json, as_text


#: Beyond what a process held before, in bytes: the readers' libraries take their part of it.
MOST_MEMORY: Final = 400_000_000

#: Signs of a text of ours, however bad the file is that it speaks of.
MOST_WORDS: Final = 6_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """`feed(raw, folder)` reads what was spoilt and asserts what must hold of it all the same.

    `folder` is the only place where it may touch files. `examples` are those of a quick look. A
    target that is `closed` may be told names of other files and gets none of them.
    """

    name: str
    seeds: Sequence[bytes]
    feed: Callable[[bytes, Path], None]
    words: Sequence[bytes] = ()
    examples: int = 40
    closed: bool = False
    loopback: bool = False


def judged(problems: Iterable[Problem], *, placed: bool = True) -> None:
    """Problems are ours: known codes, a place, and words in both languages, of bounded length."""
    for problem in problems:
        assert problem.code in kinds(), problem.code
        assert problem.place is not None or not placed, problem.code
        for lang in ("fr", "en"):
            said = as_text(problem, lang=lang)
            assert len(said) <= MOST_WORDS, (problem.code, len(said))
            assert said.encode("utf-8", "surrogatepass")
        assert as_json([problem])


def storable(*words: str) -> None:
    """Texts that the book can keep: no half letters in them."""
    for word in words:
        word.encode()
