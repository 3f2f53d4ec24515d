"""`relance demo`: a morning with a sample portfolio, told step by step."""

import email
import email.policy
import shutil
from datetime import date, timedelta
from pathlib import Path

from dispatcher import app, questions
from dispatcher.cli.planned import show_plan
from dispatcher.cli.say import Speaker
from dispatcher.cli.views import show_came, show_report, show_tasks, show_verified
from dispatcher.clocks import a_day
from dispatcher.decide import calendars
from dispatcher.errors import BadInput, WantsPerson
from dispatcher.home import Home, lay_down
from dispatcher.model.decision import Action
from dispatcher.model.problem import Problem
from dispatcher.sample import portfolio
from dispatcher.wiring import looking, opened_house, verified


MARK = ".relance-demo"  # only a folder that the demo made is ever removed by it


def morning(speaker: Speaker, folder: Path) -> int:
    """Lay down a home, take in a sample portfolio, plan, send, look at everything.

    Raises:
        BadInput: the folder holds something else.
    """
    day = _working_day(a_day(""))
    home = _fresh(folder, day)
    speaker.settle("fr")
    speaker.say("demo/start", day=day, folder=home.folder)
    digest = _plan(speaker, home, day)
    _run(speaker, home, day, digest)
    _tasks(speaker, home, day)
    _message(speaker, home)
    _explain(speaker, home, day)
    broken = _trail(speaker, home)
    speaker.say("demo/files", sinks=home.sinks, answers=home.answers, rules=home.rules)
    return int(broken)


def _fresh(folder: Path, day: date) -> Home:
    if folder.exists() and any(folder.iterdir()) and not (folder / MARK).exists():
        raise BadInput(Problem(code="home/exists", fields={"folder": str(folder)}))
    shutil.rmtree(folder, ignore_errors=True)
    home = lay_down(folder)
    (home.folder / MARK).touch()
    (home.incoming / "open-items.csv").write_text(portfolio(today=day), encoding="utf-8")
    return home


def _working_day(day: date) -> date:
    while calendars.closing(day, calendars.HOME):
        day += timedelta(days=1)
    return day


def _step(speaker: Speaker, title: str, command: str) -> None:
    speaker.say("demo/step", title=speaker.words(f"demo/{title}"), command=f"relance {command}")


def _plan(speaker: Speaker, home: Home, day: date) -> str:
    _step(speaker, "plan", f"plan --date {day}")
    with looking(home, day=str(day)) as house:
        seen = questions.preview(house)
        show_came(speaker, seen.came)
        show_plan(speaker, seen.plan, day, house.settings)
    return seen.plan.digest


def _run(speaker: Speaker, home: Home, day: date, digest: str) -> None:
    """The run that safety stops, the same run confirmed, and once more: nothing is left to do."""
    _step(speaker, "run", f"run --date {day}")
    try:
        _one_run(speaker, home, day)
    except WantsPerson as error:
        speaker.problems(error.problems, {})
        speaker.say("demo/stopped")
        confirm = app.short(digest)
        _step(speaker, "run", f"run --date {day} --confirm {confirm}")
        _one_run(speaker, home, day, confirm)
    _step(speaker, "again", f"run --date {day}")
    _one_run(speaker, home, day)


def _one_run(speaker: Speaker, home: Home, day: date, confirm: str = "") -> None:
    with (
        speaker.progress() as progress,
        opened_house(home, day=str(day), writes=True, progress=progress) as house,
    ):
        report = app.run(house, confirm=confirm)
    show_report(speaker, report)


def _tasks(speaker: Speaker, home: Home, day: date) -> None:
    _step(speaker, "tasks", "tasks")
    with opened_house(home, day=str(day), writes=False) as house:
        show_tasks(speaker, house, day)


def _message(speaker: Speaker, home: Home) -> None:
    """The first message in the sink, as a reader of plain text sees it."""
    found = sorted(home.sinks.rglob("*.eml"))
    if not found:
        return
    speaker.say("demo/step", title=speaker.words("demo/message"), command=found[0].name)
    message = email.message_from_bytes(found[0].read_bytes(), policy=email.policy.default)
    for name in ("From", "To", "Subject"):
        speaker.line(f"{name}: {message[name]}")
    body = message.get_body(preferencelist=("plain",))
    speaker.line()
    speaker.line("" if body is None else str(body.get_content()).rstrip())


def _explain(speaker: Speaker, home: Home, day: date) -> None:
    with looking(home, day=str(day)) as house:
        plan = questions.preview(house).plan
        held = plan.answers.filter(plan.answers["action"] == Action.HOLD.value)
        chosen = held if held.height else plan.answers
        if not chosen.height:
            return
        name = str(chosen["number"][0])
        _step(speaker, "explain", f"explain {name} --date {day}")
        for line in questions.explained(house, name, speaker.lang):
            speaker.line(line)


def _trail(speaker: Speaker, home: Home) -> bool:
    _step(speaker, "trail", "audit verify")
    return show_verified(speaker, verified(home))
