"""What a mail server's reply means: rows of `email_errors.yaml`, read when the first is needed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from dispatcher.ports import NotAccepted, Outcome, Rejected


#: Where in the conversation a reply came.
Phase = Literal["connect", "auth", "mail", "rcpt", "data", "content"]

#: What is kept of a reply's text, in characters.
EVIDENCE = 500

_ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_HINT = re.compile(r"\b(\d{1,5})\s*(seconds?|secs?|minutes?|mins?|hours?)\b", re.IGNORECASE)
_SECONDS = {"s": 1, "m": 60, "h": 3600}
_PROVEN = range(400, 600)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of the table: which refusals it fits and what they mean."""

    phases: frozenset[str]
    code: re.Pattern[str]
    enhanced: re.Pattern[str]
    outcome: str
    scope: Literal["recipient", "message", "configuration"] = "recipient"
    schedule: str = "standard"

    def fits(self, phase: str, code: str, enhanced: str) -> bool:
        return (
            phase in self.phases
            and self.code.fullmatch(code) is not None
            and self.enhanced.fullmatch(enhanced) is not None
        )


def meaning(phase: Phase, code: int, text: str) -> Outcome | None:
    """The outcome of a refusal; None when the reply proves nothing (garbage, no 4xx or 5xx)."""
    if code not in _PROVEN:
        return None
    enhanced = enhanced_code(code, text)
    words = f"{code} {plain(text)}"
    name = f"smtp/{enhanced or code}"
    row = next((row for row in _rows() if row.fits(phase, str(code), enhanced)), None)
    if row is None or row.outcome == "not_accepted":
        schedule = "standard" if row is None else row.schedule
        return NotAccepted(
            code=name, evidence=words, retry_after=asked_delay(text), schedule=schedule
        )
    return Rejected(code=name, evidence=words, scope=row.scope)


def enhanced_code(code: int, text: str) -> str:
    """The enhanced status code that begins a reply and agrees with its first digit, or nothing."""
    found = _ENHANCED.match(text.lstrip())
    if found is None or found[1] != str(code)[0]:
        return ""
    return found[0]


def asked_delay(text: str) -> int | None:
    """The delay that the words of a reply ask for, in seconds."""
    found = _HINT.search(text)
    return None if found is None else int(found[1]) * _SECONDS[found[2][0].lower()]


def plain(text: str) -> str:
    """A reply's text as one printable line, shortened."""
    line = " ".join(text.split())
    printable = "".join(c if c.isprintable() else "?" for c in line)
    return printable[:EVIDENCE].encode("utf-8", "replace").decode()


@cache
def _rows() -> tuple[Row, ...]:
    import yaml  # noqa: PLC0415 - only a refusal needs it

    text = files("channels").joinpath("email_errors.yaml").read_text(encoding="utf-8")
    return tuple(_row(row) for row in yaml.safe_load(text)["rows"])


def _row(row: Mapping[str, str | list[str]]) -> Row:
    phases = row["phase"]
    rest = {name: value for name, value in row.items() if name in ("scope", "schedule")}
    return Row(
        phases=frozenset([phases] if isinstance(phases, str) else phases),
        code=_pattern(str(row.get("code", "xxx")), "x", r"\d"),
        enhanced=_pattern(str(row["enhanced"]), "*", r"\d+")
        if "enhanced" in row
        else re.compile(".*"),
        outcome=str(row["outcome"]),
        **rest,  # type: ignore[arg-type]  # words, pinned by a test over the whole table
    )


def _pattern(written: str, sign: str, stands_for: str) -> re.Pattern[str]:
    return re.compile(stands_for.join(re.escape(part) for part in written.split(sign)))
