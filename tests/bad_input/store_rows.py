"""A bad store or disk, row 90 of the table of bad inputs."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.bad_input.bad_homes import Bad, Spoil, edit, write


STORE = "var/relance.sqlite"


def sql(statement: str) -> Spoil:
    """The good store after that statement."""

    def spoil(home: Path) -> None:
        with closing(sqlite3.connect(home / STORE)) as store:
            store.execute(statement)
            store.commit()

    return spoil


def overwritten(home: Path) -> None:
    """A store in which a page is something else."""
    with (home / STORE).open("r+b") as store:
        size = store.seek(0, 2)
        store.seek(4096)
        store.write(b"\xff" * (size - 4096))


def file_instead(folder: str) -> Spoil:
    """A file where a folder has to be."""

    def spoil(home: Path) -> None:
        shutil.rmtree(home / folder, ignore_errors=True)
        (home / folder).write_text("")

    return spoil


def folder_instead(file: str) -> Spoil:
    """A folder where a file has to be."""

    def spoil(home: Path) -> None:
        (home / file).unlink(missing_ok=True)
        (home / file).mkdir(parents=True)

    return spoil


STORE_ROWS = (
    Bad(
        row=90,
        what="folder that cannot be made",
        spoil=edit("config.yaml", "path: var/relance.sqlite", "path: config.yaml/relance.sqlite"),
        codes=["home/no-folder"],
        exit=4,
        command="run",
    ),
    Bad(
        row=90,
        what="written by a newer version",
        spoil=sql("PRAGMA user_version = 999"),
        codes=["store/newer"],
        exit=4,
        command="run",
    ),
    Bad(
        row=90,
        what="written by a newer version, plan",
        spoil=sql("PRAGMA user_version = 999"),
        codes=["store/newer"],
        exit=4,
        command="plan",
    ),
    Bad(
        row=90,
        what="no store of ours",
        spoil=sql("PRAGMA application_id = 1"),
        codes=["store/not-ours"],
        exit=4,
        command="run",
    ),
    Bad(
        row=90,
        what="no database",
        spoil=write(STORE, "a text, and no database\n" * 100),
        codes=["store/corrupt"],
        exit=4,
        command="run",
    ),
    Bad(
        row=90,
        what="no database, plan",
        spoil=write(STORE, "a text, and no database\n" * 100),
        codes=["store/corrupt"],
        exit=4,
        command="plan",
    ),
    Bad(
        row=90,
        what="pages overwritten",
        spoil=overwritten,
        codes=["store/corrupt"],
        exit=4,
        command="run",
    ),
    Bad(row=90, what="pages overwritten, doctor", spoil=overwritten, command="doctor"),
    Bad(
        row=90,
        what="written by a newer version, doctor",
        spoil=sql("PRAGMA user_version = 999"),
        command="doctor",
    ),
    Bad(
        row=90,
        what="folder instead of the store",
        spoil=folder_instead(STORE),
        codes=["store/missing"],
        exit=2,
        command="run",
    ),
    Bad(
        row=90,
        what="no store yet",
        spoil=lambda home: (home / STORE).unlink(),
        codes=["store/missing"],
        exit=2,
        command="history F-0001",
    ),
    Bad(
        row=90,
        what="journal that tells of messages that the store does not know",
        spoil=write("var/journal.jsonl", '{"batch": "x"}\n{"going": 99}\nnot a line of ours\n'),
        exit=0,
        command="run",
    ),
    Bad(
        row=90,
        what="folder instead of the journal",
        spoil=folder_instead("var/journal.jsonl"),
        codes=["home/is-folder"],
        exit=4,
        command="run",
    ),
    Bad(
        row=90,
        what="file instead of the folder of answers",
        spoil=file_instead("var/answers"),
        codes=["home/no-folder"],
        exit=4,
        command="run",
    ),
    Bad(
        row=90,
        what="file instead of the folder of locks",
        spoil=file_instead("var/locks"),
        codes=["home/no-folder"],
        exit=4,
        command="run",
    ),
    Bad(
        row=90,
        what="file instead of the folder of sinks",
        spoil=file_instead("var/sinks"),
        codes=["home/no-folder"],
        exit=4,
        command="run",
    ),
    Bad(
        row=90,
        what="folder instead of the lock",
        spoil=folder_instead("var/run.lock"),
        codes=["home/is-folder"],
        exit=4,
        command="run",
    ),
)
