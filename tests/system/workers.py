"""Eight workers on one store and one journal, below the lock that keeps runs apart.

Run as a program with a folder: prints what left and where the messages stand. All freeze the same
messages and send what is due; one is killed in the middle. Forks, so that the libraries are
imported once.
"""

import json
import os
import sqlite3
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from dispatcher.model.settings import Environment
from dispatcher.ports import Frozen
from dispatcher.store.open import open_store
from dispatcher.store.verify import verify
from tests.deliver.kill_runner import BATCH, dies_at, work
from tests.store.store_samples import NOW, book_on, filled, frozen


WORKERS = 8
MESSAGES = 24
DIES_AT = 8  # of its points: with a batch in hand


def messages() -> list[Frozen]:
    """What each of them wants to write: the same cases, steps and cycles."""
    return [replace(frozen(n), debtor_id=1 + n % 3) for n in range(1, MESSAGES + 1)]


def prepare(folder: Path) -> None:
    filled(folder, cases=MESSAGES).close()


def twin(folder: Path, number: int) -> None:
    """Freeze and send beside the others."""
    start = folder / "go"
    while not start.exists():
        time.sleep(0.001)
    store = open_store(folder / "relance.sqlite", environment=Environment.SANDBOX, check=False)
    book_on(store).freeze(None, messages(), now=NOW)
    store.close()
    work(folder, "none", dies_at(DIES_AT if number == 0 else 0))


def forked(deed: Callable[[], None]) -> int:
    child = os.fork()
    if child == 0:
        code = 1
        try:
            deed()
            code = 0
        except Exception:  # noqa: BLE001 - the test prints it
            traceback.print_exc()
        finally:
            os._exit(code)
    return child


def ended(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def tell(folder: Path, codes: list[int]) -> None:
    path = folder / "relance.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        states = dict(connection.execute("SELECT CAST(id AS TEXT), state FROM message"))
        owners = connection.execute("SELECT count(DISTINCT owner) FROM message").fetchone()[0]
    left = Counter((folder / "left").read_text("ascii").split())
    whole = verify(path).first_fault is None
    told = {"codes": codes, "states": states, "left": left, "whole": whole, "owners": owners}
    sys.stdout.write(json.dumps(told | {"batch": BATCH}) + "\n")
    sys.stdout.flush()


def main(folder: Path) -> None:
    assert ended(forked(lambda: prepare(folder))) == 0
    children = [forked(lambda number=number: twin(folder, number)) for number in range(WORKERS)]  # type: ignore[misc]
    (folder / "go").touch()
    codes = [ended(child) for child in children]
    assert ended(forked(lambda: work(folder, "none", dies_at(0)))) == 0
    assert ended(forked(lambda: tell(folder, codes))) == 0


if __name__ == "__main__":
    main(Path(sys.argv[1]))
