"""Mistakes made on purpose are found by the tests that promise it.

A few on every change; all of them with `./run mutants`, or `./run test -m slow tests/mutants`
(about three minutes on two cores).
"""

import ast
from pathlib import Path

import pytest

from tests.mutants.mutant_runner import FAILED, PASSED, ROOT, copied, said_of, source, tried
from tests.mutants.mutant_table import MUTANTS, Mutant


NAMES = [mutant.name for mutant in MUTANTS]


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied(tmp_path_factory.mktemp("mutants") / "tree")


@pytest.mark.parametrize("mutant", MUTANTS, ids=NAMES)
def test_every_mutant_still_fits_the_code(mutant: Mutant) -> None:
    text = source(mutant)
    assert text.count(mutant.old) == 1
    if mutant.file.endswith(".py"):
        ast.parse(text.replace(mutant.old, mutant.new))  # a mistake, and not a broken file


@pytest.mark.parametrize("mutant", MUTANTS, ids=NAMES)
def test_the_test_of_every_mutant_exists(mutant: Mutant) -> None:
    assert f"def {mutant.caught_by}(" in (ROOT / mutant.caught_in).read_text(encoding="utf-8")


def test_no_two_mutants_are_the_same() -> None:
    assert len(MUTANTS) >= 15
    assert len({(mutant.file, mutant.old) for mutant in MUTANTS}) == len(MUTANTS)
    assert len(set(NAMES)) == len(NAMES)


QUICK = [mutant for mutant in MUTANTS if mutant.quick]


@pytest.mark.timeout(300)
def test_a_few_mutants_are_found_and_without_them_all_is_well(tree: Path) -> None:
    whole = said_of(tree, [mutant.test for mutant in QUICK])
    assert whole.code == PASSED, whole.said
    for mutant in QUICK:
        done = tried(tree, mutant)
        assert done.code == FAILED, f"{mutant.name}: {done.said}"


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_without_a_mutant_every_one_of_these_tests_passes(tree: Path) -> None:
    whole = said_of(tree, sorted({mutant.test for mutant in MUTANTS}))
    assert whole.code == PASSED, whole.said


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("mutant", MUTANTS, ids=NAMES)
def test_every_mutant_is_found(tree: Path, mutant: Mutant) -> None:
    done = tried(tree, mutant)
    assert done.code == FAILED, done.said
