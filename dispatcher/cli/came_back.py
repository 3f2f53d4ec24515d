"""How `relance news` looks: a table for people, JSON for programs."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from zoneinfo import ZoneInfo

from dispatcher.cli.say import Speaker
from dispatcher.decide.explain_text import channel_words
from dispatcher.people.numbered import message_number, news_number
from dispatcher.store.reports import ReportRow


LINE = 60  # characters of what was written that the list shows


def show_news(speaker: Speaker, rows: Sequence[ReportRow], *, timezone: str) -> None:
    """What came back, oldest first, in the home's time."""
    if not rows:
        speaker.say("news/nothing")
        return
    names = ("number", "at", "what", "channel", "debtor", "message", "verdict", "words")
    speaker.table(
        [speaker.words(f"news/{name}") for name in names],
        (_cells(speaker, row, ZoneInfo(timezone)) for row in rows),
    )


def show_piece(speaker: Speaker, row: ReportRow, *, timezone: str) -> None:
    """One piece of news with every word of it."""
    zone = ZoneInfo(timezone)
    said, heard = (_clock(speaker, at, zone) for at in (row.said_at, row.recorded_at))
    what, verdict = speaker.words(f"news/kind/{row.kind}"), _verdict(speaker, row)
    speaker.say("news/title", number=news_number(row.id), what=what, at=said)
    speaker.say("news/from", source=row.source, heard=heard)
    if row.debtor:
        speaker.say("news/of", debtor=row.debtor, message=_message(row))
    if row.word or row.code:
        speaker.say("news/said", words=f"{row.word} {row.code}".strip())
    speaker.say("news/became", verdict=verdict)
    if row.person:
        speaker.say("news/by", person=row.person)
    for line in row.evidence.splitlines():
        speaker.line(f"  {line}")


def as_json(rows: Sequence[ReportRow]) -> str:
    """The same for programs: one object a piece, instants in UTC."""
    told = [asdict(row) for row in rows]
    return json.dumps(told, ensure_ascii=False, indent=2, default=_plain)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _cells(speaker: Speaker, row: ReportRow, zone: ZoneInfo) -> tuple[str, ...]:
    words = " ".join(row.evidence.split()) or f"{row.word} {row.code}".strip()
    return (
        news_number(row.id),
        _clock(speaker, row.said_at, zone),
        speaker.words(f"news/kind/{row.kind}"),
        channel_words(row.channel, speaker.lang) if row.channel else "-",
        row.debtor or "-",
        _message(row),
        _verdict(speaker, row),
        words if len(words) <= LINE else f"{words[: LINE - 1]}…",
    )


def _verdict(speaker: Speaker, row: ReportRow) -> str:
    return speaker.words("news/open" if row.open else f"news/verdict/{row.verdict}")


def _message(row: ReportRow) -> str:
    return "-" if row.message_id is None else message_number(row.message_id)


def _clock(speaker: Speaker, at: datetime, zone: ZoneInfo) -> str:
    here = at.astimezone(zone)
    return f"{speaker.day(here.date())} {here:%H:%M}"
