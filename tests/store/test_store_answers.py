import hashlib
import stat
from pathlib import Path

import polars as pl
import pytest

from dispatcher.errors import StoreFault
from dispatcher.model.tables import ANSWERS
from dispatcher.store.answers import answers_path, read_answers, write_answers
from tests.store.store_samples import DAY


def answers(rows: int = 3) -> pl.DataFrame:
    cells = {"Int64": 1, "String": "hold", "Date": DAY}
    return pl.DataFrame(
        {name: [cells[word]] * rows for name, word in ANSWERS.items()},
        schema={name: getattr(pl, word) for name, word in ANSWERS.items()},
    )


def test_answers_come_back_as_they_were(tmp_path: Path) -> None:
    written = write_answers(tmp_path / "answers", answers(), day=DAY, run_id=7)
    assert written.path.name == "2026-05-04-7.parquet"
    assert written.path == answers_path(tmp_path / "answers", day=DAY, run_id=7)
    assert written.rows == 3
    assert written.sha256 == hashlib.sha256(written.path.read_bytes()).hexdigest()
    assert stat.S_IMODE(written.path.stat().st_mode) == 0o600
    assert read_answers(written.path, sha256=written.sha256).equals(answers())
    assert [each.name for each in written.path.parent.iterdir()] == [written.path.name]


def test_answers_without_a_row_keep_their_columns(tmp_path: Path) -> None:
    written = write_answers(tmp_path, answers(0), day=DAY, run_id=1)
    assert read_answers(written.path).schema == answers(0).schema


def code_of(path: Path, sha256: str = "") -> str:
    with pytest.raises(StoreFault) as refused:
        read_answers(path, sha256=sha256)
    return refused.value.problems[0].code


def test_changed_missing_and_broken_answers_are_told(tmp_path: Path) -> None:
    written = write_answers(tmp_path, answers(), day=DAY, run_id=1)
    assert code_of(written.path, "00") == "store/answers-changed"
    written.path.write_bytes(b"PAR1 and nothing")
    assert code_of(written.path) == "store/corrupt"
    written.path.unlink()
    assert code_of(written.path) == "store/answers-missing"


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    written = write_answers(tmp_path, answers(), day=DAY, run_id=1)
    unwritable = pl.DataFrame({"case_id": [object()]}, schema={"case_id": pl.Object})
    with pytest.raises(pl.exceptions.PolarsError):
        write_answers(tmp_path, unwritable, day=DAY, run_id=1)
    assert read_answers(written.path, sha256=written.sha256).equals(answers())
    assert [each.name for each in tmp_path.iterdir()] == [written.path.name]
