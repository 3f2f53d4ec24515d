"""The examples for cron, systemd and nginx: they parse and name commands and places that exist."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main

from dispatcher.cli.commands import app
from dispatcher.returns.listen import BODY_SECONDS, LONGEST


FOLDER = Path(__file__).parents[2] / "docs" / "operations"
UNITS = sorted(path.name for path in FOLDER.glob("relance-*"))
SERVICES = ["relance-run.service", "relance-send.service"]
LISTEN = "relance-listen.service"
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
    assert {*SERVICES, *TIMERS, LISTEN, "relance-failed@.service"} == set(UNITS)


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_has_the_sections_of_its_kind(name: str) -> None:
    wanted = {"Unit", "Service", "Install"} if name == LISTEN else SECTIONS[name.rpartition(".")[2]]
    assert {section for section, *_ in settings(name)} == wanted


@pytest.mark.parametrize("name", [*SERVICES, LISTEN])
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


@pytest.mark.parametrize("name", [*SERVICES, LISTEN])
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


def test_who_listens_is_started_again_and_reaches_nobody() -> None:
    said = {key: text for _, key, text in settings(LISTEN)}
    assert (said["Restart"], said["KillSignal"]) == ("always", "SIGTERM")
    assert (said["IPAddressDeny"], said["IPAddressAllow"]) == ("any", "localhost")
    assert said["OnFailure"] == "relance-failed@%n.service"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_itself_finds_nothing(tmp_path: Path) -> None:
    for name in UNITS:
        text = (FOLDER / name).read_text("utf-8")
        (tmp_path / name).write_text(text.replace("/opt/relance/bin/relance", "/bin/true"))
    names = [str(tmp_path / name) for name in (*TIMERS, LISTEN)]
    asked = ["systemd-analyze", "verify", "--man=no", *names]
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


# -- the web server before `relance listen` -------------------------------------------------------

NGINX = (FOLDER / "nginx.conf").read_text("utf-8")


def directive(name: str) -> list[str]:
    """The values of a directive, as they stand."""
    plain = re.sub(r"#.*", "", NGINX)
    return [" ".join(found.split()) for found in re.findall(rf"\b{name}\s+([^;{{]+)", plain)]


def test_the_web_server_passes_on_to_where_we_listen() -> None:
    defaults = listen_defaults()
    there = f"http://{defaults['host']}:{defaults['port']}"
    # With a path behind it nginx would change the address that the provider has signed.
    assert directive("proxy_pass") == [there]
    assert directive("proxy_set_header") == ["Host $host", "X-Forwarded-For $remote_addr"]


def test_the_web_server_is_no_wider_than_we_are() -> None:
    assert directive("client_max_body_size") == [f"{LONGEST // 1024}k"]
    times = [int(*re.findall(r"^(\d+)s$", text)) for text in directive("client_[a-z]+_timeout")]
    assert len(times) == 2
    assert max(times) <= BODY_SECONDS
    assert directive("ssl_protocols") == ["TLSv1.2 TLSv1.3"]
    assert directive("access_log") == ["off"]
    assert directive("return") == ["404"]


def test_the_web_server_s_file_is_closed() -> None:
    plain = re.sub(r"#.*", "", NGINX)
    assert plain.count("{") == plain.count("}")
    for line in filter(None, map(str.strip, plain.splitlines())):
        assert line[-1] in ";{}", line


@pytest.mark.parametrize("page", ["delivery.md", "delivery.fr.md"])
def test_the_page_uses_the_path_of_the_web_server(page: str) -> None:
    (path,) = (each for each in directive("location") if each != "/")
    written = (FOLDER.parent / page).read_text("utf-8")
    (host,) = directive("server_name")
    assert f"public_url: https://{host}{path}\n" in written
    assert f"`https://{host}{path}/inbound`" in written


def listen_defaults() -> dict[str, object]:
    found = getattr(typer.main.get_command(app), "commands", {})["listen"]
    return {each.name: each.default for each in found.params}
