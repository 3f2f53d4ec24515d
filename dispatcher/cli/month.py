"""`relance demo --days N`: a month of the sample company, a line per day."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from dispatcher.cli.demo import fresh, working_day
from dispatcher.cli.say import Speaker
from dispatcher.cli.views import show_verified
from dispatcher.clocks import a_day
from dispatcher.decide.explain_text import channel_words
from dispatcher.month.play import begin, play
from dispatcher.month.told import Lived, Notable, summary
from dispatcher.sample.company import DEBTORS, SEED, company
from dispatcher.wiring import verified


#: What is worth a line, what weighs most first.
TOLD: Final = (
    "stopped",
    "handed_over",
    "approved",
    "refused",
    "dispute_opened",
    "called/dispute",
    "plan_agreed",
    "called/promise",
    "promise_made",
    "dispute_settled",
    "reply_received",
    "kept",
    "called/paid",
    "reply_read",
)
SHOWN: Final = 3  # notable events of a day
EUR: Final = "EUR"


def month(
    speaker: Speaker, folder: Path, *, days: int, debtors: int = DEBTORS, start: str = ""
) -> int:
    """So many days, each with its runs, what debtors did and what people did; then the sum.

    Raises:
        BadInput: the folder holds something else.
    """
    day = working_day(a_day(start))
    home = fresh(folder)
    speaker.settle("fr")
    speaker.say("month/start", days=days, day=speaker.day(day), folder=home.folder)
    sample = company(today=day, debtors=debtors, ahead=days)
    begin(home, sample)
    lived = list[Lived]()
    for each in play(home, sample, days=days, seed=SEED):
        lived.append(each)
        _show(speaker, each)
    _sum(speaker, lived)
    return int(show_verified(speaker, verified(home)))


def _show(speaker: Speaker, lived: Lived) -> None:
    day = speaker.day(lived.day)
    if not (lived.contacts or lived.notables or lived.payments):
        speaker.say("month/silent", day=day)
        return
    speaker.say(
        "month/day",
        day=day,
        contacts=_channels(speaker, lived.contacts),
        tasks=lived.tasks,
        done=lived.done,
        payments=lived.payments,
        paid=speaker.money(lived.paid, EUR),
        held=lived.held,
    )
    notable = sorted(
        (each for each in lived.notables if each.what in TOLD),
        key=lambda each: TOLD.index(each.what),
    )
    for text in _some(speaker, notable):
        speaker.say("month/also", text=text)


def _some(speaker: Speaker, notable: list[Notable]) -> Iterator[str]:
    """One of each kind first, so that a day does not tell the same thing three times."""
    kinds = {each.what: each for each in reversed(notable)}
    shown = [kinds[what] for what in TOLD if what in kinds][:SHOWN]
    for each in shown:
        day = speaker.day(each.day)
        fields = {"debtor": each.debtor, "number": each.number, "day": day}
        yield speaker.words(f"month/{each.what}", **fields)
    if len(notable) > len(shown):
        yield speaker.words("month/more", count=len(notable) - len(shown))


def _channels(speaker: Speaker, contacts: Mapping[str, int]) -> str:
    told = (f"{count} {channel_words(name, speaker.lang)}" for name, count in contacts.items())
    return ", ".join(told) or speaker.words("month/nothing")


def _sum(speaker: Speaker, lived: list[Lived]) -> None:
    found = summary(lived)
    speaker.say(
        "month/summary",
        days=found.days,
        payments=found.payments,
        paid=speaker.money(found.paid, EUR),
        contacts=_channels(speaker, found.contacts),
        answers=found.answers,
        done=found.done,
    )
    before, after = (
        speaker.money(each, EUR) for each in (found.overdue_before, found.overdue_after)
    )
    speaker.say("month/overdue", before=before, after=after)
