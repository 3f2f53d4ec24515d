"""Files of a home are read whole, or not at all."""

from pathlib import Path

import pytest

from dispatcher.errors import BadInput
from dispatcher.home import steady


def test_a_file_that_nobody_changes_is_read_with_its_time(tmp_path: Path) -> None:
    export = tmp_path / "open-items.csv"
    export.write_bytes(b"Compte;Solde\n")
    content, written = steady(export)
    assert content == b"Compte;Solde\n"
    assert written.timestamp() == pytest.approx(export.stat().st_mtime)


def test_an_export_that_grows_while_it_is_read_is_not_taken_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = tmp_path / "open-items.csv"
    export.write_bytes(b"Compte;Solde\n")
    read = Path.read_bytes

    def while_it_is_written(path: Path) -> bytes:
        content = read(path)
        with path.open("ab") as file:
            file.write(b"C1;10,00\n")
        return content

    monkeypatch.setattr(Path, "read_bytes", while_it_is_written)
    with pytest.raises(BadInput) as refused:
        steady(export)
    assert [problem.code for problem in refused.value.problems] == ["run/changing"]
