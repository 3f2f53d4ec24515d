"""One program that forks whole `relance` processes, and one day that strace has watched."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from dispatcher.home import Home
from tests.system.homes import DAY, prepared
from tests.system.nursery import Nursery, nursery
from tests.system.strace import PROGRAM, Call, calls_of, watched


@pytest.fixture(scope="session")
def relance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    with nursery(tmp_path_factory.mktemp("nursery") / "said") as ready:
        yield ready


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home before its first run; to be copied."""
    return prepared(tmp_path_factory.mktemp("template") / "home")


@pytest.fixture
def home(template: Home, tmp_path: Path) -> Home:
    return Home(folder=Path(shutil.copytree(template.folder, tmp_path / "home")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A home after a whole run, the home before it, and every call between the two."""

    home: Home
    before: Path
    calls: list[Call]


@pytest.fixture(scope="session")
def lived(relance: Nursery, template: Home, tmp_path_factory: pytest.TempPathFactory) -> Watched:
    if PROGRAM is None and os.environ.get("CI") != "true":
        pytest.skip("strace is not installed")
    folder = tmp_path_factory.mktemp("watched")
    home = Home(folder=Path(shutil.copytree(template.folder, folder / "home")))
    run = relance.start("run", "--home", str(home.folder), "--date", str(DAY), held=True)
    with watched(run.pid, folder / "log"):
        ended = run.wait()
    assert ended.code == 0, ended.all
    return Watched(home=home, before=template.folder, calls=calls_of(folder / "log"))
