"""The shape of one registry entry: a level and the same sentence in two languages."""

import re
import string
from collections.abc import Mapping
from dataclasses import dataclass

from dispatcher.model.problem import Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One text in both languages, with the same named fields in braces.

    `{count:one|many}` is one of two words, by the number: `{count} case{count:|s}`.
    """

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
        text = self.fr if lang == "fr" else self.en
        if not _CHOICE.search(text):
            return text.format_map(fields)
        return _Counting(lang).vformat(text, (), fields)

    def template(self, lang: str) -> str:
        """The text with its fields still in braces, as it is said of several."""
        return _CHOICE.sub(r"\1", self.fr if lang == "fr" else self.en)


#: Two words of which the number of a field chooses one; the group is that of several.
_CHOICE = re.compile(r"\{\w+:[^{}|]*\|([^{}|]*)\}")

#: Numbers that are told in the singular: nought is not in English, and is in French.
_SINGULAR = {"en": frozenset({"1"}), "fr": frozenset({"0", "1"})}


class _Counting(string.Formatter):
    """Fills fields, and chooses between the words for one and for many."""

    def __init__(self, lang: str) -> None:
        self._singular = _SINGULAR["fr" if lang == "fr" else "en"]

    def format_field(self, value: object, format_spec: str) -> str:
        one, either, many = format_spec.partition("|")
        if not either:
            return str(super().format_field(value, format_spec))
        return one if str(value) in self._singular else many


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
