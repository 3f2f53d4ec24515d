"""What the operating system refuses under the store, told as what a person can mend."""

import errno
import os
from pathlib import Path

import pytest

from dispatcher.errors import StoreFault
from dispatcher.store.faults import disk_faults


FILE = Path("var/answers/1.parquet")


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.EIO, "store/disk-error"),
        (errno.ENOSPC, "store/disk-full"),
        (errno.EROFS, "store/not-writable"),
    ],
)
def test_a_refusal_is_named(number: int, code: str) -> None:
    with pytest.raises(StoreFault) as failed, disk_faults(FILE):
        raise OSError(number, os.strerror(number), str(FILE))
    (problem,) = failed.value.problems
    assert (problem.code, problem.fields["path"]) == (code, str(FILE))


def test_a_file_in_the_place_of_a_folder_is_what_is_named(tmp_path: Path) -> None:
    (tmp_path / "answers").write_text("", encoding="utf-8")
    folder = tmp_path / "answers"
    with pytest.raises(StoreFault) as failed, disk_faults(folder / "1.parquet"):
        folder.mkdir(exist_ok=True)
    (problem,) = failed.value.problems
    assert (problem.code, problem.fields["path"]) == ("home/no-folder", str(folder))
