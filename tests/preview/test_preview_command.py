"""`relance preview`: the bytes that a run would send, nothing touched, mistakes in one line."""

import json
import re
import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, select

from dispatcher.cli.commands import command
from dispatcher.clocks import a_day
from dispatcher.home import Home, lay_down
from dispatcher.preview import choice
from dispatcher.preview.browser import browser
from dispatcher.preview.cases import CASES
from dispatcher.preview.files import plain_name
from dispatcher.preview.real import Wish, of_case, shown_of
from dispatcher.render.typeset import PDF
from dispatcher.sample.portfolio import portfolio
from dispatcher.store.blobs import digest as digest_of
from dispatcher.store.tables import content, line, message
from dispatcher.wiring import looking
from tests.cli.cli_shell import DAY, Shell, digest, export
from tests.preview.preview_world import sound


POSTAL = "contact: registered_letter else email, also: email, template: formal-notice, tone: formal"


@pytest.fixture(scope="module")
def laid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose export has come in, with letters; each test has a copy."""
    home = lay_down(tmp_path_factory.mktemp("laid") / "home")
    export(home, portfolio(today=a_day(DAY), debtors=12))
    rules = home.rules / "b2b-standard.yaml"
    text = rules.read_text("utf-8")
    wanted = "contact: email else sms else letter, template: courteous-reminder, tone: courteous"
    assert wanted in text
    rules.write_text(text.replace(wanted, POSTAL), encoding="utf-8")
    assert command(["import", "--date", DAY, "--home", str(home.folder)]) in {0, 1}
    return home.folder


@pytest.fixture
def shell(
    tmp_path: Path,
    laid: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Shell:
    folder = Path(shutil.copytree(laid, tmp_path / "home"))
    monkeypatch.setenv("RELANCE_LANG", "en")
    monkeypatch.setenv("COLUMNS", "160")  # workers of pytest-xdist set another
    monkeypatch.chdir(folder)
    return Shell(Home(folder=folder), capsys)


def frozen(home: Home) -> dict[tuple[int, str], bytes]:
    """What the store keeps of each message, by its first case and channel."""
    first = (
        select(func.min(line.c.invoice_id))
        .where(line.c.message_id == func.coalesce(message.c.main_id, message.c.id))
        .scalar_subquery()
    )
    kept = select(first, message.c.channel, content.c.body).join(message)
    with looking(home, day=DAY) as house, house.book.store.reading() as connection:
        return {(case, channel): body for case, channel, body in connection.execute(kept)}


def numbers(home: Home) -> dict[int, str]:
    with closing(sqlite3.connect(home.var / "relance.sqlite")) as driver:
        return dict(driver.execute("SELECT id, number FROM invoice"))


def test_what_is_shown_of_a_case_is_what_a_run_freezes_byte_for_byte(shell: Shell) -> None:
    names = numbers(shell.home)
    shown: dict[tuple[str, str], bytes] = {}
    letters: dict[str, bytes] = {}
    with looking(shell.home, day=DAY) as house, house.drawing() as render:
        for name in (names[1], names[4], names[10]):
            for each in map(sound, shown_of(of_case(house, name, Wish()), render)):
                shown[name, each.frozen.channel] = each.frozen.content
                letters.update((name, pdf) for pdf in each.message.files.values())
    confirm = digest(shell("plan", "--date", DAY))
    assert shell("run", "--date", DAY, "--confirm", confirm).code in {0, 1}
    kept = {(names[case], channel): body for (case, channel), body in frozen(shell.home).items()}
    assert {channel for _, channel in shown} == {"registered_letter", "email"}
    assert {key: kept.get(key) for key in shown} == shown
    assert letters
    for name, pdf in letters.items():
        assert json.loads(kept[name, "registered_letter"])["files"] == {PDF: digest_of(pdf)}


def everything(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_look_changes_nothing_but_the_files_it_writes(shell: Shell, tmp_path: Path) -> None:
    before = everything(shell.home.folder)
    name = next(iter(numbers(shell.home).values()))
    out = str(tmp_path / "out")
    assert shell("preview", "--case", name, "--date", DAY, "--out", out).code == 0
    assert shell("preview", "thank-you", "--date", DAY, "--out", out).code == 0
    assert everything(shell.home.folder) == before
    for path in (tmp_path / "out").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


def test_a_template_without_a_case_is_written_for_every_channel(shell: Shell) -> None:
    said = shell("preview", "courteous-reminder", "--date", DAY, "--tone", "courteous")
    assert (said.code, said.err) == (0, "")
    endings = {path.name.partition(".")[2] for path in (shell.home.var / "preview").iterdir()}
    drawn = {"png"} if browser() else set()
    assert endings == {"html", "txt", "eml", "pdf", "1.png"} | drawn
    assert re.search(r"[12] segments?, 0[.,]\d\d\s", said.out)
    assert "1 page" in said.out
    assert "var/preview" in said.out


def test_a_call_is_shown_with_the_sheet_that_its_person_gets(shell: Shell, tmp_path: Path) -> None:
    out = tmp_path / "out"
    asked = ("--channel", "call", "--date", DAY, "--lang", "fr", "--out", str(out))
    assert shell("preview", "late-invoice", "--case", "everything", *asked).code == 0
    sample = (out / "late-invoice-call-everything.txt").read_text("utf-8")
    said = ("Le compte entier", "−50,00\u00a0€", "Ce qui a précédé", "task done C… --outcome")
    assert [words for words in said if words not in sample] == []
    name = numbers(shell.home)[1]
    assert shell("preview", "late-invoice", "--case", name, *asked).code == 0
    (real,) = (path for path in out.iterdir() if "everything" not in path.name)
    told = real.read_text("utf-8")
    assert "Le compte entier" in told
    assert name in told.partition("Le compte entier")[2]


CHANNEL_OF = {"eml": "email", "pdf": "letter"}


@pytest.mark.parametrize("form", CHANNEL_OF)
def test_one_format_alone_can_be_asked_for(shell: Shell, form: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    said = shell(
        "preview",
        "last-notice",
        "--channel",
        CHANNEL_OF[form],
        "--format",
        form,
        "--date",
        DAY,
        "--out",
        str(out),
    )
    assert said.code == 0, said.all
    assert {path.suffix for path in out.iterdir()} == {f".{form}"}


def test_a_template_on_a_case_claims_what_the_case_would_claim_next(shell: Shell) -> None:
    name = next(iter(numbers(shell.home).values()))
    said = shell("preview", "late-invoice", "--case", name, "--channel", "call", "--date", DAY)
    assert said.code == 0, said.all
    script = (shell.home.var / "preview" / f"late-invoice-call-{name}.txt").read_text("utf-8")
    assert name in script


MISTAKES = {
    "template": (("formal-notic",), "preview/no-template", "formal-notice"),
    "case": (("--case", "FA2600l"), "run/no-case", "did you mean FA2600"),
    "sample": (("formal-notice", "--case", "one-cant"), "run/no-case", "one-cent"),
    "channel": (("last-reminder", "--channel", "emial"), "preview/no-channel", "email"),
    "tone": (("last-reminder", "--tone", "firmly"), "preview/no-tone", "firm"),
    "format": (("last-reminder", "--format", "pgn"), "preview/no-format", "png"),
    "all": (("last-reminder", "--all"), "preview/not-alone", ""),
}


@pytest.mark.parametrize(("arguments", "code", "near"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_one_line_with_the_nearest_name(
    shell: Shell, arguments: tuple[str, ...], code: str, near: str
) -> None:
    said = shell("preview", *arguments, "--date", DAY)
    assert said.code == 2
    assert code in said.err
    assert near in said.err
    assert said.err.count("error[") == 1


def test_a_case_that_nothing_follows_says_so(shell: Shell) -> None:
    held = numbers(shell.home)[4]
    shell("plan", "hold", held, "--reason", "dispute", "--person", "Me", "--date", DAY)
    said = shell("preview", "--case", held, "--date", DAY)
    assert "preview/nothing-next" in said.err
    assert f"relance explain {held}" in said.err
    named = shell("preview", "thank-you", "--case", held, "--date", DAY, "--format", "txt")
    assert (named.code, named.err) == (0, "")


def test_a_case_that_waits_shows_the_day_on_which_it_goes(shell: Shell) -> None:
    name = numbers(shell.home)[5]  # due in a few days
    said = shell("preview", "--case", name, "--date", DAY, "--format", "txt")
    found = re.search(rf"{name}: what goes out on (\S+) if nothing changes", said.out)
    assert found is not None, said.all
    assert found[1] > DAY
    script = next((shell.home.var / "preview").glob("*.txt")).read_text("utf-8")
    assert name in script


def test_a_debtor_without_an_address_cannot_get_it(shell: Shell) -> None:
    name = numbers(shell.home)[1]  # without an e-mail address
    said = shell("preview", "thank-you", "--case", name, "--channel", "email", "--date", DAY)
    assert said.code == 2
    assert "preview/unreachable" in said.err


def test_without_a_wish_the_templates_are_listed(shell: Shell) -> None:
    said = shell("preview")
    assert said.code == 0
    for name in ("formal-notice", "thank-you", "visit"):
        assert name in said.out


#: What the policies of this home name.
KEPT = {"_layout", "courteous-reminder", "firm-reminder", "late-invoice", "formal-notice"}


def test_a_gallery_can_be_asked_for_elsewhere(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choice, "CASES", {"one-cent": CASES["one-cent"]})
    monkeypatch.setattr(choice, "TYPICAL", "one-cent")
    for folder in shell.home.templates.glob("fr/*"):
        if folder.name not in KEPT:
            shutil.rmtree(folder)
    out = tmp_path / "gallery"
    said = shell("preview", "--all", "--date", DAY, "--out", str(out))
    assert said.code == 0, said.all
    assert (out / "index.html").is_file()
    assert (out / "template-late-invoice.html").is_file()


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("FA26001", "a-FA26001"),
        ("../../etc/passwd", "a-etc-passwd"),
        ("Éléonore / 3 ; rm", "a-Eleonore-3-rm"),
        ("\u202e\x00", "a-x"),
        ("x" * 500, "a-" + "x" * 60),
    ],
    ids=["usual", "path", "accents", "hidden", "long"],
)
def test_a_file_has_a_plain_name_whatever_an_invoice_is_called(name: str, plain: str) -> None:
    assert plain_name("a", name) == plain
