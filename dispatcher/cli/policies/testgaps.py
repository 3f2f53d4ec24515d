"""What tests do not reach, and both sides of every threshold, in words."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

from dispatcher.cli.policies.tested import INDENT, Words
from dispatcher.cli.policies.testfiles import Tests
from dispatcher.cli.policies.testreports import worded
from dispatcher.decide.explain_text import wanted_words
from dispatcher.policy.promises import Promises
from dispatcher.policy.terms import Rulebook
from dispatcher.prove.exact.diagram import OverBudget
from dispatcher.prove.trials.boundaries import Boundary, boundaries
from dispatcher.prove.trials.coverage import Covered, Gap, coverage
from dispatcher.prove.trials.result import Ran


Found = TypeVar("Found")


def show_coverage(words: Words, tests: Tests, ran: Ran) -> None:
    """What no test reaches, by policy, each with the missing test written out."""
    for policy, found in _each(coverage, tests, ran):
        if found is None:
            words.speaker.say("test/too-large", policy=policy)
            continue
        for line in _covered(words, found):
            words.speaker.line(line)


def show_boundaries(words: Words, tests: Tests, ran: Ran) -> None:
    """Both sides of every threshold as cases, with what they answer."""
    for policy, found in _each(boundaries, tests, ran):
        if found is None:
            words.speaker.say("test/too-large", policy=policy)
            continue
        for boundary in found:
            for line in _boundary(words, boundary):
                words.speaker.line(line)


def plain(
    words: Words, tests: Tests, ran: Ran, wanted: Mapping[str, bool]
) -> dict[str, list[dict[str, object]]]:
    """The same for machines, by `coverage` and `boundaries`, those that are wanted.

    One object per test file, in its order; of a policy too large to look at, only its name.
    """
    told = dict[str, list[dict[str, object]]]()
    if wanted["coverage"]:
        told["coverage"] = [
            {"policy": policy, **({} if found is None else _plain_coverage(found))}
            for policy, found in _each(coverage, tests, ran)
        ]
    if wanted["boundaries"]:
        told["boundaries"] = [
            {"policy": policy, **({} if found is None else _plain_boundaries(words, found))}
            for policy, found in _each(boundaries, tests, ran)
        ]
    return told


def _each(
    look: Callable[[Promises, Ran, Rulebook], Found], tests: Tests, ran: Ran
) -> Iterator[tuple[str, Found | None]]:
    """What is found of each test file's policy; None: it is too large to look at every case."""
    for promises in tests.promises:
        try:
            found = look(promises, ran, tests.world.rulebook)
        except OverBudget:
            yield promises.policy, None
        else:
            yield promises.policy, found


def _plain_coverage(found: Covered) -> dict[str, object]:
    gaps = [
        {
            "where": gap.where,
            "fact": None if gap.leaf is None else gap.leaf.fact,
            "missing": None if gap.leaf is None else gap.missing,
            "test": gap.test,
        }
        for gap in found.gaps
    ]
    reached = {"reached": found.rules, "of": found.rules_of}
    sides = {"reached": found.sides, "of": found.sides_of}
    return {"rules": reached, "sides": sides, "gaps": gaps}


def _plain_boundaries(words: Words, found: Iterable[Boundary]) -> dict[str, object]:
    return {
        "thresholds": [
            {
                "where": each.where,
                "fact": each.fact,
                "sides": [
                    {
                        "value": words.value(each.fact, side.value),
                        "tested": side.tested,
                        "answers": worded(side.answered),
                    }
                    for side in each.sides
                ],
            }
            for each in found
        ]
    }


def _covered(words: Words, found: Covered) -> Iterator[str]:
    yield words.speaker.words(
        "test/covered",
        policy=found.policy,
        rules=found.rules,
        rules_of=found.rules_of,
        sides=found.sides,
        sides_of=found.sides_of,
    )
    for gap in found.gaps:
        yield INDENT + _gap(words, gap)
    if any(gap.test for gap in found.gaps):
        yield words.speaker.words("test/paste")
    for gap in found.gaps:
        yield from gap.test.splitlines()


def _gap(words: Words, gap: Gap) -> str:
    if gap.leaf is None:
        said = words.speaker.words("test/no-test-reaches", where=gap.where)
    else:
        leaf = wanted_words(gap.leaf, words.facts, words.speaker.lang)
        name = "test/never-true" if gap.missing else "test/never-false"
        said = words.speaker.words(name, where=gap.where, leaf=leaf)
    return said if gap.test else f"{said} ({words.speaker.words('test/unreachable')})"


def _boundary(words: Words, boundary: Boundary) -> Iterator[str]:
    yield words.speaker.words("test/boundary", policy=boundary.policy, where=boundary.where)
    for side in boundary.sides:
        yield INDENT + words.speaker.words(
            "test/side" if side.tested else "test/side-untested",
            fact=boundary.fact,
            value=words.value(boundary.fact, side.value),
            answer=words.answer(side.answered),
        )
