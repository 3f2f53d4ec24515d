"""Statements that open and close in the same place, tables on their own line, links that are safe.

Markdown makes boxes out of text; a statement that opened in one box and closed in another would
tear all three outputs apart.
"""

import re
from collections.abc import Iterator, Sequence

from dispatcher.compose.check import Source
from dispatcher.compose.context import LINKS
from dispatcher.compose.environment import text_environment
from dispatcher.compose.tags import WORD, Opaque, hide_tags
from dispatcher.compose.tree import Element, parse
from dispatcher.model.problem import Place, Problem


_CLOSES = {"endif": "if", "endfor": "for"}
_BETWEEN = {"else", "elif"}
_INLINE = {"em", "strong", "link", "p", "h"}
_SCHEMES = re.compile(r"(?:https://|mailto:|tel:)\S+")


def check_blocks(source: Source) -> tuple[Problem, ...]:
    """The mistakes that only the Markdown tree shows; the source has passed `check`."""
    opaque = hide_tags(source.text, text_environment())
    found = _boxes(Element(kind="doc", children=parse(opaque)), opaque)
    return tuple(_problem(source, *each) for each in found)


_Found = tuple[str, int, dict[str, str]]


def _problem(source: Source, code: str, line: int, fields: dict[str, str]) -> Problem:
    return Problem(
        code=code, place=Place(file=source.file, line=source.line + line - 1), fields=fields
    )


def _boxes(box: Element, opaque: Opaque) -> Iterator[_Found]:
    yield from _unbalanced(box.children)
    if box.kind == "link":
        yield from _unsafe(box, opaque)
    for child in box.children:
        if child.kind == "table" and child.tag and box.kind in _INLINE:
            yield "template/table-place", child.line, {"name": child.tag.code}
        yield from _boxes(child, opaque)


def _unbalanced(children: Sequence[Element]) -> Iterator[_Found]:
    opened: list[Element] = []
    for child in children:
        if child.kind != "statement" or child.tag is None:
            continue
        keyword = child.tag.keyword
        if keyword in _CLOSES or keyword in _BETWEEN:
            if not opened:
                yield _torn(child)
            elif keyword in _CLOSES:
                opened.pop()
        else:
            opened.append(child)
    yield from (_torn(child) for child in opened)


def _torn(child: Element) -> _Found:
    code = child.tag.code if child.tag else ""
    return "template/balance", child.line, {"statement": f"{{% {code} %}}"}


def _unsafe(link: Element, opaque: Opaque) -> Iterator[_Found]:
    words = WORD.findall(link.text)
    whole = len(words) == 1 and words[0] == link.text
    if whole and opaque.tags[words[0]].code in LINKS:
        return
    if not _SCHEMES.fullmatch(link.text):
        target = opaque.restore(link.text)
        yield "template/link", link.line, {"target": target}
