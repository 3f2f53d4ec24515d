"""A store that was put back: refused, recovered and run, each by a process of its own."""

import re
import shutil
from pathlib import Path
from typing import Final

import pytest

from dispatcher.home import Home
from tests.system.conftest import Watched
from tests.system.disk import Disk
from tests.system.homes import DAY, faults
from tests.system.nursery import Nursery


STORE: Final = "var/relance.sqlite"

#: What the run was about to do when the copy was taken: the first call with these words.
MOMENTS: Final = {
    "nothing was planned": b"/var/blobs",
    "nothing had left": b'{"batch":',
    "one had left": b'{"gone":',
}


def put_back(lived: Watched, words: bytes, folder: Path) -> Home:
    """The home after its run, with its store as it was just before."""
    home = Home(folder=Path(shutil.copytree(lived.home.folder, folder / "home")))
    disk = Disk(lived.before, lived.home.folder)
    for call in lived.calls:
        if call.name in {"mkdir", "write"} and any(words in text for text in call.texts):
            break
        disk.see(call)
    disk.lay_down(folder / "then", lambda _path, _number: True, names=True)
    shutil.copyfile(folder / "then" / STORE, home.folder / STORE)
    return home


#: One in CI, the others with `-m slow`; `tests/app/test_restoring.py` has all without processes.
FIRST_AND_OTHERS: Final = [
    pytest.param(words, id=name, marks=[pytest.mark.slow] * (at > 0))
    for at, (name, words) in enumerate(reversed(MOMENTS.items()))
]


@pytest.mark.parametrize("words", FIRST_AND_OTHERS)
def test_it_refuses_until_it_is_recovered_and_nobody_hears_twice(
    relance: Nursery, lived: Watched, tmp_path: Path, words: bytes
) -> None:
    home = put_back(lived, words, tmp_path)
    where = ("--home", str(home.folder), "--lang", "en")
    today = ("--date", str(DAY))
    for command in ("run", "send"):
        refused = relance.run(command, *where, *today)
        assert (refused.code, "store/restored" in refused.err) == (4, True), refused
    looked = relance.run("recover", *where)
    assert looked.code == 3, looked
    confirm = re.search(r"--confirm ([0-9a-f]+)", looked.out)
    assert confirm is not None, looked
    assert relance.run("run", *where, *today).code == 4  # looking was not enough
    done = relance.run("recover", *where, "--confirm", confirm[1], "--person", "Claire Dubois")
    assert done.code == 0, done
    ran = relance.run("run", *where, *today)
    assert ran.code == 0, ran
    assert relance.run("audit", "verify", *where).code == 0
    assert faults(home) == []
