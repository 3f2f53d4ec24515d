"""A home with the shipped templates, and its gallery of a few templates, made once."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from dispatcher.config.read import read_config
from dispatcher.model.problem import Problem
from dispatcher.model.settings import Settings
from dispatcher.preview.accounts import Asked
from dispatcher.preview.messages import Shown, of_samples
from dispatcher.render.typeset import LAYOUT
from dispatcher.wiring import drawing
from tests.compose.compose_world import TEMPLATES, loaded, shipped_texts


DAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)

CONFIG = TEMPLATES.parent / "config.example.yaml"

#: Where a page points to, whatever the attribute.
LINKS = re.compile(r'(?:href|src)="([^"]*)"')


def texts() -> dict[str, str]:
    """The templates of the project with the layout of letters."""
    layout = (TEMPLATES / "fr" / LAYOUT).read_text(encoding="utf-8")
    return {**shipped_texts(), f"fr/{LAYOUT}": layout}


LIBRARY = loaded(texts())


def settings() -> Settings:
    """The example configuration."""
    found, problems = read_config(
        CONFIG.read_text(encoding="utf-8"), file="config.yaml", home=Path("/home")
    )
    assert found is not None, problems
    return found


@contextmanager
def made(asked: Sequence[Asked]) -> Iterator[Iterator[Shown | Problem]]:
    """These messages, rendered."""
    with drawing(texts()) as render:
        yield of_samples(asked, settings(), LIBRARY, render, lang="fr", now=NOW, today=DAY)


def sound(shown: Shown | Problem) -> Shown:
    """A message that has no problem."""
    assert isinstance(shown, Shown), shown
    return shown
