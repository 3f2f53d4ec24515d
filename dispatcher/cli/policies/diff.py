"""`relance diff`: what two versions of the rules mean otherwise, and whom it concerns today."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from dispatcher.cli.asked import DateOption, HomeOption, LangOption, asked, checked_speaker


if TYPE_CHECKING:
    from dispatcher.cli.say import Speaker
    from dispatcher.home import Home
    from dispatcher.policy.terms import Rulebook
    from dispatcher.prove.changes.compare import Comparison
    from dispatcher.prove.changes.moved_cases import Moved
    from dispatcher.revisions import Rules


FORMATS: Final = ("text", "markdown", "json")
HEAD: Final = "HEAD"
DIFFERS: Final = 1


def diff(  # noqa: PLR0917 - one parameter per option of the command
    old: Annotated[
        str, typer.Argument(help="A file, a folder, a revision of git; HEAD without.")
    ] = "",
    new: Annotated[str, typer.Argument(help="The same; without, the home's rules.")] = "",
    form: Annotated[
        str, typer.Option("--format", help="text, markdown or json.", metavar="FORMAT")
    ] = "text",
    portfolio: Annotated[
        bool | None,
        typer.Option("--portfolio/--no-portfolio", help="Also today's plan by both, of the home."),
    ] = None,
    home: HomeOption = "",
    date: DateOption = "",
    lang: LangOption = "",
) -> int:
    """Say exactly what two versions of the rules mean otherwise."""
    # One small plan or two: threads cost more than they bring.
    os.environ.setdefault("POLARS_MAX_THREADS", "1")
    from dispatcher.cli.policies import diffed  # noqa: PLC0415 - Polars, not for --help
    from dispatcher.cli.policies.reports import known_format  # noqa: PLC0415 - as above
    from dispatcher.prove.changes.compare import compare  # noqa: PLC0415 - as above

    found, speaker = _home(home, lang)
    known_format(form, FORMATS)
    sides = _sides(old, new, found)
    books = _read(sides[0], speaker), _read(sides[1], speaker)
    together = _together(*sides)
    compared = compare(*books, together=together)
    day, moved = _portfolio(compared, books, found, speaker, date=date, wanted=portfolio)
    told = diffed.Told(
        names=(sides[0].name, sides[1].name),
        found=compared,
        books=books,
        moved=moved,
        day=day,
        labels=_labels(found),
    )
    diffed.FORMS[form](speaker, told)
    return 0 if compared.same and compared.exact else DIFFERS


def _home(home: str, lang: str) -> tuple["Home | None", "Speaker"]:
    """The home if one is named or stands here: two folders can be compared without one."""
    if home or os.environ.get("RELANCE_HOME") or Path("config.yaml").is_file():
        return asked(home, lang)
    return None, checked_speaker(lang)


def _sides(old: str, new: str, home: "Home | None") -> tuple["Rules", "Rules"]:
    """What is compared, each whole: with the vocabulary and the parents of its policies."""
    from dispatcher.revisions import RULES, completed, rules_at  # noqa: PLC0415 - as above

    here = Path.cwd()
    folder = None if home is None else home.folder
    own = Path(os.path.relpath(folder or here))
    own = own / RULES if (own / RULES).is_dir() else own
    if old and not new and Path(old).exists() and Path(old).resolve() in _own(own):
        old, new = HEAD, old
    names = old or HEAD, new or str(own)
    found = [rules_at(name, home=folder, here=here) for name in names]
    return completed(found[0], found[1], folder), completed(found[1], found[0], folder)


def _own(rules: Path) -> tuple[Path, ...]:
    return rules.resolve(), rules.resolve().parent


def _together(old: "Rules", new: "Rules") -> tuple[str, str] | None:
    """Two files that were named alone are one policy before and after, whatever its name."""
    return (old.policy, new.policy) if old.policy and new.policy and old.file and new.file else None


def _read(rules: "Rules", speaker: "Speaker") -> "Rulebook":
    """The rulebook of one side; what is wrong with it is said, and refused if it must be.

    Raises:
        Unusable: it cannot be read.
    """
    from dispatcher.model.problem import Level  # noqa: PLC0415 - as above
    from dispatcher.policy.read import read_rules  # noqa: PLC0415 - as above
    from dispatcher.problems.registry import level  # noqa: PLC0415 - as above
    from dispatcher.revisions import called, placed  # noqa: PLC0415 - as above
    from dispatcher.writings import Unusable  # noqa: PLC0415 - as above

    rulebook, problems = read_rules(rules.texts, faulty=True)
    folder = rules.folder
    errors = [each for each in placed(problems, folder) if level(each) is Level.ERROR]
    sources = {called(name, folder): text for name, text in rules.texts.items()}
    if rulebook is None or rules.problems:
        raise Unusable([*rules.problems, *errors], sources)
    if errors:
        speaker.problems(errors, sources)
        speaker.note("diff/faulty")
    return rulebook


def _labels(home: "Home | None") -> dict[str, "dict[str, str]"]:
    """The words of the home's tasks and offers."""
    from dispatcher.writings import read_settings  # noqa: PLC0415 - as above

    settings = None if home is None else read_settings(home)[0]
    if settings is None:
        return {}
    labels = {name: dict(offer.labels) for name, offer in settings.offers.items()}
    return labels | {name: dict(task.labels) for name, task in settings.tasks.items()}


def _portfolio(
    compared: "Comparison",
    books: tuple["Rulebook", "Rulebook"],
    home: "Home | None",
    speaker: "Speaker",
    *,
    date: str,
    wanted: bool | None,
) -> tuple[str, "Moved | None"]:
    """Today's plan by both, where there are cases: its day and what moves.

    Raises:
        RelanceError: it was asked for, and there is no portfolio or it cannot be planned.
    """
    from dispatcher.errors import BadInput, RelanceError  # noqa: PLC0415 - as above
    from dispatcher.model.problem import Problem  # noqa: PLC0415 - as above

    if wanted is False or (wanted is None and (home is None or not _has_cases(home))):
        return "", None
    if home is None:
        raise BadInput(Problem(code="diff/no-portfolio"))
    try:
        return _planned(compared, books, home, date)
    except RelanceError as error:
        if wanted:
            raise
        speaker.problems(error.problems, getattr(error, "sources", {}))
        speaker.note("diff/no-plan")
        return "", None


def _has_cases(home: "Home") -> bool:
    from dispatcher.writings import read_settings  # noqa: PLC0415 - as above

    settings = read_settings(home)[0]
    if settings is None:
        return False
    files = (source.file for source in settings.sources)
    return settings.store.exists() or any(file.exists() for file in files)


def _planned(
    compared: "Comparison", books: tuple["Rulebook", "Rulebook"], home: "Home", date: str
) -> tuple[str, "Moved"]:
    from dispatcher.decide.costs import prices_of  # noqa: PLC0415 - as above
    from dispatcher.prove.changes.compare import names_before  # noqa: PLC0415 - as above
    from dispatcher.prove.changes.moved_cases import moved  # noqa: PLC0415 - as above
    from dispatcher.questions import preview  # noqa: PLC0415 - as above
    from dispatcher.wiring import looking  # noqa: PLC0415 - as above

    plans = []
    for rulebook in books:
        with looking(home, day=date, rulebook=rulebook) as house:
            plans.append(preview(house).plan)
            day, prices = house.clock.today(), prices_of(house.settings)
    names = dict(names_before(compared))
    return day.isoformat(), moved(plans[0], plans[1], names=names, prices=prices)
