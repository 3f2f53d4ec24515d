"""`relance simulate`: what the rules would do in the days to come, by a stated assumption."""

import os
from typing import TYPE_CHECKING, Annotated

import typer

from dispatcher.cli.asked import DateOption, HomeOption, LangOption, asked


if TYPE_CHECKING:
    from dispatcher.cli.say import Speaker
    from dispatcher.home import Home
    from dispatcher.house import House
    from dispatcher.ports import Frames
    from dispatcher.prove.days.ahead import Assuming
    from dispatcher.prove.days.assumptions import Assumption
    from dispatcher.prove.days.simulation import Simulation


FormOption = Annotated[
    str, typer.Option("--format", help="text, json, markdown or csv.", metavar="FORMAT")
]
SeedOption = Annotated[int, typer.Option(help="Another number, other draws.")]


def simulate(  # noqa: PLR0917 - one parameter per option of the command
    days: Annotated[int, typer.Option(help="How many days ahead.", min=1, max=1000)] = 90,
    rules: Annotated[
        str,
        typer.Option(help="By other rules: a folder, a file, a revision.", metavar="RULES"),
    ] = "",
    assume: Annotated[
        str,
        typer.Option(help="Who pays: none, history, or a file that says more.", metavar="WHAT"),
    ] = "none",
    seed: SeedOption = 1,
    form: FormOption = "text",
    home: HomeOption = "",
    date: DateOption = "",
    lang: LangOption = "",
) -> int:
    """Live the days to come on a virtual clock; writes nothing, sends nothing."""
    # A day has few rows in many steps: threads cost more than they bring.
    os.environ.setdefault("POLARS_MAX_THREADS", "1")
    from dispatcher.cli.policies.ahead import FORMATS, assumption_of, other_rules  # noqa: PLC0415 - heavy
    from dispatcher.cli.policies.reports import known_format  # noqa: PLC0415 - as above
    from dispatcher.wiring import looking  # noqa: PLC0415 - as above

    found, speaker = asked(home, lang)
    known_format(form, FORMATS)
    with looking(found, day=date, rulebook=other_rules(rules, found)) as house:
        assumption = assumption_of(assume, house.rulebook, seed=seed)
        simulation, course = _begun(house, found, assumption, days)
        _live(speaker, simulation, house, days)
        _show(speaker, simulation, course, house, form)
    return 0


def _begun(
    house: "House", home: "Home", assumption: "Assumption", days: int
) -> tuple["Simulation", "Assuming"]:
    """The portfolio on its first morning."""
    from dispatcher.cli.policies.ahead import world_of  # noqa: PLC0415 - as above
    from dispatcher.errors import BadInput  # noqa: PLC0415 - as above
    from dispatcher.model.problem import Problem  # noqa: PLC0415 - as above
    from dispatcher.prove.days.ahead import Assuming, taken_up  # noqa: PLC0415 - as above
    from dispatcher.prove.days.simulation import Simulation  # noqa: PLC0415 - as above

    world, start = world_of(house), house.clock.today()
    book = taken_up(_portfolio(house, home), house.rulebook, world.presented, start)
    if book.tables["invoices"].is_empty():
        raise BadInput(Problem(code="simulate/no-cases"))
    course = Assuming(assumption=assumption)
    course.begin(book, start, days)
    return Simulation(world=world, book=book, course=course), course


def _portfolio(house: "House", home: "Home") -> "Frames":
    """What stands in the store; where nothing came in yet, what the files hold."""
    from dispatcher.app import take_in  # noqa: PLC0415 - as above
    from dispatcher.writings import read_settings  # noqa: PLC0415 - as above

    settings, _, _ = read_settings(home)
    if settings is None or not settings.store.exists():
        take_in(house, accepted=[source.name for source in house.settings.sources])
    return house.book.frames()


def _live(speaker: "Speaker", simulation: "Simulation", house: "House", days: int) -> None:
    from datetime import timedelta  # noqa: PLC0415 - as above

    from dispatcher.prove.days.simulation import run_days  # noqa: PLC0415 - as above

    start, postcode = house.clock.today(), house.settings.creditor.postcode
    lived = run_days(house.rulebook, postcode, start, start + timedelta(days=days - 1))
    with speaker.progress() as tell:
        simulation.live(lived, lambda done, total: tell("simulate", done, total))


def _show(
    speaker: "Speaker", simulation: "Simulation", course: "Assuming", house: "House", form: str
) -> None:
    import json  # noqa: PLC0415 - as above

    from dispatcher.cli.policies import lived, sections  # noqa: PLC0415 - as above
    from dispatcher.cli.policies.ahead import works_daily  # noqa: PLC0415 - as above
    from dispatcher.cli.policies.assumed import assumed  # noqa: PLC0415 - as above
    from dispatcher.decide.costs import prices_of  # noqa: PLC0415 - as above
    from dispatcher.prove.days.forecast import forecast  # noqa: PLC0415 - as above

    prices, diary = prices_of(house.settings), simulation.diary
    told = forecast(diary, house.rulebook, house.settings.totals, prices)
    if form == "json":
        speaker.line(json.dumps(lived.as_data(told, course.assumption), ensure_ascii=False))
        return
    first = assumed(
        speaker,
        course.assumption,
        late=course.late_already,
        runs=told.runs,
        working=not works_daily(diary.days),
    )
    if form == "csv":
        for line in first.lines:
            speaker.line(f"# {line}")
        speaker.line(lived.as_csv(diary, prices))
        return
    rest = lived.sections(speaker, told, house.settings, simulation.book.tables["debtors"])
    show = sections.as_text if form == "text" else sections.as_markdown
    show(speaker, [first, *rest])
