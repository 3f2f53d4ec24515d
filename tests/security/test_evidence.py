"""A bundle is proved in a process of its own, without our code and without our libraries."""

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from dispatcher.clocks import a_day
from dispatcher.evidence import VERIFY
from dispatcher.home import Home, lay_down
from dispatcher.sample.portfolio import portfolio
from tests.app.narrow_rules import narrowed
from tests.cli.cli_shell import DAY, Shell, export
from tests.security.canaries import CANARIES, NUMBER, REFERENCE, ROWS, found_in


def proved(bundle: Path, *arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-I", "verify.py", *arguments],
        cwd=bundle,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from dispatcher.cli.commands import command  # noqa: PLC0415 - not while tests are collected

    home = narrowed(lay_down(tmp_path_factory.mktemp("evidence") / "home"))
    export(home, portfolio(today=a_day(DAY), debtors=6) + ROWS)
    at = ("--home", str(home.folder))
    command(["run", "--date", DAY, *at])
    said = ("--person", "anne", "--note", CANARIES[6], "--date", DAY)
    command(["event", NUMBER, "reply_received", *said, *at])
    return home.folder


@pytest.fixture
def shell(
    lived: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Shell:
    home = Home(folder=Path(shutil.copytree(lived, tmp_path / "home")))
    monkeypatch.setenv("RELANCE_LANG", "en")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RELANCE_HOME", str(home.folder))
    return Shell(home, capsys)


@pytest.fixture(scope="module")
def bundle(lived: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from dispatcher.cli.commands import command  # noqa: PLC0415 - as above

    to = tmp_path_factory.mktemp("bundle") / "case"
    assert command(["audit", "export", NUMBER, "--to", str(to), "--home", str(lived)]) == 0
    return to


def test_a_bundle_is_proved_by_python_alone(bundle: Path) -> None:
    checkpoint = json.loads((bundle / "proof.json").read_bytes())["checkpoint"]

    assert proved(bundle, checkpoint)[0] == 0
    code, said = proved(bundle, "1:00")
    assert code == 1
    assert "checkpoint" in said


def test_it_holds_what_was_sent_and_said_and_nothing_of_others(bundle: Path, lived: Path) -> None:
    names = {path for path, _ in found_in(bundle, CANARIES)}
    assert {"opened.json", "case.json"} <= names
    mail = next(bundle.glob("messages/*/mail.eml")).read_bytes()
    assert mail in {path.read_bytes() for path in (lived / "var" / "sinks" / "email").iterdir()}
    assert next(bundle.glob("policies/*.txt")).stat().st_size
    kinds = [json.loads(e["body"])["kind"] for e in _proof(bundle)["records"]]
    assert {"store", "message-frozen", "message-moved", "event"} == set(kinds)
    others = [row.split(";") for row in portfolio(today=a_day(DAY), debtors=6).splitlines()[1:]]
    words = {cell for row in others for cell in (row[1], row[4], row[6], row[9]) if cell}
    assert found_in(bundle, words) == []
    debtors = {json.loads(e["body"]).get("debtor") for e in _proof(bundle)["records"]}
    assert len(debtors - {None}) == 1


def _proof(bundle: Path) -> dict[str, list[dict[str, str]]]:
    proof: dict[str, list[dict[str, str]]] = json.loads((bundle / "proof.json").read_bytes())
    return proof


def test_a_byte_changed_anywhere_is_found(bundle: Path, tmp_path: Path) -> None:
    files = [path for path in sorted(bundle.rglob("*")) if path.is_file()]
    assert len(files) >= 8
    for path in files:
        copy = Path(shutil.copytree(bundle, tmp_path / "copy"))
        spoilt = copy / path.relative_to(bundle)
        raw = bytearray(spoilt.read_bytes())
        at = len(raw) * 2 // 3
        raw[at] ^= 1
        spoilt.write_bytes(raw)
        assert proved(copy)[0] != 0, f"{path.name} at {at}"
        shutil.rmtree(copy)


def rewritten(copy: Path, name: str, before: bytes, after: bytes) -> None:
    """A file changed together with its line in the list of files: the list alone is no proof."""
    import hashlib  # noqa: PLC0415 - only here

    raw = (copy / name).read_bytes()
    assert before in raw
    (copy / name).write_bytes(raw.replace(before, after))
    listed = json.loads((copy / "files.json").read_bytes())
    listed[name] = hashlib.sha256((copy / name).read_bytes()).hexdigest()
    again = json.dumps(listed, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    (copy / "files.json").write_text(again, encoding="utf-8")


@pytest.mark.parametrize(
    ("pattern", "before", "after"),
    [
        ("messages/*/content.json", b"reminder", b"greeting"),
        ("messages/*/mail.eml", b"Subject: ", b"Subject: Un "),
        ("messages/*/mail.eml", b"</body>", b"!</body>"),
        ("policies/*.txt", b"e", b"f"),
        ("opened.json", b"canari-note-71", b"canari-note-72"),
        ("proof.json", b'\\"claimed\\":1', b'\\"claimed\\":0'),
        ("proof.json", b'"left"', b'"right"'),
    ],
    ids=["content", "mail", "page", "policy", "note", "record", "path"],
)
def test_a_forger_who_lists_his_files_anew_is_found(
    bundle: Path, tmp_path: Path, pattern: str, before: bytes, after: bytes
) -> None:
    copy = Path(shutil.copytree(bundle, tmp_path / "copy"))
    name = min(copy.glob(pattern)).relative_to(copy).as_posix()
    if before not in (copy / name).read_bytes():
        before = (copy / name).read_bytes()[40:48]
        after = bytes(byte ^ 1 for byte in before)
    rewritten(copy, name, before, after)

    assert proved(copy)[0] != 0


def test_an_added_and_a_missing_file_are_found(bundle: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(bundle, tmp_path / "copy"))
    (copy / "more.txt").write_text("more", encoding="utf-8")
    assert proved(copy)[0] == 1
    (copy / "more.txt").unlink()
    next(copy.glob("messages/*/content.json")).unlink()
    assert proved(copy)[0] == 1


@pytest.mark.parametrize("name", ["messages/999/mail.eml", "messages/999/content.json", "more.txt"])
def test_a_file_that_no_record_speaks_of_is_found_though_it_is_listed(
    bundle: Path, tmp_path: Path, name: str
) -> None:
    copy = Path(shutil.copytree(bundle, tmp_path / "copy"))
    (copy / name).parent.mkdir(exist_ok=True)
    (copy / name).write_bytes(next(copy.glob(f"messages/*/{Path(name).name}"), VERIFY).read_bytes())
    rewritten(copy, name, b"", b"")

    code, said = proved(copy)

    assert code == 1
    assert f"no record speaks of ['{name}']" in said


def test_packed_it_is_one_file_that_holds_the_same(shell: Shell, tmp_path: Path) -> None:
    said = shell("audit", "export", NUMBER, "--lang", "fr")

    assert said.code == 0, said.all
    assert "point de contrôle" in said.out
    with zipfile.ZipFile(tmp_path / f"{NUMBER}.zip") as packed:
        packed.extractall(tmp_path / "out")
    assert proved(tmp_path / "out" / NUMBER)[0] == 0
    assert shell("audit", "verify").code == 0


def test_what_is_there_already_is_not_overwritten(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()

    said = shell("audit", "export", NUMBER, "--to", "there")

    assert said.code == 2
    assert "evidence/exists" in said.err
    assert shell("audit", "export", "NO-SUCH").code == 2


def test_an_erased_case_is_still_proved_without_its_words(shell: Shell, tmp_path: Path) -> None:
    person = ("--person", "anne")
    shell("event", NUMBER, "reply_read", *person, "--date", DAY)
    export(shell.home, portfolio(today=a_day(DAY), debtors=6), day="2026-11-25")
    shell("run", "--date", "2026-11-25")
    asked = ("erase", REFERENCE, *person, "--reason", "asked")
    digest = shell(*asked).err.split("--confirm ")[1].split()[0]
    assert shell(*asked, "--confirm", digest).code == 0

    said = shell("audit", "export", NUMBER, "--to", "bundle")

    assert said.code == 0
    assert "erased" in said.err
    assert found_in(tmp_path / "bundle", CANARIES) == []
    assert proved(tmp_path / "bundle")[0] == 0
