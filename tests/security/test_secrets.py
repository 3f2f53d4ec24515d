"""Canaries: secrets, and the words of messages, through everything that we print, log and keep."""

import asyncio
import logging
import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from channels.email import open_channel
from dispatcher.deliver.attempt import Attempt, Gate, all_of
from dispatcher.deliver.discretion import discreet
from dispatcher.ports import Channel, Message, NotAccepted, Outcome, Rejected, Unknown
from dispatcher.testing import EXTENSIONS, Reply, smtp_server
from tests.channels.certificates import certificate
from tests.channels.conversations import message, settings
from tests.cli.cli_shell import DAY, Shell
from tests.security.canaries import CANARIES, NUMBER, found_in


PASSWORD = "canary-password-5521"
SECRETS = {"SMTP_PASSWORD": PASSWORD, "SMS_TOKEN": "canary-token-5521"}
BODY = "canaribody"

#: Where words of messages may stand in clear: what the sandbox would have sent.
OPEN = ("var/sinks/",)


@pytest.fixture
def debug(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG)
    return caplog


@pytest.fixture
def secretive(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A home with a relay and an SMS account whose secrets are references, and marked words."""
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    config = shell.home.config
    text = config.read_text("utf-8")
    assert "env:" in text
    for template in shell.home.templates.rglob("body.md.j2"):
        template.write_text(template.read_text("utf-8") + f"\n\n{BODY}\n", encoding="utf-8")
    return shell


def everything(shell: Shell) -> Iterator[str]:
    """What every command says of a day, and of what goes wrong."""
    yield shell("check").all
    yield shell("check", "--format", "json").all
    yield shell("run", "--date", DAY).all
    yield shell("send", "--date", DAY).all
    for command in (
        ("doctor",),
        ("doctor", "--format", "json"),
        ("history", NUMBER),
        ("explain", NUMBER, "--date", DAY),
        ("tasks", "--date", DAY),
        ("outbox",),
        ("audit", "verify"),
        ("plan", "--date", DAY),
    ):
        yield shell(*command).all
    body = next(shell.home.templates.rglob("body.md.j2"))
    whole = body.read_text("utf-8")
    body.write_text(whole + "{{ nothing.of.that }}", encoding="utf-8")
    yield shell("check").all
    yield shell("run", "--date", "2026-11-25").all
    body.write_text(whole, encoding="utf-8")


def test_no_secret_and_no_word_of_a_message_is_said_or_kept_in_clear(
    secretive: Shell, debug: pytest.LogCaptureFixture
) -> None:
    said = "\n".join(everything(secretive))
    logged = "\n".join(record.getMessage() for record in debug.records)

    for word in (*SECRETS.values(), BODY):
        assert word not in logged
    for word in SECRETS.values():
        assert word not in said
    assert BODY not in said
    assert found_in(secretive.home.folder, SECRETS.values()) == []
    words = {path for path, _ in found_in(secretive.home.folder, [BODY])}
    assert any(path.startswith(OPEN) for path in words), "the canary is in what was sent"
    kept = {path for path in words if not path.startswith((*OPEN, "templates/", "var/blobs/"))}
    assert kept == set()
    trail = "\n".join(records(secretive))
    assert not [word for word in CANARIES if word in trail or word in logged]


def records(shell: Shell) -> Iterator[str]:
    with closing(sqlite3.connect(shell.home.var / "relance.sqlite")) as driver:
        for (body,) in driver.execute("SELECT body FROM audit"):
            yield body.decode()


# -- what providers answer


async def tried(channel: Channel, told: Message) -> Outcome | None:
    """One attempt as a turn makes it."""
    gate = Gate(journal_going=lambda: None, stopped=lambda: False, on_fault=lambda _: None)
    attempt = Attempt(channel, told, gate, answered=lambda _: None)
    await all_of([attempt])
    return attempt.outcome


def delivered(channel: Channel, told: Message) -> Outcome | None:
    return asyncio.run(tried(channel, told))


class Echo:
    """A provider's answer that repeats what it was told, secret and all."""

    name = "echo"

    def __init__(self, answer: Outcome | Exception) -> None:
        self._answer = answer

    async def send(self, _message: Message, going: object) -> Outcome:
        assert callable(going)
        going()
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


@pytest.mark.parametrize(
    "answer",
    [
        Rejected(code="500", evidence=f"500 bad token {PASSWORD}"),
        NotAccepted(code=f"x {PASSWORD}", evidence=f"https://h/?key={PASSWORD}"),
        Unknown(stage="going", evidence="Y2FuYXJ5LXBhc3N3b3JkLTU1MjE="),
        RuntimeError(f"traceback with {PASSWORD}"),
    ],
    ids=["500", "in an address", "encoded", "traceback"],
)
def test_a_secret_that_an_answer_repeats_is_hidden(
    answer: Outcome | Exception, debug: pytest.LogCaptureFixture
) -> None:
    with discreet([PASSWORD]):
        outcome = delivered(Echo(answer), message())  # type: ignore[arg-type]  # what is asked of it

    assert outcome is not None
    assert PASSWORD not in repr(outcome)
    assert "Y2FuYXJ5" not in repr(outcome)
    assert PASSWORD not in debug.text


def test_a_wrong_password_is_not_repeated(tmp_path: Path, debug: pytest.LogCaptureFixture) -> None:
    shown = certificate(tmp_path / "good")

    async def run() -> Outcome | None:
        refused = Reply(text=f"535 5.7.8 wrong password {PASSWORD}")
        async with smtp_server(
            {"auth": [refused]},
            tls=shown.server_context(),
            extensions=(*EXTENSIONS, "AUTH PLAIN LOGIN"),
        ) as server:
            options: dict[str, str | int | bool] = {"tls": "start_tls", "timeout": 2}
            options |= {"user": "u", "ca_file": str(shown.file)}
            channel = open_channel(settings(server.port, options, PASSWORD))
            outcome = await tried(channel, message())
            await channel.close()
            return outcome

    with discreet([PASSWORD]):
        outcome = asyncio.run(run())

    assert PASSWORD not in repr(outcome)
    assert PASSWORD not in debug.text
    assert "[secret]" in repr(outcome)


# -- who may read what we write


@pytest.mark.parametrize("umask", [0o022, 0o000])
def test_whatever_a_home_makes_only_its_account_may_read(shell: Shell, umask: int) -> None:
    before = os.umask(umask)
    try:
        assert shell("init", str(shell.home.folder.parent / "other")).code == 0
        shell("run", "--date", DAY)
        shell("import", "--date", DAY, "--remarks", "remarks.csv")
        shell("backup", "../backup", "--keys", "../keys")
        shell("audit", "export", NUMBER, "--to", "../bundle")
        shell("audit", "export", NUMBER)
        assert os.umask(umask) == umask, "the command gives the process its own mask back"
    finally:
        os.umask(before)

    top = shell.home.folder.parent
    for name in ("home/var", "other", "backup", "keys", "bundle", f"home/{NUMBER}.zip"):
        for path in (top / name, *(top / name).rglob("*")):
            if name == "home/var" and path.name in {"answers", "sinks", "locks", "mail", "var"}:
                continue  # laid down by the fixture, outside of any command
            mode = stat.S_IMODE(path.stat().st_mode)
            assert mode & 0o077 == 0, f"{path.relative_to(top)}: {mode:o}"
