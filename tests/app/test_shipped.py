"""What ships is found from a checkout and from an installed wheel alike."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from dispatcher.config.read import read_config
from dispatcher.errors import BadInput
from dispatcher.home import find_home, lay_down, shipped


ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, unpacked as an installer would."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    with zipfile.ZipFile(built) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def run(site: Path, where: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dispatcher.cli", *arguments],
        cwd=where,
        env={**os.environ, "PYTHONPATH": str(site), "RELANCE_LANG": "en"},
        capture_output=True,
        check=False,
        text=True,
    )


def test_a_home_is_laid_down_from_a_wheel(wheel: Path, tmp_path: Path) -> None:
    assert run(wheel, tmp_path, "init", "home").returncode == 0
    checked = run(wheel, tmp_path / "home", "check")
    assert checked.returncode == 0
    said = [line for line in checked.stderr.splitlines() if not line.startswith("  = ")]
    # A half-year may have begun whose rates nobody has written yet.
    assert [line for line in said if "[config/no-rate]" not in line] == []
    for name in ("rules/b2b-standard.yaml", "templates/fr/courteous-reminder/body.md.j2"):
        assert (tmp_path / "home" / name).read_bytes() == (ROOT / name).read_bytes()


def test_the_wheel_holds_no_tests_and_nothing_of_the_project_beside_it(wheel: Path) -> None:
    top = {path.name for path in wheel.iterdir() if not path.name.endswith(".dist-info")}
    assert top == {"dispatcher", "channels"}


def test_a_home_is_laid_down_from_a_checkout(tmp_path: Path) -> None:
    home = lay_down(tmp_path / "home")
    assert shipped() == ROOT
    assert find_home("", {}, home.folder) == home
    settings, problems = read_config(
        home.config.read_text("utf-8"), file="config.yaml", home=home.folder
    )
    assert (settings is not None, problems) == (True, ())


def test_a_home_is_never_laid_over_another(tmp_path: Path) -> None:
    home = lay_down(tmp_path / "home")
    home.config.write_text("mine\n", encoding="utf-8")
    with pytest.raises(BadInput):
        lay_down(tmp_path / "home")
    assert home.config.read_text("utf-8") == "mine\n"


@pytest.mark.parametrize("how", ["option", "environment", "here"])
def test_a_home_is_found(tmp_path: Path, how: str) -> None:
    home = lay_down(tmp_path / "home")
    elsewhere = tmp_path
    found = {
        "option": lambda: find_home("home", {"RELANCE_HOME": "/nowhere"}, elsewhere),
        "environment": lambda: find_home("", {"RELANCE_HOME": str(home.folder)}, elsewhere),
        "here": lambda: find_home("", {}, home.folder),
    }[how]()
    assert found == home
