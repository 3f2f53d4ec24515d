"""Any declared encoding into UTF-8; what does not fit is refused with its place."""

import codecs

from dispatcher.model.problem import Place, Problem
from dispatcher.model.settings import SourceSettings


WINDOWS = "windows-1252"
HEAD = 4096  # bytes in which something but blanks stands, almost always


def as_utf8(content: bytes, source: SourceSettings) -> tuple[bytes | None, list[Problem]]:
    """The text as UTF-8 without its byte order mark, or why there is none.

    Never a string of the whole file: Python's may take four times its size.
    """
    problem = _fault(content, source)
    if problem:
        return None, [problem]
    utf8 = content
    if codecs.lookup(source.encoding).name != "utf-8":
        utf8 = content.decode(source.encoding).encode()
    utf8 = utf8.removeprefix(codecs.BOM_UTF8)
    if not utf8[:HEAD].decode(errors="ignore").strip() and not utf8.decode().strip():
        return None, [Problem(code="csv/empty-file", place=Place(file=str(source.file)))]
    at = utf8.find(b"\0")
    if at >= 0:
        fields = {"byte": str(len(utf8[:at].decode().encode(source.encoding)))}
        return None, [_at(source, "csv/nul", utf8.count(b"\n", 0, at) + 1, fields)]
    return utf8, []


def _fault(content: bytes, source: SourceSettings) -> Problem | None:
    try:
        declared = codecs.lookup(source.encoding).name
        content.decode(source.encoding)
    except LookupError:
        fields = {"encoding": source.encoding}
        return Problem(code="csv/unknown-encoding", place=source.place, fields=fields)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        fields = {
            "declared": source.encoding,
            "byte": str(error.start),
            "other": _likely(content),
        }
        return _at(source, "csv/encoding", line, fields)
    if declared in {"cp1252", "iso8859-1", "iso8859-15"}:
        return _really_utf8(content, source)
    return None


def _likely(content: bytes) -> str:
    """The encoding that these bytes look like."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    return "utf-8" if _is_utf8(content) else WINDOWS


def _really_utf8(content: bytes, source: SourceSettings) -> Problem | None:
    """Letters beyond ASCII that form valid UTF-8 are UTF-8: no text looks so by accident."""
    if content.isascii() or not _is_utf8(content):
        return None
    byte = next(n for n, value in enumerate(content) if value > 0x7F)  # noqa: PLR2004 - the end of ASCII
    fields = {"declared": source.encoding, "byte": str(byte), "other": "utf-8"}
    return _at(source, "csv/encoding", content.count(b"\n", 0, byte) + 1, fields)


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _at(source: SourceSettings, code: str, line: int, fields: dict[str, str]) -> Problem:
    return Problem(code=code, place=Place(file=str(source.file), line=line), fields=fields)
