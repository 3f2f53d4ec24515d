"""Test files of a home, or those that were named, and what they are run in."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dispatcher.errors import BadInput
from dispatcher.home import Home, bytes_of
from dispatcher.model.problem import Level, Problem
from dispatcher.nodes.read import decode
from dispatcher.policy.promises import Promises
from dispatcher.policy.read import TEST_SUFFIX
from dispatcher.policy.testfile import read_promises
from dispatcher.posting import presented
from dispatcher.problems.registry import level
from dispatcher.prove.trials.running import chosen
from dispatcher.prove.trials.world import World
from dispatcher.writings import Unusable, Usable, Writings, read_writings


@dataclass(frozen=True, slots=True, kw_only=True)
class Tests:
    """What is to be run, and the texts that problems point into."""

    promises: tuple[Promises, ...]
    world: World
    sources: Mapping[str, str]
    writings: Usable

    def refuse(self, problems: Sequence[Problem]) -> None:
        """Stop where a test says what cannot be.

        Raises:
            Unusable: there is such a problem.
        """
        if problems:
            raise Unusable(problems, self.sources)


def read_tests(home: Home, files: Sequence[Path], only: str = "") -> Tests:
    """The tests of these files, or of all of the home's rules; `only` names some of them.

    Raises:
        BadInput: something cannot be read or used, or nothing is called so.
    """
    writings = read_writings(home)
    usable = writings.usable()
    texts = dict(_named(files) if files else _beside(writings))
    promises, problems = read_promises(texts, usable.rulebook, names=writings.names)
    sources = {**writings.sources, **texts}
    wrong = [problem for problem in problems if level(problem) is Level.ERROR]
    if wrong:
        raise Unusable(wrong, sources)
    called = _called(promises, only)
    return Tests(promises=called, world=_world(usable), sources=sources, writings=usable)


def _world(writings: Usable) -> World:
    settings, library = writings.settings, writings.library
    return World(
        rulebook=writings.rulebook,
        settings=settings,
        reach=frozenset(settings.channels),
        legal=frozenset(name for name in library.templates if library.legal_effect(name)),
        presented=presented(settings),
    )


def _called(promises: tuple[Promises, ...], only: str) -> tuple[Promises, ...]:
    if not only:
        return promises
    found = chosen(promises, only)
    if not any((*each.tests, *each.timelines, *each.invariants) for each in found):
        raise BadInput(Problem(code="test/none", fields={"value": only}))
    return found


def _beside(writings: Writings) -> Iterator[tuple[str, str]]:
    """The test files among the rules, named from the home as a person opens them."""
    for name, text in writings.rules.items():
        if name.endswith(TEST_SUFFIX):
            yield f"{writings.home.rules.name}/{name}", text


def _named(files: Sequence[Path]) -> Iterator[tuple[str, str]]:
    """The files that were named; a folder stands for all test files under it."""
    for file in files:
        inside = sorted(file.rglob(f"*{TEST_SUFFIX}")) if file.is_dir() else [file]
        if not inside or not inside[0].name.endswith(TEST_SUFFIX) or not inside[0].is_file():
            raise BadInput(Problem(code="test/no-file", fields={"value": str(file)}))
        for path in inside:
            text, problems = decode(bytes_of(path), file=str(path))
            if text is None:
                raise BadInput(problems)
            yield str(path), text
