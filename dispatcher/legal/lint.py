"""What a program can know of French words before they are sent: remarks on operators' templates.

Each remark is a warning with its place. Who knows better switches one off in the file it is about,
with the reason: `{# allow template/promotion: our members' magazine #}`.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from dispatcher.model.debtor import LegalKind
from dispatcher.model.message import Tone
from dispatcher.model.problem import Place, Problem
from dispatcher.nodes.node import Map, Scalar, Sequence
from dispatcher.nodes.read import read_yaml


_FILE = "articles.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """How policies use a template: for whom, in which tones; empty where none of them does."""

    kinds: frozenset[str] = frozenset()
    tones: frozenset[str] = frozenset()
    legal_effect: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spoken:
    """One file: its words with tags blanked out, and what is known of its use."""

    text: str
    source: str
    used: Used

    @property
    def by_kind(self) -> bool:
        """It asks whom it speaks to: nobody can say which words go to whom."""
        return "debtor.legal_kind" in self.source

    @property
    def consumers(self) -> bool:
        return str(LegalKind.CONSUMER) in self.used.kinds and not self.by_kind

    @property
    def gentle(self) -> bool:
        gentle = {str(Tone.FRIENDLY), str(Tone.UNDERSTANDING), str(Tone.COURTEOUS)}
        return bool(gentle & self.used.tones)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    """Words that do not belong where `where` holds."""

    code: str
    words: re.Pattern[str]
    where: Callable[[_Spoken], bool] = lambda _spoken: True


def _any(*words: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(words)})", re.IGNORECASE)


_MONTHS = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
_ASKS_NEXT = re.compile(r"\bnext\.(?:kind|words|channel|to|last)\b")

#: A number whose call costs more than a call: 08 1x, 2x and 9x.
SURCHARGED: Final = re.compile(r"(?<!\d)(?:\+33|0)[ .]?8[ .]?[129](?:[ .]?\d){7}(?!\d)")

RULES: Final = (
    _Rule(code="template/surcharged-number", words=SURCHARGED, where=lambda said: said.consumers),
    _Rule(
        code="template/threat",
        words=_any(
            "prison", "pénale", "plainte", "FICP", "fich[ée]e? à la Banque", "votre employeur",
            "vos voisins", "commandement de payer", "sommation", "injonction",
            "saisirons vo", "saisie de vo", "saisie sur",
        ),
    ),
    _Rule(
        code="template/promotion",
        words=_any(
            "découvrez", "profitez", "promotions?", "code promo", "coupon", "notre catalogue",
            "nos nouveautés", "offre spéciale", "parrain",
        ),
    ),
    _Rule(
        code="template/tone-word",
        words=_any(
            "contentieux", "poursuites", "huissier", "tribunal", "mise en demeure", "sanction",
        ),
        where=lambda said: said.gentle,
    ),
    _Rule(
        code="template/tone-word",
        words=_any("amicalement", "bonjour", "coucou", "simple oubli"),
        where=lambda said: said.used.legal_effect,
    ),
    _Rule(
        code="template/typography",
        words=re.compile(rf"\b1 (?:{_MONTHS})\b|\d€|\b(?:tu|toi|ton|tes)\b", re.IGNORECASE),
    ),
    _Rule(
        code="template/announced",
        words=_any(
            "mise en demeure", "mettrons en demeure", "lettre recommandée", "courrier recommandé",
            "nous saisirons", "commissaire de justice", "transmettrons",
        ),
        where=lambda said: not said.used.legal_effect and not _ASKS_NEXT.search(said.source),
    ),
)  # fmt: skip

#: What makes a formal notice one, and how a template says it (C. civ. 1344).
MENTIONS: Final = {
    "mise en demeure": re.compile(r"mise en demeure|mettons en demeure", re.IGNORECASE),
    "today": re.compile(r"\btoday\b"),
    'table("invoices")': re.compile(r"table\([\"'](?:invoices|engagements)[\"']\)|\bin claimed\b"),
    "asked": re.compile(r"\basked\b|\btotals\.net\b|\bsums\.total\b"),
    "limit": re.compile(r"\blimit\b"),
    "creditor.iban": re.compile(r"\bcreditor\.(?:iban|pay_url)\b"),
    "creditor.name": re.compile(r"\bcreditor\.name\b"),
}

_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_ALLOW = re.compile(r"\{#-?\s*allow\s+(template/[a-z-]+)\s*:\s*[^\s#][^#]*#\}")
_WORDS = re.compile(
    r"fr/(?P<template>[a-z0-9][a-z0-9-]*)/\w+(?:\.(?P<tone>[a-z]+))?\.(?:md|txt)\.j2"
)
_PLAIN = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2019": "'"})


def lint(texts: Mapping[str, str], uses: Mapping[str, Used]) -> tuple[Problem, ...]:
    """Remarks on every French template, in the order of files and places; `texts` by path."""
    return tuple(
        problem
        for path in sorted(texts)
        if (found := _WORDS.fullmatch(path))
        for problem in _of_file(path, texts[path], uses.get(found["template"], Used()))
    )


def _of_file(path: str, source: str, used: Used) -> list[Problem]:
    text = _TAG.sub(_blank, source).translate(_PLAIN)
    said = _Spoken(text=text, source=source, used=used)
    allowed = set(_ALLOW.findall(source))
    problems = [
        Problem(code=code, place=_place(path, text, start, len(words)), fields=fields)
        for code, start, words, fields in (*_words(said), *_articles(said), *_mentions(path, said))
        if code not in allowed
    ]
    return sorted(
        problems, key=lambda each: (each.place.line, each.place.column) if each.place else (0, 0)
    )


Found = tuple[str, int, str, Mapping[str, str]]


def _words(said: _Spoken) -> Iterator[Found]:
    for rule in RULES:
        if rule.where(said):
            for found in rule.words.finditer(said.text):
                yield rule.code, found.start(), found[0], {"words": found[0].strip()}


def _articles(said: _Spoken) -> Iterator[Found]:
    articles = _read()
    for old, new in articles.obsolete.items():
        for found in _cited(old).finditer(said.text):
            fields = {"words": old, "instead": new}
            yield "template/old-article", found.start("it"), found["it"], fields
    if said.by_kind:
        return
    for article, kinds in articles.current.items():
        strangers = sorted(said.used.kinds - kinds)
        for found in _cited(article).finditer(said.text) if strangers else ():
            fields = {"words": article, "kinds": ", ".join(strangers)}
            yield "template/foreign-article", found.start("it"), found["it"], fields


def _mentions(path: str, said: _Spoken) -> Iterator[Found]:
    """FR-MED-01: what a formal notice does not say."""
    if not said.used.legal_effect or "/body" not in path:
        return
    source = said.source.translate(_PLAIN)
    lacking = [name for name, words in MENTIONS.items() if not words.search(source)]
    if lacking:
        yield "template/mention", 0, source[:3], {"words": ", ".join(lacking)}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Articles:
    current: Mapping[str, frozenset[str]]
    obsolete: Mapping[str, str]


@cache
def _read() -> _Articles:
    text = files("dispatcher.legal").joinpath("fr", _FILE).read_text(encoding="utf-8")
    top, problems = read_yaml(text, file=_FILE)
    current, obsolete = (None, None) if top is None else (top.get("current"), top.get("obsolete"))
    if problems or not isinstance(current, Map) or not isinstance(obsolete, Map):
        raise ValueError(f"{_FILE}: {problems}")
    return _Articles(
        current={entry.key: frozenset(_kinds(entry.value)) for entry in current},
        obsolete={e.key: e.value.text for e in obsolete if isinstance(e.value, Scalar)},
    )


def _kinds(node: object) -> Collection[str]:
    named = node.get("for") if isinstance(node, Map) else None
    items = named.items if isinstance(named, Sequence) else ()
    return [item.text for item in items if isinstance(item, Scalar)]


@cache
def _cited(article: str) -> re.Pattern[str]:
    """A citation however it is written; a bare number only behind the word "article"."""
    if article[0] in "LRD":
        letter, number = article.split(". ")
        return re.compile(rf"\b(?P<it>{letter}\.? ?{re.escape(number)})(?![\d-])")
    if article[0].isdigit():
        number = re.escape(article)
        return re.compile(rf"\barticles? [^.;()\n]{{0,60}}?(?<![\d-])(?P<it>{number})(?![\d-])")
    return re.compile(rf"\b(?P<it>{re.escape(article)}s?)\b", re.IGNORECASE)


def _blank(found: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", found[0])


def _place(path: str, text: str, start: int, length: int) -> Place:
    line = text.count("\n", 0, start) + 1
    return Place(file=path, line=line, column=start - text.rfind("\n", 0, start), length=length)
