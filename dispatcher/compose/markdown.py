"""A Markdown template, compiled once into three Jinja templates: HTML, plain text, JSON tree.

Values go in when the results are rendered, so no value ever passes a Markdown parser: a debtor
named `[click](http://...)` stays a name. Tables are drawn here too, one way per channel.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from html import escape
from json import dumps

from dispatcher.compose.environment import text_environment
from dispatcher.compose.tables import TABLES, TOTAL, Table
from dispatcher.compose.tags import Opaque, TagKind, hide_tags, table_name
from dispatcher.compose.tree import Element, parse


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """Three Jinja sources that say the same.

    `html` is a fragment in which statements stand in comments, where an HTML parser leaves them
    alone; `layout.lay_out` makes a page of it. `tree` renders to JSON in which a node is an array,
    its kind first and its children after it: `["doc", ["p", "Bonjour ", ["strong", "vous"]]]`.
    """

    html: str
    text: str
    tree: str


def compile_markdown(source: str, *, lang: str) -> Compiled:
    """Compile a checked source; tables take their headings from `lang`."""
    opaque = hide_tags(_SPACING.get(lang, str)(source), text_environment())
    blocks = parse(opaque)
    text = "".join(_text(block, lang, opaque) for block in blocks)
    tree = "".join(_tree(block, lang) for block in blocks)
    return Compiled(
        html=opaque.restore("".join(_html(block, lang) for block in blocks)),
        text=opaque.restore(text),
        tree=opaque.restore(f'["doc"{tree}]'),
    )


def _french(source: str) -> str:
    """No line begins with a sign that French sets after a space; apostrophes are curved."""
    return _APOSTROPHE.sub("’", _AFTER.sub("«\u00a0", _BEFORE.sub("\u00a0", source)))


_BEFORE = re.compile(r" (?=[:;!?»](?:\s|$))", re.MULTILINE)
_AFTER = re.compile("« ")
_APOSTROPHE = re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_]|\{\{)")
_SPACING: Mapping[str, Callable[[str], str]] = {"fr": _french}


# -- HTML ---------------------------------------------------------------------------------------

_HTML = {
    "p": ("<p>", "</p>\n"),
    "h": ("<h2>", "</h2>\n"),
    "ul": ("<ul>\n", "</ul>\n"),
    "ol": ("<ol>\n", "</ol>\n"),
    "li": ("<li>", "</li>\n"),
    "quote": ("<blockquote>\n", "</blockquote>\n"),
    "em": ("<em>", "</em>"),
    "strong": ("<strong>", "</strong>"),
    "rule": ("<hr>\n", ""),
    "br": ("<br>\n", ""),
    "space": ("\n", ""),
}


def _html(element: Element, lang: str) -> str:
    match element.kind:
        case "text":
            return escape(element.text, quote=False)
        case "statement":
            return f"<!--{element.text}-->"
        case "table":
            return _html_table(element, lang)
        case "link":
            inner = "".join(_html(child, lang) for child in element.children)
            return f'<a href="{escape(element.text)}">{inner}</a>'
    before, after = _HTML[element.kind]
    inner = "".join(_html(child, lang) for child in _tight(element))
    return f"{before}{inner}{after}"


def _html_table(element: Element, lang: str) -> str:
    table = _table(element)
    head = "".join(
        f'<th class="{c.classes}">{escape(c.heading.say(lang, {}))}</th>' for c in table.columns
    )
    # A narrow screen shows each row as a list, the heading beside its cell.
    row = "".join(
        f'<td class="{c.classes}" data-label="{escape(c.heading.say(lang, {}))}">'
        f"{{{{ row.{c.key} }}}}</td>"
        for c in table.columns
    )
    foot = ""
    if table.total:
        words = escape(TOTAL.say(lang, {}))
        # Cells of their own under spare columns, so that the amount stays under its column.
        spare = [column for column in table.columns if column.spare]
        span = len(table.columns) - 1 - len(spare)
        empty = "".join(f'<td class="{column.classes}"></td>' for column in spare)
        foot = (
            f'<tr class="total"><td colspan="{span}">{words}</td>{empty}'
            f'<td class="right">{{{{ {table.total} }}}}</td></tr>\n'
        )
    return (
        f'<table class="rows" role="table">\n<thead><tr>{head}</tr></thead>\n<tbody>\n'
        f"<!--{{% for row in {table.rows} %}}--><tr>{row}</tr>\n<!--{{% endfor %}}-->{foot}"
        "</tbody>\n</table>\n"
    )


# -- plain text ---------------------------------------------------------------------------------


_TEXT = {
    "p": ("", "\n\n"),
    "h": ("", "\n\n"),
    "rule": ("---", "\n\n"),
    "br": ("\n", ""),
    "space": (" ", ""),
}


def _text(element: Element, lang: str, opaque: Opaque) -> str:
    match element.kind:
        case "text" | "statement":
            return element.text
        case "table":
            return _text_table(element, lang) + "\n\n"
        case "ul" | "ol":
            return _text_list(element, lang, opaque) + "\n"
    inner = "".join(_text(child, lang, opaque) for child in _tight(element))
    if element.kind == "link":
        return _text_link(inner, _address(element.text), opaque)
    before, after = _TEXT.get(element.kind, ("", ""))
    return f"{before}{inner}{after}"


def _text_link(inner: str, address: str, opaque: Opaque) -> str:
    # Compared with their tags restored: the same value written twice is two words.
    same = opaque.restore(inner) == opaque.restore(address)
    return inner if same else f"{inner} ({address})"


def _text_list(element: Element, lang: str, opaque: Opaque) -> str:
    lines = []
    for number, child in enumerate(element.children, start=1):
        bullet = f"{number}. " if element.kind == "ol" else "- "
        lines.append(f"{bullet}{_text(child, lang, opaque).rstrip()}\n")
    return "".join(lines)


def _text_table(element: Element, lang: str) -> str:
    table = _table(element)
    total = f", {table.total}" if table.total else ""
    return f'{{{{ text_table("{_name(element)}", "{lang}", {table.rows}{total}) }}}}'


def _address(target: str) -> str:
    """What a reader copies: an address without `mailto:` or `tel:`."""
    return target.removeprefix("mailto:").removeprefix("tel:")


# -- JSON tree ----------------------------------------------------------------------------------


def _tree(element: Element, lang: str) -> str:
    """One child of an array, with the comma before it, so that loops need none."""
    match element.kind:
        case "text":
            return f",{_quoted(element.text)}"
        case "space":
            return ',"\\n"'
        case "statement":
            return element.text
        case "table":
            return _tree_table(element, lang)
    inner = "".join(_tree(child, lang) for child in _tight(element))
    if element.kind == "link":
        inner = f",{_quoted(element.text)}{inner}"
    return f',["{element.kind}"{inner}]'


def _tree_table(element: Element, lang: str) -> str:
    table = _table(element)
    head = "".join(f",{_quoted(c.heading.say(lang, {}))}" for c in table.columns)
    sides = "".join(f',"{c.side}"' for c in table.columns)
    cells = "".join(f',"{{{{ row.{c.key} }}}}"' for c in table.columns)
    rows = f'{{% for row in {table.rows} %}},["row"{cells}]{{% endfor %}}'
    foot = ""
    if table.total:
        words = _quoted(TOTAL.say(lang, {}))
        foot = f',["total",{words},"{{{{ {table.total} }}}}"]'
    return f',["table",["sides"{sides}],["head"{head}]{rows}{foot}]'


def _quoted(text: str) -> str:
    return dumps(text, ensure_ascii=False)


# -- shared -------------------------------------------------------------------------------------


def _tight(element: Element) -> Iterable[Element]:
    """The children; a list item with one paragraph holds its words directly."""
    children = element.children
    if element.kind == "li" and len(children) == 1 and children[0].kind == "p":
        return children[0].children
    return children


def _name(element: Element) -> str:
    assert element.tag is not None  # noqa: S101 - the parser sets it
    assert element.tag.kind is TagKind.TABLE  # noqa: S101
    return table_name(element.tag)


def _table(element: Element) -> Table:
    return TABLES[_name(element)]
