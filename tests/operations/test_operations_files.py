"""The examples for cron and systemd: they parse, name commands that exist, and know exit codes."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main

from dispatcher.cli.commands import app


FOLDER = Path(__file__).parents[2] / "docs" / "operations"
UNITS = sorted(path.name for path in FOLDER.glob("relance-*"))
SERVICES = ["relance-run.service", "relance-send.service"]
TIMERS = ["relance-run.timer", "relance-send.timer"]

SECTIONS = {
    "service": {"Unit", "Service"},
    "timer": {"Unit", "Timer", "Install"},
}

#: Field of a crontab -> its least and greatest number.
BOUNDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))


def settings(name: str) -> Iterator[tuple[str, str, str]]:
    """Section, key and value of every line of a unit."""
    section = ""
    for line in (FOLDER / name).read_text("utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif line and not line.startswith("#"):
            key, sign, value = line.partition("=")
            assert sign, f"{name}: {line}"
            yield section, key, value


def value(name: str, key: str) -> list[str]:
    return [said for _, other, said in settings(name) if other == key]


def commands() -> set[str]:
    return set(getattr(typer.main.get_command(app), "commands", {}))


def jobs() -> Iterator[tuple[list[str], str]]:
    """The five fields and the command of each line of the crontab."""
    for line in (FOLDER / "crontab").read_text("utf-8").splitlines():
        if line and not line.startswith("#") and not re.match(r"[A-Z_]+=", line):
            *fields, command = line.split(maxsplit=5)
            yield fields, command


JOBS = list(jobs())


def test_all_files_are_there() -> None:
    assert {*SERVICES, *TIMERS, "relance-failed@.service"} == set(UNITS)


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_has_the_sections_of_its_kind(name: str) -> None:
    assert {section for section, *_ in settings(name)} == SECTIONS[name.rpartition(".")[2]]


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_starts_a_command_that_exists(name: str) -> None:
    (started,) = value(name, "ExecStart")
    program, command = started.split()
    assert Path(program).name == "relance"
    assert command in commands()
    assert f"relance-{command}.service" == name


@pytest.mark.parametrize("name", SERVICES)
def test_only_what_wants_a_person_fails_and_then_mail_goes_out(name: str) -> None:
    assert value(name, "SuccessExitStatus") == ["1 75"]
    assert value(name, "OnFailure") == ["relance-failed@%n.service"]


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_hardened_and_holds_no_secret(name: str) -> None:
    said = {key: text for _, key, text in settings(name)}
    assert said["NoNewPrivileges"] == said["PrivateTmp"] == said["ProtectHome"] == "yes"
    assert (said["ProtectSystem"], said["UMask"]) == ("strict", "0077")
    assert said["ReadWritePaths"] == said["WorkingDirectory"]
    assert said["EnvironmentFile"].startswith("/etc/")
    assert not [text for text in value(name, "Environment") if "PASSWORD" in text]


@pytest.mark.parametrize("name", TIMERS)
def test_a_timer_has_its_zone_and_its_service(name: str) -> None:
    (when,) = value(name, "OnCalendar")
    assert when.endswith(" Europe/Paris")
    assert name.replace(".timer", ".service") in SERVICES
    assert value(name, "Persistent") == ["yes" if "run" in name else "no"]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_itself_finds_nothing(tmp_path: Path) -> None:
    for name in UNITS:
        text = (FOLDER / name).read_text("utf-8")
        (tmp_path / name).write_text(text.replace("/opt/relance/bin/relance", "/bin/true"))
    asked = ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / n) for n in TIMERS)]
    ran = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=60)
    lines = [line for line in ran.stderr.splitlines() if "relance" in line]
    assert (ran.returncode, lines) == (0, [])


@pytest.mark.parametrize("job", JOBS, ids=["run", "send", "backup", "doctor"])
def test_a_line_of_the_crontab_parses(job: tuple[list[str], str]) -> None:
    fields, command = job
    for field, (least, greatest) in zip(fields, BOUNDS, strict=True):
        found = re.fullmatch(r"(\*|\d+(?:-\d+)?)(?:/\d+)?", field)
        assert found, field
        assert all(least <= int(number) <= greatest for number in re.findall(r"\d+", found[1]))
    # An unescaped percent sign ends the command.
    assert re.search(r"(?<!\\)%", command) is None


@pytest.mark.parametrize("job", JOBS, ids=["run", "send", "backup", "doctor"])
def test_a_line_of_the_crontab_starts_a_command_that_exists(job: tuple[list[str], str]) -> None:
    started = re.findall(r"(?:^|; )relance ([a-z]+) ", job[1])
    assert started
    assert set(started) <= commands()
    checked = subprocess.run(["sh", "-n", "-c", job[1].replace(r"\%", "%")], check=False)
    assert checked.returncode == 0


@pytest.mark.parametrize(
    ("code", "mailed"), [(0, False), (1, False), (75, False), (2, True), (3, True), (4, True)]
)
def test_cron_mails_only_what_wants_a_person(tmp_path: Path, code: int, *, mailed: bool) -> None:
    """cron sends what a line prints; the command is played by one that ends with this code."""
    (tmp_path / "var").mkdir()
    (tmp_path / "env").write_text("SECRET=hunter2\n")
    program = tmp_path / "relance"
    program.write_text(f'#!/bin/sh\necho "said with $SECRET"\nexit {code}\n')
    program.chmod(0o700)
    command = next(command for _, command in JOBS if "; relance run " in command)
    known = {"PATH": f"{tmp_path}:/usr/bin:/bin", "RELANCE_HOME": str(tmp_path)}
    ran = subprocess.run(
        ["sh", "-c", command],
        env={**known, "ENV_FILE": str(tmp_path / "env")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout == (f"relance run: {code}\nsaid with hunter2\n" if mailed else "")


def test_the_crontab_has_the_zone_and_an_address() -> None:
    text = (FOLDER / "crontab").read_text("utf-8")
    assert "\nCRON_TZ=Europe/Paris\n" in text
    assert re.search(r"\nMAILTO=\S+@\S+\n", text)
