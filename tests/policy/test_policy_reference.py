"""The reference page is what the tables say; `RELANCE_GOLDEN=write` writes it anew."""

import importlib
import os
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import dispatcher.config
import dispatcher.policy
from dispatcher.nodes.keys import Key
from dispatcher.problems.registry import kinds
from tests.policy.reference_page import page


PAGE = Path(__file__).parents[2] / "docs" / "policies" / "reference.md"


def tables() -> Iterator[tuple[str, Key[Any]]]:
    """Every key of every table in the readers' modules."""
    for package in (dispatcher.policy, dispatcher.config):
        for module in pkgutil.iter_modules(package.__path__):
            found = importlib.import_module(f"{package.__name__}.{module.name}")
            for name, value in vars(found).items():
                keys = value if isinstance(value, tuple) else ()
                yield from ((f"{module.name}.{name}", key) for key in keys if isinstance(key, Key))


def test_the_page_is_up_to_date() -> None:
    written = page()
    if os.environ.get("RELANCE_GOLDEN") == "write":
        PAGE.write_text(written, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == written


def test_every_key_of_every_table_is_on_the_page() -> None:
    lines = page().splitlines()
    found = list(tables())
    assert len(found) > 100
    for table, key in found:
        row = [line for line in lines if f"`{key.name}`" in line and key.en.split("|")[0] in line]
        assert row, f"{table}: {key.name}"


@pytest.mark.parametrize("area", ["policy", "yaml", "config"])
def test_every_problem_is_on_the_page(area: str) -> None:
    written = page()
    for code in kinds():
        if code.startswith(f"{area}/"):
            assert f"| `{code}` |" in written
