"""`relance preview`: the very messages that debtors would get, as files for the eyes."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dispatcher.cli.asked import DateOption, HomeOption, LangOption, asked


if TYPE_CHECKING:
    from dispatcher.cli.say import Speaker
    from dispatcher.home import Home
    from dispatcher.model.problem import Problem
    from dispatcher.preview.messages import Shown


def preview(  # noqa: PLR0917 - one parameter per option of the command
    template: Annotated[
        str, typer.Argument(help="The template; without it, list all.", metavar="TEMPLATE")
    ] = "",
    case: Annotated[
        str,
        typer.Option(help="An invoice number of the store, or a sample case.", metavar="CASE"),
    ] = "",
    channel: Annotated[str, typer.Option(help="On this channel only.", metavar="CHANNEL")] = "",
    tone: Annotated[str, typer.Option(help="In this tone only.", metavar="TONE")] = "",
    form: Annotated[
        str, typer.Option("--format", help="html, txt, eml, pdf or png only.", metavar="FORMAT")
    ] = "",
    every: Annotated[
        bool, typer.Option("--all", help="A gallery of every template, to open in a browser.")
    ] = False,
    out: Annotated[str, typer.Option(help="Where to write; else var/preview.", metavar="DIR")] = "",
    home: HomeOption = "",
    date: DateOption = "",
    lang: LangOption = "",
) -> int:
    """Write what a debtor would get, as files to look at; sends nothing, changes nothing."""
    from dispatcher.preview.choice import known  # noqa: PLC0415 - heavy, and not for --help
    from dispatcher.preview.files import FORMATS  # noqa: PLC0415 - as above

    found, speaker = asked(home, lang)
    if form:
        known("format", form, FORMATS)
    folder = Path(out) if out else found.var / "preview"
    if every:
        _alone(template, case, channel, tone, form)
        return _gallery(speaker, found, folder, date)
    if not template and not case:
        return _list(speaker, found)
    return _some(speaker, found, folder, date, (template, case, channel, tone, form))


def _alone(*others: str) -> None:
    from dispatcher.errors import BadInput  # noqa: PLC0415 - as above
    from dispatcher.model.problem import Problem  # noqa: PLC0415 - as above

    names = ("TEMPLATE", "--case", "--channel", "--tone", "--format")
    given = [name for name, value in zip(names, others, strict=True) if value]
    if given:
        raise BadInput(Problem(code="preview/not-alone", fields={"what": ", ".join(given)}))


def _gallery(speaker: "Speaker", found: "Home", folder: Path, date: str) -> int:
    from dispatcher.cli.sheet import sheet_text  # noqa: PLC0415 - as above
    from dispatcher.preview.desk import whole_gallery  # noqa: PLC0415 - as above

    telling = partial(sheet_text, speaker)
    with speaker.progress() as progress:
        made = whole_gallery(
            found, folder, day=date, lang=speaker.lang, progress=progress, telling=telling
        )
    speaker.say("preview/gallery", messages=made.messages, pages=made.pages, path=_near(made.index))
    if made.failed:
        speaker.note("preview/failed", count=len(made.failed))
        speaker.problems([problem for _, problem in made.failed], {})
    return int(bool(made.failed))


def _list(speaker: "Speaker", found: "Home") -> int:
    from dispatcher.preview.choice import CHANNELS  # noqa: PLC0415 - as above
    from dispatcher.preview.desk import library_of  # noqa: PLC0415 - as above

    library = library_of(found)
    speaker.say("preview/list")
    speaker.table(
        [speaker.words(f"preview/{name}") for name in ("template", "channels", "tones")],
        [
            (
                name,
                ", ".join(each for each in CHANNELS if each in library.channels(name)),
                ", ".join(sorted(library.tones(name))),
            )
            for name in sorted(library.templates)
        ],
    )
    return 0


def _some(
    speaker: "Speaker", found: "Home", folder: Path, date: str, wish: tuple[str, str, str, str, str]
) -> int:
    from dispatcher.cli.sheet import sheet_text  # noqa: PLC0415 - as above
    from dispatcher.preview.cases import CASES  # noqa: PLC0415 - as above
    from dispatcher.preview.desk import on_case, on_sample  # noqa: PLC0415 - as above

    template, case, channel, tone, form = wish
    telling = partial(sheet_text, speaker)
    real = bool(case) and (case not in CASES or not template)
    if real:
        said = on_case(
            found, case, template=template, channel=channel, tone=tone, day=date, telling=telling
        )
        with said as (when, pairs):
            name = "preview/case-today" if when.today else "preview/case-later"
            speaker.say(name, case=case, day=speaker.day(when.day))
            return _written(speaker, folder, form, pairs)
    with on_sample(
        found,
        template,
        case=case,
        channel=channel,
        tone=tone,
        day=date,
        lang=speaker.lang,
        telling=telling,
    ) as pairs:
        return _written(speaker, folder, form, pairs)


def _written(
    speaker: "Speaker", folder: Path, form: str, pairs: Iterable[tuple[str, "Shown | Problem"]]
) -> int:
    """Write the messages and list them; 1 if one could not be made."""
    from dispatcher.model.problem import Problem  # noqa: PLC0415 - as above
    from dispatcher.preview.desk import with_picture  # noqa: PLC0415 - as above
    from dispatcher.preview.files import contents, of_format, written  # noqa: PLC0415 - as above
    from dispatcher.preview.telling import cost  # noqa: PLC0415 - as above

    rows, failed = list[tuple[str, ...]](), list[Problem]()
    for stem, shown in pairs:
        if isinstance(shown, Problem):
            failed.append(shown)
            continue
        made = with_picture(contents(shown), shown, form)
        endings = list(of_format(made, form))
        written(folder, stem, {ending: made[ending] for ending in endings})
        frozen, notes = shown.frozen, ", ".join(cost(shown, speaker.lang))
        rows.append((frozen.template, frozen.channel, frozen.tone, notes, stem, " ".join(endings)))
    names = ("template", "channel", "tone", "notes", "files")
    if rows:
        speaker.table([*(speaker.words(f"preview/{name}") for name in names), ""], rows)
        speaker.say("preview/folder", folder=_near(folder))
    speaker.problems(failed, {})
    return int(bool(failed))


def _near(path: Path) -> str:
    """The path as a person in this folder would write it."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
