"""A file that the system keeps from us is told in words, whoever we are."""

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from dispatcher.errors import BadInput
from dispatcher.home import bytes_of, steady, texts, unwritable
from dispatcher.problems.render import as_text


NOBODY = 65_534


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every account may enter: those of pytest are its own account's."""
    with TemporaryDirectory() as made:
        folder = Path(made)
        folder.chmod(0o755)
        yield folder


@contextmanager
def as_anybody() -> Iterator[None]:
    """Without the rights of the superuser, to whom no file is closed."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(before)


def closed(path: Path) -> Path:
    path.write_text("x", encoding="utf-8")
    path.chmod(0)
    return path


@pytest.mark.parametrize("read", [bytes_of, steady], ids=["whole", "steady"])
def test_a_file_of_another_account_is_refused_with_its_name(
    open_folder: Path, read: Callable[[Path], object]
) -> None:
    path = closed(open_folder / "config.yaml")
    with as_anybody(), pytest.raises(BadInput) as refused:
        read(path)
    (problem,) = refused.value.problems
    assert problem.code == "home/no-permission"
    for lang in ("fr", "en"):
        assert str(path) in as_text(problem, lang=lang)


def test_the_other_files_of_a_folder_are_read(open_folder: Path) -> None:
    closed(open_folder / "a.yaml")
    (open_folder / "b.yaml").write_bytes(b"b")
    (open_folder / "b.yaml").chmod(0o644)
    with as_anybody():
        found, problems = texts(open_folder, ".yaml")
    assert found == {"b.yaml": b"b"}
    assert [problem.code for problem in problems] == ["home/no-permission"]


@pytest.mark.parametrize("number", [errno.EACCES, errno.EPERM, errno.EROFS])
def test_every_way_to_be_refused_has_the_same_words(number: int) -> None:
    problem = unwritable(Path("x"), OSError(number, os.strerror(number)))
    assert problem.code == "home/no-permission"
