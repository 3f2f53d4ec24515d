"""What the status of a bounce means: the rows of `statuses.yaml`, read when the first is needed."""

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal


#: Said of a failure that gives no reason.
UNSAID: Final = "5.0.0"

_ENHANCED: Final = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What is at fault, for how many days (None: for good), after how many such bounces."""

    scope: Literal["recipient", "message", "configuration"]
    expires: int | None = None
    after: int = 1


def meaning(status: str) -> Meaning:
    """The meaning of an enhanced status code."""
    return next(told for pattern, told in _table()[0] if pattern.fullmatch(status or UNSAID))


def status_in(text: str) -> str:
    """The most telling enhanced status of a text: not `5.0.0` if there is another."""
    found = [each[0] for each in _ENHANCED.finditer(text)]
    return next((code for code in found if not code.endswith(".0.0")), next(iter(found), ""))


def status_of_words(text: str) -> str:
    """The status that a machine's words mean where they write none; empty: they do not say."""
    told = text.lower()
    return next((status for status, words in _table()[1] if any(w in told for w in words)), "")


@cache
def _table() -> tuple[
    tuple[tuple[re.Pattern[str], Meaning], ...], tuple[tuple[str, tuple[str, ...]], ...]
]:
    import yaml  # noqa: PLC0415 - only a bounce needs it

    text = files("dispatcher.returns").joinpath("statuses.yaml").read_text(encoding="utf-8")
    written: dict[str, Any] = yaml.safe_load(text)
    rows = tuple((_pattern(row["status"]), _meaning(row)) for row in written["statuses"])
    return rows, tuple((row["status"], tuple(row["of"])) for row in written["words"])


def _pattern(status: str) -> re.Pattern[str]:
    return re.compile(r"\d+".join(re.escape(piece) for piece in status.split("*")))


def _meaning(row: dict[str, Any]) -> Meaning:
    return Meaning(scope=row["scope"], expires=row.get("expires"), after=row.get("after", 1))
