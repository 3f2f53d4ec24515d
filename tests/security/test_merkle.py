import json
from hashlib import sha256
from pathlib import Path

import pytest

from dispatcher.deliver.journal_erase import erase_from_journal
from dispatcher.model.merkle import Roots, climbed, paths


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 9, 100])
def test_a_path_leads_from_every_record_to_the_one_root(size: int) -> None:
    records = [sha256(b"%d" % number).digest() for number in range(size)]
    roots = Roots()
    for each in records:
        roots.add(each)

    ways = paths(records, range(size))

    assert {climbed(records[at], way) for at, way in ways.items()} == {roots.root()}
    assert climbed(sha256(b"other").digest(), ways[0]) != roots.root()


def test_of_a_journal_only_his_words_go(tmp_path: Path) -> None:
    journal = tmp_path / "journal.jsonl"
    gone = {"attempt": 1, "outcome": {"kind": "rejected", "code": "550", "evidence": "550 <a@b>"}}
    batch = {
        "batch": [[1, 1], [2, 1]],
        "what": [{"id": 1, "debtor": "C1"}, {"id": 2, "debtor": "C2"}],
    }
    lines = [batch, {"gone": 1, **gone}, {"gone": 2, **gone}]
    journal.write_text(
        "".join(json.dumps(each) + "\n" for each in lines) + "torn{", encoding="utf-8"
    )

    assert erase_from_journal(journal, [1], reference="erased-1") == 1
    assert erase_from_journal(journal, [1], reference="erased-1") == 0

    *whole, torn = journal.read_text("utf-8").split("\n")
    told = [json.loads(each) for each in whole]
    assert torn == "torn{"
    assert [each["debtor"] for each in told[0]["what"]] == ["erased-1", "C2"]
    assert told[1]["outcome"] == {"kind": "rejected", "code": "550", "evidence": ""}
    assert told[2] == lines[2]
    assert journal.stat().st_mode & 0o777 == 0o600
