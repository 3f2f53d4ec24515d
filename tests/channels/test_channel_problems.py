"""Rows 86 to 89 of what operators get wrong: secrets, encryption, times, and all of it at once."""

import re
from pathlib import Path

import pytest

from dispatcher.cli.commands import command
from dispatcher.config.read import read_config
from dispatcher.home import Home, lay_down
from dispatcher.model.problem import Problem
from dispatcher.outlets import channel_problems, open_channels
from dispatcher.ports import BadInput
from dispatcher.problems.render import as_text


HEAD = "environment: {environment}\ncreditor: {{name: Exemple}}\nchannels:\n"

TWILIO = "adapter: twilio, account_sid: AC00000000000000000000000000000000, auth_token: env:IS_SET"
MANY = "host: h.test, timeout: 0, pool: 99, verify: false, user: u, password: env:NOT_SET"

#: name -> channels, what is said in production: code, and the key whose value it points at
BAD = {
    "86-in-clear": (
        "email: {host: h.test, user: u, password: hunter2}",
        [("config/secret-in-clear", "password")],
    ),
    "86-list": (
        "email: {host: h.test, user: u, password: [hunter2]}",
        [("config/secret-in-clear", "password")],
    ),
    "86-misspelt": (
        "email: {host: h.test, pasword: hunter2}",
        [("deliver/option-unknown", "pasword")],
    ),
    "87-clear-away": ("email: {host: h.test, tls: none}", [("config/clear-mail", "tls")]),
    "87-auto": ("email: {host: h.test, tls: auto}", [("config/value", "tls")]),
    "87-start-tls": (
        "email: {host: h.test, start_tls: no}",
        [("deliver/option-unknown", "start_tls")],
    ),
    "87-verify": ("email: {host: h.test, verify: false}", [("deliver/option-unknown", "verify")]),
    "87-web": (
        f"sms: {{{TWILIO}, sender: Morel, base_url: 'http://127.0.0.1:1'}}",
        [("deliver/clear-web", "base_url")],
    ),
    "88-not-set": (
        "email: {host: h.test, user: u, password: env:NOT_SET}",
        [("config/secret-missing", "password")],
    ),
    "88-empty": (
        "email: {host: h.test, user: u, password: env:IS_EMPTY}",
        [("config/secret-missing", "password")],
    ),
    "88-no-file": (
        "email: {host: h.test, user: u, password: file:none.txt}",
        [("config/secret-missing", "password")],
    ),
    "88-folder": (
        "email: {host: h.test, user: u, password: file:.}",
        [("config/secret-missing", "password")],
    ),
    "88-open": (
        "email: {host: h.test, user: u, password: file:open.txt}",
        [("config/secret-open", "password")],
    ),
    "89-no-time": ("email: {host: h.test, timeout: 0}", [("deliver/option-value", "timeout")]),
    "89-none": ("email: {host: h.test, timeout: none}", [("deliver/option-value", "timeout")]),
    "89-long": (
        "email: {host: h.test, final_timeout: 9999}",
        [("deliver/option-value", "final_timeout")],
    ),
    "89-nobody-sends": ("email: {host: h.test, pool: 0}", [("deliver/option-value", "pool")]),
    "89-retries": ("email: {host: h.test, retries: 1000}", [("deliver/option-unknown", "retries")]),
    "adapter": ("email: {adapter: emial, host: h.test}", [("config/no-adapter", "adapter")]),
    "sender": (f"sms: {{{TWILIO}, sender: '0612345678'}}", [("deliver/sms-sender", "sender")]),
    "all-at-once": (
        f"email: {{{MANY}}}\n  letter: {{colour: perhaps}}",
        [
            ("config/secret-missing", "password"),
            ("deliver/option-unknown", "verify"),
            ("deliver/option-value", "timeout"),
            ("deliver/option-value", "pool"),
            ("deliver/option-missing", "letter"),
            ("deliver/option-value", "colour"),
        ],
    ),
}

#: What is no mistake.
GOOD = {
    "file": "email: {host: h.test, user: u, password: file:ours.txt}",
    "group": "email: {host: h.test, user: u, password: file:group.txt}",
    "variable": "email: {host: h.test, user: u, password: env:IS_SET}",
    "this-machine": "email: {host: 127.0.0.1, tls: none}",
}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    for name, mode in {"ours": 0o600, "group": 0o640, "open": 0o644}.items():
        (tmp_path / f"{name}.txt").write_text("hunter2\n", "utf-8")
        (tmp_path / f"{name}.txt").chmod(mode)
    monkeypatch.setenv("IS_SET", "hunter2")
    monkeypatch.setenv("IS_EMPTY", "")
    monkeypatch.delenv("NOT_SET", raising=False)
    return Home(folder=tmp_path)


def told(home: Home, channels: str, environment: str = "production") -> tuple[str, list[Problem]]:
    """The file, and everything that is said of it."""
    text = HEAD.format(environment=environment) + f"  {channels}\n"
    settings, problems = read_config(text, file="config.yaml", home=home.folder)
    return text, [*problems, *(channel_problems(settings, home) if settings else ())]


def position(text: str, key: str) -> tuple[int, int]:
    before = text[: text.index(f"{key}: ") + len(f"{key}: ")]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


@pytest.mark.parametrize("name", BAD)
def test_a_mistake_of_a_channel_is_said_at_its_place(home: Home, name: str) -> None:
    channels, expected = BAD[name]
    text, problems = told(home, channels)
    found = [(p.code, (p.place.line, p.place.column)) for p in problems if p.place is not None]
    assert found == [(code, position(text, key)) for code, key in expected]
    for lang in ("en", "fr"):
        shown = "".join(as_text(p, lang=lang, sources={"config.yaml": text}) for p in problems)
        assert "hunter2" not in shown


@pytest.mark.parametrize("name", GOOD)
def test_what_is_right_is_opened_in_production(home: Home, name: str) -> None:
    text, problems = told(home, GOOD[name])
    assert problems == []
    settings, _ = read_config(text, file="config.yaml", home=home.folder)
    assert settings is not None
    with open_channels(settings, home) as channels:
        assert list(channels) == ["email"]


@pytest.mark.parametrize("name", ["88-not-set", "88-open", "89-no-time", "all-at-once"])
def test_production_opens_nothing_and_says_all(home: Home, name: str) -> None:
    channels, expected = BAD[name]
    text, _ = told(home, channels)
    settings, _ = read_config(text, file="config.yaml", home=home.folder)
    assert settings is not None
    with pytest.raises(BadInput) as refused, open_channels(settings, home):
        pass
    assert [each.code for each in refused.value.problems] == [code for code, *_ in expected]


@pytest.mark.parametrize("name", ["88-not-set", "88-open"])
def test_the_sandbox_needs_no_secret_and_says_what_production_will(home: Home, name: str) -> None:
    channels, expected = BAD[name]
    text, problems = told(home, channels, "sandbox")
    assert [each.code for each in problems] == [code for code, *_ in expected]
    settings, _ = read_config(text, file="config.yaml", home=home.folder)
    assert settings is not None
    with open_channels(settings, home) as opened:
        assert list(opened) == ["email"]


@pytest.mark.parametrize("name", ["86-misspelt", "89-retries", "adapter"])
def test_what_was_meant_is_suggested_without_showing_the_line(home: Home, name: str) -> None:
    _, (problem,) = told(home, BAD[name][0])
    meant = {"86-misspelt": "password", "89-retries": "", "adapter": "email"}
    assert problem.suggestion == meant[name]


def test_a_value_that_is_no_secret_is_shown_with_what_is_allowed(home: Home) -> None:
    text, (problem,) = told(home, BAD["89-no-time"][0])
    shown = as_text(problem, lang="fr", sources={"config.yaml": text})
    assert re.search(r"« 0 » ne convient pas pour timeout .*1, 2, ..., 300", shown)
    assert "^" in shown


@pytest.mark.parametrize(
    ("environment", "codes"),
    [
        ("sandbox", ["deliver/option-value"]),
        ("production", ["config/secret-missing", "deliver/option-value", "config/secret-missing"]),
    ],
)
def test_check_asks_the_adapters_and_for_secrets_only_in_production(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    environment: str,
    codes: list[str],
) -> None:
    for name in ("RELANCE_SMTP_PASSWORD", "RELANCE_TWILIO_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    home = lay_down(tmp_path / "home")
    text = home.config.read_text("utf-8").replace("port: 587", "port: 0")
    written = text.replace("environment: sandbox", f"environment: {environment}")
    home.config.write_text(written, "utf-8")
    assert command(["check", "--home", str(home.folder), "--lang", "en"]) == 1
    said = capsys.readouterr().err
    assert re.findall(r"error\[(.+?)\]", said) == codes
    assert "config.yaml" in said
