import hashlib
import stat
from pathlib import Path

import polars as pl
import pytest

from dispatcher.errors import StoreFault
from dispatcher.model.tables import ANSWERS
from dispatcher.store.answers import SHARED, answers_path, read_answers, write_answers
from tests.store.store_samples import DAY


def answers(rows: int = 3) -> pl.DataFrame:
    cells = {"Int64": 1, "String": "hold", "Date": DAY}
    return pl.DataFrame(
        {name: [cells[word]] * rows for name, word in ANSWERS.items()},
        schema={name: getattr(pl, word) for name, word in ANSWERS.items()},
    )


STEPS = pl.Enum(["none", "reminder"])


def facts(rows: int = 3) -> pl.DataFrame:
    """The facts of the same cases: what names them, then the facts themselves."""
    shared = answers(rows).select(SHARED)
    told = {
        "amount_due": pl.Series([12_000] * rows, dtype=pl.Int64),
        "last_step": pl.Series([None] * rows, dtype=STEPS),
        "insolvency": pl.Series([True] * rows, dtype=pl.Boolean),
    }
    return shared.with_columns(**told)


def test_answers_and_facts_come_back_as_they_were(tmp_path: Path) -> None:
    written = write_answers(tmp_path / "answers", [(answers(), facts())], day=DAY, run_id=7)
    assert written.path.name == "2026-05-04-7.parquet"
    assert written.path == answers_path(tmp_path / "answers", day=DAY, run_id=7)
    assert written.rows == 3
    assert written.sha256 == hashlib.sha256(written.path.read_bytes()).hexdigest()
    assert stat.S_IMODE(written.path.stat().st_mode) == 0o600
    found, known = read_answers(written.path, sha256=written.sha256)
    assert found.equals(answers())
    assert known is not None
    assert known.equals(facts())
    assert known.schema == facts().schema
    assert [each.name for each in written.path.parent.iterdir()] == [written.path.name]


def test_answers_without_a_row_keep_their_columns(tmp_path: Path) -> None:
    written = write_answers(tmp_path, [(answers(0), facts(0))], day=DAY, run_id=1)
    found, known = read_answers(written.path)
    assert found.schema == answers(0).schema
    assert known is not None
    assert known.schema == facts(0).schema


def test_a_file_from_before_files_held_facts_is_still_read(tmp_path: Path) -> None:
    path = tmp_path / "old.parquet"
    answers().drop("facts_hash", "since").write_parquet(path)
    found, known = read_answers(path)
    assert known is None
    assert found.schema == answers().schema
    assert found["facts_hash"].null_count() == 3


def test_facts_of_other_cases_are_refused(tmp_path: Path) -> None:
    other = facts().with_columns(case_id=pl.col("case_id") + 1)
    with pytest.raises(ValueError, match="other cases"):
        write_answers(tmp_path, [(answers(), other)], day=DAY, run_id=1)


def code_of(path: Path, sha256: str = "") -> str:
    with pytest.raises(StoreFault) as refused:
        read_answers(path, sha256=sha256)
    return refused.value.problems[0].code


def test_changed_missing_and_broken_answers_are_told(tmp_path: Path) -> None:
    written = write_answers(tmp_path, [(answers(), facts())], day=DAY, run_id=1)
    assert code_of(written.path, "00") == "store/answers-changed"
    written.path.write_bytes(b"PAR1 and nothing")
    assert code_of(written.path) == "store/corrupt"
    written.path.unlink()
    assert code_of(written.path) == "store/answers-missing"


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    written = write_answers(tmp_path, [(answers(), facts())], day=DAY, run_id=1)
    thing = pl.Series("thing", [object()] * 3, dtype=pl.Object)
    with pytest.raises(pl.exceptions.PolarsError):
        write_answers(tmp_path, [(answers().with_columns(thing), facts())], day=DAY, run_id=1)
    assert read_answers(written.path, sha256=written.sha256)[0].equals(answers())
    assert [each.name for each in tmp_path.iterdir()] == [written.path.name]
