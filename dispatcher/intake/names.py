"""Free texts and references as stored: normalised, one line, nothing invisible.

What a debtor wrote in his name may end in a header of a message. Control characters, marks that
turn the direction of a line and characters without width go; an encoded word is broken up.
`<script>`, `{{ 7*7 }}` and `=HYPERLINK(...)` are texts like any other.
"""

import polars as pl


BREAKS = r"[\p{Cc}\x{2028}\x{2029}]+"
INVISIBLE = r"\p{Cf}"
HIDDEN = r"[\p{Cc}\p{Cf}\x{2028}\x{2029}]"
ENCODED_WORD = r"=\?[^?]*\?[^?]*\?.*\?="
#: Anything but ASCII and whole French letters inside, a blank at an end, a beginning of a word
#: that may be encoded. A text without any of it is stored as it came.
ODD = r"[^ -~À-ÖØ-öø-ÿŒœ]|^ | $|=\?"


def cleaned(text: pl.Expr) -> pl.Expr:
    """NFC, breaks as spaces, invisible characters removed, encoded words broken up, trimmed."""
    # Where nothing is odd the costly steps see null, over which they pass.
    odd = pl.when(text.str.contains(ODD)).then(text)
    return pl.coalesce(_cleaned(odd), text)


def _cleaned(text: pl.Expr) -> pl.Expr:
    neat = text.str.normalize("NFC").str.replace_all(BREAKS, " ").str.replace_all(INVISIBLE, "")
    broken = pl.when(neat.str.contains(ENCODED_WORD)).then(
        neat.str.replace_all("=?", "= ?", literal=True)
    )
    return broken.otherwise(neat).str.strip_chars()


def hides(text: pl.Expr) -> pl.Expr:
    """Whether the text holds control or invisible characters."""
    return text.str.contains(HIDDEN)


def encodes(text: pl.Expr) -> pl.Expr:
    """Whether the text holds something that a mail reader would decode."""
    return text.str.contains(ENCODED_WORD)
