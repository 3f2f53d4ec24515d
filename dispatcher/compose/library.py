"""All templates of a home, read and checked once: which has words for what, and their sheets."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Final

from jinja2 import Template, meta, nodes

from dispatcher.compose.balance import check_blocks
from dispatcher.compose.check import Source, check
from dispatcher.compose.context import CONTEXT, LAYOUT_CONTEXT
from dispatcher.compose.environment import html_environment, text_environment, tree_environment
from dispatcher.compose.head import Head, read_head
from dispatcher.compose.layout import BARE, LayoutError, lay_out
from dispatcher.compose.markdown import Compiled, compile_markdown
from dispatcher.compose.tables import TABLES
from dispatcher.model.message import Tone
from dispatcher.model.problem import Place, Problem
from dispatcher.problems.suggest import nearest


#: Which kind of file has the words for a channel.
KIND_OF_CHANNEL: Final = {
    "email": "body",
    "letter": "body",
    "registered_letter": "body",
    "sms": "sms",
    "call": "call",
    "visit": "call",
}

_ENDING = {"body": "md", "call": "md", "sms": "txt"}
_LAYOUT, _FOOTER = "_layout/email.html.j2", "_layout/footer.md.j2"
_PAPER = "_layout/letter.typ"  # read by `render.typeset`
_FILE = re.compile(
    r"(?P<lang>[a-z]{2})/(?P<template>[a-z0-9][a-z0-9-]*)/"
    r"(?P<kind>body|call|sms)(?:\.(?P<tone>[a-z]+))?\.(?P<ending>md|txt)\.j2"
)


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """The words of one file, compiled when they are first used and kept.

    `layout` and `footer` are of its language; only e-mails have them.
    """

    file: str
    lang: str
    kind: str
    head: Head
    source: str
    layout: str = BARE
    footer: str = ""

    @cached_property
    def names(self) -> frozenset[str]:
        """The first parts of the names that it uses, those of its tables among them."""
        tree = text_environment().parse(self.written)
        tables = (TABLES[call.args[0].value] for call in tree.find_all(nodes.Call))  # type: ignore[attr-defined]
        return frozenset(
            meta.find_undeclared_variables(tree).union(*(each.draws for each in tables))
        )

    @property
    def written(self) -> str:
        """Its subject and its words, as they stand in its file."""
        return self.head.subject + self.source

    @cached_property
    def subject(self) -> Template:
        return text_environment().from_string(self.head.subject)

    @cached_property
    def text(self) -> Template:
        return text_environment().from_string(self._body.text + self._foot.text)

    @cached_property
    def words(self) -> Template:
        """The text without the footer: letters and scripts have none."""
        return text_environment().from_string(self._body.text)

    @cached_property
    def html(self) -> Template:
        foot = f'<div class="footer">\n{self._foot.html}</div>\n' if self.footer else ""
        return html_environment().from_string(lay_out(self._body.html + foot, self.layout))

    @cached_property
    def tree(self) -> Template:
        return tree_environment().from_string(self._body.tree)

    @cached_property
    def plain(self) -> Template:
        """An SMS, which is no Markdown."""
        return text_environment().from_string(self.source)

    @cached_property
    def _body(self) -> Compiled:
        return compile_markdown(self.source, lang=self.lang)

    @cached_property
    def _foot(self) -> Compiled:
        return compile_markdown(self.footer, lang=self.lang)


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """Every template by name; `sheets` are keyed by (language, template, kind, tone).

    The tone of words for every tone is empty.
    """

    sheets: Mapping[tuple[str, str, str, str], Sheet] = field(repr=False)

    @property
    def templates(self) -> frozenset[str]:
        """Their names, over all languages."""
        return frozenset(template for _, template, _, _ in self.sheets)

    def languages(self, template: str) -> frozenset[str]:
        """The languages in which it has words for anything."""
        return frozenset(lang for lang, name, _, _ in self.sheets if name == template)

    def channels(self, template: str, lang: str = "fr") -> frozenset[str]:
        """The channels for which it has words in that language."""
        kinds = {kind for key, name, kind, _ in self.sheets if (key, name) == (lang, template)}
        return frozenset(channel for channel, kind in KIND_OF_CHANNEL.items() if kind in kinds)

    def tones(self, template: str, lang: str = "fr") -> frozenset[str]:
        """The tones that have words of their own; every other tone uses the common ones."""
        found = {tone for key, name, _, tone in self.sheets if (key, name) == (lang, template)}
        return frozenset(found - {""})

    def legal_effect(self, template: str) -> bool:
        """One of its files says that it has legal effect.

        Raises:
            KeyError: no such template.
        """
        if template not in self.templates:
            raise KeyError(template)
        return any(
            sheet.head.legal_effect for key, sheet in self.sheets.items() if key[1] == template
        )

    def printing(self, names: Collection[str]) -> frozenset[str]:
        """The templates that print anything under one of these names, in any language."""
        # A sheet is parsed only if it has such a word at all, or the table that draws it.
        drawing = (name for name, table in TABLES.items() if not table.draws.isdisjoint(names))
        marks = {*names, *drawing}
        return frozenset(
            key[1]
            for key, sheet in self.sheets.items()
            if any(mark in sheet.written for mark in marks) and not sheet.names.isdisjoint(names)
        )

    def sheet(self, template: str, *, channel: str, tone: str, lang: str) -> Sheet | None:
        """The words for that channel and tone, or None."""
        kind = KIND_OF_CHANNEL.get(channel, channel)
        own = self.sheets.get((lang, template, kind, tone))
        return own or self.sheets.get((lang, template, kind, ""))


def load(texts: Mapping[str, str]) -> tuple[Library | None, tuple[Problem, ...]]:
    """Read and check every file; `texts` maps paths under `templates/` to their text.

    The library is None when anything is an error; all files are read all the same.
    """
    reading = _Reading(texts=texts)
    sheets = dict(reading.sheets())
    problems = (*reading.problems, *_without_default(sheets, reading.texts))
    return (None if problems else Library(sheets=sheets)), problems


def known(texts: Mapping[str, str]) -> Library:
    """The library of texts that `load` took without a problem; they are not checked again.

    Raises:
        ValueError: they cannot have been: a head is wrong, or a file has no place.
    """
    reading = _Reading(texts=texts, checks=False)
    sheets = dict(reading.sheets())
    if reading.problems:
        message = f"templates were not checked: {reading.problems[0].code}"
        raise ValueError(message)
    return Library(sheets=sheets)


@dataclass(slots=True, kw_only=True)
class _Reading:
    texts: Mapping[str, str]
    checks: bool = True
    problems: list[Problem] = field(default_factory=list)

    def sheets(self) -> Iterator[tuple[tuple[str, str, str, str], Sheet]]:
        for path in sorted(self.texts):
            found = _FILE.fullmatch(path)
            if found and _ENDING[found["kind"]] == found["ending"]:
                yield from self._sheet(path, found)
            elif path.endswith((_LAYOUT, _FOOTER)):
                self._layout(path)
            elif not path.endswith(_PAPER):
                self._unnamed(path)

    def _sheet(
        self, path: str, found: re.Match[str]
    ) -> Iterator[tuple[tuple[str, str, str, str], Sheet]]:
        lang, kind, tone = found["lang"], found["kind"], found["tone"] or ""
        if tone and tone not in set(Tone):
            self._unnamed(path, nearest(tone, list(Tone)))
            return
        head, body, problems = read_head(self.texts[path], file=path, wanted=kind == "body")
        if self.checks:
            problems += _checked(body, kind)
        self.problems += problems
        if problems or head is None:
            return
        sheet = Sheet(
            file=path,
            lang=lang,
            kind=kind,
            head=head,
            source=body.text,
            layout=self.texts.get(f"{lang}/{_LAYOUT}", BARE) if kind == "body" else BARE,
            footer=self.texts.get(f"{lang}/{_FOOTER}", "") if kind == "body" else "",
        )
        yield (lang, found["template"], kind, tone), sheet

    def _layout(self, path: str) -> None:
        if not self.checks:
            return
        source = Source(text=self.texts[path], file=path)
        if path.endswith(_FOOTER):
            self.problems += _checked(source, "body")
            return
        problems = check(source, LAYOUT_CONTEXT)
        self.problems += problems or _laid_out(source)

    def _unnamed(self, path: str, suggestion: str = "") -> None:
        name = path.rpartition("/")[2]
        best = suggestion or nearest(name, ("body.md.j2", "sms.txt.j2", "call.md.j2"))
        self.problems.append(
            Problem(
                code="template/name",
                place=Place(file=path),
                fields={"name": path},
                suggestion=best,
            )
        )


@lru_cache(maxsize=1024)  # a command reads the same files more than once
def _checked(source: Source, kind: str) -> tuple[Problem, ...]:
    problems = check(source, CONTEXT)
    return problems or (check_blocks(source) if _ENDING[kind] == "md" else ())


def _laid_out(source: Source) -> tuple[Problem, ...]:
    """A trial with a small body: the layout keeps its tags where they stand."""
    try:
        lay_out("<p>{{ subject }}</p>", source.text)
    except LayoutError as error:
        place = Place(file=source.file)
        return (Problem(code="template/layout", place=place, fields={"detail": str(error)}),)
    return ()


def _without_default(
    sheets: Mapping[tuple[str, str, str, str], Sheet], texts: Mapping[str, str]
) -> Iterator[Problem]:
    for (lang, template, kind, tone), sheet in sheets.items():
        name = f"{kind}.{_ENDING[kind]}.j2"
        # A default that is there but broken has been reported already.
        if tone and f"{lang}/{template}/{name}" not in texts:
            fields = {"template": template, "name": name}
            yield Problem(code="template/no-default", place=Place(file=sheet.file), fields=fields)
