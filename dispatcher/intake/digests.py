"""What a row says as one text, and its digest: equal rows, changed rows.

The text is a sequence of netstrings (`5:12,50`) in the order of the targets' names, behind a
header of those names and the declared formats, so no two rows read as the same text by chance and
a changed mapping changes every digest. The digest is BLAKE2b, 128 bits, in hex: the same on every
run, machine and version of our libraries (Polars' own row hash is not). Callers leave `as_of` out:
a new day alone is no news.
"""

from collections.abc import Iterable
from hashlib import blake2b
from typing import Final

import polars as pl

from dispatcher.model.settings import SourceSettings


DIGEST_BYTES: Final = 16
LOT: Final = 50_000  # texts that are Python objects at one time


def content(targets: Iterable[str]) -> pl.Expr:
    """The mapped values of a row as one unambiguous text."""
    parts: list[pl.Expr] = []
    for name in sorted(targets):
        mark = pl.lit(",") if parts else pl.lit("")
        length = pl.col(name).str.len_bytes().cast(pl.String)
        parts += [mark, length, pl.lit(":"), pl.col(name)]
    return pl.concat_str(parts) if parts else pl.lit("")


def digests(texts: pl.Series, targets: Iterable[str], source: SourceSettings) -> pl.Series:
    """The digest of each text; equal texts of equally read sources have equal digests."""
    named = ",".join(sorted(targets))
    header = f"{named}|{source.decimal}|{source.thousands}|{source.dates}|".encode()
    start = blake2b(header, digest_size=DIGEST_BYTES).digest()
    lots = (texts.slice(at, LOT).cast(pl.Binary) for at in range(0, max(1, texts.len()), LOT))
    return pl.concat([_hexes(lot, start) for lot in lots])


def _hexes(lot: pl.Series, start: bytes) -> pl.Series:
    hexes = [
        blake2b(text, digest_size=DIGEST_BYTES, key=start).hexdigest() for text in lot.to_list()
    ]
    return pl.Series("digest", hexes, dtype=pl.String)
