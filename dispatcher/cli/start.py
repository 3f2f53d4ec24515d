"""`relance start`: the first day with a portfolio of old invoices."""

from typing import TYPE_CHECKING, Annotated, Final

import typer

from dispatcher.cli.asked import (
    AcceptOption,
    HomeOption,
    LangOption,
    PersonOption,
    asked,
    opened,
)


if TYPE_CHECKING:
    from dispatcher.cli.say import Speaker
    from dispatcher.decide.ages import Age
    from dispatcher.people.first_day import FirstDay


WANTS_CONFIRMATION: Final = 3
SHOWN_BARRED: Final = 20


def start(  # noqa: PLR0917 - one parameter per option of the command
    as_of: Annotated[str, typer.Option("--as-of", help="The first day.", metavar="DAY")] = "",
    starts: Annotated[
        list[str] | None,
        typer.Option("--from", help="An age class has had this step.", metavar="CLASS=STEP"),
    ] = None,
    confirm: Annotated[
        str, typer.Option(help="Begin exactly the first day with this digest.", metavar="DIGEST")
    ] = "",
    accept: AcceptOption = None,
    person: PersonOption = "",
    home: HomeOption = "",
    lang: LangOption = "",
) -> int:
    """Show how a portfolio of old invoices would begin, and spread it over days; then begin it."""
    from dispatcher.app import take_in  # noqa: PLC0415 - heavy, and not for --help
    from dispatcher.people.first_day import begin, first_day, steps_of  # noqa: PLC0415 - as above
    from dispatcher.wiring import looking  # noqa: PLC0415 - as above

    if confirm:
        with opened(home, lang, date=as_of, writes=True) as (house, speaker):
            had = steps_of(starts or (), house.rulebook)
            take_in(house, accepted=accept or ())
            found = first_day(house, had)
            if begin(house, found, confirmed=confirm, person=person):
                speaker.say("start/begun", debtors=len(found.days), steps=len(found.steps))
            else:
                speaker.say("start/already")
        return 0
    place, speaker = asked(home, lang)
    with looking(place, day=as_of) as house:
        had = steps_of(starts or (), house.rulebook)
        take_in(house, accepted=accept or ())
        found = first_day(house, had)
    _show(speaker, found)
    if not found.days and not found.steps:
        speaker.say("start/nothing")
        return 0
    speaker.note("start/confirm", digest=found.digest[:12])
    return WANTS_CONFIRMATION


def _show(speaker: "Speaker", found: "FirstDay") -> None:
    headings = ("age", "cases", "debtors", "amount", "next", "held", "first", "last")
    speaker.say("start/title", day=found.day)
    speaker.table(
        [speaker.words(f"start/{name}") for name in headings],
        (_row(speaker, age) for age in found.ages),
        right=(1, 2, 3, 5),
    )
    if found.steps:
        speaker.say("start/steps", count=len(found.steps))
    if found.days:
        fields = {"debtors": len(found.days), "days": len(set(found.days.values()))}
        speaker.say("start/spread", **fields, last=max(found.days.values()))
    if found.barred:
        named = ", ".join(found.barred[:SHOWN_BARRED])
        more = " ..." if len(found.barred) > SHOWN_BARRED else ""
        speaker.say("start/barred", count=len(found.barred), numbers=named + more)


def _row(speaker: "Speaker", age: "Age") -> tuple[str, ...]:
    from dispatcher.compose.format import money  # noqa: PLC0415 - as above

    starts = (f"{step or speaker.words('start/end')} {n}" for step, n in age.starts.items())
    return (
        speaker.words(f"start/{age.name}"),
        str(age.cases),
        str(age.debtors),
        money(age.amount, age.currency),
        ", ".join(starts),
        str(age.held),
        "" if age.first is None else str(age.first),
        "" if age.last is None else str(age.last),
    )
