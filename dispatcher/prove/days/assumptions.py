"""What is assumed of days to come: who pays when, what promises and calls bring.

Nothing is drawn by a generator with a state: each question (does this debtor pay after that
step?) has its own number, from the seed and the question's own words. So two policies that are
compared meet the same debtors, whatever each of them sends.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

from dispatcher.model.plan import PlannedContact
from dispatcher.model.problem import Problem
from dispatcher.nodes.node import Node
from dispatcher.nodes.read import read_yaml
from dispatcher.policy.forms import CIVIL_DAYS, NAME, PERCENT, Form, choice, map_of
from dispatcher.policy.keys import Key, Keys, map_form, read_map
from dispatcher.policy.scope import Findings, Scope


class Payments(StrEnum):
    """Who pays without being asked."""

    NONE = "none"  # nobody
    HISTORY = "history"  # each debtor as late as he was so far


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """So many of a hundred cases are paid within so many days."""

    share: int
    within: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumption:
    """What is assumed, in percent and days.

    `after` is by step: cases that are paid after it. `kept` are promises that are paid by their
    day; `made` is what calls that reach somebody bring of them, `reached` those that do.
    `approved` are contacts and hand-overs that get their yes. With `again` each invoice of the
    last month is issued anew every month.
    """

    payments: Payments = Payments.NONE
    after: Mapping[str, Response] = field(default_factory=dict)
    kept: int = 0
    made: Response = Response(share=0, within=10)
    reached: int = 100
    approved: int = 100
    again: bool = False
    seed: int = 1


def chance(seed: int, *question: object) -> float:
    """A number from 0 up to 1 that belongs to this question; always the same one."""
    text = "/".join(map(str, (seed, *question)))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") / 2**64


def happens(assumption: Assumption, percent: int, *question: object) -> bool:
    """Whether something comes about that does so in so many of a hundred cases."""
    return chance(assumption.seed, *question) * 100 < percent


def some_day(assumption: Assumption, within: int, day: date, *question: object) -> date:
    """One of so many days after that one."""
    drawn = chance(assumption.seed, "day", *question)
    return day + timedelta(days=1 + int(drawn * max(within, 1)))


def answered(
    assumption: Assumption, contacts: Iterable[PlannedContact], day: date
) -> Iterator[tuple[int, date]]:
    """The cases that are paid after the steps of these contacts, and when."""
    for contact in contacts:
        for line in contact.lines:
            response = assumption.after.get(line.step)
            question = ("pays", line.case_id, line.step)
            if response is not None and happens(assumption, response.share, *question):
                yield line.case_id, some_day(assumption, response.within, day, *question)


# -- the file -------------------------------------------------------------------------------------


def _key(name: str, form: Form[Any], en: str, fr: str, *, default: str = "") -> Key[Form[Any]]:
    return Key(name=name, form=form, en=en, fr=fr, default=default)


_WITHIN: Final = _key("within", CIVIL_DAYS, "In how many days.", "En combien de jours.")

RESPONSE_KEYS: Final[Keys] = (
    Key(
        name="share",
        form=PERCENT,
        required=True,
        en="How many of a hundred cases.",
        fr="Combien de dossiers sur cent.",
    ),
    Key(
        name="within",
        form=CIVIL_DAYS,
        required=True,
        en="In how many days.",
        fr="En combien de jours.",
    ),
)

PROMISE_KEYS: Final[Keys] = (
    _key("kept", PERCENT, "Promises that are paid.", "Promesses tenues.", default="0%"),
    _key("made", PERCENT, "Calls that bring one.", "Appels qui en amènent une.", default="0%"),
    _WITHIN,
)

ASSUMPTION_KEYS: Final[Keys] = (
    _key(
        "payments",
        choice(Payments),
        "Who pays without being asked: none, or history (each as late as so far).",
        "Qui paie sans relance : none, ou history (chacun aussi tard que jusqu'ici).",
        default="none",
    ),
    _key(
        "after",
        map_of(NAME, map_form(RESPONSE_KEYS)),
        "What is paid after each step.",
        "Ce qui est payé après chaque étape.",
    ),
    _key(
        "promises", map_form(PROMISE_KEYS), "What promises bring.", "Ce que valent les promesses."
    ),
    _key(
        "calls",
        map_form((_key("reached", PERCENT, "Reach somebody.", "Aboutissent.", default="100%"),)),
        "What comes of calls.",
        "Ce que donnent les appels.",
    ),
    _key(
        "approvals",
        map_form((_key("given", PERCENT, "Get their yes.", "Accordées.", default="100%"),)),
        "What people approve on the same day.",
        "Ce que l'on approuve le jour même.",
    ),
    _key(
        "new_invoices",
        choice(("none", "as_last_month")),
        "New invoices: none, or those of the last month again each month.",
        "Nouvelles factures : none, ou celles du dernier mois, chaque mois.",
        default="none",
    ),
)


def read_assumption(
    text: str, *, file: str, seed: int
) -> tuple[Assumption | None, tuple[Problem, ...]]:
    """The assumption that a file states, and every problem in it."""
    findings = Findings()
    top, problems = read_yaml(text, file=file)
    for problem in problems:
        findings.add(problem)
    said = None if top is None else _said(top, Scope(findings=findings))
    if said is None or findings.problems:
        return None, tuple(findings.problems)
    return _assumption(said, seed), ()


def _said(top: Node, scope: Scope) -> Mapping[str, Any] | None:
    return read_map(top, ASSUMPTION_KEYS, scope)


def _assumption(said: Mapping[str, Any], seed: int) -> Assumption:
    promises = said.get("promises", {})
    return Assumption(
        payments=Payments(said.get("payments", Payments.NONE)),
        after={step: Response(**told) for step, told in said.get("after", {}).items()},
        kept=promises.get("kept", 0),
        made=Response(share=promises.get("made", 0), within=promises.get("within", 10)),
        reached=said.get("calls", {}).get("reached", 100),
        approved=said.get("approvals", {}).get("given", 100),
        again=said.get("new_invoices") == "as_last_month",
        seed=seed,
    )
