"""A picture of an e-mail by a browser, where there is one; nothing needs it."""

import os
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final


BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

PATIENCE: Final = 60.0  # seconds

WIDTH: Final = 700  # points; the page of an e-mail has 640

_FLAGS: Final = (
    "--headless",
    "--disable-gpu",
    "--hide-scrollbars",
    "--no-first-run",
    "--disable-background-networking",
    "--blink-settings=imagesEnabled=false",
)


def browser() -> str:
    """The browser of this machine, or an empty text."""
    return next((path for path in map(shutil.which, BROWSERS) if path), "")


def picture(html: bytes, height: int) -> bytes:
    """The page as PNG, that many points high; nothing where no browser draws it."""
    program = browser()
    if not program:
        return b""
    with TemporaryDirectory(prefix="relance-") as name:
        folder = Path(name)
        (folder / "mail.html").write_bytes(html)
        try:
            subprocess.run(  # noqa: S603 - the machine's own browser, our own page
                [*_command(program, folder, height), (folder / "mail.html").as_uri()],
                check=True,
                capture_output=True,
                timeout=PATIENCE,
            )
            return (folder / "page.png").read_bytes()
        except (OSError, subprocess.SubprocessError):
            return b""


def _command(program: str, folder: Path, height: int) -> list[str]:
    # As root a browser refuses its own sandbox; the page is ours and has no script.
    rights = ["--no-sandbox"] if os.geteuid() == 0 else []
    return [
        program,
        *_FLAGS,
        *rights,
        f"--user-data-dir={folder / 'profile'}",
        f"--window-size={WIDTH},{height}",
        f"--screenshot={folder / 'page.png'}",
    ]
