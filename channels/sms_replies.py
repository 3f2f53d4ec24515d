"""What the provider's answer means: rows of `sms_errors.yaml`, read when the first is needed."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import cache
from importlib.resources import files
from typing import Literal

from dispatcher.ports import Accepted, NotAccepted, Outcome, Rejected, Unknown


_SID = re.compile(r"(SM|MM)[0-9a-fA-F]{32}")
_WORD = re.compile(r"[a-z_]{1,30}")

#: States of a message that was created and will not leave; the provider says so only later.
_ENDED = ("failed", "undelivered", "canceled")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of the table: what a code means, what to do, and who says so."""

    outcome: Literal["not_accepted", "rejected", "unknown"]
    do: str
    source: str
    scope: Literal["recipient", "message", "configuration"] = "recipient"
    schedule: str = "standard"
    days: int | None = None


def meaning(status: int, headers: Mapping[str, str], text: str) -> Outcome:
    """The outcome of an answer.

    Only a refusal (4xx) proves that nothing was taken. The provider's own words are not kept:
    they may repeat the number.
    """
    said = _object(text)
    if status // 100 == 2:  # noqa: PLR2004 - RFC 9110: successful
        return _taken(status, said)
    code = str(said.get("code", ""))
    row = _row(status, code)
    name = f"sms/{code if code in table('codes') else status}"
    words = f"{status} {code if code.isdecimal() else ''}".strip() + f": {row.do}"
    if row.outcome == "unknown":
        return Unknown(stage="answer", evidence=words)
    if row.outcome == "rejected":
        return Rejected(code=name, evidence=words, scope=row.scope)
    return NotAccepted(
        code=name, evidence=words, retry_after=asked_delay(headers), schedule=row.schedule
    )


def asked_delay(headers: Mapping[str, str]) -> int | None:
    """The delay of a Retry-After, in seconds; a date counts from the answer's own."""
    asked = headers.get("Retry-After", "").strip()
    if asked.isascii() and asked.isdecimal():
        return int(asked[:9])
    until, now = _date(asked), _date(headers.get("Date", ""))
    if until is None or now is None:
        return None
    return max(0, round((until - now).total_seconds()))


def _taken(status: int, said: Mapping[str, object]) -> Outcome:
    sid, state = str(said.get("sid", "")), str(said.get("status", ""))
    if _SID.fullmatch(sid) is None or _WORD.fullmatch(state) is None:
        return Unknown(stage="answer", evidence=f"{status} without a message")
    if state in _ENDED:
        return Unknown(stage="answer", evidence=f"{status} {state} {sid}")
    parts = str(said.get("num_segments", ""))
    counted = f", segments: {parts}" if parts.isdecimal() else ""
    return Accepted(provider_id=sid, receipt=f"{status} {state}{counted}")


def _row(status: int, code: str) -> Row:
    """The row of a code if a refusal bears it; else of the status, else of its class."""
    statuses = table("statuses")
    by_status = statuses.get(str(status)) or statuses.get(f"{status // 100}xx") or statuses["xxx"]
    return table("codes").get(code, by_status) if status // 100 == 4 else by_status  # noqa: PLR2004


def _object(text: str) -> Mapping[str, object]:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _date(written: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(written)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo is not None else None


@cache
def table(name: Literal["codes", "statuses", "reported"]) -> Mapping[str, Row]:
    """One of the three tables of `sms_errors.yaml`, by code or status."""
    import yaml  # noqa: PLC0415 - only a refusal needs it

    text = files("channels").joinpath("sms_errors.yaml").read_text(encoding="utf-8")
    rows: Mapping[str | int, Mapping[str, str]] = yaml.safe_load(text)[name]
    return {str(key): Row(**row) for key, row in rows.items()}  # type: ignore[arg-type]  # by a test
