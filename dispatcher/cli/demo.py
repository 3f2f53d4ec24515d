"""`relance demo`: a morning of the sample company, told step by step."""

import email
import email.policy
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import polars as pl

from dispatcher import app, questions
from dispatcher.caution import short
from dispatcher.cli.planned import show_plan
from dispatcher.cli.say import Speaker
from dispatcher.cli.views import show_came, show_report, show_todo, show_verified
from dispatcher.clocks import a_day
from dispatcher.decide import calendars
from dispatcher.decide.explain_text import channel_words, reason_words
from dispatcher.errors import BadInput, WantsPerson
from dispatcher.home import Home, lay_down
from dispatcher.house import House
from dispatcher.model.decision import Action
from dispatcher.model.problem import Problem
from dispatcher.month.play import begin
from dispatcher.people.work import todo
from dispatcher.sample.company import DEBTORS, Company, company
from dispatcher.wiring import looking, opened_house, verified


MARK: Final = ".relance-demo"  # only a folder that the demo made is ever removed by it
TASKS: Final = 12  # shown of the list of work
SHOWN: Final = ("email", "sms", "letter")
LETTER: Final = 24  # lines of a letter's words


def morning(speaker: Speaker, folder: Path, *, debtors: int = DEBTORS, start: str = "") -> int:
    """A new home, the sample company's files, and one morning from their arrival to the trail.

    Raises:
        BadInput: the folder holds something else.
    """
    day = working_day(a_day(start))
    home = fresh(folder)
    speaker.settle("fr")
    speaker.say("demo/start", day=speaker.day(day), folder=home.folder)
    _come(speaker, home, company(today=day, debtors=debtors))
    digest = _plan(speaker, home, day)
    _run(speaker, home, day, digest)
    _messages(speaker, home, day)
    case = _people(speaker, home, day)
    broken = _trail(speaker, home)
    _where(speaker, home, day, case)
    return int(broken)


def fresh(folder: Path) -> Home:
    """A new home in a folder that is empty, or that a demo made.

    Raises:
        BadInput: it holds something else.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / MARK).exists():
        raise BadInput(Problem(code="home/exists", fields={"folder": str(folder)}))
    shutil.rmtree(folder, ignore_errors=True)
    home = lay_down(folder)
    (home.folder / MARK).touch()
    return home


def working_day(day: date) -> date:
    """The day, or the next on which somebody is at work."""
    while calendars.closing(day, calendars.HOME):
        day += timedelta(days=1)
    return day


def _step(speaker: Speaker, title: str, command: str) -> None:
    speaker.say("demo/step", title=speaker.words(f"demo/{title}"), command=command)


def _come(speaker: Speaker, home: Home, sample: Company) -> None:
    _step(speaker, "come", f"import --date {sample.day}")
    show_came(speaker, begin(home, sample))
    kinds = Counter(each.kind for each in sample.said)
    counts = (
        speaker.words("demo/said-one", count=count, what=speaker.words(f"event/{kind}"))
        for kind, count in kinds.items()
    )
    speaker.say("demo/said", counts=", ".join(counts))
    speaker.say("demo/come-why")


def _plan(speaker: Speaker, home: Home, day: date) -> str:
    _step(speaker, "plan", f"plan --date {day}")
    with looking(home, day=str(day)) as house:
        plan = questions.preview(house).plan
        show_plan(speaker, plan, day, house.settings)
    return plan.digest


def _run(speaker: Speaker, home: Home, day: date, digest: str) -> None:
    """The run, confirmed where safety stops it, and once more: nothing is left to do."""
    _step(speaker, "run", f"run --date {day}")
    try:
        _one_run(speaker, home, day)
    except WantsPerson as error:
        speaker.problems(error.problems, {})
        speaker.say("demo/stopped")
        confirm = short(digest)
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
    show_report(speaker, report, came=False)


# -- what left ----------------------------------------------------------------------------------


def _messages(speaker: Speaker, home: Home, day: date) -> None:
    """The first e-mail, SMS and letter in the sinks, as a reader of plain text sees them."""
    speaker.say("demo/look", title=speaker.words("demo/messages"), path=home.sinks)
    with opened_house(home, day=str(day), writes=False) as house:
        for channel in SHOWN:
            found = sorted(path for path in (home.sinks / channel).rglob("*.*") if _is_one(path))
            if found:
                spoken = channel_words(channel, speaker.lang)
                speaker.say("demo/message", channel=spoken, path=found[0])
                for line in _words(house, found[0]):
                    speaker.line(f"   {line}".rstrip())


def _is_one(path: Path) -> bool:
    return path.suffix in {".eml", ".txt", ".pdf"}


def _words(house: House, path: Path) -> Iterator[str]:
    if path.suffix == ".eml":
        yield from _mail(path)
    elif path.suffix == ".pdf":
        parts = house.book.words_of(path.stem)
        yield from parts.get("address", "").splitlines()
        yield ""
        yield from parts.get("text", "").splitlines()[:LETTER]
        yield "(...)"
    else:
        yield from path.read_text(encoding="utf-8").splitlines()


def _mail(path: Path) -> Iterator[str]:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    for name in ("From", "To", "Subject"):
        yield f"{name}: {message[name]}"
    body = message.get_body(preferencelist=("plain",))
    yield ""
    yield from "" if body is None else str(body.get_content()).rstrip().splitlines()


# -- what people do, and what is held -----------------------------------------------------------


def _people(speaker: Speaker, home: Home, day: date) -> str:
    """The list of work and what is held; the case that the newcomer may ask about."""
    _step(speaker, "tasks", "tasks")
    with opened_house(home, day=str(day), writes=False) as house:
        rows = todo(house)
        show_todo(speaker, house, rows[:TASKS], day)
        if len(rows) > TASKS:
            speaker.say("demo/more", count=len(rows) - TASKS)
    with looking(home, day=str(day)) as house:
        answers = questions.preview(house).plan.answers
        held = answers.filter(pl.col("action") == Action.HOLD.value)
        chosen = str((held if held.height else answers)["number"][0])
        _step(speaker, "held", f"explain {chosen} --date {day}")
        counts = held.group_by("reason").len().sort("len", "reason", descending=[True, False])
        for reason, count in counts.iter_rows():
            speaker.say("demo/held-one", count=count, why=reason_words(reason, speaker.lang))
        speaker.line()
        for line in questions.explained(house, chosen, speaker.lang):
            speaker.line(line)
    return chosen


def _trail(speaker: Speaker, home: Home) -> bool:
    _step(speaker, "trail", "audit verify")
    return show_verified(speaker, verified(home))


def _where(speaker: Speaker, home: Home, day: date, case: str) -> None:
    names = ("incoming", "sinks", "answers", "rules")
    speaker.say("demo/files", **{name: getattr(home, name) for name in names})
    tomorrow = working_day(day + timedelta(days=1))
    other = home.folder.with_name(f"{home.folder.name}-30")
    told = {"folder": home.folder, "case": case, "day": day, "tomorrow": tomorrow, "other": other}
    speaker.say("demo/next", **told)
