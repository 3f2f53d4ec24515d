"""`relance approve`: see exactly what would leave, and say yes or no to exactly that."""

from typing import TYPE_CHECKING, Annotated

import typer

from dispatcher.cli.asked import DateOption, HomeOption, LangOption, PersonOption, asked, opened


if TYPE_CHECKING:
    from dispatcher.cli.say import Speaker


def approve(  # noqa: PLR0917 - one parameter per option of the command
    number: Annotated[
        str, typer.Argument(help="Show this one; without it, list all.", metavar="[NUMBER]")
    ] = "",
    confirm: Annotated[
        str, typer.Option(help="Yes to exactly what was shown with this code.", metavar="CODE")
    ] = "",
    refuse: Annotated[
        str, typer.Option(help="No to exactly what was shown with it.", metavar="CODE")
    ] = "",
    person: PersonOption = "",
    reason: Annotated[str, typer.Option(help="Why not.", metavar="TEXT")] = "",
    until: Annotated[
        str, typer.Option(help="The last day on which its cases then wait.", metavar="DAY")
    ] = "",
    look: Annotated[
        bool, typer.Option("--open", help="Open the PDF or the mail in its program.")
    ] = False,
    home: HomeOption = "",
    date: DateOption = "",
    lang: LangOption = "",
) -> int:
    """List what waits for an approval, show one as it would leave, say yes or no to it."""
    _check(number, confirm, refuse, reason, until)
    if confirm:
        _yes(home, date, lang, number, confirm, person)
    elif refuse:
        _no(home, date, lang, number, refuse, person, reason, until)
    elif number:
        _show(home, date, lang, number, look=look)
    else:
        _list(home, date, lang)
    return 0


def _check(number: str, confirm: str, refuse: str, reason: str, until: str) -> None:
    if (confirm or refuse) and not number:
        raise typer.BadParameter("say of which number: relance approve NUMBER --confirm CODE")
    if confirm and refuse:
        raise typer.BadParameter("--confirm and --refuse contradict each other")
    if (reason or until) and not refuse:
        raise typer.BadParameter("--reason and --until go with --refuse")


def _yes(  # noqa: PLR0917 - handed on from the command
    home: str, date: str, lang: str, number: str, code: str, person: str
) -> None:
    from dispatcher.model.message import State  # noqa: PLC0415 - as above
    from dispatcher.people import approval  # noqa: PLC0415 - heavy, and not for --help

    with opened(home, lang, date=date, writes=True) as (house, speaker):
        state = approval.approve(house, number, code=code, person=person)
        speaker.say("approve/yes", number=number.upper(), person=person)
        if state is State.AWAITING:
            each = approval.waits(house, number)
            speaker.say("approve/lacks", who=_who(each.who))
        else:
            speaker.say("approve/leaves")


def _no(  # noqa: PLR0917 - handed on from the command
    home: str, date: str, lang: str, number: str, code: str, person: str, reason: str, until: str
) -> None:
    from dispatcher.people import approval  # noqa: PLC0415 - as above

    with opened(home, lang, date=date, writes=True) as (house, speaker):
        last = approval.refuse(house, number, code=code, person=person, reason=reason, until=until)
        speaker.say("approve/no", number=number.upper(), person=person)
        speaker.say("approve/held-until" if last else "approve/held", until=last or "")


def _list(home: str, date: str, lang: str) -> None:
    from dispatcher.people.approval import waiting  # noqa: PLC0415 - as above

    with opened(home, lang, date=date, writes=False) as (house, speaker):
        found = waiting(house)
        if not found:
            speaker.say("approve/nothing")
            return
        names = ("number", "debtor", "what", "amount", "roles", "until")
        speaker.table(
            [speaker.words(f"approve/{name}") for name in names],
            (
                (
                    each.number,
                    f"{each.debtor.name} ({each.debtor.reference})",
                    _what(each.row.messages),
                    speaker.money(each.row.amount, each.row.currency),
                    _who(each.who),
                    speaker.day(each.last_day),
                )
                for each in found
            ),
            right=(3,),
        )


def _show(home: str, date: str, lang: str, number: str, *, look: bool) -> None:
    from dispatcher.cli.exact import as_written, told  # noqa: PLC0415 - as above
    from dispatcher.people import approval  # noqa: PLC0415 - as above
    from dispatcher.wiring import opened_house  # noqa: PLC0415 - as above

    found, speaker = asked(home, lang)
    with opened_house(found, day=date, writes=False) as house:
        each = approval.waits(house, number)
        messages = approval.letters(house, each)
        day = speaker.day(each.last_day)
    amount = speaker.money(each.row.amount, each.row.currency)
    name = f"{each.debtor.name} ({each.debtor.reference})"
    for message in messages:
        _tell(speaker, told(message), each.number, name)
        for path in as_written(message, found.approvals, each.number):
            speaker.say("approve/file", path=path)
            if look:
                typer.launch(str(path))
    template = each.row.messages[0].template
    speaker.say("approve/asks", amount=amount, template=template, day=day, who=_who(each.who))
    speaker.say("approve/how", number=each.number, code=each.code)


def _tell(speaker: "Speaker", lines: list[str], number: str, name: str) -> None:
    speaker.say("approve/title", number=number, debtor=name)
    for line in lines:
        speaker.line(line)


def _who(who: tuple[tuple[str, tuple[str, ...]], ...]) -> str:
    return "; ".join(f"{role}: {', '.join(names) or '-'}" for role, names in who)


def _what(messages: tuple[object, ...]) -> str:
    channels = " + ".join(getattr(message, "channel", "") for message in messages)
    return f"{getattr(messages[0], 'template', '')} ({channels})"
