"""The gallery: every message on pages that need no network and no script."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, StrictUndefined, Template

from dispatcher.compose.format import long_date
from dispatcher.model.problem import Problem
from dispatcher.preview.accounts import Asked
from dispatcher.preview.cases import CASES
from dispatcher.preview.choice import CHANNELS
from dispatcher.preview.files import contents, plain_name, text_of, write, written
from dispatcher.preview.messages import Shown
from dispatcher.preview.telling import cost, heads
from dispatcher.problems.registry import phrase
from dispatcher.problems.render import as_text


FILES: Final = "files"  # the folder of the messages themselves

INDEX: Final = "index.html"

#: Of an e-mail on its page: characters of a line, points of a line, a row of a table, a gap.
_WIDTH, _LINE, _ROW, _GAP, _MARGIN = 78, 24, 37, 17, 60

_HIGHEST: Final = 8_000


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file of a message: its ending, and where it lies, seen from the pages."""

    ending: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One message as its page shows it; `asked` says which one it is."""

    asked: Asked
    stem: str
    template: str
    channel: str
    tone: str
    case: str
    subject: str
    heads: tuple[tuple[str, str], ...]
    text: str
    files: tuple[File, ...]
    legal: bool

    def spoken(self, name: str) -> str:
        """The name, with the tone where it has words of its own."""
        return f"{name}, {self.tone}" if self.asked.words else name

    @property
    def sms(self) -> bool:
        return self.asked.channel == "sms"

    @property
    def frame(self) -> str:
        return self._path("html")

    @property
    def pdf(self) -> str:
        return self._path("pdf")

    @property
    def pictures(self) -> list[str]:
        return [file.path for file in self.files if file.ending.endswith("png")]

    @property
    def height(self) -> int:
        """About as much as the e-mail needs; the frame scrolls where that is too little."""
        return min(_HIGHEST, height_of(self.text))

    def _path(self, ending: str) -> str:
        return next((file.path for file in self.files if file.ending == ending), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page: its file, its title, what it shows."""

    file: str
    title: str
    leaves: Sequence[Leaf]
    matrix: "Matrix"


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """What a page shows at a glance: the message, if any, of each row and column."""

    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A finished gallery: its first page, how many pages and messages, what could not be made."""

    index: Path
    pages: int
    messages: int
    failed: tuple[tuple[Asked, Problem], ...]


def gallery(
    folder: Path,
    pairs: Iterable[tuple[Asked, Shown | Problem]],
    *,
    creditor: str,
    day: date,
    lang: str,
    tell: Callable[[int], None],
) -> Made:
    """Write the messages as they come, then the pages; `tell` hears how many are done.

    Raises:
        BadInput: the folder cannot be written.
    """
    leaves, failed = list[Leaf](), list[tuple[Asked, Problem]]()
    for done, (asked, shown) in enumerate(pairs, start=1):
        if isinstance(shown, Problem):
            failed.append((asked, shown))
        else:
            leaves.append(_leaf(folder, asked, shown, lang))
        tell(done)
    groups = _groups(leaves, lang)
    for pages in groups.values():
        for page, before, after in _beside(pages):
            context = {
                "leaves": page.leaves,
                "matrix": page.matrix,
                "before": before,
                "after": after,
            }
            _write(folder / page.file, lang, page.title, context)
    start = {
        "lists": [(phrase(name, lang), pages) for name, pages in groups.items()],
        "intro": phrase("gallery/made", lang, day=_day(day, lang)),
        "failed": [_failure(*each, lang) for each in failed],
    }
    index = folder / INDEX
    _write(index, lang, phrase("gallery/title", lang, creditor=creditor), start)
    count = 1 + sum(map(len, groups.values()))
    return Made(index=index, pages=count, messages=len(leaves), failed=tuple(failed))


def height_of(text: str) -> int:
    """About how many points high an e-mail is that says this."""
    return _MARGIN + sum(map(_height, text.split("\n")))


def _height(line: str) -> int:
    if not line:
        return _GAP
    return _ROW if "  " in line else _LINE * (1 + len(line) // _WIDTH)


def stem_of(asked: Asked) -> str:
    """The name of a message's files, without their ending."""
    return plain_name(asked.template, asked.words, asked.channel, asked.case.name)


def _leaf(folder: Path, asked: Asked, shown: Shown, lang: str) -> Leaf:
    made, stem = contents(shown), stem_of(asked)
    written(folder / FILES, stem, made)
    return Leaf(
        asked=asked,
        stem=stem,
        template=asked.template,
        channel=phrase(f"channel/{asked.channel}", lang),
        tone=phrase(f"tone/{asked.words}", lang) if asked.words else "",
        case=asked.case.title.say(lang, {}),
        subject=shown.message.parts.get("subject", ""),
        heads=(
            *heads(shown, lang),
            *((phrase("preview/notes", lang), each) for each in cost(shown, lang)),
        ),
        text=text_of(shown),
        files=tuple(File(ending=ending, path=f"{FILES}/{stem}.{ending}") for ending in made),
        legal=shown.message.legal_effect,
    )


def _groups(leaves: Sequence[Leaf], lang: str) -> Mapping[str, list[Page]]:
    """The pages by the list of the first page in which they stand."""
    names = sorted({leaf.asked.template for leaf in leaves})
    return {
        "gallery/by-template": [
            _page("template", name, name, [x for x in leaves if x.asked.template == name])
            for name in names
        ],
        "gallery/by-channel": [
            _page("channel", name, phrase(f"channel/{name}", lang), found)
            for name in CHANNELS
            if (found := [x for x in leaves if x.asked.channel == name])
        ],
        "gallery/by-case": [
            _page("case", name, case.title.say(lang, {}), found)
            for name, case in CASES.items()
            if (found := [x for x in leaves if x.asked.case.name == name])
        ],
    }


#: What names a row and a column of a page's matrix.
_KEYS: Final[Mapping[str, tuple[Callable[[Leaf], str], Callable[[Leaf], str]]]] = {
    "template": (lambda leaf: leaf.case, lambda leaf: leaf.spoken(leaf.channel)),
    "channel": (lambda leaf: leaf.spoken(leaf.template), lambda leaf: leaf.case),
    "case": (lambda leaf: leaf.spoken(leaf.template), lambda leaf: leaf.channel),
}


def _order(leaf: Leaf) -> tuple[int, str, int]:
    cases = list(CASES)
    case = cases.index(leaf.asked.case.name) if leaf.asked.case.name in CASES else len(cases)
    return CHANNELS.index(leaf.asked.channel), leaf.asked.words, case


def _page(kind: str, name: str, title: str, leaves: list[Leaf]) -> Page:
    row, column = _KEYS[kind]
    columns = list(dict.fromkeys(map(column, sorted(leaves, key=_order))))
    found: dict[str, dict[str, str]] = {}
    for leaf in leaves:
        found.setdefault(row(leaf), {})[column(leaf)] = leaf.stem
    rows = [(name, [cells.get(each, "") for each in columns]) for name, cells in found.items()]
    return Page(
        file=f"{plain_name(kind, name)}.html",
        title=title,
        leaves=leaves,
        matrix=Matrix(columns=columns, rows=rows),
    )


def _beside(pages: Sequence[Page]) -> Iterator[tuple[Page, Page | None, Page | None]]:
    """Each page with the one before and the one after it."""
    for at, page in enumerate(pages):
        yield page, pages[at - 1] if at else None, pages[at + 1] if at + 1 < len(pages) else None


def _write(path: Path, lang: str, title: str, context: Mapping[str, object]) -> None:
    nothing = {"leaves": (), "lists": (), "failed": (), "intro": "", "before": None, "after": None}

    def say(name: str, /, **fields: object) -> str:
        return phrase(name, lang, **{key: str(value) for key, value in fields.items()})

    page = _template().render({**nothing, **context, "lang": lang, "title": title, "say": say})
    write(path, page.encode())


@cache
def _template() -> Template:
    environment = Environment(autoescape=True, undefined=StrictUndefined)
    text = Path(__file__).with_name("gallery.html.j2").read_text(encoding="utf-8")
    return environment.from_string(text)


def _failure(asked: Asked, problem: Problem, lang: str) -> str:
    words = as_text(problem, lang=lang, sources={})
    return f"{asked.template}, {asked.channel}, {asked.case.name}: {words}"


def _day(day: date, lang: str) -> str:
    return long_date(day) if lang == "fr" else day.isoformat()
