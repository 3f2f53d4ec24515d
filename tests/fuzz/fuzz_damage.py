"""What becomes of files, lines and requests on their way: seeds, damaged by hypothesis."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from hypothesis import strategies as st


#: Pieces that readers have stumbled over.
PIECES: Final = (
    b"",
    b"\x00",
    b"\xff",
    b"\xc3",
    b"\xed\xa0\x80",
    b"\xef\xbb\xbf",
    b"\xe2\x80\xae",
    b"\x1b[2J",
    b"\r",
    b"\r\n",
    b"\n",
    b"\n\n",
    b"\t",
    b" " * 40,
    b'"',
    b"'",
    b"\\",
    b"\\ud800",
    b"\\u0000",
    b"%00",
    b"%ff",
    b"../../etc/passwd",
    b"/etc/passwd",
    b"0",
    b"-1",
    b"1e999",
    b"NaN",
    b"Infinity",
    b"9" * 30,
    b"9" * 5_000,
    b"2147483648",
    b"9223372036854775808",
    b"0001-01-01",
    b"9999-12-31",
    b"0001-01-01T00:00:00+23:59",
    b"null",
    b"true",
    b"[]",
    b"{}",
    b"[" * 3_000,
    b'{"a":' * 2_000,
    b"(" * 500,
    b"{{",
    b"}}",
    b"{%",
    b"&a ",
    b"*a",
    b"!!python/name:os.system ",
    b"<<: ",
    b"- ",
    b": ",
    b"#",
    b"|",
    b"a" * 3_000,
    "é".encode() * 400,
)

_Kind = Callable[[bytes, int, int, bytes], bytes]


def _again(raw: bytes, at: int, length: int, _piece: bytes) -> bytes:
    return raw[:at] + raw[at : at + length] * (1 + length % 60) + raw[at + length :]


def _flipped(raw: bytes, at: int, length: int, _piece: bytes) -> bytes:
    return raw[:at] + bytes([(raw[at] if at < len(raw) else 0) ^ (1 << length % 8)]) + raw[at + 1 :]


#: How a file is spoilt: at a place, over a length, by a piece.
KINDS: Final[Mapping[str, _Kind]] = {
    "put": lambda raw, at, _length, piece: raw[:at] + piece + raw[at:],
    "instead": lambda raw, at, length, piece: raw[:at] + piece + raw[at + length :],
    "cut": lambda raw, at, length, _piece: raw[:at] + raw[at + length :],
    "torn": lambda raw, at, _length, _piece: raw[:at],
    "begun": lambda raw, at, _length, _piece: raw[at:],
    "again": _again,
    "flipped": _flipped,
    "swapped": lambda raw, at, length, _piece: (
        raw[:at] + raw[at + length : at + 2 * length] + raw[at : at + length]
        + raw[at + 2 * length :]
    ),
}  # fmt: skip

#: What is longer says nothing new and takes long.
LONGEST: Final = 200_000


def damaged(seeds: Sequence[bytes], words: Sequence[bytes] = ()) -> st.SearchStrategy[bytes]:
    """One of the seeds, spoilt in up to five places; `words` are the format's own."""
    pieces = st.one_of(
        st.sampled_from([*words, *PIECES]) if words else st.sampled_from(PIECES),
        st.binary(max_size=6),
    )
    deed = st.tuples(
        st.sampled_from(tuple(KINDS)), st.integers(0, 1_000_000), st.integers(0, 60), pieces
    )

    def spoilt(seed: bytes, deeds: list[tuple[str, int, int, bytes]]) -> bytes:
        raw = seed
        for kind, at, length, piece in deeds:
            raw = KINDS[kind](raw, at % (len(raw) + 1), length, piece)[:LONGEST]
        return raw

    return st.builds(spoilt, st.sampled_from(list(seeds)), st.lists(deed, min_size=1, max_size=5))
