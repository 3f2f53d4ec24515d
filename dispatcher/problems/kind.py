"""The shape of one registry entry: a level and the same sentence in two languages."""

import string
from collections.abc import Mapping
from dataclasses import dataclass

from dispatcher.model.problem import Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One text in both languages, with the same named fields in braces."""

    en: str
    fr: str

    def fields(self, lang: str) -> frozenset[str]:
        """The names in braces."""
        parsed = string.Formatter().parse(self.fr if lang == "fr" else self.en)
        return frozenset(name for _, name, _, _ in parsed if name)

    def say(self, lang: str, fields: Mapping[str, str]) -> str:
        """The text with its fields filled.

        Raises:
            KeyError: a field is missing.
        """
        return (self.fr if lang == "fr" else self.en).format_map(fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A code's entry: what happened, and what to do about it."""

    level: Level
    message: Words
    remedy: Words | None = None


def error(en: str, fr: str, *, do: tuple[str, str] | None = None) -> Kind:
    """An entry that keeps its file from being used; `do` is the remedy (English, French)."""
    return _kind(Level.ERROR, en, fr, do)


def warning(en: str, fr: str, *, do: tuple[str, str] | None = None) -> Kind:
    """An entry that a person should look at."""
    return _kind(Level.WARNING, en, fr, do)


def hint(en: str, fr: str, *, do: tuple[str, str] | None = None) -> Kind:
    """An entry that could be better."""
    return _kind(Level.HINT, en, fr, do)


def words(en: str, fr: str) -> Words:
    """A text in English and French."""
    return Words(en=en, fr=fr)


def _kind(level: Level, en: str, fr: str, do: tuple[str, str] | None) -> Kind:
    remedy = None if do is None else Words(en=do[0], fr=do[1])
    return Kind(level=level, message=Words(en=en, fr=fr), remedy=remedy)
