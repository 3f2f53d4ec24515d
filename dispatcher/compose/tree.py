"""Markdown as a small tree of our own: blocks, inlines, and tags as leaves."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.tree import SyntaxTreeNode

from dispatcher.compose.tags import WORD, Opaque, Tag, TagKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One node. `text` of a leaf may hold words; `tag` is set for a statement or a table.

    Kinds: `p`, `h`, `ul`, `ol`, `li`, `quote`, `rule`, `em`, `strong`, `link`, `br`, `space`,
    `text`, `statement`, `table`.
    """

    kind: str
    children: tuple["Element", ...] = ()
    text: str = ""
    tag: Tag | None = None
    line: int = 0


@dataclass(slots=True)
class _Walk:
    opaque: Opaque
    line: int = field(default=0)


#: What a letter or an e-mail needs; no HTML, no images, no code, nothing from outside.
_RULES = (
    "blockquote", "emphasis", "entity", "escape", "heading", "hr", "link", "list", "newline",
    "paragraph", "tag", "text",
)  # fmt: skip
_CORE = ("normalize", "block", "inline", "text_join")

_KINDS = {
    "paragraph": "p",
    "heading": "h",
    "bullet_list": "ul",
    "ordered_list": "ol",
    "list_item": "li",
    "blockquote": "quote",
    "hr": "rule",
    "em": "em",
    "strong": "strong",
    "link": "link",
    "hardbreak": "br",
    "softbreak": "space",
}


def parse(opaque: Opaque) -> tuple[Element, ...]:
    """The blocks of a Markdown source whose tags are words."""
    parser = MarkdownIt("zero", {"html": False})
    parser.block.ruler.before("paragraph", "tag", _own_line, {"alt": ["paragraph", "list"]})
    parser.enable(list(_RULES))
    parser.core.ruler.enableOnly(list(_CORE))
    parser.inline.ruler2.enable(["balance_pairs", "fragments_join"], ignoreInvalid=True)
    # Words and values are already what they should be; a link's target is checked by us.
    parser.validateLink = _any_target  # type: ignore[method-assign]
    parser.normalizeLink = _as_it_is  # type: ignore[method-assign]
    root = SyntaxTreeNode(parser.parse(opaque.text, {"tags": opaque.tags}))
    return tuple(_blocks(root, _Walk(opaque=opaque)))


def _any_target(url: str) -> bool:  # noqa: ARG001 - the parser's signature
    return True


def _as_it_is(url: str) -> str:
    return url


def _own_line(state: StateBlock, start: int, _end: int, silent: bool) -> bool:
    """A line of statements or tables only is a block, and ends a paragraph."""
    line = state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]].strip()
    found = WORD.findall(line)
    if not found or WORD.sub("", line).strip():
        return False
    tags: dict[str, Tag] = state.env.get("tags", {})
    if any(tags[word].kind is TagKind.VALUE for word in found):
        return False
    if not silent:
        token = state.push("tag", "", 0)
        token.map = [start, start + 1]
        token.content = line
        state.line = start + 1
    return True


def _blocks(node: SyntaxTreeNode, walk: _Walk) -> Iterator[Element]:
    for child in node.children:
        walk.line = child.map[0] + 1 if child.map else walk.line
        if child.type == "tag":
            yield from _tags(child.content, walk)
        elif child.type == "inline":
            yield from _inlines(child, walk)
        else:
            children = tuple(_blocks(child, walk))
            yield Element(kind=_KINDS[child.type], children=children, line=walk.line)


def _tags(content: str, walk: _Walk) -> Iterator[Element]:
    for word in WORD.findall(content):
        tag = walk.opaque.tags[word]
        kind = "table" if tag.kind is TagKind.TABLE else "statement"
        yield Element(kind=kind, text=word, tag=tag, line=tag.line)


def _inlines(node: SyntaxTreeNode, walk: _Walk) -> Iterator[Element]:
    for child in node.children:
        if child.type == "text":
            yield from _text(child.content, walk)
        elif child.type == "link":
            href = str(child.attrGet("href") or "")
            children = tuple(_inlines(child, walk))
            yield Element(kind="link", text=href, children=children, line=walk.line)
        else:
            children = tuple(_inlines(child, walk))
            yield Element(kind=_KINDS[child.type], children=children, line=walk.line)


def _text(content: str, walk: _Walk) -> Iterator[Element]:
    """Text with its values, cut where a statement stands."""
    at = 0
    for found in WORD.finditer(content):
        tag = walk.opaque.tags[found.group()]
        if tag.kind is TagKind.VALUE:
            continue
        if found.start() > at:
            yield Element(kind="text", text=content[at : found.start()], line=walk.line)
        yield from _tags(found.group(), walk)
        at = found.end()
    if content[at:]:
        yield Element(kind="text", text=content[at:], line=walk.line)
