"""Approvals: exactly what was shown may leave, by whom the policy names, and by nobody else."""

import email
import re
from collections.abc import Callable
from email import policy
from functools import cache
from pathlib import Path
from shutil import copytree

import pytest

from dispatcher.cli.commands import command
from dispatcher.clocks import a_day
from dispatcher.home import Home, lay_down
from dispatcher.sample.portfolio import portfolio
from tests.cli.cli_shell import DAY, Said, Shell, export


RULES = "rules/b2b-standard.yaml"
MANAGER = "Claire Martin"  # credit_manager of the example configuration
COLLECTOR = "Paul Durand"  # collector; the credit manager stands in


Waiting = Callable[..., Shell]


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Callable[[tuple[str, ...]], Path]:
    """Homes whose reminders wait for these roles, made once each."""

    @cache
    def made(roles: tuple[str, ...]) -> Path:
        home = lay_down(tmp_path_factory.mktemp("planned") / "home")
        export(home, portfolio(today=a_day(DAY), debtors=6))
        rules = home.folder / RULES
        before = "template: courteous-reminder, tone: courteous"
        text = rules.read_text("utf-8")
        assert before in text
        wanted = f"{before}, needs_approval: [{', '.join(roles)}]"
        rules.write_text(text.replace(before, wanted), encoding="utf-8")
        assert command(["run", "--date", DAY, "--home", str(home.folder)]) in {0, 1}
        return home.folder

    return made


@pytest.fixture
def waits_for(
    planned: Callable[[tuple[str, ...]], Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Waiting:
    """A copy of such a home, for one test alone."""

    def shell(*roles: str) -> Shell:
        folder = Path(copytree(planned(roles), tmp_path / "home"))
        monkeypatch.setenv("RELANCE_LANG", "en")
        monkeypatch.setenv("COLUMNS", "160")  # workers of pytest-xdist set another
        monkeypatch.chdir(folder)
        return Shell(Home(folder=folder), capsys)

    return shell


def sent(shell: Shell) -> list[Path]:
    return sorted(shell.home.sinks.glob("email/*.eml"))


def first(shell: Shell, *, by: str = "email") -> tuple[str, str]:
    """Number and code of the first e-mail that waits."""
    listed = shell("approve", "--date", DAY).out
    number = next(line.split()[0] for line in listed.splitlines() if f"({by})" in line)
    return number, code_of(shell("approve", number, "--date", DAY))


def code_of(said: Said) -> str:
    found = re.search(r"--confirm ([0-9a-f]{12})", said.out)
    assert found is not None, said.all
    return found[1]


def test_nothing_leaves_before_somebody_has_said_yes(waits_for: Waiting) -> None:
    shell = waits_for("credit_manager")
    assert sent(shell) == []
    said = shell("send", "--date", DAY)
    assert said.code == 0
    assert "wait for an approval: relance approve" in said.out
    assert sent(shell) == []
    listed = shell("approve", "--date", DAY)
    assert MANAGER in listed.out
    assert "approve: courteous-reminder" in shell("tasks", "--date", DAY).out


def test_what_was_shown_is_what_leaves_byte_for_byte(waits_for: Waiting) -> None:
    shell = waits_for("credit_manager")
    number, code = first(shell)
    shown = next(shell.home.approvals.glob(f"{number}-email-*.eml"))
    assert shown.stat().st_mode & 0o777 == 0o600
    said = shell("approve", number, "--confirm", code, "--person", "claire  martin", "--date", DAY)
    assert (said.code, said.err) == (0, "")
    shell("send", "--date", DAY)
    (left,) = sent(shell)
    assert left.read_bytes() == shown.read_bytes()
    mail = email.message_from_bytes(left.read_bytes(), policy=policy.default)
    told = shell("approve", "--date", DAY).out
    assert number not in told.split()
    assert mail["Subject"]
    assert "the trail is whole" in shell("audit", "verify").out


def test_two_roles_are_two_people(waits_for: Waiting) -> None:
    shell = waits_for("collector", "credit_manager")
    number, code = first(shell)
    yes = ("approve", number, "--confirm", code, "--date", DAY, "--person")
    once = shell(*yes, COLLECTOR)
    assert (once.code, "credit_manager: Claire Martin" in once.out) == (0, True)
    again = shell(*yes, COLLECTOR)
    assert (again.code, "[approve/twice]" in again.err) == (2, True)
    shell("send", "--date", DAY)
    assert sent(shell) == []
    assert shell(*yes, MANAGER).code == 0
    shell("send", "--date", DAY)
    assert len(sent(shell)) == 1


def test_a_stand_in_may_but_nobody_else(waits_for: Waiting) -> None:
    shell = waits_for("collector")
    number, code = first(shell)
    yes = ("approve", number, "--confirm", code, "--date", DAY, "--person")
    stranger = shell(*yes, "Jean Personne")
    assert (stranger.code, "[approve/not-you]" in stranger.err) == (2, True)
    assert "Paul Durand, Claire Martin" in stranger.err
    assert shell(*yes, "claire.martin@example.test").code == 0


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"number": "M999"}, "approve/none", id="no such number"),
        pytest.param({"code": "000000000000"}, "approve/other", id="another text"),
        pytest.param({"person": " "}, "event/person", id="nobody"),
    ],
)
def test_a_yes_to_something_else_is_refused(
    waits_for: Waiting, changes: dict[str, str], code: str
) -> None:
    shell = waits_for("credit_manager")
    number, seen = first(shell)
    given = {"number": number, "code": seen, "person": MANAGER, **changes}
    said = shell(
        "approve", given["number"], "--confirm", given["code"], "--person", given["person"],
        "--date", DAY,
    )  # fmt: skip
    assert (said.code, f"[{code}]" in said.err) == (2, True)
    shell("send", "--date", DAY)
    assert sent(shell) == []


def test_a_no_withdraws_the_message_and_holds_its_cases(waits_for: Waiting) -> None:
    shell = waits_for("credit_manager")
    number, code = first(shell)
    no = ("approve", number, "--refuse", code, "--person", MANAGER, "--date", DAY)
    assert "[hold/reason]" in shell(*no).err
    said = shell(*no, "--reason", "he pays tomorrow", "--until", "2026-11-27")
    assert (said.code, said.err) == (0, "")
    assert number not in shell("approve", "--date", DAY).out.split()
    again = shell("plan", "--date", DAY, "--format", "json").out
    assert '"pause"' in again
    assert "the trail is whole" in shell("audit", "verify").out


def test_what_is_no_longer_valid_is_not_to_be_approved(waits_for: Waiting) -> None:
    shell = waits_for("credit_manager")
    number, code = first(shell)
    late = ("--date", "2027-02-01")
    assert "nothing waits" in shell("approve", *late).out
    said = shell("approve", number, "--confirm", code, "--person", MANAGER, *late)
    assert (said.code, "[approve/none]" in said.err) == (2, True)


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["--confirm", "0123"], id="yes to nothing"),
        pytest.param(["M1", "--confirm", "0123", "--refuse", "0123"], id="yes and no"),
        pytest.param(["M1", "--reason", "why"], id="a reason for nothing"),
    ],
)
def test_options_that_mean_nothing_together_are_said_so(
    started: Shell, arguments: list[str]
) -> None:
    assert started("approve", *arguments).code == 2
    assert command(["approve", "--help"]) == 0


def test_nothing_waits_in_a_home_without_approvals(started: Shell) -> None:
    assert "nothing waits" in started("approve", "--date", DAY).out
