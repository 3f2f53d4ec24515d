"""A small home whose debtors are reached by three channels, and what came of them in the end."""

import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from dispatcher.home import Home, lay_down
from dispatcher.wiring import verified
from tests.day.situation_town import Town, row


DAY: Final = date(2026, 11, 24)  # a Tuesday
NEXT: Final = date(2026, 11, 25)

#: Debtors by the channel that reaches them.
BY_CHANNEL: Final[Mapping[str, tuple[str, ...]]] = {
    "email": ("A", "B", "C"),
    "sms": ("D",),
    "letter": ("E",),
}
DEBTORS: Final = tuple(name for names in BY_CHANNEL.values() for name in names)

#: States in which a message will still leave, or has not been looked at.
PENDING: Final = {"awaiting", "planned", "sending", "deferred", "hold", "quarantined"}

_NUMBER: Final = re.compile(r"-\d+$")


def exported(home: Home, day: date = DAY) -> None:
    """The export of that morning."""
    rows = [
        {**row(f"{name}-1", Compte=name), "E-mail": f"{name.lower()}@eluard.example"}
        for name in BY_CHANNEL["email"]
    ]
    mobile = {"E-mail": "", "Mobile": "06 12 34 56 78"}
    rows += [row(f"{name}-1", Compte=name) | mobile for name in BY_CHANNEL["sms"]]
    rows += [row(f"{name}-1", Compte=name) | {"E-mail": ""} for name in BY_CHANNEL["letter"]]
    Town(home=home).exports(day, *rows)


def prepared(folder: Path) -> Home:
    """A home of firms on the morning of `DAY`, to which nothing has happened yet."""
    home = lay_down(folder)
    for path in home.rules.glob("*.yaml"):
        if path.name not in {"facts.yaml", "base.yaml", "b2b-standard.yaml"}:
            path.unlink()  # of other debtors: every run would read it for nothing
    base = home.rules / "base.yaml"
    base.write_text(base.read_text("utf-8").replace("40%", "100%"), "utf-8")  # all owe at once
    exported(home)
    return home


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A message as the store has it."""

    token: str
    debtor: str
    channel: str
    state: str


def stored(home: Home) -> list[Stored]:
    """Every message of the store."""
    with closing(sqlite3.connect(home.var / "relance.sqlite")) as connection:
        rows = connection.execute(
            "SELECT token, reference, channel, state FROM message "
            "JOIN debtor ON debtor.id = debtor_id"
        ).fetchall()
    return [Stored(token=t, debtor=d, channel=c, state=s) for t, d, c, s in rows]


def arrived(home: Home) -> Counter[str]:
    """The tokens of what lies in the files of the sandbox, and how often."""
    found = Counter[str]()
    for path in home.sinks.rglob("*"):
        if path.suffix in {".eml", ".txt", ".pdf"} and not path.name.startswith("."):
            found[_NUMBER.sub("", path.stem)] += 1
    return found


def faults(home: Home, *, left: Iterable[str] = (), unknown: int = 0) -> list[str]:
    """What is wrong after all is over: nothing lost, nothing twice, the trail whole.

    `left` are tokens of what had left before the files of this home; `unknown` is how many may be
    of unknown outcome, of which each may have left or not, but not twice.
    """
    messages = stored(home)
    tokens = arrived(home) + Counter(left)
    known = {each.token: each.debtor for each in messages}
    found = [f"left, and the store does not know it: {t}" for t in tokens if t not in known]
    times = Counter[str]()
    for token, number in tokens.items():
        times[known.get(token, "?")] += number
    found += [f"{debtor} heard {number} times" for debtor, number in times.items() if number > 1]
    doubtful = {each.debtor for each in messages if each.state == "unknown"}
    for debtor in DEBTORS:
        if not times[debtor] and debtor not in doubtful:
            found.append(f"{debtor} did not hear")
    if len(doubtful) > unknown:
        found.append(f"{len(doubtful)} unknown, at most {unknown} were on their way")
    found += [f"{e.debtor}: {e.channel} is {e.state}" for e in messages if e.state in PENDING]
    fault = verified(home).first_fault
    return found if fault is None else [*found, f"the trail: {fault}"]
