"""Who does what, and what may be offered: `people:`, `tasks:` and `offers:`."""

from collections.abc import Mapping

from dispatcher.config.forms import Form, Keys, named, number, one_of, read_keys, text
from dispatcher.config.section import Section
from dispatcher.model.settings import Offer, OfferKind, Person, TaskText
from dispatcher.nodes.keys import Key, schema_of
from dispatcher.nodes.node import Map, Scalar
from dispatcher.problems.suggest import nearest


def _known_role(section: Section, key: str, role: str) -> None:
    if role and role not in section.roles:
        section.report(
            "config/unknown-role",
            section.place(key),
            suggestion=nearest(role, section.roles),
            value=role,
            allowed=", ".join(section.roles),
        )


ROLE = text(check=_known_role)

_WORDS: Keys = (
    Key(name="fr", form=text(), en="Its name in French.", fr="Son nom en français."),
    Key(name="en", form=text(), en="Its name in English.", fr="Son nom en anglais."),
)
LANGUAGES = tuple(key.name for key in _WORDS)

PERSON_KEYS: Keys = (
    Key(name="name", form=text(), en="The person's name.", fr="Le nom de la personne."),
    Key(name="email", form=text(), en="The person's e-mail address.", fr="Son adresse e-mail."),
    Key(
        name="column",
        form=text(),
        en="The debtor's column that names the person instead (an account manager).",
        fr="La colonne du débiteur qui nomme la personne (son chargé de compte).",
    ),
    Key(
        name="stand_in",
        form=ROLE,
        en="The role that stands in where nobody is named.",
        fr="Le rôle qui remplace quand personne n'est nommé.",
    ),
)
TASK_KEYS: Keys = (
    *_WORDS,
    Key(name="assign_to", form=ROLE, en="Who does it.", fr="Qui s'en charge."),
)
OFFER_KEYS: Keys = (
    *_WORDS,
    Key(
        name="kind",
        form=one_of(OfferKind, OfferKind.DISCOUNT, required=True),
        required=True,
        en="plan: payment in instalments; waiver: of interest and costs; discount: of the debt.",
        fr="plan : paiement échelonné ; waiver : frais remis ; discount : remise sur la dette.",
    ),
)
PLAN_KEYS: Keys = (
    *OFFER_KEYS,
    Key(
        name="instalments",
        form=number(least=2, required=True, or_none=False),
        required=True,
        en="How many instalments a plan has.",
        fr="Le nombre d'échéances d'un plan.",
    ),
)


def _person(role: str, section: Section) -> Person:
    return Person(role=role, **read_keys(section, PERSON_KEYS))


def _task(name: str, section: Section) -> TaskText:
    said = read_keys(section, TASK_KEYS)
    return TaskText(name=name, labels=_labels(said), assign_to=said["assign_to"])


def _offer(name: str, section: Section) -> Offer:
    said = read_keys(section, _offer_keys(section.map))
    return Offer(
        name=name,
        kind=OfferKind(said["kind"]),
        labels=_labels(said),
        instalments=said.get("instalments"),
    )


def _offer_keys(written: Map) -> Keys:
    """The keys of its kind; of no known kind, those that it has."""
    node = written.get("kind")
    kind = node.text if isinstance(node, Scalar) else ""
    if kind in set(OfferKind):
        return PLAN_KEYS if kind == OfferKind.PLAN else OFFER_KEYS
    return PLAN_KEYS if "instalments" in written.entries else OFFER_KEYS


def _labels(said: Mapping[str, str]) -> dict[str, str]:
    return {lang: said[lang] for lang in LANGUAGES if said[lang]}


_PLAN = schema_of(PLAN_KEYS)
_OFFER = {
    "anyOf": [
        {"allOf": [_PLAN, {"properties": {"kind": {"const": "plan"}}}]},
        {"allOf": [schema_of(OFFER_KEYS), {"not": {"properties": {"kind": {"const": "plan"}}}}]},
    ]
}

PEOPLE: Form[Mapping[str, Person]] = named(_person, schema_of(PERSON_KEYS))
TASKS: Form[Mapping[str, TaskText]] = named(_task, schema_of(TASK_KEYS))
OFFERS: Form[Mapping[str, Offer]] = named(_offer, _OFFER)
