"""Limits that postpone a contact, and safety that stops a run."""

from collections.abc import Mapping

from dispatcher.nodes.node import Map, Node, Scalar
from dispatcher.nodes.schema import one_of
from dispatcher.policy.forms import (
    CIVIL_DAYS,
    DAY_OF_YEAR,
    HOURS,
    NAME,
    PERCENT,
    Form,
    count,
    flag,
    list_of,
    map_of,
)
from dispatcher.policy.keys import Key, Keys, map_form, read_map, schema_of
from dispatcher.policy.ladder import all_steps
from dispatcher.policy.scope import Scope
from dispatcher.policy.terms import AtMost, Closed, Limits, Safety
from dispatcher.policy.thens import CHANNEL, read_channel


MOST = 1_000_000


def _closed(node: Node, scope: Scope) -> Closed | None:
    said = read_map(node, CLOSED_KEYS, scope)
    return Closed(**said) if said is not None and {"start", "end"} <= said.keys() else None


def _at_most(node: Node, scope: Scope) -> AtMost | None:
    """`{call: 2, per: 30 days}`: what is counted is the key beside `per`."""
    if not isinstance(node, Map):
        scope.say("policy/needs-map", node)
        return None
    counted = [entry for entry in node if entry.key != "per"]
    per = node.get("per")
    if len(counted) != 1 or per is None:
        scope.say("policy/cap-form", node)
        return None
    what = _counted(Scalar(text=counted[0].key, place=counted[0].key_place), scope)
    number = count(0, MOST).read(counted[0].value, scope)
    days = CIVIL_DAYS.read(per, scope)
    if what is None or number is None or days is None:
        return None
    return AtMost(what=what, count=number, per=days)


def _counted(node: Scalar, scope: Scope) -> str | None:
    return node.text if node.text in ("contacts", "legal_effect") else read_channel(node, scope)


def _step(node: Node, scope: Scope) -> str | None:
    """A step of any ladder, or the hand-over: a parent's limits serve all its children."""
    name = NAME.read(node, scope)
    allowed = (*all_steps(scope), "hand_over")
    if name is not None and name not in allowed:
        scope.unknown("policy/unknown-step", node, name, allowed)
    return name


_STEP: Form[str] = Form(read=_step, schema={"$ref": "#/definitions/step"})

_CAP: Mapping[str, object] = {
    "type": "object",
    "required": ["per"],
    "properties": {"per": CIVIL_DAYS.schema},
    "propertyNames": {"anyOf": [one_of(("per", "contacts", "legal_effect")), CHANNEL.schema]},
    "additionalProperties": count(0, MOST).schema,
    "minProperties": 2,
    "maxProperties": 2,
}

CLOSED_KEYS: Keys = (
    Key(
        name="from",
        form=DAY_OF_YEAR,
        field="start",
        required=True,
        en="Its first day, month and day: 12-24.",
        fr="Son premier jour, mois et jour : 12-24.",
    ),
    Key(
        name="to",
        form=DAY_OF_YEAR,
        field="end",
        required=True,
        en="Its last day, included.",
        fr="Son dernier jour, compris.",
    ),
    Key(
        name="steps",
        form=list_of(_STEP),
        en="Only these steps, or hand_over; without it every contact.",
        fr="Seulement ces étapes, ou hand_over ; sans cela tous les contacts.",
    ),
)
ROUNDS_KEYS: Keys = (
    Key(
        name="gather",
        form=CIVIL_DAYS,
        en="A contact takes along what would be due within these days.",
        fr="Un contact emporte ce qui serait dû dans ces jours.",
    ),
    Key(
        name="gap",
        form=CIVIL_DAYS,
        en="Then nobody contacts the debtor for these days.",
        fr="Ensuite personne ne contacte le débiteur pendant ces jours.",
    ),
    Key(
        name="after",
        form=map_of(_STEP, CIVIL_DAYS),
        en="A longer gap after a step: {formal-notice: 15 days}.",
        fr="Un écart plus long après une étape : {formal-notice: 15 days}.",
    ),
)
LIMITS_KEYS: Keys = (
    Key(
        name="quiet_hours",
        form=map_of(CHANNEL, HOURS),
        en='No contact in these hours, by channel: {sms: "19:00-09:00"}.',
        fr='Aucun contact à ces heures, par canal : {sms: "19:00-09:00"}.',
    ),
    Key(
        name="days",
        form=flag("business", "all"),
        field="business_days",
        default="all",
        en="business: no weekends, no public holidays of the debtor's territory.",
        fr="business : ni fins de semaine ni jours fériés du territoire du débiteur.",
    ),
    Key(
        name="closed",
        form=list_of(Form(read=_closed, schema=schema_of(CLOSED_KEYS))),
        en="Closed seasons.",
        fr="Périodes sans contact.",
    ),
    Key(
        name="rounds",
        form=map_form(ROUNDS_KEYS),
        en="One conversation per debtor, whatever the number of his invoices.",
        fr="Une conversation par débiteur, quel que soit le nombre de ses factures.",
    ),
    Key(
        name="at_most",
        form=list_of(Form(read=_at_most, schema=_CAP)),
        en="Caps per debtor: {contacts: 4, per: 30 days}.",
        fr="Plafonds par débiteur : {contacts: 4, per: 30 days}.",
    ),
    Key(
        name="per_day",
        form=map_of(CHANNEL, count(0, MOST)),
        en="What the team can do in a day, by channel.",
        fr="Ce que l'équipe peut faire en un jour, par canal.",
    ),
)
PER_RUN_KEYS: Keys = (
    Key(
        name="debtors",
        form=count(0, MOST),
        en="Debtors contacted in a run; the rest goes on the following days.",
        fr="Débiteurs contactés en un passage ; le reste part les jours suivants.",
    ),
    Key(
        name="legal_effect",
        form=count(0, MOST),
        en="Contacts with legal effect in a run.",
        fr="Contacts à effet juridique en un passage.",
    ),
)
STOP_AT_KEYS: Keys = (
    Key(
        name="share_of_debtors",
        form=PERCENT,
        en="Above this share nothing leaves before a person confirms: 40%.",
        fr="Au-delà de cette part rien ne part sans confirmation : 40%.",
    ),
)
SAFETY_KEYS: Keys = (
    Key(name="per_run", form=map_form(PER_RUN_KEYS), en="Most per run.", fr="Maximum par passage."),
    Key(name="stop_at", form=map_form(STOP_AT_KEYS), en="What stops a run.", fr="Ce qui l'arrête."),
)


def _limits(node: Node, scope: Scope) -> Limits | None:
    said = read_map(node, LIMITS_KEYS, scope)
    if said is None:
        return None
    flat = {**said, **said.get("rounds", {})}
    return Limits(**{key: value for key, value in flat.items() if key != "rounds"})


def _safety(node: Node, scope: Scope) -> Safety | None:
    said = read_map(node, SAFETY_KEYS, scope)
    return None if said is None else Safety(**said.get("per_run", {}), **said.get("stop_at", {}))


LIMITS: Form[Limits] = Form(read=_limits, schema=schema_of(LIMITS_KEYS))
SAFETY: Form[Safety] = Form(read=_safety, schema=schema_of(SAFETY_KEYS))
