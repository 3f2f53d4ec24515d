"""The section `check:`: what findings weigh in this home; each change says why."""

from collections.abc import Mapping

from dispatcher.config.forms import TEXTS, Form, Keys, nested, one_of, part, read_keys
from dispatcher.config.section import Section
from dispatcher.model.problem import Level
from dispatcher.model.settings import Weight
from dispatcher.nodes.keys import Key, schema_of
from dispatcher.problems.registry import kinds
from dispatcher.problems.suggest import nearest


OFF = "off"
LEVELS = (*map(str, Level), OFF)


def _reason(section: Section, key: str) -> str:
    value = section.text(key, required=True)
    if value is not None and not value.strip():
        section.value(key, value, "a sentence")
    return value or ""


WEIGHT_KEYS: Keys = (
    Key(
        name="level",
        form=one_of(LEVELS, Level.HINT, required=True),
        required=True,
        en="error, warning, hint, or off: it is not said.",
        fr="error, warning, hint, ou off : elle n'est pas dite.",
    ),
    Key(
        name="reason",
        form=Form(read=_reason, schema={"type": "string", "minLength": 1}),
        required=True,
        en="Why, for whoever reads this next year.",
        fr="Pourquoi, pour qui lira ceci dans un an.",
    ),
    Key(
        name="only",
        form=TEXTS,
        en="Only for these rules, steps, policies or names; without it for all.",
        fr="Seulement pour ces règles, étapes, politiques ou noms ; sans cela pour tous.",
    ),
)


def codes() -> tuple[str, ...]:
    """The codes that a home may weigh otherwise: what policies are told that can be used."""
    found = kinds().items()
    areas = ("prove/", "policy/")
    return tuple(c for c, kind in found if c.startswith(areas) and kind.level is not Level.ERROR)


def _levels(section: Section, key: str) -> Mapping[str, Weight]:
    whole = part(section, key)
    found: dict[str, Weight] = {}
    known = codes() if whole is not None else ()
    for entry in whole.map if whole is not None else ():
        inside = part(whole, entry.key) if whole is not None else None
        if entry.key not in known:
            section.report(
                "config/unknown-finding",
                entry.key_place,
                suggestion=nearest(entry.key, known),
                name=entry.key,
            )
        elif inside is not None:
            said = read_keys(inside, WEIGHT_KEYS)
            level = said.pop("level")
            found[entry.key] = Weight(level=None if level == OFF else Level(level), **said)
    return found


CHECK_KEYS: Keys = (
    Key(
        name="levels",
        form=Form(
            read=_levels,
            schema={"type": "object", "additionalProperties": schema_of(WEIGHT_KEYS)},
        ),
        en="By code of a finding: what it weighs, and why.",
        fr="Par code de remarque : ce qu'elle pèse, et pourquoi.",
    ),
)

CHECK: Form[Mapping[str, Weight]] = nested(CHECK_KEYS, lambda levels: levels, dict)
