"""One way to write each value of a condition: `30+`, `under 500`, `not broken`, `sme`."""

import re
from collections.abc import Mapping
from typing import Final

from dispatcher.nodes.spans import Kind, Piece


_N: Final = r"(-?[0-9]+(?:\.[0-9]+)?)"
_RANGE: Final = re.compile(rf"{_N}\+|under {_N}|{_N} to (?:under )?{_N}")
_NUMBER: Final = re.compile(_N)
_WORD: Final = re.compile(r"[a-z][a-z0-9_-]*( [a-z0-9_-]+)*")
_ONE_WORD: Final = re.compile(r"[A-Za-z0-9_.-]+")
#: Words that an editor may take for something else than text.
_TAKEN: Final = frozenset({"yes", "no", "true", "false", "on", "off", "null", "y", "n"})
_BOOLS: Final = {"true": "yes", "false": "no"}
_ZEROS: Final = 2


def spelled(piece: Piece) -> str | None:
    """The value's canonical spelling; None where it stays as it is written."""
    match piece.kind:
        case Kind.SCALAR:
            return _scalar(piece)
        case Kind.LIST:
            return _alone(piece)
        case Kind.MAP:
            return _in_words(piece)


def yes_or_no(piece: Piece) -> str | None:
    """`yes` for true, `no` for false; None for anything else."""
    return _BOOLS.get(piece.value) if piece.kind is Kind.SCALAR else None


def _scalar(piece: Piece) -> str | None:
    if piece.style in ("|", ">"):
        return None
    text = piece.value
    if _RANGE.fullmatch(text) or "." in text:
        text = _NUMBER.sub(lambda found: _number(found[1]), text) if _numeric(text) else text
    bare = not piece.style or _needs_no_quotes(text)
    return text if bare and (text != piece.value or piece.style) else None


def _numeric(text: str) -> bool:
    return bool(_RANGE.fullmatch(text) or _NUMBER.fullmatch(text))


def _needs_no_quotes(text: str) -> bool:
    words = bool(_WORD.fullmatch(text)) and text not in _TAKEN
    return words or bool(_RANGE.fullmatch(text))


def _number(text: str) -> str:
    """An amount without useless zeros: 1500.00 is 1500, 12.5 is 12.50; leading zeros go."""
    sign = "-" if text.startswith("-") else ""
    whole, dot, cents = text.lstrip("-").partition(".")
    whole = whole.lstrip("0") or "0"
    if not dot or not cents.strip("0"):
        return f"{sign}{whole}"
    return f"{sign}{whole}.{cents:0<{_ZEROS}}"


def _alone(piece: Piece) -> str | None:
    """`[sme]` is `sme`."""
    words = _words(piece)
    return words[0] if words is not None and len(words) == 1 else None


def _in_words(piece: Piece) -> str | None:
    """A canonical map in short words; `at_most` alone has none."""
    said = {key.value: value for key, value in piece.pairs}
    if set(said) == {"none_of"}:
        words = _words(said["none_of"])
        if words is None or not words:
            return None
        return f"not {words[0]}" if len(words) == 1 else f"neither {' nor '.join(words)}"
    bounds = {key: _bound(value) for key, value in said.items()}
    known = {key: bound for key, bound in bounds.items() if bound is not None}
    return _range(known) if len(known) == len(bounds) else None


def _range(bounds: Mapping[str, str]) -> str | None:
    forms = {
        ("at_least",): "{at_least}+",
        ("below",): "under {below}",
        ("at_least", "below"): "{at_least} to under {below}",
        ("at_least", "at_most"): "{at_least} to {at_most}",
    }
    form = forms.get(tuple(sorted(bounds)))  # the names of the bounds are in order of letters
    return None if form is None else form.format_map(bounds)


def _bound(piece: Piece) -> str | None:
    plain = piece.kind is Kind.SCALAR and _NUMBER.fullmatch(piece.value)
    return _number(piece.value) if plain else None


def _words(piece: Piece) -> list[str] | None:
    """The words of a list, if each can stand without quotation marks."""
    if piece.kind is not Kind.LIST:
        return None
    found = []
    for item in piece.items:
        if item.kind is not Kind.SCALAR or not _ONE_WORD.fullmatch(item.value):
            return None
        if item.style and item.value not in _TAKEN and not _WORD.fullmatch(item.value):
            return None
        found.append(_number(item.value) if _NUMBER.fullmatch(item.value) else item.value)
    return found
