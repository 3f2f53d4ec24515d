"""`relance backup`: one consistent copy of everything that cannot be made again."""

from pathlib import Path
from typing import Annotated

import typer

from dispatcher.cli.asked import HomeOption, LangOption, asked


SHORT = 16  # signs of a hash that people compare


def backup(
    target: Annotated[
        Path,
        typer.Argument(help="A new folder, or a new file .tar, .tar.gz or .tgz.", metavar="TARGET"),
    ],
    keys: Annotated[
        str,
        typer.Option(
            "--keys", help="A new file for the keys of debtors, kept apart.", metavar="FILE"
        ),
    ] = "",
    home: HomeOption = "",
    lang: LangOption = "",
) -> int:
    """Copy the home into a new folder or file: store, journal, messages, answers, all settings.

    At any time; it gives way to a run at work (exit 75). Secrets, exports and the sandbox's files
    are not in it; the keys of debtors only with --keys, without them nothing of theirs can be read.
    To restore: stop the timers, lay its files into an empty folder as they are, run `sha256sum -c
    SHA256SUMS` there, put the keys and secrets back and the newest journal beside the store, then
    `relance audit verify`, `relance import` and `relance recover`: it tells what left since.
    """
    from dispatcher.backup import back_up  # noqa: PLC0415 - SQLAlchemy, 200 ms

    found, speaker = asked(home, lang)
    made = back_up(found, target, keys=Path(keys) if keys else None)
    fields = {
        "path": made.path,
        "files": made.files,
        "megabytes": f"{made.size / 1_000_000:.1f}",
        "seq": made.store.trail,
        "hash": made.store.head[:SHORT],
    }
    speaker.say("backup/done", **fields)
    speaker.note("backup/keys-too" if keys else "backup/keys-not", path=keys)
    speaker.note("backup/secrets")
    return 0
