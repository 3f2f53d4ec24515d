"""What is new in a reply: its own words, without what it quotes and without a signature."""

import html
import re
from collections.abc import Iterator
from typing import Final

from dispatcher.returns.parts import Part


KEPT: Final = 1_000  # characters of the new text
LINES: Final = 20

#: From here on everything is older.
_BEFORE: Final = re.compile(
    r"-{2,}\s*(original message|message d'origine|message transf|forwarded message|"
    r"message original|e-mail d'origine)|_{20,}|"
    r"(de|from)\s*:\s.*@|(de|from)\s*:\s*\S.*$",
    re.IGNORECASE,
)
_SENT: Final = re.compile(r"(envoyé|sent|date)\s*:", re.IGNORECASE)

#: Who wrote what is quoted below.
_WROTE: Final = re.compile(r"(le|on)\b.{0,300}\b(a écrit|wrote)\s*:\s*$", re.IGNORECASE)
_BEGINS: Final = re.compile(r"(le|on)\s.{0,200}\d", re.IGNORECASE)

#: A signature, or what a telephone adds.
_SIGNED: Final = re.compile(
    r"--\s?$|(envoyé (de|depuis) mon|sent from my|obtenir outlook|get outlook)\b", re.IGNORECASE
)

_QUOTED_HTML: Final = re.compile(
    r"<blockquote|class=[\"']?gmail_quote|id=[\"']?(appendonsend|divRplyFwdMsg)|"
    r"class=[\"']?moz-cite-prefix",
    re.IGNORECASE,
)
_UNSEEN: Final = re.compile(r"<(style|script|head|title)\b[^<>]*>", re.IGNORECASE)
_BREAK: Final = re.compile(r"<(br|/p|/div|/tr|/li|/h\d)\b[^<>]*>", re.IGNORECASE)
#: A character by its number, with more digits than Python makes a number of.
_ENDLESS: Final = re.compile(r"&#x?[0-9A-Fa-f]{20,};?", re.IGNORECASE)
_TAG: Final = re.compile(r"<[^<>]*>")


def new_text(mail: Part) -> str:
    """The first lines of what the writer himself wrote; empty where there is no text."""
    return _shortened(_own_lines(whole_text(mail)))


def whole_text(mail: Part) -> str:
    """The text of a mail: the plain one, else that of its HTML without quotations."""
    for part in mail.walk():
        if part.kind == "text/plain" and not part.parts and not _is_file(part):
            text = part.text()
            if text.strip():
                return text
    for part in mail.walk():
        if part.kind == "text/html" and not _is_file(part):
            return _from_html(part.text())
    return ""


def _is_file(part: Part) -> bool:
    return part.headers.first("content-disposition").lower().startswith("attachment")


def _from_html(text: str) -> str:
    quoted = _QUOTED_HTML.search(text)
    if quoted is not None:
        text = text[: text.rfind("<", 0, quoted.start() + 1)]
    seen = _without_unseen(text)
    words = _TAG.sub("", _BREAK.sub("\n", seen))
    return html.unescape(_ENDLESS.sub("", words))


def _without_unseen(text: str) -> str:
    """Without styles and scripts, in one pass."""
    kept, at = list[str](), 0
    while (found := _UNSEEN.search(text, at)) is not None:
        kept.append(text[at : found.start()])
        end = re.compile(f"</{found[1]}", re.IGNORECASE).search(text, found.end())
        if end is None:
            return "".join(kept)
        at = end.start()
    return "".join([*kept, text[at:]])


def _own_lines(text: str) -> Iterator[str]:
    lines = [line.strip() for line in text.splitlines()]
    for number, line in enumerate(lines):
        following = lines[number + 1 : number + 4]
        if _is_before(line, following) or _SIGNED.match(line):
            return
        if line.startswith(">") or _introduces(line, following):
            continue
        if number and _introduces(lines[number - 1], [line]) and _ends_so(line):
            continue
        yield line


def _is_before(line: str, following: list[str]) -> bool:
    found = _BEFORE.match(line)
    if found is None:
        return False
    names = line[:5].lower().replace(" ", "")
    told = names.startswith(("de:", "from:"))
    return not told or any(_SENT.match(each) for each in following)


def _introduces(line: str, following: list[str]) -> bool:
    """Whether a line says who wrote what follows; mail programs break it in two."""
    if _WROTE.match(line):
        return True
    return bool(
        _BEGINS.match(line) and following and _ends_so(following[0]) and len(following[0]) <= 200  # noqa: PLR2004 - a broken line
    )


def _ends_so(line: str) -> bool:
    return line.lower().endswith(("a écrit :", "a écrit:", "a écrit\xa0:", "wrote:"))


def _shortened(lines: Iterator[str]) -> str:
    told = list[str]()
    for line in lines:
        clean = "".join(sign if sign.isprintable() else " " for sign in line).strip()
        if clean:
            told.append(clean)
        if len(told) == LINES:
            break
    return "\n".join(told)[:KEPT]
