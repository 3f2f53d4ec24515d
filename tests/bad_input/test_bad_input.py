"""Every bad input of the table, as an operator meets it: exit code, words, nothing half done.

The rows have the numbers of the table of bad inputs (policies 1 to 44, files 45 to 73, templates
74 to 85, configuration 86 to 89, store 90; what others send us, 91 and 92, is in
`test_what_comes_back.py`). Each spoils a copy of the good home in `home/` and runs
the command that an operator would run, once in each language. `BAD_INPUT_GOLDEN=write` writes the
golden files anew; read them before you keep them.
"""

import os
import shutil
from pathlib import Path

import pytest

from tests.bad_input.bad_homes import Bad, Said, kept, lay_good_home, say
from tests.bad_input.case_rows import CASE_ROWS
from tests.bad_input.configuration_rows import CONFIGURATION_ROWS
from tests.bad_input.policy_rows import POLICY_ROWS
from tests.bad_input.store_rows import STORE_ROWS
from tests.bad_input.template_rows import TEMPLATE_ROWS


FAMILIES = {
    "policies": POLICY_ROWS,
    "cases": CASE_ROWS,
    "templates": TEMPLATE_ROWS,
    "configuration": CONFIGURATION_ROWS,
    "store": STORE_ROWS,
}

GOLDEN = Path(__file__).parent / "golden"

#: Nothing was taken in. With 4 (disk) what was committed before stays.
NOTHING_DONE = (2, 3, 75)


@pytest.fixture(scope="session")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay_good_home(tmp_path_factory.mktemp("good"))


@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize("family", FAMILIES)
def test_every_bad_input_is_told_as_the_golden_file_says(
    family: str, lang: str, good: Path, tmp_path: Path
) -> None:
    told = []
    for number, bad in enumerate(FAMILIES[family]):
        home = Path(shutil.copytree(good, tmp_path / str(number) / "home", symlinks=True))
        bad.spoil(home)
        before = kept(home)
        said = say(home, bad.command, lang)
        told.append(f"# {bad.row} {bad.what}\n$ relance {bad.command}: {said.code}\n{said.text}")
        _right(bad, said)
        if said.code in NOTHING_DONE or bad.command in ("check", "doctor"):
            assert kept(home) == before, bad.what
        shutil.rmtree(home.parent)
    _compare(GOLDEN / f"{family}.{lang}.txt", "\n".join(told))


def _right(bad: Bad, said: Said) -> None:
    assert (said.code, said.codes) == (bad.exit, set(bad.codes)), f"{bad}\n{said.text}"
    assert "Traceback" not in said.text


def _compare(golden: Path, told: str) -> None:
    if os.environ.get("BAD_INPUT_GOLDEN") == "write":
        golden.write_text(told, encoding="utf-8")
    assert told == golden.read_text(encoding="utf-8")


def test_every_row_of_the_table_has_its_bad_input() -> None:
    shown = {bad.row for rows in FAMILIES.values() for bad in rows}
    assert shown == set(range(1, 91))
