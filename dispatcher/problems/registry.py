"""Every problem code and every phrase, from the catalogue's modules."""

import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from types import ModuleType
from typing import TypeVar

from dispatcher.model.problem import Level, Problem
from dispatcher.problems import catalog
from dispatcher.problems.kind import Kind, Words


Entry = TypeVar("Entry")


@cache
def kinds() -> Mapping[str, Kind]:
    """Code -> entry, over all areas."""
    return _merged(getattr(module, "PROBLEMS", {}) for module in _areas())


@cache
def phrases() -> Mapping[str, Words]:
    """Name -> text of what commands say, over all areas."""
    return _merged(getattr(module, "PHRASES", {}) for module in _areas())


def level(problem: Problem) -> Level:
    """How much a problem weighs."""
    return problem.level or kinds()[problem.code].level


def phrase(name: str, lang: str, /, **fields: str) -> str:
    """A text of a command in that language (`fr`, else English).

    Raises:
        KeyError: no such phrase, or a field is missing.
    """
    return phrases()[name].say(lang, fields)


def _areas() -> Iterator[ModuleType]:
    for module in pkgutil.iter_modules(catalog.__path__):
        yield importlib.import_module(f"{catalog.__name__}.{module.name}")


def _merged(areas: Iterable[Mapping[str, Entry]]) -> Mapping[str, Entry]:
    found: dict[str, Entry] = {}
    for entries in areas:
        twice = found.keys() & entries.keys()
        if twice:
            message = f"defined in two catalogue modules: {sorted(twice)}"
            raise ValueError(message)
        found |= entries
    return found
