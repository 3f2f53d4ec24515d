"""`relance audit recompute`: past decisions made again from their facts and their rules."""

from typing import TYPE_CHECKING, Annotated, Final

import typer

from dispatcher.cli.asked import HomeOption, LangOption, asked


if TYPE_CHECKING:
    from dispatcher.cli.say import Speaker
    from dispatcher.decide.again import Difference
    from dispatcher.recompute import Recomputed

MOST: Final = 10  # differences that are listed
DIFFERENT: Final = 1


def recompute(
    run: Annotated[str, typer.Argument(help="A day, or the number of a run.", metavar="DAY|RUN")],
    case: Annotated[
        str, typer.Argument(help="One case only: its invoice number.", metavar="CASE")
    ] = "",
    home: HomeOption = "",
    lang: LangOption = "",
) -> int:
    """Make the decisions of a past run again, and compare them with what was recorded."""
    from dispatcher.cli.views import show_verified  # noqa: PLC0415 - heavy, and not for --help
    from dispatcher.recompute import recompute as made_again  # noqa: PLC0415 - as above
    from dispatcher.wiring import looking, verified  # noqa: PLC0415 - as above

    found, speaker = asked(home, lang)
    if show_verified(speaker, verified(found)):
        return DIFFERENT
    with looking(found) as house:
        told = made_again(house, run, case)
    for each in told:
        _show(speaker, each, alone=bool(case))
    speaker.say("recompute/scope")
    return DIFFERENT if any(each.again.differences for each in told) else 0


def _show(speaker: "Speaker", told: "Recomputed", *, alone: bool) -> None:
    speaker.say("recompute/title", run=told.run.id, day=speaker.day(told.run.day))
    speaker.say("recompute/policies", policies=", ".join(told.policies))
    again = told.again
    if again.differences:
        cases = {(each.number, each.term) for each in again.differences}
        speaker.say("recompute/differs", count=len(cases), of=again.compared)
        for each in again.differences[:MOST]:
            _difference(speaker, each)
        if len(again.differences) > MOST:
            speaker.say("recompute/more", count=len(again.differences) - MOST)
    elif alone and again.compared:
        speaker.say("recompute/same-one")
    elif again.compared:
        speaker.say("recompute/same", count=again.compared)
    if again.left_out:
        speaker.say("recompute/left-out", count=again.left_out)


def _difference(speaker: "Speaker", one: "Difference") -> None:
    none = speaker.words("recompute/none")
    speaker.say(
        "recompute/difference",
        case=one.number if one.term == 1 else f"{one.number}/{one.term}",
        field=speaker.words(f"recompute/field/{one.field}"),
        recorded=one.recorded or none,
        found=one.found or none,
    )
