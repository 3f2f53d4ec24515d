"""`relance audit checkpoint` and `audit verify --against`: heads of the trail kept elsewhere."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dispatcher.cli.asked import HomeOption, LangOption, asked


if TYPE_CHECKING:
    from dispatcher.cli.say import Speaker


def checkpoint(
    to: Annotated[
        Path | None, typer.Option("--to", help="Append it to this file.", metavar="FILE")
    ] = None,
    home: HomeOption = "",
    lang: LangOption = "",
) -> int:
    """Print how far the trail goes, a line of JSON; keep it where the configuration says, or there.

    Whoever owns the book can write all of it anew; only a line kept elsewhere finds that.
    """
    from dispatcher.checkpoints import checkpoint_line  # noqa: PLC0415 - as below
    from dispatcher.proving import keep_head  # noqa: PLC0415 - SQLAlchemy, 200 ms

    place, speaker = asked(home, lang)
    mark, kept = keep_head(place, to=to)
    typer.echo(checkpoint_line(mark))
    if kept is not None:
        speaker.note("checkpoint/kept", seq=mark.seq, path=kept)
    return 0


def keep_after_run(speaker: "Speaker", folder: Path) -> bool:
    """Keep the head where the configuration says; whether that failed, which is said."""
    from dispatcher.home import Home  # noqa: PLC0415 - as above
    from dispatcher.proving import keep_configured  # noqa: PLC0415 - as above

    problem = keep_configured(Home(folder=folder))
    if problem is not None:
        speaker.problems([problem], {})
    return problem is not None
