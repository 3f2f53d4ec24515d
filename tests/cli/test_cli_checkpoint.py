"""Heads of the trail kept elsewhere, on the command line."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from dispatcher.checkpoints import TAIL, newest_checkpoint
from dispatcher.cli.commands import command
from dispatcher.clocks import a_day
from dispatcher.home import Home, lay_down
from dispatcher.model.record import chained, first_hash
from dispatcher.sample.portfolio import portfolio
from tests.cli.cli_shell import DAY, Shell, export


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = lay_down(tmp_path_factory.mktemp("checkpoint") / "home")
    export(home, portfolio(today=a_day(DAY), debtors=3))
    command(["import", "--date", DAY, "--home", str(home.folder)])
    return home.folder


@pytest.fixture
def shell(made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(Home(folder=Path(shutil.copytree(made, tmp_path / "home"))), capsys)


def asked(shell: Shell, *words: str, lang: str = "en") -> list[str]:
    return ["audit", *words, "--home", str(shell.home.folder), "--lang", lang]


def rewrite(home: Home) -> None:
    """Every record anew with another instant, chained as it should be."""
    with closing(sqlite3.connect(home.var / "relance.sqlite")) as connection:
        connection.execute("DROP TRIGGER audit_refuses_update")
        previous = first_hash(connection.execute("SELECT id FROM store").fetchone()[0])
        rows = connection.execute("SELECT seq, at, body FROM audit ORDER BY seq").fetchall()
        for seq, at, body in rows:
            changed = body.replace(f'"at":{at}'.encode(), f'"at":{at + 1}'.encode())
            previous = chained(previous, changed)
            statement = "UPDATE audit SET at = ?, body = ?, hash = ? WHERE seq = ?"
            connection.execute(statement, (at + 1, changed, previous, seq))
        connection.commit()


def test_it_prints_a_line_and_keeps_it_where_it_is_told(shell: Shell, tmp_path: Path) -> None:
    kept = tmp_path / "kept.jsonl"
    said = shell(*asked(shell, "checkpoint", "--to", str(kept)))
    assert said.code == 0
    line = json.loads(said.out)
    assert set(line) == {"store", "seq", "hash", "at"}
    assert kept.read_text("utf-8") == said.out
    assert str(kept) in said.err
    verified = shell(*asked(shell, "verify", "--against", str(kept)))
    assert (verified.code, "1 checkpoint kept elsewhere agrees" in verified.out) == (0, True)


@pytest.mark.parametrize(
    ("lang", "said"), [("en", "was rewritten"), ("fr", "la piste a été réécrite")]
)
def test_a_chain_written_anew_is_found(shell: Shell, tmp_path: Path, lang: str, said: str) -> None:
    kept = tmp_path / "kept.jsonl"
    line = json.loads(shell(*asked(shell, "checkpoint", "--to", str(kept))).out)
    rewrite(shell.home)
    assert shell(*asked(shell, "verify")).code == 0
    short = f"{line['seq']}:{line['hash'][:16]}"
    for against in (str(kept), short):
        found = shell(*asked(shell, "verify", "--against", against, lang=lang))
        assert (found.code, said in found.all) == (1, True)


def test_a_trail_cut_with_its_tables_is_found(shell: Shell, made: Path, tmp_path: Path) -> None:
    command(["import", "--date", "2026-11-25", "--home", str(shell.home.folder)])
    kept = tmp_path / "kept.jsonl"
    shell(*asked(shell, "checkpoint", "--to", str(kept)))
    for name in ("relance.sqlite", "relance.keys"):
        if (made / "var" / name).exists():
            shutil.copyfile(made / "var" / name, shell.home.var / name)
    assert shell(*asked(shell, "verify")).code == 0
    found = shell(*asked(shell, "verify", "--against", str(kept)))
    assert (found.code, "store/trail-cut" in found.err) == (1, True)


REFUSED = {
    "inside": (("checkpoint", "--to", "{home}/var/kept.jsonl"), 2, "checkpoint/inside"),
    "no folder": (("checkpoint", "--to", "{home}/none/kept.jsonl"), 4, "checkpoint/unkept"),
    "neither": (("verify", "--against", "12:zz"), 2, "checkpoint/unreadable"),
    "of another store": (("verify", "--against", "{home}/config.yaml"), 2, "checkpoint/none"),
}


@pytest.mark.parametrize(("words", "code", "problem"), REFUSED.values(), ids=REFUSED)
@pytest.mark.parametrize("lang", ["en", "fr"])
def test_what_is_refused(
    shell: Shell, words: tuple[str, ...], code: int, problem: str, lang: str
) -> None:
    filled = [word.format(home=shell.home.folder) for word in words]
    said = shell(*asked(shell, *filled, lang=lang))
    assert (said.code, problem in said.err) == (code, True)


def test_every_run_leaves_one_and_says_when_it_cannot(shell: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "mount"
    folder.mkdir()
    shell.edit(
        "config.yaml",
        "  path: var/relance.sqlite ",
        f"  checkpoints: {folder}/kept.jsonl\n  path: var/relance.sqlite ",
    )
    home = ["--home", str(shell.home.folder), "--lang", "en"]
    assert shell("send", "--date", DAY, *home).code == 0
    lines = (folder / "kept.jsonl").read_text("utf-8").splitlines()
    assert len(lines) == 1
    folder.rename(tmp_path / "unmounted")
    said = shell("send", "--date", DAY, *home)
    assert (said.code, "checkpoint/unkept" in said.err) == (1, True)
    assert not folder.exists()  # a missing mount never becomes a folder of this machine


def test_the_newest_of_this_store_is_found_behind_many_lines(tmp_path: Path) -> None:
    path = tmp_path / "kept.jsonl"
    line = '{{"store":"{store}","seq":{seq},"hash":"00","at":1}}\n'
    old = "".join(line.format(store="a", seq=seq) for seq in range(TAIL // 40))
    path.write_text(old + line.format(store="b", seq=7) + '{"torn', "utf-8")
    found = newest_checkpoint(path, "b")
    assert found is not None
    assert found.seq == 7
    assert newest_checkpoint(path, "c") is None
    assert newest_checkpoint(tmp_path / "none", "b") is None
