"""What happened to a case, as people read it: no keys, no cents, no provider's numbers."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from dispatcher.cli.say import Speaker
from dispatcher.decide.explain_text import channel_words, reason_words
from dispatcher.problems.registry import phrases
from dispatcher.store.history import Happened, HistoryRow


#: What is said of each kind of entry, in this order; the rest is for the proof, not for reading.
TOLD: Final[Mapping[Happened, tuple[str, ...]]] = {
    Happened.EVENT: ("until", "amount", "detail", "note", "person"),
    Happened.FROZEN: ("rule", "template", "tone", "recipient", "amount"),
    Happened.ATTEMPT: ("number", "code", "person"),
    Happened.INQUIRY: (),
    Happened.SAID: ("note", "person"),
    Happened.REPORT: ("code", "person"),
    Happened.STATE: ("reason", "done_on", "taken_back_on"),
}

FIRST_TRY: Final = "1"


def show_history(
    speaker: Speaker, rows: Sequence[HistoryRow], *, timezone: str, currency: str
) -> None:
    """Everything that happened to a case, oldest first, in the home's time."""
    if not rows:
        speaker.say("history/none")
        return
    zone = ZoneInfo(timezone)
    speaker.table(
        [speaker.words(f"history/{name}") for name in ("at", "what", "details")],
        [
            (_clock(speaker, row, zone), what_words(speaker, row), _detail(speaker, row, currency))
            for row in rows
        ],
    )


def _clock(speaker: Speaker, row: HistoryRow, zone: ZoneInfo) -> str:
    at = row.at.astimezone(zone)
    return f"{speaker.day(at.date())} {at:%H:%M}"


def what_words(speaker: Speaker, row: HistoryRow) -> str:
    """What happened, in a few words."""
    words: Mapping[Happened, Callable[[], str]] = {
        Happened.EVENT: lambda: _known(speaker, f"event/{row.what}", row.what),
        Happened.FROZEN: lambda: channel_words(row.what, speaker.lang),
        Happened.ATTEMPT: lambda: _known(speaker, f"history/outcome/{row.what}", row.what),
        Happened.INQUIRY: lambda: _known(speaker, f"unknown/answer/{row.what}", row.what),
        Happened.SAID: lambda: _known(speaker, f"history/said/{row.what}", row.what),
        Happened.REPORT: lambda: speaker.words(f"news/kind/{row.what}"),
        Happened.STATE: lambda: _known(speaker, f"history/state/{row.what}", row.what),
    }
    return speaker.words(f"happened/{row.happened}", what=words[row.happened]())


def _known(speaker: Speaker, name: str, otherwise: str) -> str:
    return speaker.words(name) if name in phrases() else otherwise


def _detail(speaker: Speaker, row: HistoryRow, currency: str) -> str:
    return ", ".join(_details(speaker, row, currency))


def _details(speaker: Speaker, row: HistoryRow, currency: str) -> Iterator[str]:
    if row.happened is Happened.EVENT and row.day is not None and row.day != row.at.date():
        yield speaker.words("history/on", value=speaker.day(row.day))
    for name in TOLD[row.happened]:
        value = row.fields.get(name, "")
        if value and not (name == "number" and value == FIRST_TRY):
            told = _value(speaker, name, value, currency)
            if name == "code" and row.what == "unknown":
                yield stage_words(speaker, value)
            elif told:
                yield speaker.words(f"history/{name}", value=told)


def _value(speaker: Speaker, name: str, value: str, currency: str) -> str:
    if name == "amount":
        return speaker.money(int(value), currency)
    if name in {"until", "done_on", "taken_back_on"}:
        return speaker.day(date.fromisoformat(value))
    if name == "reason" and f"history/said/{value}" in phrases():
        return ""  # an entry of its own says it, with who said it and why
    if name == "reason":
        return why_words(speaker, value)
    return value


def why_words(speaker: Speaker, reason: str) -> str:
    """Why a message does not leave, or no more, in a few words."""
    for name in (f"withdrawn/{reason}", f"outbox/why/{reason}"):
        if name in phrases():
            return speaker.words(name)
    return reason_words(reason.removeprefix("wait: ").removeprefix("hold: "), speaker.lang)


def stage_words(speaker: Speaker, stage: str) -> str:
    """How far a message of unknown outcome got, in a few words."""
    return _known(speaker, f"stage/{stage}", stage)
