"""HTML part, text part and letter say the same, whatever the values are."""

import json
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatcher.compose.contact import Data, contact_data
from dispatcher.compose.library import Library
from dispatcher.compose.render import NotRendered, render
from tests.compose.compose_world import (
    CREDITOR,
    CREDITS,
    DEBTOR,
    ITEMS,
    LISTED,
    TODAY,
    dues,
    loaded,
    shipped,
)
from tests.compose.compose_world import (
    EVERYTHING as EVERYTHING_SAID,
)


HOSTILE = (
    "[click](http://evil.example)",
    "<script>alert(1)</script>",
    "{{ 7*7 }}",
    "{% for x in y %}",
    "=?utf-8?q?a=0ABcc:_e?=",
    "a\r\nBcc: x@evil.example",
    "\u202egnp.exe",
    "**gras** _it_ `code`",
    "# titre",
    "- puce",
    "1. un",
    "&lt;b&gt; &amp; é",
    '"><img src=http://evil.example/x>',
    "a -->b<!-- c",
    "Qj0jQ",
    "\\\n",
    '"]],["p","x"',
    "</td></tr></table>",
    "Éloïse 😀 ﬁn",
    "\x00\x1b[31m",
    "```",
    "|a|b|",
)
texts = st.one_of(st.sampled_from(HOSTILE), st.text(min_size=1, max_size=30))
#: A value that says something is left after cleaning; templates ask `if` and would part ways.
words = texts.map(lambda text: f"x{text}x")

EVERYTHING = """---
subject: Rappel
---
# Pour *{{ debtor.name }}* **{{ reference }}**

> cité : {{ creditor.name }} [{{ debtor.reference }}](https://a.example/{{ reference }}?b=1&c)

---

1. un {{ debtor.name }}
2. deux {% if today %}oui & <b>{% else %}non{% endif %}

- puce
  sur deux lignes
- {% for item in claimed %}{{ item.number }} ; {% endfor %}

{% for item in listed %}
## {{ loop.index }} : {{ item.number|upper }}

{{ item.remark }}\\
{{ item.balance }}
{% endfor %}

{% if counts.claimed > 1 and not has.disputed %}
jamais
{% elif has.credits %}
{{ table("credits") }}
{% endif %}
{{ table("invoices") }}
{{ "littéral" if today else debtor.name }} {{ debtor.name ~ reference }} &eacute; {# rien #}

{% for line in debtor.address %}{{ line }}, {% endfor %}fin
"""


def _library() -> Library:
    return loaded({"fr/tout/body.md.j2": EVERYTHING})


Cases = list[tuple[Library, str]]

SHIPPED, TORTURE = shipped(), _library()
#: All shipped templates are one case, of which hypothesis picks: twenty-six take too long apiece.
CASES = {
    "shipped": [
        (SHIPPED, name) for name in sorted(SHIPPED.templates) if "email" in SHIPPED.channels(name)
    ],
    "torture": [(TORTURE, "tout")],
}


class _Reader(HTMLParser):
    """What a person reads of an HTML part, and its elements with their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.elements: list[tuple[str, tuple[tuple[str, str | None], ...]]] = []
        self._lists: list[int | None] = []
        self._links: list[tuple[str, int]] = []
        self._head = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, tuple(a for a in attrs if a[0] != "href")))
        self._head = tag == "head" or (self._head and tag != "body")
        self.said.append(" " if tag not in {"em", "strong", "a"} else "")
        if tag in {"ul", "ol"}:
            self._lists.append(0 if tag == "ol" else None)
        elif tag == "li":
            number = self._lists[-1]
            self._lists[-1] = None if number is None else number + 1
            self.said.append("- " if number is None else f"{number + 1}. ")
        elif tag == "hr":
            self.said.append(" --- ")
        elif tag == "a":
            self._links.append((str(dict(attrs)["href"]), len(self.said)))

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            href, at = self._links.pop()
            self.said.append(_shown(href, "".join(self.said[at:])))
        elif tag not in {"em", "strong"}:
            self.said.append(" ")
        if tag in {"ul", "ol"}:
            self._lists.pop()

    def handle_data(self, data: str) -> None:
        if not self._head:
            self.said.append(data)


def _shown(href: str, label: str) -> str:
    address = href.removeprefix("mailto:").removeprefix("tel:")
    return "" if address == label else f" ({address})"


def _read_html(html: str) -> _Reader:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader


def _read_tree(node: object, number: int | None = None) -> str:  # noqa: PLR0911 - one per kind
    if isinstance(node, str):
        return node
    assert isinstance(node, list)
    kind, *children = node
    if kind == "sides":
        return ""
    if kind == "rule":
        return " --- "
    if kind in {"ul", "ol"}:
        counted = enumerate(children, start=1)
        return "".join(_read_tree(c, n if kind == "ol" else 0) for n, c in counted) + " "
    if kind == "link":
        label = "".join(map(_read_tree, children[1:]))
        return label + _shown(str(children[0]), label)
    if kind in {"head", "row", "total"}:
        return " " + " ".join(map(_read_tree, children)) + " "
    inner = "".join(map(_read_tree, children))
    if kind == "li":
        bullet = f"{number}. " if number else "- "
        return f" {bullet}{inner} "
    return inner if kind in {"em", "strong"} else f" {inner} "


def _words(text: str) -> str:
    return " ".join(text.split())


@st.composite
def hostile_data(draw: st.DrawFn) -> Data:
    """The data of a full contact in which every free text is hostile."""
    creditor = replace(CREDITOR, name=draw(words), contact_name=draw(words), bic=draw(words))
    debtor = replace(
        DEBTOR,
        name=draw(words),
        reference=draw(words),
        contact_name=draw(words),
        address=(draw(words),),
    )
    return contact_data(
        creditor=creditor,
        debtor=debtor,
        to=debtor.email,
        claimed=[replace(item, number=draw(words)) for item in ITEMS],
        listed=[replace(item, number=draw(words)) for item in LISTED],
        credits=[replace(item, number=draw(words)) for item in CREDITS],
        today=TODAY,
        limit=TODAY,
        occasion=EVERYTHING_SAID,
        dues=dues(),
    )


def _plain_data() -> Data:
    return contact_data(
        creditor=CREDITOR,
        debtor=DEBTOR,
        to=DEBTOR.email,
        claimed=ITEMS,
        listed=LISTED,
        credits=CREDITS,
        today=TODAY,
        limit=TODAY,
        occasion=EVERYTHING_SAID,
        dues=dues(),
    )


@pytest.mark.parametrize("cases", CASES.values(), ids=CASES)
@settings(max_examples=100, deadline=None)
@given(data=hostile_data(), pick=st.integers(0, 99))
def test_every_part_says_the_same(cases: Cases, pick: int, data: Data) -> None:
    library, template = cases[pick % len(cases)]
    try:
        email = render(library, template, channel="email", tone="firm", lang="fr", data=data)
    except NotRendered as refused:
        # A subject that prints an encoded word is refused, which is the point of the next test.
        assert refused.problem.code == "template/unsafe-subject"  # noqa: PT017
        return
    letter = render(library, template, channel="letter", tone="firm", lang="fr", data=data)
    assert _words("".join(_read_html(email["html"]).said)) == _words(email["text"])
    assert _words(_read_tree(json.loads(letter["tree"]))) == _words(letter["text"])
    assert _words(email["text"]).startswith(_words(letter["text"]))


@pytest.mark.parametrize("cases", CASES.values(), ids=CASES)
@settings(max_examples=60, deadline=None)
@given(data=hostile_data(), pick=st.integers(0, 99))
def test_no_value_makes_an_element_or_an_attribute(cases: Cases, pick: int, data: Data) -> None:
    library, template = cases[pick % len(cases)]
    sheet = library.sheet(template, channel="email", tone="firm", lang="fr")
    assert sheet is not None
    extra = {"subject": "x", "lang": "fr"}
    hostile = _read_html(sheet.html.render({**data, **extra}))
    plain = _read_html(sheet.html.render({**_plain_data(), **extra}))
    assert hostile.elements == plain.elements


def test_values_are_shown_as_they_are() -> None:
    debtor = replace(DEBTOR, name="[click](http://evil.example) <b>&amp;</b> {{ 7*7 }} **x**")
    data = contact_data(creditor=CREDITOR, debtor=debtor, to="", claimed=ITEMS[:1], today=TODAY)
    email = render(SHIPPED, "courteous-reminder", channel="email", tone="x", lang="fr", data=data)
    assert debtor.name in email["text"]
    assert debtor.name in "".join(_read_html(email["html"]).said)
