"""The page `docs/problems.md`, written from the registry: every code in both languages."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from dispatcher.problems.kind import Kind, Words


HEAD = """\
# Problems

Every code that relance prints in square brackets, in English and in French. Written by
`RELANCE_GOLDEN=write ./run test tests/docs/test_docs_problems.py` from the registry; do not edit.
Tous les codes que relance affiche entre crochets, en anglais et en français.

An error keeps a file from being used; a warning is for a person to look at; a hint could be better.
Words in braces are filled in. What `check` finds in policies has
[a page of its own](policies/findings.md).
"""


def page(kinds: Mapping[str, Kind]) -> str:
    """The whole page."""
    areas = groupby(sorted(kinds.items()), key=lambda entry: entry[0].partition("/")[0])
    return "\n".join([HEAD, *(_area(name, entries) for name, entries in areas)])


def anchor(code: str) -> str:
    """What a link to a code ends in."""
    return code.replace("/", "-")


def _area(name: str, entries: Iterable[tuple[str, Kind]]) -> str:
    return "\n".join(
        [f"## {name}", "", *(line for code, kind in entries for line in _entry(code, kind))]
    )


def _entry(code: str, kind: Kind) -> Iterator[str]:
    """The anchor stands by itself: each reader of Markdown makes another of a heading."""
    yield f'<a id="{anchor(code)}"></a>'
    yield ""
    yield f"### {code}"
    yield ""
    yield f"`{kind.level}`"
    yield ""
    for lang in ("en", "fr"):
        said = [_said(kind.message, lang)]
        if kind.remedy is not None:
            said.append(f"*{_said(kind.remedy, lang)}*")
        yield f"- {lang}: {' — '.join(said)}"
    yield ""


def _said(words: Words, lang: str) -> str:
    """A text with its fields in braces; what Markdown would read is shown as it is."""
    text = words.template(lang)
    plain = " ".join(text.replace("{{", "{").replace("}}", "}").split())
    return "".join(f"\\{mark}" if mark in "\\*_<>[]`|#" else mark for mark in plain)
