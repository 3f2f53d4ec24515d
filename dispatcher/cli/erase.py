"""`relance erase`: forget a debtor for good, after showing exactly what goes."""

from typing import TYPE_CHECKING, Annotated, Final

import typer

from dispatcher.cli.asked import HomeOption, LangOption, PersonOption, asked


if TYPE_CHECKING:
    from dispatcher.cli.say import Speaker
    from dispatcher.erasing import Erasure


WANTS_CONFIRMATION: Final = 3


def erase(  # noqa: PLR0917 - one parameter per option of the command
    debtor: Annotated[str, typer.Argument(help="His reference in the export.", metavar="DEBTOR")],
    reason: Annotated[
        str, typer.Option(help="Why, such as the date of his request.", metavar="TEXT")
    ] = "",
    confirm: Annotated[
        str, typer.Option(help="Erase exactly what was shown with this digest.", metavar="DIGEST")
    ] = "",
    person: PersonOption = "",
    home: HomeOption = "",
    lang: LangOption = "",
) -> int:
    """Erase a debtor: his key, names, addresses, messages, files. The trail stays provable.

    Without --confirm it only shows what would go. Refused while an invoice of his is open or
    something of his is not finished.
    """
    from dispatcher.erasing import (  # noqa: PLC0415 - heavy, and not for --help
        SHORT,
        erase_debtor,
        look,
        refuse_unfinished,
    )
    from dispatcher.wiring import opened_house  # noqa: PLC0415 - as above

    place, speaker = asked(home, lang)
    if not confirm:
        with opened_house(place, writes=False) as house:
            found = look(house, place, debtor)
        _show(speaker, found)
        refuse_unfinished(found)
        speaker.note("erase/how", debtor=debtor, digest=found.digest[:SHORT])
        return WANTS_CONFIRMATION
    with opened_house(place, writes=True) as house:
        done = erase_debtor(house, place, debtor, confirmed=confirm, person=person, reason=reason)
    of = done.traces
    fields = {
        "messages": of.messages,
        "events": of.events,
        "files": len(done.files),
        "seq": done.seq,
    }
    speaker.say("erase/done", **fields)
    speaker.note("erase/not-ours")
    return 0


def _show(speaker: "Speaker", found: "Erasure") -> None:
    of = found.traces
    speaker.say("erase/title", debtor=of.reference, name=of.name)
    counts = {"messages": of.messages, "events": of.events, "reports": of.reports}
    speaker.say("erase/rows", **counts, cases=of.cases)
    speaker.say("erase/files", count=len(found.files))
    speaker.note("erase/not-ours")
