"""A debtor made of words that stand nowhere else, and where such words are looked for."""

import gzip
import io
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import polars as pl


REFERENCE = "CANARI-REF-71"
NUMBER = "CANFA-71"

#: Everything personal of him, as it stands in the export or is said by people.
CANARIES = (
    "Zyxwv Canaribois",
    "canari-71@zyxwv.example",
    "71 impasse du Canari",
    "VILLE-CANARI",
    "06 71 71 71 71",
    "+33671717171",
    "canari-note-71",
    "canari-call-71",
)

#: One debtor with an overdue invoice, in the columns of the sample export.
ROWS = "".join(
    ";".join(
        (
            *(REFERENCE, f"{CANARIES[0]} SARL", "Entreprise", "ETI", CANARIES[1], CANARIES[4]),
            *(CANARIES[2], "75011", CANARIES[3], f"{NUMBER}{more}", issued, due, amount, amount),
            *(CANARIES[4], "", "", "", "", ""),
        )
    )
    + "\n"
    for more, issued, due, amount in (
        ("", "13/10/2026", "12/11/2026", "1855,94"),
        ("-B", "13/09/2026", "12/10/2026", "985,10"),
    )
)


def contents(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Every file under a folder as it is, and what is packed in it unpacked."""
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        content = path.read_bytes()
        yield path, content
        if path.suffix == ".gz":
            yield path, gzip.decompress(content)
        if path.suffix == ".parquet":
            yield path, pl.read_parquet(io.BytesIO(content)).write_csv().encode()
        if b"%PDF" in content[:8]:
            yield path, b"".join(_streams(content))


def found_in(folder: Path, words: Iterable[str]) -> list[tuple[str, str]]:
    """Which words stand in which files, in UTF-8, UTF-16 or Latin-1."""
    wanted = [
        (word, {word.encode(code) for code in ("utf-8", "utf-16-le", "latin-1")}) for word in words
    ]
    return sorted(
        {
            (path.relative_to(folder).as_posix(), word)
            for path, content in contents(folder)
            for word, forms in wanted
            if any(form in content for form in forms)
        }
    )


def _streams(content: bytes) -> Iterator[bytes]:
    for part in content.split(b"stream\n")[1:]:
        try:
            yield zlib.decompress(part.partition(b"\nendstream")[0])
        except zlib.error:
            continue
