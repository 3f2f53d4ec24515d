"""The site builds without a warning and without a network, and asks for nothing outside itself."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.docs_pages import ROOT


#: What a page fetches by itself; a link that a reader may follow is none.
_FETCHED = re.compile(
    r"<(?:script|img|iframe|source)\b[^>]*\bsrc=\"(?:https?:)?//|<link\b[^>]*\bhref=\"(?:https?:)?//"
)
NO_NETWORK = {f"{kind}_proxy": "http://127.0.0.1:9" for kind in ("http", "https")}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("site")
    built = subprocess.run(
        # Not --quiet: what is not said is not counted by --strict.
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", place],
        cwd=ROOT,
        env={**os.environ, **NO_NETWORK, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    return place


def test_every_page_is_there_in_both_languages(site: Path) -> None:
    english = {path.name for path in site.glob("*.html")} - {"404.html"}
    assert english == {path.name for path in (site / "fr").glob("*.html")}
    assert {"index.html", "quickstart.html", "operations.html"} <= english
    assert "Premiers pas" in (site / "fr" / "quickstart.html").read_text("utf-8")


def test_no_page_fetches_anything_from_elsewhere(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > 20
    assert [page for page in pages if _FETCHED.search(page.read_text("utf-8"))] == []


def test_links_between_languages_and_the_search_work_from_a_folder(site: Path) -> None:
    page = (site / "policies" / "ladder.html").read_text("utf-8")
    assert 'href="../fr/policies/ladder.html" hreflang="fr"' in page
    assert 'src="../javascripts/iframe-worker.js"' in page
    assert (site / "javascripts" / "iframe-worker.js").is_file()
    assert (site / "search" / "search_index.js").is_file()


def test_what_would_be_fetched_is_seen() -> None:
    assert _FETCHED.search('<script src="https://unpkg.example/x">')
    assert _FETCHED.search('<link rel="stylesheet" href="//fonts.example/css">')
    assert not _FETCHED.search('<a href="https://example.test">')
