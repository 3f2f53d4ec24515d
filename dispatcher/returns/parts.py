"""A mail that anybody may have written, taken apart in bounded time: never an error, never a hang.

The standard library's parser follows any depth and makes an object of every blank line of a
delivery status; here depth, parts, headers and texts have their limits, and what passes them is
left out.
"""

import binascii
import quopri
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.errors import HeaderParseError
from email.header import decode_header
from typing import Final


DEPTH: Final = 10
PARTS: Final = 100  # of one multipart
HEADERS: Final = 65_536  # bytes of a header block
LINES: Final = 500  # headers of a block
VALUE: Final = 4_000  # characters of a header
BLOCKS: Final = 200  # of a delivery status: one per recipient
TEXT: Final = 200_000  # bytes of a text

_END_OF_HEADERS: Final = re.compile(rb"\r?\n\r?\n")
_FOLD: Final = re.compile(r"\r?\n[ \t]+")
_HEADER: Final = re.compile(r"([!-9;-~]{1,100})[ \t]*:[ \t]?(.*)")
_KIND: Final = re.compile(r"\s*([A-Za-z0-9.+-]+/[A-Za-z0-9.+-]+)")
_PARAMETER: Final = re.compile(r';\s*([A-Za-z0-9*-]+)\s*=\s*(?:"([^"]*)"|([^\s;]+))')

#: Encodings that mails are written in; others of Python's compute, or take the square of the time.
_CHARSET: Final = re.compile(
    r"utf-?8|us-ascii|ascii|latin-?1|iso-?8859-\d{1,2}|(windows-|cp)\d{3,4}|koi8-[ru]|"
    r"gb2312|gbk|gb18030|big5|euc-\w{2}|iso-2022-\w{2}|shift_jis|macintosh|utf-16(le|be)?"
)


@dataclass(frozen=True, slots=True)
class Headers:
    """The headers of a block in order, names in lower case, values unfolded and not decoded."""

    pairs: tuple[tuple[str, str], ...] = ()

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of that name."""
        return tuple(value for key, value in self.pairs if key == name)

    def first(self, name: str) -> str:
        """Its first value, empty where there is none."""
        return next((value for key, value in self.pairs if key == name), "")

    def has(self, name: str) -> bool:
        """Whether there is one of that name."""
        return any(key == name for key, _ in self.pairs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a mail, or the whole: its headers, kind, content and inner parts."""

    headers: Headers = Headers()
    kind: str = "text/plain"
    parameters: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    parts: tuple["Part", ...] = ()

    def walk(self) -> Iterator["Part"]:
        """This part and all below it, in order."""
        yield self
        for part in self.parts:
            yield from part.walk()

    def text(self) -> str:
        """The content as text, decoded as well as can be; at most 200,000 bytes of it."""
        return _in_letters(_decoded(self), self.parameters.get("charset", "utf-8"))

    def blocks(self) -> tuple[Headers, ...]:
        """The content as blocks of headers, as in a delivery status."""
        found = re.split(rb"\r?\n(?:[ \t]*\r?\n)+", _decoded(self).strip(), maxsplit=BLOCKS)
        return tuple(_headers(block) for block in found[:BLOCKS])


def read_mail(raw: bytes) -> Part:
    """The mail in parts; anything can be read, and what is not a mail is one text."""
    return _part(raw, DEPTH)


def words(value: str) -> str:
    """A header's value with its encoded words read, as one printable line."""
    cut = value[:VALUE]
    try:
        pieces = decode_header(cut)
    except (HeaderParseError, ValueError, binascii.Error):
        pieces = [(cut, None)]
    told = "".join(
        piece if isinstance(piece, str) else _in_letters(piece, charset or "utf-8")
        for piece, charset in pieces
    )
    return " ".join("".join(sign if sign.isprintable() else " " for sign in told).split())


def _part(raw: bytes, depth: int) -> Part:
    end = _END_OF_HEADERS.search(raw, 0, HEADERS)
    if raw[:2] in {b"\r\n", b"\n"} or raw[:1] == b"\n":
        block, body = b"", raw.lstrip(b"\r\n")
    elif end is None:
        block, body = raw[:HEADERS], b""
    else:
        block, body = raw[: end.start()], raw[end.end() :]
    headers = _headers(block)
    kind, parameters = _kind(headers.first("content-type"))
    return Part(
        headers=headers,
        kind=kind,
        parameters=parameters,
        body=body,
        parts=_below(kind, parameters, body, depth),
    )


def _below(kind: str, parameters: Mapping[str, str], body: bytes, depth: int) -> tuple[Part, ...]:
    if depth == 0:
        return ()
    if kind in {"message/rfc822", "message/global"}:
        return (_part(body.lstrip(b"\r\n"), depth - 1),)
    if kind in {"text/rfc822-headers", "message/global-headers"}:
        return (Part(headers=_headers(body.strip()[:HEADERS])),)
    boundary = parameters.get("boundary", "")
    if not kind.startswith("multipart/") or not boundary:
        return ()
    return tuple(_part(piece, depth - 1) for piece in _pieces(body, boundary))


def _pieces(body: bytes, boundary: str) -> Iterator[bytes]:
    """What stands between the lines of a boundary; the end may be missing."""
    sign = re.escape(boundary.encode("utf-8", "replace"))
    line = re.compile(rb"(?:^|\n)--" + sign + rb"(--)?[ \t]*\r?(?=\n|\Z)")
    start, count = None, 0
    for found in line.finditer(body):
        if start is not None:
            yield body[start : found.start()].removesuffix(b"\r")
            count += 1
        start = None if found[1] else found.end() + 1
        if start is None or count == PARTS:
            return
    if start is not None:
        yield body[start:]


def _headers(block: bytes) -> Headers:
    text = _in_letters(block[:HEADERS], "utf-8")
    lines = _FOLD.sub(" ", text).splitlines()[:LINES]
    found = (_HEADER.match(line) for line in lines)
    return Headers(
        tuple((each[1].lower(), each[2].strip()[:VALUE]) for each in found if each is not None)
    )


def _kind(value: str) -> tuple[str, Mapping[str, str]]:
    found = _KIND.match(value)
    if found is None:
        return "text/plain", {}
    told = {name.lower(): quoted or bare for name, quoted, bare in _PARAMETER.findall(value)}
    return found[1].lower(), told


def _decoded(part: Part) -> bytes:
    coding = part.headers.first("content-transfer-encoding").strip().lower()
    body = part.body[: 2 * TEXT]
    if coding == "base64":
        return _from_base64(body)[:TEXT]
    if coding == "quoted-printable":
        return quopri.decodestring(body)[:TEXT]
    return body[:TEXT]


def _from_base64(body: bytes) -> bytes:
    letters = re.sub(rb"[^A-Za-z0-9+/]", b"", body)
    whole = letters[: len(letters) // 4 * 4]
    try:
        return binascii.a2b_base64(whole)
    except binascii.Error:
        return b""


def _in_letters(content: bytes, charset: str) -> str:
    name = charset.strip().strip("'\"").lower()
    if _CHARSET.fullmatch(name) is None:
        name = "utf-8"
    try:
        return content.decode(name)
    except (UnicodeError, LookupError):
        return content.decode("utf-8" if name == "us-ascii" else "latin-1", "replace")
