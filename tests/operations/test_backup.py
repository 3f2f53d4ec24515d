"""A backup is whole, proves itself, and becomes a home again by hand."""

import json
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from dispatcher import backup
from dispatcher.backup import back_up
from dispatcher.cli.commands import command
from dispatcher.clocks import a_day
from dispatcher.errors import BadInput, Busy, StoreFault
from dispatcher.home import Home, lay_down
from dispatcher.sample.portfolio import portfolio
from dispatcher.store.glance import glance
from dispatcher.wiring import alone
from tests.cli.cli_shell import DAY, export


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = lay_down(tmp_path_factory.mktemp("backup") / "home")
    export(home, portfolio(today=a_day(DAY), debtors=4))
    command(["import", "--date", DAY, "--home", str(home.folder)])
    home.blobs.mkdir(mode=0o700)
    (home.blobs / ("a" * 64)).write_bytes(b"a letter")
    (home.blobs / ".half.part").write_bytes(b"half of one")
    home.journal.write_text("{}\n")
    return home.folder


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Home:
    return Home(folder=Path(shutil.copytree(made, tmp_path / "home")))


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_all_that_cannot_be_made_again_is_in_it(home: Home, tmp_path: Path) -> None:
    made = back_up(home, tmp_path / "saved")
    found = names(tmp_path / "saved")
    written = {f"rules/{path.name}" for path in home.rules.glob("*.yaml")}
    blob = f"var/blobs/{'a' * 64}"
    assert {"config.yaml", "var/relance.sqlite", "var/journal.jsonl", blob, *written} <= found
    assert any(name.startswith("templates/fr/") for name in found)
    assert not [name for name in found if name.startswith("in/") or name.endswith(".part")]
    assert (made.files, made.path) == (len(found), tmp_path / "saved")


def test_its_sums_prove_it_and_find_a_change(home: Home, tmp_path: Path) -> None:
    back_up(home, tmp_path / "saved")
    asked = ["sha256sum", "--check", "--quiet", "SHA256SUMS"]
    assert subprocess.run(asked, cwd=tmp_path / "saved", check=False).returncode == 0
    sums = (tmp_path / "saved" / "SHA256SUMS").read_text("utf-8")
    assert len(sums.splitlines()) == len(names(tmp_path / "saved")) - 1  # all but itself
    (tmp_path / "saved" / "config.yaml").write_text("language: en\n")
    changed = subprocess.run(asked, cwd=tmp_path / "saved", check=False, capture_output=True)
    assert changed.returncode == 1


def test_it_says_what_it_is_and_how_far_its_trail_goes(home: Home, tmp_path: Path) -> None:
    made = back_up(home, tmp_path / "saved")
    told = json.loads((tmp_path / "saved" / "backup.json").read_text("utf-8"))
    seen = glance(home.var / "relance.sqlite")
    assert told["trail"] == {"records": seen.trail, "hash": seen.head}
    assert (told["environment"], told["store"]) == ("sandbox", "var/relance.sqlite")
    assert made.store == seen
    assert seen.trail > 1


def test_only_this_account_may_read_it(home: Home, tmp_path: Path) -> None:
    back_up(home, tmp_path / "saved")
    back_up(home, tmp_path / "saved.tar.gz")
    every = [tmp_path / "saved", tmp_path / "saved.tar.gz", *(tmp_path / "saved").rglob("*")]
    assert {path.stat().st_mode & 0o077 for path in every} == {0}


@pytest.mark.parametrize("ending", ["tar", "tar.gz", "tgz"])
def test_a_single_file_holds_the_same(home: Home, tmp_path: Path, ending: str) -> None:
    back_up(home, tmp_path / "saved")
    back_up(home, tmp_path / f"one.{ending}")
    with tarfile.open(tmp_path / f"one.{ending}") as packed:
        packed.extractall(tmp_path, filter="data")
    assert names(tmp_path / "one") == names(tmp_path / "saved")


def test_it_becomes_a_home_by_hand(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    back_up(home, tmp_path / "saved")
    assert command(["audit", "verify", "--home", str(tmp_path / "saved"), "--lang", "en"]) == 0
    assert "the trail is whole" in capsys.readouterr().out
    assert command(["check", "--home", str(tmp_path / "saved"), "--lang", "en"]) == 0


def test_nothing_is_replaced(home: Home, tmp_path: Path) -> None:
    (tmp_path / "saved").mkdir()
    (tmp_path / "saved.tgz").symlink_to("nowhere")
    for name in ("saved", "saved.tgz"):
        with pytest.raises(BadInput) as refused:
            back_up(home, tmp_path / name)
        assert [each.code for each in refused.value.problems] == ["backup/exists"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "saved", "saved.tgz"]


@pytest.mark.parametrize("place", ["var/saved", "rules/saved.tgz", "in/../var/blobs/saved"])
def test_a_backup_does_not_lie_in_what_it_copies(home: Home, place: str) -> None:
    with pytest.raises(BadInput) as refused:
        back_up(home, home.folder / place)
    assert [each.code for each in refused.value.problems] == ["backup/inside"]


def test_it_gives_way_to_a_run(home: Home, tmp_path: Path) -> None:
    with alone(home), pytest.raises(Busy):
        back_up(home, tmp_path / "saved")
    assert not (tmp_path / "saved").exists()


def test_a_home_without_a_store_has_nothing_to_save(home: Home, tmp_path: Path) -> None:
    (home.var / "relance.sqlite").unlink()
    with pytest.raises(BadInput) as refused:
        back_up(home, tmp_path / "saved")
    assert [each.code for each in refused.value.problems] == ["store/missing"]


def test_a_damaged_store_is_no_backup(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def torn(path: Path, copy: Path) -> None:
        content = bytearray(path.read_bytes())
        content[8192:12288] = b"\xff" * 4096
        copy.write_bytes(content)

    monkeypatch.setattr(backup, "copy_store", torn)
    with pytest.raises(StoreFault) as refused:
        back_up(home, tmp_path / "saved")
    assert [each.code for each in refused.value.problems] == ["backup/damaged"]
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def test_a_failing_disk_leaves_nothing(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_path: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup, "_settle", full)
    with pytest.raises(StoreFault) as refused:
        back_up(home, tmp_path / "saved.tar.gz")
    assert [each.code for each in refused.value.problems] == ["home/no-room"]
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


@pytest.mark.parametrize(("lang", "said"), [("en", "trail up to record"), ("fr", "piste jusqu")])
def test_the_command_says_where_it_is(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str], lang: str, said: str
) -> None:
    asked = ["backup", str(tmp_path / "saved"), "--home", str(home.folder), "--lang", lang]
    assert command(asked) == 0
    told = capsys.readouterr()
    assert said in told.out
    assert "secrets" in told.err
    assert command(asked) == 2
    assert "backup/exists" in capsys.readouterr().err
