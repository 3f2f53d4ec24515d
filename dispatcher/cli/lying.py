"""How `relance outbox` looks: a table for people, JSON for programs."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from dispatcher.cli.past import why_words
from dispatcher.cli.say import Speaker
from dispatcher.decide.explain_text import channel_words
from dispatcher.model.message import State
from dispatcher.model.problem import Problem
from dispatcher.people.numbered import message_number
from dispatcher.problems.registry import phrases
from dispatcher.store.outbox_rows import LyingRow, Story, TwiceRow


#: Messages of one state that the list shows, unless that state alone is asked for.
SHOWN: Final = 50


def show_lying(
    speaker: Speaker, rows: Sequence[LyingRow], *, timezone: str, now: datetime, all_of_them: bool
) -> None:
    """What has not left at `now`, in the home's time; of one state the first `SHOWN`, or all."""
    if not rows:
        speaker.say("outbox/empty")
        return
    zone = ZoneInfo(timezone)
    seen = Counter[State]()
    shown = []
    for row in rows:
        seen[row.state] += 1
        if all_of_them or seen[row.state] <= SHOWN:
            shown.append(row)
    names = ("number", "stands", "debtor", "cases", "what", "since", "why", "next")
    speaker.table(
        [speaker.words(f"outbox/{name}") for name in names],
        (_cells(speaker, row, zone, now) for row in shown),
    )
    for state, count in seen.items():
        if not all_of_them and count > SHOWN:
            speaker.say("outbox/more", count=count - SHOWN, state=state.value)


def show_twice(speaker: Speaker, rows: Sequence[TwiceRow]) -> None:
    """Each contact that its debtor got twice, as a problem on standard error."""
    speaker.problems(
        [
            Problem(
                code="outbox/sent-twice",
                fields={
                    "value": message_number(row.id),
                    "channel": channel_words(row.channel, speaker.lang),
                    "debtor": row.debtor,
                },
            )
            for row in rows
        ],
        {},
    )


def show_story(speaker: Speaker, story: Story, *, timezone: str, now: datetime) -> None:
    """One message: where it stands, every attempt, what came back, what people did."""
    row, zone = story.row, ZoneInfo(timezone)
    stands = speaker.words(f"history/state/{row.state}")
    since = _clock(speaker, row.since, zone)
    speaker.say("outbox/title", number=message_number(row.id), state=stands, since=since)
    cases = ", ".join(row.cases) or "-"
    speaker.say("outbox/to", debtor=row.debtor, reference=row.reference, cases=cases)
    speaker.say(
        "outbox/is",
        channel=channel_words(row.channel, speaker.lang),
        step=", ".join(row.steps) or "-",
        template=row.template or "-",
    )
    if row.currency and row.amount:
        speaker.say("outbox/claims", amount=speaker.money(row.amount, row.currency))
    if row.legal_effect:
        speaker.say("outbox/legal")
    for name, words in (("because", _why(speaker, row)), ("then", _next(speaker, row, zone, now))):
        if words:
            speaker.say(f"outbox/{name}", **{_FIELD[name]: words})
    _show_tries(speaker, story, zone)
    _show_back(speaker, story, zone)
    _show_deeds(speaker, story, zone)


#: States that a day and hour end.
DATED: Final = frozenset({State.PLANNED, State.DEFERRED})

_FIELD: Final[Mapping[str, str]] = {"because": "why", "then": "next"}


def as_json(rows: Sequence[LyingRow], twice: Sequence[TwiceRow]) -> str:
    """The list for programs: amounts in minor units, instants in UTC."""
    told = {
        "messages": [{"number": message_number(row.id), **asdict(row)} for row in rows],
        "sent_twice": [{"number": message_number(row.id), **asdict(row)} for row in twice],
    }
    return json.dumps(told, ensure_ascii=False, indent=2, default=_plain)


def story_as_json(story: Story) -> str:
    """One message for programs."""
    told = {"number": message_number(story.row.id), **asdict(story)}
    return json.dumps(told, ensure_ascii=False, indent=2, default=_plain)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds")
    if isinstance(value, StrEnum):
        return value.value
    raise TypeError(f"not for JSON: {value!r}")


def _cells(speaker: Speaker, row: LyingRow, zone: ZoneInfo, now: datetime) -> tuple[str, ...]:
    step = f" ({', '.join(row.steps)})" if row.steps else ""
    return (
        message_number(row.id),
        speaker.words(f"history/state/{row.state}"),
        f"{row.debtor} ({row.reference})",
        ", ".join(row.cases),
        f"{channel_words(row.channel, speaker.lang)}{step}",
        _clock(speaker, row.since, zone),
        _why(speaker, row),
        _next(speaker, row, zone, now),
    )


def _why(speaker: Speaker, row: LyingRow) -> str:
    if row.held is not None:
        return speaker.words("outbox/kept-by", person=row.held.person, note=row.held.note)
    stage = f"stage/{row.reason}"
    return speaker.words(stage) if stage in phrases() else why_words(speaker, row.reason)


def _next(speaker: Speaker, row: LyingRow, zone: ZoneInfo, now: datetime) -> str:
    name = f"outbox/next/{row.state}"
    if name not in phrases():
        return ""
    instant = row.next_at or row.last
    if row.state in DATED and instant <= now:
        return speaker.words("outbox/next/due")
    at = instant.astimezone(zone)
    return speaker.words(name, day=speaker.day(at.date()), time=f"{at:%H:%M}")


def _show_tries(speaker: Speaker, story: Story, zone: ZoneInfo) -> None:
    if not story.tries:
        speaker.say("outbox/no-try")
        return
    names = ("number", "at", "outcome", "answer", "said", "reference", "who")
    speaker.say("outbox/tries")
    speaker.table(
        [speaker.words(f"outbox/{name}") for name in names],
        (
            (
                str(each.number),
                _clock(speaker, each.ended or each.began, zone),
                _outcome(speaker, each.outcome or each.stage),
                each.code,
                each.said,
                each.provider_id,
                each.person,
            )
            for each in story.tries
        ),
    )


def _outcome(speaker: Speaker, word: str) -> str:
    for name in (f"history/outcome/{word}", f"outbox/outcome/{word}"):
        if name in phrases():
            return speaker.words(name)
    return word


def _show_back(speaker: Speaker, story: Story, zone: ZoneInfo) -> None:
    if not story.back:
        return
    speaker.say("outbox/came-back")
    names = ("at", "what", "outcome", "answer")
    speaker.table(
        [speaker.words(f"outbox/{name}") for name in names],
        (
            (
                _clock(speaker, each.at, zone),
                speaker.words(f"news/kind/{each.kind}"),
                speaker.words(f"news/verdict/{each.verdict}"),
                each.word or each.code,
            )
            for each in story.back
        ),
    )


def _show_deeds(speaker: Speaker, story: Story, zone: ZoneInfo) -> None:
    if not story.deeds:
        return
    speaker.say("outbox/people")
    names = ("at", "deed", "who", "note")
    speaker.table(
        [speaker.words(f"outbox/{name}") for name in names],
        (
            (
                _clock(speaker, each.at, zone),
                speaker.words(f"outbox/deed/{each.deed}"),
                each.person,
                each.note,
            )
            for each in story.deeds
        ),
    )


def _clock(speaker: Speaker, at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    return f"{speaker.day(local.date())} {local:%H:%M}"
