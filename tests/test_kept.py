"""What tests share is what they would have had: equal for equal texts, and anew for all others."""

from collections.abc import Mapping

import pytest

from dispatcher.render.pool import Pool
from tests.kept import READINGS, WarmPool, remembered


def test_equal_texts_are_read_once_and_any_others_anew() -> None:
    asked = []

    def read(texts: Mapping[str, str], *, names: tuple[str, ...] = ()) -> int:
        asked.append((dict(texts), names))
        return len(asked)

    reading = remembered(read)
    assert [reading({"a": "1"}), reading({"a": "1"}), reading({"a": "2"})] == [1, 1, 2]
    assert [reading({"a": "1"}, names=("x",)), reading({"b": "1"})] == [3, 4]
    for number in range(READINGS):
        reading({"c": str(number)})
    assert reading({"a": "1"}) == len(asked)  # it was forgotten, and read again


def texts(word: str) -> dict[str, str]:
    return {"fr/note/body.md.j2": f'---\nsubject: "{word}"\n---\n{word}\n'}


def number_of(pool: Pool) -> int:
    (process,) = pool._processes  # noqa: SLF001 - which process it has is what is looked at
    return process.popen.pid


@pytest.fixture
def _cold() -> None:
    WarmPool.cool(0)


@pytest.mark.usefixtures("_cold")
def test_a_process_serves_the_next_pool_with_the_same_templates_and_no_other() -> None:
    with WarmPool(texts("a")) as first:
        had = number_of(first)
    with WarmPool(texts("b")) as other:
        assert number_of(other) != had
    with WarmPool(texts("a"), seconds=9) as patient:
        assert number_of(patient) != had
    with WarmPool(texts("a")) as second:
        assert number_of(second) == had


@pytest.mark.usefixtures("_cold")
def test_a_process_that_has_died_serves_nobody() -> None:
    with WarmPool(texts("a")) as first:
        (process,) = first._processes  # noqa: SLF001 - as above
        process.popen.kill()
        process.popen.wait()
        had = process.popen.pid
    with WarmPool(texts("a")) as second:
        assert number_of(second) != had
