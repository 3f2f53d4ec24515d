"""`relance recover`: what the journal knows and a store that was put back does not."""

from typing import TYPE_CHECKING, Annotated, Final

import typer

from dispatcher.cli.asked import HomeOption, LangOption, PersonOption, asked


if TYPE_CHECKING:
    from dispatcher.cli.say import Speaker
    from dispatcher.restoring import Recovery


WANTS_PERSON: Final = 3
SET_ASIDE: Final = 1
SHORT: Final = 12
NAMED: Final = 20  # invoices, and damaged lines, that are named


def recover(
    confirm: Annotated[
        str, typer.Option(help="Write exactly what was shown with this digest.", metavar="DIGEST")
    ] = "",
    person: PersonOption = "",
    home: HomeOption = "",
    lang: LangOption = "",
) -> int:
    """After a store was put back from a copy: let it know what left since. Sends nothing.

    Without --confirm it only shows. Import first, so that the store has the invoices.
    """
    from dispatcher.cli.checkpoint import keep_after_run  # noqa: PLC0415 - as below
    from dispatcher.restoring import recover as recovered  # noqa: PLC0415 - SQLAlchemy, 200 ms

    place, speaker = asked(home, lang)
    found = recovered(place, confirm=confirm, person=person)
    if found.done:
        show(speaker, found)
        # The file of checkpoints elsewhere knows the trail that was lost: it has to know this one.
        unkept = keep_after_run(speaker, place.folder)
        speaker.say("recover/done")
        return SET_ASIDE if unkept or _doubtful(found) else 0
    if found.needed is None and not found.again:
        speaker.say("recover/nothing")
        return 0
    if found.needed is not None:
        speaker.problems([found.needed], {})
    show(speaker, found)
    if found.needed is not None and found.needed.code == "store/copied":
        speaker.note("recover/copied")
    speaker.say("recover/confirm", digest=found.digest[:SHORT])
    return WANTS_PERSON


def show(speaker: "Speaker", found: "Recovery") -> None:
    """What is written, or would be, a line for each kind."""
    for what, count in found.fates.items():
        if count and what not in {"known", "number"}:
            speaker.say(f"recover/{what}", count=count)
    if found.accepted or found.unknown:
        speaker.say("recover/left", accepted=found.accepted, unknown=found.unknown)
    if found.absent:
        names = ", ".join(found.absent[:NAMED]) + (", ..." if len(found.absent) > NAMED else "")
        speaker.note("recover/absent", count=len(found.absent), names=names)
    for each in found.damage[:NAMED]:
        code = "recover/damaged" if each.line else "recover/damaged-file"
        speaker.note(code, file=each.file, line=each.line)
    if found.gap:
        speaker.note("recover/gap")
    if found.again:
        speaker.note("recover/again", count=found.again)


def _doubtful(found: "Recovery") -> bool:
    """Whether a person still has to look at the provider's list."""
    return bool(found.gap or found.damage or found.nameless)
