"""The page of problems has every code under the anchor that links use.

`RELANCE_GOLDEN=write` writes it anew.
"""

import os

import pytest

from dispatcher.model.problem import Problem
from dispatcher.problems.registry import kinds
from dispatcher.problems.sarif import PAGE, as_sarif
from tests.docs.docs_pages import ROOT
from tests.docs.problems_page import anchor, page


def test_the_page_of_problems_is_up_to_date() -> None:
    written = page(kinds())
    path = ROOT / PAGE
    if os.environ.get("RELANCE_GOLDEN") == "write":
        path.write_text(written, encoding="utf-8")
    assert path.read_text("utf-8") == written


@pytest.mark.parametrize("code", ["policy/overlap", "prove/unreachable", "csv/amount"])
def test_a_link_out_of_a_report_finds_its_code(code: str) -> None:
    report = as_sarif([Problem(code=code, fields=_Any())])
    assert f"({PAGE}#{anchor(code)})" in report
    assert f'<a id="{anchor(code)}"></a>' in (ROOT / PAGE).read_text("utf-8")


class _Any(dict[str, str]):
    """Something for every field of a sentence."""

    def __missing__(self, key: str) -> str:
        return key
