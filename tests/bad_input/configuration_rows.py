"""Bad configurations, rows 86 to 89 of the table of bad inputs."""

from pathlib import Path

from tests.bad_input.bad_homes import Bad, Spoil, both, edit


FILE = "config.yaml"
PASSWORD = "password: env:RELANCE_SMTP_PASSWORD"
PRODUCTION = edit(FILE, "environment: sandbox", "environment: production")


def config(before: str, after: str) -> Spoil:
    """The good configuration with that change."""
    return edit(FILE, before, after)


def open_secret(home: Path) -> None:
    """A secret that everybody on the machine can read."""
    (home / "secret").write_text("hunter2\n")
    (home / "secret").chmod(0o644)


CONFIGURATION_ROWS = (
    Bad(
        row=86,
        what="password in clear",
        spoil=config(PASSWORD, "password: hunter2"),
        codes=["config/secret-in-clear"],
    ),
    Bad(
        row=86,
        what="password under another name",
        spoil=config(PASSWORD, f"{PASSWORD}\n    passwd: hunter2"),
        codes=["deliver/option-unknown"],
        command="check",
    ),
    Bad(
        row=87,
        what="no encryption towards another machine",
        spoil=config("tls: start_tls", "tls: none"),
        codes=["config/clear-mail"],
    ),
    Bad(
        row=87,
        what="encryption that may be left out",
        spoil=config("tls: start_tls", "tls: auto"),
        codes=["config/value"],
    ),
    Bad(
        row=87,
        what="certificates not checked",
        spoil=config("tls: start_tls", "tls: start_tls\n    verify: no"),
        codes=["deliver/option-unknown"],
    ),
    Bad(row=88, what="variable that is not set", spoil=both(PRODUCTION), command="doctor"),
    Bad(
        row=88,
        what="secret file that is not there",
        spoil=config(PASSWORD, "password: file:secret"),
        exit=0,
    ),
    Bad(
        row=88,
        what="secret that everybody can read",
        spoil=both(PRODUCTION, config(PASSWORD, "password: file:secret"), open_secret),
        command="doctor",
    ),
    Bad(
        row=89,
        what="timeout of nothing",
        spoil=config("port: 587", "port: 587\n    timeout: 0"),
        codes=["deliver/option-value"],
    ),
    Bad(
        row=89,
        what="no timeout",
        spoil=config("port: 587", "port: 587\n    timeout: none"),
        codes=["deliver/option-value"],
    ),
    Bad(
        row=89,
        what="retries without end",
        spoil=config("port: 587", "port: 587\n    retries: 1000"),
        codes=["deliver/option-unknown"],
    ),
    Bad(
        row=89,
        what="no connection at all",
        spoil=config("port: 587", "port: 587\n    pool: 0"),
        codes=["deliver/option-value"],
    ),
    Bad(
        row=89,
        what="port that does not exist",
        spoil=config("port: 587", "port: 70000"),
        codes=["deliver/option-value"],
    ),
)
