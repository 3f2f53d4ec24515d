"""`relance task show`: the sheet of a call or visit, to read while one speaks or to print."""

from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO
from zoneinfo import ZoneInfo

from dispatcher.cli.past import what_words
from dispatcher.cli.say import Speaker
from dispatcher.compose.format import phone
from dispatcher.model.settings import Settings
from dispatcher.people.calls import OUTCOMES
from dispatcher.people.sheets import Entry, Sheet
from dispatcher.store.history import HistoryRow


COLUMNS = ("number", "due", "late", "balance", "remark")


def show_sheet(speaker: Speaker, found: Sheet, settings: Settings) -> None:
    """The sheet as text: whom, what is said, what may be offered, the account, the past."""
    row = found.row
    speaker.say(
        "sheet/title",
        number=found.number,
        what=speaker.words(f"tasks/{row.channel}", to=phone(row.to)),
        debtor=f"{row.debtor_name} ({row.debtor})",
    )
    speaker.say(
        "sheet/who",
        who=row.assignee or "-",
        due=speaker.day(row.due_on),
        tries=found.tries,
        of=found.attempts,
    )
    speaker.line()
    for line in found.script.splitlines():
        speaker.line(line)
    speaker.line()
    _offer(speaker, found)
    speaker.line()
    _account(speaker, found)
    _past(speaker, found, ZoneInfo(settings.timezone))
    speaker.line()
    speaker.say("sheet/how", number=found.number, outcomes="|".join(OUTCOMES))


def sheet_text(speaker: Speaker, found: Sheet, settings: Settings) -> str:
    """The same as one text, for a file."""
    with redirect_stdout(StringIO()) as told:
        show_sheet(speaker, found, settings)
    return "\n".join(line.rstrip() for line in told.getvalue().splitlines()) + "\n"


def _offer(speaker: Speaker, found: Sheet) -> None:
    offer = found.offer
    if offer is None:
        speaker.say("sheet/no-offer")
        return
    label = offer.labels.get(speaker.lang, offer.name)
    if offer.instalments:
        speaker.say("sheet/offer-parts", label=label, count=offer.instalments)
    else:
        speaker.say("sheet/offer", label=label)


def _account(speaker: Speaker, found: Sheet) -> None:
    speaker.say("sheet/account")
    rows = [_entry(speaker, entry, found.row.currency) for entry in found.entries]
    net = speaker.money(found.net, found.row.currency)
    rows.append((speaker.words("sheet/net"), "", "", net, ""))
    speaker.table([speaker.words(f"sheet/{name}") for name in COLUMNS], rows, right=(2, 3))


def _entry(speaker: Speaker, entry: Entry, currency: str) -> tuple[str, ...]:
    remark = "credit" if entry.credit else "claimed" if entry.claimed else "listed"
    return (
        entry.number,
        speaker.day(entry.due),
        str(entry.days_late) if entry.days_late else "",
        speaker.money(entry.amount, currency),
        speaker.words(f"sheet/{remark}"),
    )


def _past(speaker: Speaker, found: Sheet, zone: ZoneInfo) -> None:
    if not found.past:
        return
    speaker.line()
    speaker.say("sheet/before")
    for line in _lines(speaker, found.past, zone):
        speaker.line(line)


def _lines(speaker: Speaker, past: tuple[HistoryRow, ...], zone: ZoneInfo) -> Iterator[str]:
    for each in past:
        day = speaker.day(each.day or each.at.astimezone(zone).date())
        until = each.fields.get("until", "")
        told = ", ".join(part for part in (until, each.fields.get("note", "")) if part)
        yield f"  {day}  {what_words(speaker, each)}{f' ({told})' if told else ''}"
