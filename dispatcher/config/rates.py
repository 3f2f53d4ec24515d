"""Rates and days of payment: `rates:`, `deadlines:` and the rate of the conditions of sale."""

import re
from collections.abc import Mapping
from decimal import Decimal

from dispatcher.config.forms import Form, Keys, named, nested, number, read_keys, text
from dispatcher.config.section import Section
from dispatcher.model.rates import HalfYear
from dispatcher.model.settings import Deadlines
from dispatcher.nodes.keys import Key, schema_of
from dispatcher.nodes.schema import SCALAR


_PERCENT = re.compile(r"-?[0-9]{1,2}(?:\.[0-9]{1,3})?")
_HALF_YEAR = re.compile(r"20[0-9]{2}-[12]")


def _rate(section: Section, key: str) -> Decimal | None:
    value = section.text(key)
    if value is None or _PERCENT.fullmatch(value):
        return None if value is None else Decimal(value)
    section.value(key, value, "12.50, 2.15, ...")
    return None


#: A rate in percent a year, or nothing.
RATE: Form[Decimal | None] = Form(read=_rate, schema={"type": list(SCALAR)})

RATE_KEYS: Keys = (
    Key(
        name="ecb",
        form=RATE,
        en="The rate of the European Central Bank's refinancing on the first day.",
        fr="Le taux de refinancement de la BCE au premier jour.",
    ),
    Key(
        name="legal",
        form=RATE,
        en="The French legal rate of all other cases.",
        fr="Le taux de l'intérêt légal, tous autres cas.",
    ),
    Key(name="source", form=text(), en="Where it was read.", fr="Où il a été lu."),
)


def _half_year(name: str, section: Section) -> HalfYear:
    if not _HALF_YEAR.fullmatch(name):
        section.report(
            "config/value",
            section.map.place,
            key="rates",
            value=name,
            allowed="2026-1, 2026-2, ...",
        )
    return HalfYear(**read_keys(section, RATE_KEYS))


#: Half-years that the shipped rates do not know yet.
RATES: Form[Mapping[str, HalfYear]] = named(_half_year, schema_of(RATE_KEYS))

DEADLINE_KEYS: Keys = (
    Key(
        name="reminder",
        form=number(least=1, or_none=False),
        default="6",
        en="Days that a reminder gives; fewer than lie between two reminders.",
        fr="Jours que laisse un rappel ; moins qu'entre deux rappels.",
    ),
    Key(
        name="formal_notice",
        form=number(least=8, or_none=False),
        default="8",
        en="Days that a formal notice gives once it is presented; 8 at least.",
        fr="Jours que laisse une mise en demeure une fois présentée ; 8 au moins.",
    ),
    Key(
        name="post",
        form=number(or_none=False),
        default="3",
        en="Business days until a letter is there.",
        fr="Jours ouvrés jusqu'à l'arrivée d'une lettre.",
    ),
)


def _deadlines(**said: int | None) -> Deadlines:
    return Deadlines(**{name: days for name, days in said.items() if days is not None})


DEADLINES: Form[Deadlines] = nested(DEADLINE_KEYS, _deadlines, Deadlines)
