"""The commands: options in, a use case of `app`, a view out, an exit code."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from typer.exceptions import TyperException

from dispatcher.cli.approve import approve
from dispatcher.cli.asked import (
    AcceptOption,
    CaseArgument,
    DateOption,
    HomeOption,
    LangOption,
    PersonOption,
    TimingsOption,
    asked,
    checked_speaker,
    opened,
    speaking,
)
from dispatcher.cli.backup import backup
from dispatcher.cli.checkpoint import checkpoint, keep_after_run
from dispatcher.cli.erase import erase
from dispatcher.cli.event import event
from dispatcher.cli.evidence import export
from dispatcher.cli.explain import explain
from dispatcher.cli.listen import listen
from dispatcher.cli.news import news
from dispatcher.cli.outbox import outbox
from dispatcher.cli.plan import plan
from dispatcher.cli.policies.diff import diff
from dispatcher.cli.policies.fmt import fmt
from dispatcher.cli.policies.replay import replay
from dispatcher.cli.policies.show import show as show_policy
from dispatcher.cli.policies.simulate import simulate
from dispatcher.cli.policies.test import run_tests
from dispatcher.cli.preview import preview
from dispatcher.cli.recompute import recompute
from dispatcher.cli.recover import recover
from dispatcher.cli.say import Speaker
from dispatcher.cli.start import start
from dispatcher.cli.stop import resume, stop
from dispatcher.cli.unknown import unknown
from dispatcher.errors import RelanceError


if TYPE_CHECKING:
    from dispatcher.home import Home


#: What a command answers beside 0 (docs/architecture.md, "Exit codes").
SET_ASIDE: Final = 1
WANTS_PERSON: Final = 3
DISK: Final = 4
INTERRUPTED: Final = 130

#: Whatever we write, personal or not, only this account may read.
ONLY_US: Final = 0o077

app = typer.Typer(
    name="relance",
    help="Reminders for unpaid invoices: policies in text, every case answered.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

audit = typer.Typer(
    help="The trail of everything that happened.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(audit, name="audit")

task = typer.Typer(
    help="What people did: the outcomes of calls and tasks.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(task, name="task")
app.add_typer(plan, name="plan")
app.add_typer(outbox, name="outbox")
app.add_typer(news, name="news")
app.add_typer(unknown, name="unknown")
app.command()(event)
app.command()(explain)
app.command()(approve)
app.command()(preview)
app.command()(fmt)
app.command(name="show")(show_policy)
app.command()(start)
app.command()(stop)
app.command()(resume)
app.command()(simulate)
app.command()(replay)
app.command()(backup)
app.command()(erase)
app.command()(listen)
app.command(name="test")(run_tests)
audit.command()(recompute)
audit.command()(export)
audit.command()(checkpoint)
app.command()(recover)
app.command()(diff)


def command(arguments: Sequence[str]) -> int:
    """One command line; returns its exit code. No mistake of an operator is a traceback."""
    before = os.umask(ONLY_US)
    try:
        code = app(list(arguments), standalone_mode=False, prog_name="relance")
    except TyperException as error:
        _show_usage(error)
        return error.exit_code
    except RelanceError as error:
        speaking.get(Speaker()).problems(error.problems, getattr(error, "sources", {}))
        return error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has gone; Python would complain once more at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 0
    except OSError as error:
        return _on_disk(error)
    finally:
        os.umask(before)
    return code if isinstance(code, int) else 0


def _on_disk(error: OSError) -> int:
    """A file or folder of the home that the system refused, wherever that was."""
    from dispatcher.home import unwritable  # noqa: PLC0415 - only when it is needed

    if not isinstance(error.filename, str):
        raise error  # no file's fault: a mistake of ours
    speaking.get(Speaker()).problems([unwritable(Path(error.filename), error)], {})
    return DISK


def _show_usage(error: TyperException) -> None:
    show = getattr(error, "show", None)
    if callable(show):
        show()
    else:
        typer.echo(error.format_message(), err=True)


# -- a home -----------------------------------------------------------------------------------


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of the new home.")],
    lang: LangOption = "",
) -> int:
    """Lay down a home: configuration, rules, templates, a place for files."""
    from dispatcher.home import lay_down  # noqa: PLC0415 - as above
    from dispatcher.schemas import write_schemas  # noqa: PLC0415 - as above
    from dispatcher.writings import read_writings  # noqa: PLC0415 - as above

    speaker = checked_speaker(lang)
    home = lay_down(folder)
    write_schemas(read_writings(home), lang)
    speaker.say("init/done", folder=home.folder)
    return 0


@app.command()
def sample(
    date: DateOption = "",
    debtors: Annotated[
        int, typer.Option(help="How many debtors: 60, or 400 with --into.", min=0, max=100_000)
    ] = 0,
    seed: Annotated[int, typer.Option(help="Another number, other debtors.")] = 2026,
    into: Annotated[
        str, typer.Option(help="Write all files of a sample company there.", metavar="DIR")
    ] = "",
    lang: LangOption = "",
) -> int:
    """Print a small export, as the example configuration reads it; or write a whole company's."""
    from dispatcher.cli.sample import print_portfolio, write_company  # noqa: PLC0415 - as above
    from dispatcher.clocks import a_day  # noqa: PLC0415 - as above

    day = a_day(date)
    if not into:
        print_portfolio(today=day, seed=seed, debtors=debtors)
        return 0
    write_company(checked_speaker(lang), Path(into), today=day, seed=seed, debtors=debtors)
    return 0


@app.command()
def doctor(
    home: HomeOption = "",
    lang: LangOption = "",
    form: Annotated[str, typer.Option("--format", help="text or json.", metavar="FORMAT")] = "text",
) -> int:
    """The checklist for going live: what is well, what is to do, what is in the way."""
    from dispatcher.cli.doctor import examine  # noqa: PLC0415 - as above
    from dispatcher.cli.policies.reports import known_format  # noqa: PLC0415 - as above

    known_format(form, ("text", "json"))
    return examine(checked_speaker(lang), home, as_json=form == "json")


@app.command()
def check(
    home: HomeOption = "",
    lang: LangOption = "",
    store: Annotated[
        bool, typer.Option("--store", help="Against the cases of the store, too.")
    ] = False,
    form: Annotated[
        str, typer.Option("--format", help="text, json, sarif or github.", metavar="FORMAT")
    ] = "text",
) -> int:
    """Read configuration, templates, policies and their tests; say everything that is wrong."""
    from dispatcher.cli.policies.reports import FORMATS, known_format, report  # noqa: PLC0415 - as above
    from dispatcher.model.problem import Level  # noqa: PLC0415 - as above
    from dispatcher.problems.registry import level  # noqa: PLC0415 - as above
    from dispatcher.remarks import (  # noqa: PLC0415 - as above
        about_channels,
        about_policies,
        about_today,
        about_words,
        as_weighed,
    )
    from dispatcher.schemas import further_problems  # noqa: PLC0415 - as above
    from dispatcher.writings import read_writings  # noqa: PLC0415 - as above

    found, speaker = asked(home, lang)
    known_format(form, FORMATS)
    writings = read_writings(found)
    told = (
        *writings.problems,
        *further_problems(writings),
        *about_channels(writings),
        *about_words(writings),
        *about_policies(writings),
    )
    problems = as_weighed(told, writings)
    # What only the day brings is said and breaks nobody's check.
    every = (*problems, *about_today(writings))
    report(speaker, form, every, writings.sources, folder=found.folder)
    if any(level(problem) is Level.ERROR for problem in problems):
        speaker.note("check/faults", count=len(problems))
        return SET_ASIDE
    rulebook = writings.rulebook
    names = sorted(policy.name for policy in rulebook.active) if rulebook is not None else []
    if store:
        _check_against_store(found)
    if form == "text":
        speaker.say("check/done", count=len(names), names=", ".join(names))
    return SET_ASIDE if any(level(each) is not Level.HINT for each in problems) else 0


@app.command()
def schema(
    kind: Annotated[
        str, typer.Argument(help="Print one: policy, facts, policy-test, config.", metavar="KIND")
    ] = "policy",
    home: HomeOption = "",
    lang: LangOption = "",
    write: Annotated[
        bool, typer.Option("--write", help="Write all into rules/.schema, for editors.")
    ] = False,
) -> int:
    """JSON Schemas for editors, with the names of this home; in both languages without --lang."""
    from dispatcher.cli.policies import schema as shown  # noqa: PLC0415 - as above

    found, speaker = asked(home, lang)
    if write:
        shown.write(speaker, found, lang)
    else:
        shown.show_schema(speaker, found, kind, lang)
    return 0


def _check_against_store(home: "Home") -> None:
    from dispatcher.app import decide  # noqa: PLC0415 - as above
    from dispatcher.wiring import looking  # noqa: PLC0415 - as above

    with looking(home) as house:
        decide(house)


# -- the day ----------------------------------------------------------------------------------


@app.command(name="import")
def import_(
    home: HomeOption = "",
    date: DateOption = "",
    accept: AcceptOption = None,
    every: Annotated[
        bool, typer.Option("--all", help="Every remark and refusal, a line each.")
    ] = False,
    remarks: Annotated[
        Path | None, typer.Option(help="Also write them all to a CSV file.", metavar="FILE")
    ] = None,
    lang: LangOption = "",
) -> int:
    """Take in the files that config.yaml names; every row is accounted for."""
    from dispatcher.app import decide  # noqa: PLC0415 - as above
    from dispatcher.cli.remarked import show_remarks, taken_in  # noqa: PLC0415 - as above
    from dispatcher.cli.views import show_came, show_some, show_unknown  # noqa: PLC0415 - as above

    with opened(home, lang, date=date, writes=True, recovered=False) as (house, speaker):
        came = taken_in(house, speaker, accept or (), remarks)
        refused = show_came(speaker, came, show_remarks if every else show_some)
        unknown = show_unknown(speaker, decide(house).answers)
    return SET_ASIDE if refused or unknown else 0


@app.command(name="run")
def run_day(
    home: HomeOption = "",
    date: DateOption = "",
    confirm: Annotated[
        str, typer.Option(help="Accept exactly the plan with this digest.", metavar="DIGEST")
    ] = "",
    accept: AcceptOption = None,
    timings: TimingsOption = False,
    lang: LangOption = "",
) -> int:
    """Take in, plan, send, record. Safe to repeat: nothing is planned twice."""
    from dispatcher.app import run  # noqa: PLC0415 - as above
    from dispatcher.cli.views import show_report, show_timings  # noqa: PLC0415 - as above
    from dispatcher.timings import Timings  # noqa: PLC0415 - as above

    measured = Timings()
    with opened(home, lang, date=date, writes=True, bars=True) as (house, speaker):
        timed = replace(house, stage=measured.stage)
        report = run(timed, confirm=confirm, accepted=accept or ())
    aside = show_report(speaker, report) + keep_after_run(speaker, house.settings.home)
    if timings:
        show_timings(speaker, measured)
    if report.stopped or report.delivered.halted:
        return WANTS_PERSON
    return SET_ASIDE if aside or report.delivered.stops else 0


@app.command()
def send(home: HomeOption = "", date: DateOption = "", lang: LangOption = "") -> int:
    """Send what has become due since the last run: retries, quiet hours that ended."""
    from dispatcher.app import send as send_due  # noqa: PLC0415 - as above
    from dispatcher.cli.views import show_delivered  # noqa: PLC0415 - as above

    with opened(home, lang, date=date, writes=True, bars=True) as (house, speaker):
        delivered = send_due(house)
    aside = show_delivered(speaker, delivered) + keep_after_run(speaker, house.settings.home)
    if delivered.halted:
        return WANTS_PERSON
    return SET_ASIDE if aside or delivered.stops else 0


# -- questions --------------------------------------------------------------------------------


@app.command()
def tasks(home: HomeOption = "", date: DateOption = "", lang: LangOption = "") -> int:
    """List what people have to do: calls to make and tasks, the most urgent first."""
    from dispatcher.cli.views import show_tasks  # noqa: PLC0415 - as above

    with opened(home, lang, date=date, writes=False) as (house, speaker):
        show_tasks(speaker, house, house.clock.today())
    return 0


@task.command()
def show(
    number: Annotated[str, typer.Argument(help="The number in the list: C12.")],
    home: HomeOption = "",
    date: DateOption = "",
    lang: LangOption = "",
) -> int:
    """Show the sheet of a call or visit: script, account, offers, what was before."""
    from dispatcher.cli.sheet import show_sheet  # noqa: PLC0415 - as above
    from dispatcher.people.sheets import sheet  # noqa: PLC0415 - as above

    with opened(home, lang, date=date, writes=False) as (house, speaker):
        show_sheet(speaker, sheet(house, number), house.settings)
    return 0


@task.command()
def done(
    number: Annotated[str, typer.Argument(help="The number in the list: C12 a call, T3 a task.")],
    outcome: Annotated[str, typer.Option(help="What came of it.", metavar="OUTCOME")],
    person: PersonOption,
    note: Annotated[str, typer.Option(help="What was said.")] = "",
    until: Annotated[
        str,
        typer.Option(
            help="The day promised, to call again, or before which nothing is proposed again.",
            metavar="DAY",
        ),
    ] = "",
    amount: Annotated[
        str, typer.Option(help="What he promises or disputes: 150 or 150.00.", metavar="EUR")
    ] = "",
    told: Annotated[
        str, typer.Option(help="What he may read of it in the notes that follow.", metavar="TEXT")
    ] = "",
    reason: Annotated[str, typer.Option(help="Why he does not pay.", metavar="WORD")] = "",
    home: HomeOption = "",
    date: DateOption = "",
    lang: LangOption = "",
) -> int:
    """Enter the outcome of a call or a task."""
    from dispatcher.clocks import a_day  # noqa: PLC0415 - as above
    from dispatcher.people.work import finish  # noqa: PLC0415 - as above

    with opened(home, lang, date=date, writes=True) as (house, speaker):
        again = a_day(until) if until else None
        state = finish(
            house,
            number,
            outcome=outcome,
            person=person,
            note=note,
            until=again,
            reason=reason,
            amount=amount,
            told=told,
        )
        speaker.say("task/done", number=number, state=speaker.words(f"state/{state}"))
    return 0


@app.command()
def history(case: CaseArgument, home: HomeOption = "", lang: LangOption = "") -> int:
    """List everything that happened to one case."""
    from dispatcher.cli.past import show_history  # noqa: PLC0415 - as above
    from dispatcher.questions import history_of  # noqa: PLC0415 - as above

    with opened(home, lang, writes=False) as (house, speaker):
        told = {"timezone": house.settings.timezone, "currency": house.settings.currency}
        show_history(speaker, history_of(house, case), **told)
    return 0


@audit.command()
def verify(
    against: Annotated[
        str,
        typer.Option(help="A file of checkpoints, or one as SEQ:HASH.", metavar="FILE|SEQ:HASH"),
    ] = "",
    home: HomeOption = "",
    lang: LangOption = "",
) -> int:
    """Prove that no record of the trail was changed, removed, added or moved.

    A trail cut short with its tables, or written anew as a whole, is found by checkpoints only.
    """
    from dispatcher.cli.views import show_verified  # noqa: PLC0415 - as above
    from dispatcher.wiring import verified  # noqa: PLC0415 - as above

    place, speaker = asked(home, lang)
    return SET_ASIDE if show_verified(speaker, verified(place, against=against)) else 0


@app.command()
def demo(
    folder: Annotated[Path, typer.Option("--dir", help="Where.", metavar="DIR")] = Path("demo"),
    days: Annotated[
        int, typer.Option(help="Play so many days instead of a morning.", min=1, max=366)
    ] = 1,
    lang: LangOption = "",
) -> int:
    """A morning of a sample company: take in, plan, send into sinks, look at everything."""
    speaker = checked_speaker(lang)
    if days > 1:
        from dispatcher.cli.month import month  # noqa: PLC0415 - as above

        return month(speaker, folder, days=days)
    from dispatcher.cli.demo import morning  # noqa: PLC0415 - as above

    return morning(speaker, folder)
