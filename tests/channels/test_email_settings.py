import pytest

from channels.email import open_channel
from channels.email_settings import EmailSettings, read_settings
from dispatcher.ports import BadInput, ChannelSettings
from dispatcher.problems.render import as_text


def channel(
    options: dict[str, str | int | bool], secrets: dict[str, str] | None = None
) -> ChannelSettings:
    return ChannelSettings(name="email", adapter="email", options=options, secrets=secrets or {})


GOOD = {"host": "smtp.example.test"}


def test_what_is_not_said_is_careful() -> None:
    assert read_settings(channel({**GOOD})) == EmailSettings(
        host="smtp.example.test",
        port=587,
        tls="start_tls",
        timeout=30,
        final_timeout=600,
        pool=4,
    )


def test_tls_from_the_start_has_its_own_port() -> None:
    assert read_settings(channel({**GOOD, "tls": "tls"})).port == 465


def test_the_example_of_the_shipped_configuration_is_taken() -> None:
    options: dict[str, str | int | bool] = {
        "sender": "comptabilite@example.test",
        "host": "smtp.example.test",
        "port": 587,
        "tls": "start_tls",
        "user": "relance",
    }
    found = read_settings(channel(options, {"password": "s3cret"}))
    assert (found.user, found.password) == ("relance", "s3cret")
    assert "s3cret" not in repr(found)


BAD: dict[str, tuple[dict[str, str | int | bool], dict[str, str], list[str]]] = {
    "no host": ({}, {}, ["deliver/option-missing"]),
    "unknown": ({**GOOD, "prot": 25}, {}, ["deliver/option-unknown"]),
    "unknown secret": ({**GOOD}, {"token": "x"}, ["deliver/option-unknown"]),
    "user alone": ({**GOOD, "user": "a"}, {}, ["deliver/option-missing"]),
    "password alone": ({**GOOD}, {"password": "a"}, ["deliver/option-missing"]),
    "tls auto": ({**GOOD, "tls": "auto"}, {}, ["deliver/option-value"]),
    "clear text": ({**GOOD, "tls": "none"}, {}, ["deliver/clear-text"]),
    "clear text to a look-alike": (
        {"host": "127.0.0.1.example.test", "tls": "none"},
        {},
        ["deliver/clear-text"],
    ),
    "port 0": ({**GOOD, "port": 0}, {}, ["deliver/option-value"]),
    "port as a flag": ({**GOOD, "port": True}, {}, ["deliver/option-value"]),
    "timeout 0": ({**GOOD, "timeout": 0}, {}, ["deliver/option-value"]),
    "timeout as text": ({**GOOD, "timeout": "30s"}, {}, ["deliver/option-value"]),
    "host with line feed": ({"host": "a\nb"}, {}, ["deliver/option-value"]),
    "certificates not there": ({**GOOD, "ca_file": "/nowhere.pem"}, {}, ["deliver/option-value"]),
    "all at once": (
        {"prot": 1, "tls": "none", "host": "x", "port": 0},
        {},
        ["deliver/option-unknown", "deliver/option-value", "deliver/clear-text"],
    ),
}


@pytest.mark.parametrize(("options", "secrets", "codes"), BAD.values(), ids=BAD)
def test_every_mistake_is_told_at_once(
    options: dict[str, str | int | bool], secrets: dict[str, str], codes: list[str]
) -> None:
    with pytest.raises(BadInput) as raised:
        open_channel(channel(options, secrets))
    assert [problem.code for problem in raised.value.problems] == codes
    for problem in raised.value.problems:
        for lang in ("en", "fr"):
            assert "email" in as_text(problem, lang=lang)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_clear_text_is_for_this_machine(host: str) -> None:
    assert read_settings(channel({"host": host, "tls": "none"})).tls == "none"
