"""`config.yaml` into frozen settings; every mistake of the file in one go."""

import re
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dispatcher.config.channels import read_channels
from dispatcher.config.form import NOTHING, Form
from dispatcher.config.sources import read_sources
from dispatcher.model.problem import Problem
from dispatcher.model.settings import (
    Creditor,
    Environment,
    Person,
    Settings,
    TaskText,
    Totals,
)
from dispatcher.nodes.read import read_yaml
from dispatcher.problems.suggest import nearest


SECTIONS = (
    "environment",
    "timezone",
    "language",
    "currency",
    "default_policy",
    "max_data_age",
    "transit_days",
    "creditor",
    "sources",
    "channels",
    "limits",
    "people",
    "tasks",
    "store",
)

LANGUAGES = ("fr", "en")

_SPAN = re.compile(r"(\d{1,3}) business days?")


def read_config(text: str, *, file: str, home: Path) -> tuple[Settings | None, tuple[Problem, ...]]:
    """The settings of a home, or None with everything that is wrong.

    Paths are taken relative to `home`. Secrets stay references (`env:NAME`, `file:PATH`).
    """
    root, problems = read_yaml(text, file=file)
    if root is None:
        return None, problems
    form = Form(map=root, section=Path(file).name, problems=list(problems))
    form.only(SECTIONS)
    settings = _settings(form, home)
    found = tuple(form.problems)
    return (None if found else settings), found


def _settings(form: Form, home: Path) -> Settings:
    people = _people(form)
    return Settings(
        home=home,
        creditor=_creditor(form),
        environment=Environment(
            form.one_of("environment", tuple(Environment), Environment.SANDBOX)
        ),
        timezone=_timezone(form),
        language=form.one_of("language", LANGUAGES, "fr"),
        currency=form.text("currency", "EUR"),
        default_policy=_or_nothing(form.text("default_policy", NOTHING)),
        max_data_age=_business_days(form, "max_data_age", 1),
        transit_days=_business_days(form, "transit_days", 3),
        sources=read_sources(form, home),
        channels=read_channels(form),
        people=people,
        tasks=_tasks(form, people),
        totals=_totals(form),
        store=home / _store(form),
    )


def _creditor(form: Form) -> Creditor:
    part = form.part("creditor", required=True)
    if part is None:
        return Creditor(name="")
    names = [name for name in Creditor.__dataclass_fields__ if name != "address"]
    part.only(("address", *names))
    texts = {name: part.text(name) for name in names if name != "name"}
    part.checked("iban", texts["iban"], code="config/checksum", is_right=is_iban)
    part.checked("siren", texts["siren"], code="config/checksum", is_right=is_siren)
    return Creditor(name=part.text("name", None), address=part.texts("address"), **texts)


def _timezone(form: Form) -> str:
    name = form.text("timezone", "Europe/Paris")
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        form.report("config/timezone", form.place("timezone"), value=name)
    return name


def _people(form: Form) -> dict[str, Person]:
    keys = ("name", "email", "column", "stand_in")
    people = {}
    for role, part in form.parts("people"):
        part.only(keys)
        people[role] = Person(role=role, **{key: part.text(key) for key in keys})
    for role, part in form.parts("people"):
        _known_role(part, "stand_in", people[role].stand_in, people)
    return people


def _tasks(form: Form, people: dict[str, Person]) -> dict[str, TaskText]:
    tasks = {}
    for name, part in form.parts("tasks"):
        part.only((*LANGUAGES, "assign_to"))
        assignee = part.text("assign_to")
        _known_role(part, "assign_to", assignee, people)
        labels = {lang: part.text(lang) for lang in LANGUAGES if part.text(lang)}
        tasks[name] = TaskText(name=name, labels=labels, assign_to=assignee)
    return tasks


def _known_role(part: Form, key: str, role: str, people: dict[str, Person]) -> None:
    if role and role not in people:
        part.report(
            "config/unknown-role",
            part.place(key),
            suggestion=nearest(role, people),
            value=role,
            allowed=", ".join(people),
        )


def _totals(form: Form) -> Totals:
    part = form.part("limits")
    if part is None:
        return Totals()
    part.only(("per_run", "per_day"))
    days = part.part("per_day")
    channels = [entry.key for entry in days.map] if days is not None else []
    counts = {name: days.number(name, None) for name in channels if days is not None}
    return Totals(
        per_run=part.number("per_run", None),
        per_day={name: count for name, count in counts.items() if count is not None},
    )


def _store(form: Form) -> str:
    part = form.part("store")
    if part is None:
        return "var/relance.sqlite"
    part.only(("path",))
    return part.text("path", "var/relance.sqlite")


def _business_days(form: Form, key: str, default: int) -> int:
    text = form.text(key, f"{default} business days")
    found = _SPAN.fullmatch(text)
    if found is not None:
        return int(found[1])
    form.report(
        "config/value",
        form.place(key),
        key=key,
        value=text,
        allowed="1 business day, 2 business days, ...",
    )
    return default


def _or_nothing(text: str) -> str:
    return "" if text == NOTHING else text


def is_iban(text: str) -> bool:
    """Whether the check digits of an IBAN hold (ISO 13616, mod 97)."""
    plain = text.replace(" ", "").upper()
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", plain):
        return False
    return int("".join(str(int(sign, 36)) for sign in plain[4:] + plain[:4])) % 97 == 1


def is_siren(text: str) -> bool:
    """Whether nine digits pass the Luhn check of a SIREN."""
    plain = text.replace(" ", "")
    if not re.fullmatch(r"\d{9}", plain):
        return False
    doubled = [int(sign) * (2 if place % 2 else 1) for place, sign in enumerate(plain)]
    return sum(number // 10 + number % 10 for number in doubled) % 10 == 0
