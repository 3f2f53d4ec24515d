"""`relance unknown`: messages that may or may not have left, and a person's word on one."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final
from zoneinfo import ZoneInfo

import typer

from dispatcher.cli.asked import (
    DateOption,
    HomeOption,
    LangOption,
    PersonOption,
    opened,
    refuse_before,
)


if TYPE_CHECKING:
    from datetime import datetime

    from dispatcher.cli.say import Speaker
    from dispatcher.house import House
    from dispatcher.store.unknown import UnknownRow


FORMATS: Final = ("text", "json")
LARGEST: Final = 50_000_000  # bytes of a proof

unknown = typer.Typer(invoke_without_command=True, rich_markup_mode=None)

FormatOption = Annotated[str, typer.Option("--format", help="text or json.", metavar="FORMAT")]
NumberArgument = Annotated[str, typer.Argument(help="The number in the list: M12.")]


@unknown.callback()
def list_all(
    context: typer.Context,
    home: HomeOption = "",
    form: FormatOption = "text",
    lang: LangOption = "",
) -> int:
    """List messages of which nobody knows whether they left; settle one."""
    if context.invoked_subcommand is not None:
        refuse_before(context, given=bool(home or lang or form != FORMATS[0]))
        return 0
    _list(home, form, lang)
    return 0


@unknown.command(name="list")
def list_(home: HomeOption = "", form: FormatOption = "text", lang: LangOption = "") -> int:
    """List messages of which nobody knows whether they left."""
    _list(home, form, lang)
    return 0


@unknown.command()
def show(
    message: NumberArgument,
    home: HomeOption = "",
    form: FormatOption = "text",
    lang: LangOption = "",
) -> int:
    """Show what is known of one, what was asked, and what each answer would mean."""
    from dispatcher.people.unknowns import unknown_named  # noqa: PLC0415 - heavy, not for --help

    _checked(form)
    with opened(home, lang, writes=False) as (house, speaker):
        row = unknown_named(house, message)
        if form == "json":
            speaker.line(json.dumps(_plain(row), ensure_ascii=False, indent=1))
        else:
            _show(speaker, house, row)
    return 0


@unknown.command()
def resolve(  # noqa: PLR0917 - one parameter per option of the command
    message: NumberArgument,
    choice: Annotated[
        str, typer.Option("--as", help="sent, not-sent, send-again or leave.", metavar="ANSWER")
    ],
    person: PersonOption,
    reason: Annotated[str, typer.Option("--reason", help="How you know.", metavar="TEXT")] = "",
    proof: Annotated[
        str, typer.Option("--proof", help="A file that shows it; its digest is kept.")
    ] = "",
    home: HomeOption = "",
    date: DateOption = "",
    lang: LangOption = "",
) -> int:
    """Say whether one left; with legal effect a second person has to say the same."""
    from dispatcher.model.message import State  # noqa: PLC0415 - as above
    from dispatcher.people.numbered import message_number  # noqa: PLC0415 - as above
    from dispatcher.people.unknowns import Said, unknown_named  # noqa: PLC0415 - as above
    from dispatcher.people.unknowns import resolve as settle  # noqa: PLC0415 - as above

    with opened(home, lang, date=date, writes=True) as (house, speaker):
        shown = _read(proof) if proof else None
        number = message_number(unknown_named(house, message).claim.id)
        said = Said(choice=choice, reason=reason, person=person, proof=shown)
        state = settle(house, number, said)
        if state is State.UNKNOWN:
            speaker.say("unknown/waits", number=number, choice=choice)
        else:
            speaker.say(f"unknown/done/{choice}", number=number)
    return 0


def _checked(form: str) -> None:
    if form not in FORMATS:
        raise typer.BadParameter(f"'{form}' is not a format; write {', '.join(FORMATS)}")


def _read(name: str) -> bytes:
    from dispatcher.errors import BadInput  # noqa: PLC0415 - as above
    from dispatcher.model.problem import Problem  # noqa: PLC0415 - as above

    try:
        with Path(name).open("rb") as file:
            return file.read(LARGEST)
    except OSError as error:
        fields = {"path": name, "why": error.strerror or str(error)}
        raise BadInput(Problem(code="unknown/proof-file", fields=fields)) from error


def _list(home: str, form: str, lang: str) -> None:
    _checked(form)
    with opened(home, lang, writes=False) as (house, speaker):
        rows = house.book.unknown()
        if form == "json":
            plain = [_plain(row) for row in rows]
            speaker.line(json.dumps(plain, ensure_ascii=False, indent=1))
        elif not rows:
            speaker.say("unknown/nothing")
        else:
            _table(speaker, house, rows)


def _table(speaker: "Speaker", house: "House", rows: "tuple[UnknownRow, ...]") -> None:
    from dispatcher.decide.explain_text import channel_words  # noqa: PLC0415 - as above
    from dispatcher.people.numbered import message_number  # noqa: PLC0415 - as above

    names = ("number", "since", "channel", "step", "debtor", "cases", "amount", "needs")
    speaker.table(
        [speaker.words(f"unknown/{name}") for name in names],
        (
            (
                message_number(row.claim.id),
                _clock(speaker, house, row.since),
                channel_words(row.claim.channel, speaker.lang),
                _step(row),
                row.debtor,
                ", ".join(row.about.cases),
                speaker.money(row.about.amount, row.about.currency) if row.about.cases else "",
                speaker.words(f"unknown/{_needs(row)}"),
            )
            for row in rows
        ),
        right=(6,),
    )


def _needs(row: "UnknownRow") -> str:
    if not row.claim.legal_effect:
        return "one"
    return "one-more" if row.words else "two"


def _show(speaker: "Speaker", house: "House", row: "UnknownRow") -> None:
    from dispatcher.cli.past import stage_words  # noqa: PLC0415 - as above
    from dispatcher.decide.explain_text import channel_words  # noqa: PLC0415 - as above
    from dispatcher.people.numbered import message_number  # noqa: PLC0415 - as above

    number, about = message_number(row.claim.id), row.about
    speaker.say(
        "unknown/title",
        number=number,
        channel=channel_words(row.claim.channel, speaker.lang),
        debtor=row.debtor,
        attempt=row.claim.attempt,
        at=_clock(speaker, house, row.began),
    )
    amount = speaker.money(about.amount, about.currency) if about.cases else "-"
    cases = ", ".join(about.cases) or "-"
    speaker.say("unknown/about", cases=cases, step=_step(row), amount=amount)
    speaker.say(
        "unknown/stage", stage=stage_words(speaker, row.stage) or "-", evidence=_seen(row) or "-"
    )
    if row.claim.legal_effect:
        speaker.say("unknown/legal")
    _show_said(speaker, house, row)
    _show_choices(speaker, house, row)
    speaker.say("unknown/how", number=number)


def _show_said(speaker: "Speaker", house: "House", row: "UnknownRow") -> None:
    for asked in row.asked:
        answer = speaker.words(f"unknown/answer/{asked.answer}")
        speaker.say("unknown/asked", at=_clock(speaker, house, asked.at), answer=answer)
    if not row.asked:
        speaker.say("unknown/never-asked")
    for word in row.words:
        fields = {"person": word.person, "choice": word.choice, "reason": word.reason}
        speaker.say("unknown/said", at=_clock(speaker, house, word.at), **fields)
        if word.proof:
            speaker.say("unknown/proof-kept", proof=word.proof)


def _show_choices(speaker: "Speaker", house: "House", row: "UnknownRow") -> None:
    from dispatcher.store.resolutions import CHOICES  # noqa: PLC0415 - as above

    zone = ZoneInfo(house.settings.timezone)
    day = speaker.day(row.began.astimezone(zone).date())
    price = _price(speaker, house, row.claim.channel)
    speaker.say("unknown/choices")
    for choice in CHOICES:
        speaker.say(f"unknown/means/{choice}", day=day, price=price)


def _price(speaker: "Speaker", house: "House", channel: str) -> str:
    """What one more costs; it may be a part of a cent, which money is never written in."""
    settings = house.settings.channels.get(channel)
    if settings is None or not settings.price:
        return ""
    amount = f"{settings.price.normalize():f}"
    if speaker.lang == "fr":
        amount = amount.replace(".", ",")
    return speaker.words("unknown/price", price=f"{amount} {house.settings.currency}")


def _clock(speaker: "Speaker", house: "House", at: "datetime") -> str:
    here = at.astimezone(ZoneInfo(house.settings.timezone))
    return f"{speaker.day(here.date())} {here:%H:%M}"


def _step(row: "UnknownRow") -> str:
    return row.claim.lines[0].step if row.claim.lines else row.claim.template


def _seen(row: "UnknownRow") -> str:
    """The last words of the attempt, as the row of an attempt keeps them."""
    try:
        said = json.loads(row.evidence or "{}")
    except ValueError:
        return ""
    return str(said.get("said", "")) if isinstance(said, Mapping) else ""


def _plain(row: "UnknownRow") -> dict[str, object]:
    """A message as a program reads it; instants in UTC, amounts in minor units."""
    claim = row.claim
    return {
        "message": claim.id,
        "channel": claim.channel,
        "debtor": row.debtor,
        "cases": list(row.about.cases),
        "step": _step(row),
        "template": claim.template,
        "legal_effect": claim.legal_effect,
        "amount": row.about.amount,
        "currency": row.about.currency,
        "attempt": claim.attempt,
        "began": row.began.isoformat(),
        "since": row.since.isoformat(),
        "stage": row.stage,
        "evidence": _seen(row),
        "asked": [{"at": each.at.isoformat(), "answer": each.answer} for each in row.asked],
        "said": [
            {
                "at": word.at.isoformat(),
                "person": word.person,
                "choice": word.choice,
                "reason": word.reason,
                "proof": word.proof,
            }
            for word in row.words
        ],
        "needs": _needs(row),
    }
