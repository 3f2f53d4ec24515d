"""A policy file as a whole: its keys, and the policy that they make."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dispatcher.model.problem import Place
from dispatcher.nodes.node import Map, Node, Scalar, Sequence
from dispatcher.nodes.schema import one_of
from dispatcher.policy.canonical import sealed
from dispatcher.policy.conditions import CONDITION, DEBTOR_CONDITION, read_condition
from dispatcher.policy.forms import (
    LABELS,
    NAME,
    NEW_NAME,
    TEXT,
    Form,
    choice,
    flag,
    list_of,
    map_of,
    pattern_form,
)
from dispatcher.policy.keys import Key, Keys, entries_schema, read_map, schema_of
from dispatcher.policy.ladder import (
    HAND_OVER_KEYS,
    STEP_KEYS,
    STOP_KEYS,
    all_steps,
    ids_of,
    read_rules_of,
    read_steps,
)
from dispatcher.policy.limits import LIMITS, SAFETY
from dispatcher.policy.scope import Scope
from dispatcher.policy.terms import Answer, Policy, Resume, Rule, Step
from dispatcher.policy.thens import CHANNEL_LIST, TEMPLATE, TONE, check_template


#: What an answer may be sent for; the same words stand in timelines.
EVENTS = (
    "dispute_opened",
    "plan_agreed",
    "instalment_due",
    "promise_made",
    "part_paid",
    "all_paid",
)
#: Currencies whose minor unit is not the hundredth (ISO 4217): amounts would be wrong.
_OTHER_DIGITS = frozenset(
    {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND"}
    | {"VUV", "XAF", "XOF", "XPF", "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND", "CLF", "UYW"}
)


def _currency(match: re.Match[str]) -> str | None:
    return None if match[0] in _OTHER_DIGITS else match[0]


def _resume_after(node: Node, scope: Scope) -> str | None:
    return _one_of(node, ("any", *scope.stops), "policy/unknown-stop", scope)


def _resume_to(node: Node, scope: Scope) -> str | None:
    return _one_of(node, ("same_step", *scope.ladder), "policy/unknown-step", scope)


def _own_step(node: Node, scope: Scope) -> str | None:
    return _one_of(node, scope.ladder, "policy/unknown-step", scope)


def _one_of(node: Node, allowed: tuple[str, ...], code: str, scope: Scope) -> str | None:
    name = NAME.read(node, scope)
    if name is not None and name not in allowed:
        scope.unknown(code, node, name, allowed)
    return name


def _conditions(node: Node, scope: Scope) -> bool | None:
    """Every named condition is read, also one that nobody uses yet."""
    if not isinstance(node, Map):
        scope.say("policy/needs-map", node)
        return None
    for entry in node:
        NAME.read(Scalar(text=entry.key, place=entry.key_place), scope)
        read_condition(entry.value, replace(scope, path=(entry.key,)))
    return True


def _stops(node: Node, scope: Scope) -> tuple[Rule, ...]:
    return read_rules_of(node, STOP_KEYS, "stops", scope)


def _hand_over(node: Node, scope: Scope) -> tuple[Rule, ...]:
    return read_rules_of(node, HAND_OVER_KEYS, "hand_over", scope)


def _steps(node: Node, scope: Scope) -> tuple[Step, ...]:
    return read_steps(node, scope)


def _resume(node: Node, scope: Scope) -> Resume | None:
    said = read_map(node, RESUME_KEYS, scope)
    if said is None or not {"after", "to"} <= said.keys():
        return None
    return Resume(**said, place=node.place)


def _answer(node: Node, scope: Scope) -> Answer | None:
    said = read_map(node, ANSWER_KEYS, scope)
    if said is None or not {"event", "contact", "template"} <= said.keys():
        return None
    check_template({**said, "channels": said["contact"]}, node, scope)
    return Answer(**said, place=node.place)


_LANGUAGE = pattern_form(re.compile("1"), "policy/language", lambda m: m[0])

RESUME_KEYS: Keys = (
    Key(
        name="after",
        form=Form(read=_resume_after, schema={"$ref": "#/definitions/stop"}),
        required=True,
        en="The stop that ended, or any.",
        fr="L'arrêt qui a pris fin, ou any.",
    ),
    Key(
        name="to",
        form=Form(read=_resume_to, schema={"$ref": "#/definitions/step"}),
        required=True,
        en="The step that counts as done, or same_step.",
        fr="L'étape considérée comme faite, ou same_step.",
    ),
    Key(name="when", form=CONDITION, en="Only then.", fr="Seulement dans ce cas."),
)
ANSWER_KEYS: Keys = (
    Key(
        name="event",
        form=choice(EVENTS),
        required=True,
        en="What happened.",
        fr="Ce qui s'est passé.",
    ),
    Key(
        name="contact",
        form=CHANNEL_LIST,
        required=True,
        en="The channels in order.",
        fr="Les canaux dans l'ordre.",
    ),
    Key(
        name="template",
        form=TEMPLATE,
        required=True,
        en="The folder of its words.",
        fr="Le dossier de son texte.",
    ),
    Key(name="tone", form=TONE, default="courteous", en="How it speaks.", fr="Le ton."),
)
POLICY_KEYS: Keys = (
    Key(
        name="language",
        form=Form(read=_LANGUAGE.read, schema=one_of(("1",))),
        required=True,
        en="The version of the rules language: 1.",
        fr="La version du langage des règles : 1.",
    ),
    Key(
        name="policy",
        form=NEW_NAME,
        field="name",
        required=True,
        en="The policy's name, for ever.",
        fr="Le nom de la politique, pour toujours.",
    ),
    Key(
        name="version",
        form=pattern_form(
            re.compile(r"[0-9]{4}\.(0[1-9]|1[0-2])\.[0-9]{1,4}"),
            "policy/version",
            lambda m: m[0],
            examples=("2026.05.1",),
        ),
        required=True,
        en="The policy's version: year, month, number: 2026.05.1.",
        fr="La version de la politique : année, mois, numéro : 2026.05.1.",
    ),
    Key(name="label", form=LABELS, field="labels", en="Its name for people.", fr="Son nom."),
    Key(
        name="owner",
        form=TEXT,
        en="Who answers for it: an e-mail address.",
        fr="Qui en répond : une adresse électronique.",
    ),
    Key(
        name="currency",
        form=pattern_form(re.compile("[A-Z]{3}"), "policy/currency", _currency, examples=("EUR",)),
        en="The currency of its amounts (ISO 4217).",
        fr="La devise de ses montants (ISO 4217).",
    ),
    Key(
        name="extends",
        form=Form(read=NAME.read, schema={"$ref": "#/definitions/policy"}),
        en="The policy it builds on.",
        fr="La politique de départ.",
    ),
    Key(
        name="applies_to",
        form=DEBTOR_CONDITION,
        en="The debtors it is for, by facts of debtors; without it it is only extended.",
        fr="Les débiteurs concernés, par leurs faits ; sans cela elle est seulement étendue.",
    ),
    Key(
        name="keep",
        form=flag("until_paid"),
        en="until_paid: once in, in until nothing is overdue.",
        fr="until_paid : on y reste tant que quelque chose est échu.",
    ),
    Key(name="was", form=NAME, en="Its name before.", fr="Son ancien nom."),
    Key(
        name="same_as",
        form=map_of(NAME, Form(read=_own_step, schema={"$ref": "#/definitions/step"})),
        en="Steps of other ladders, and which of these they are.",
        fr="Étapes d'autres échelles, et à laquelle elles correspondent ici.",
    ),
    Key(
        name="conditions",
        form=Form(
            read=_conditions,
            schema={
                "type": "object",
                "propertyNames": NAME.schema,
                "additionalProperties": CONDITION.schema,
            },
        ),
        en="Conditions named once, used with is:.",
        fr="Conditions nommées une fois, employées avec is:.",
    ),
    Key(
        name="stops",
        form=Form(read=_stops, schema=entries_schema(STOP_KEYS)),
        en="What holds a case, checked first.",
        fr="Ce qui arrête un dossier, vérifié d'abord.",
    ),
    Key(
        name="resume",
        form=list_of(Form(read=_resume, schema=schema_of(RESUME_KEYS))),
        en="Where a case goes on when a stop ends.",
        fr="Où reprend un dossier quand un arrêt prend fin.",
    ),
    Key(
        name="answers",
        form=list_of(Form(read=_answer, schema=schema_of(ANSWER_KEYS))),
        en="What is sent at once when something happens.",
        fr="Ce qui part aussitôt quand quelque chose se passe.",
    ),
    Key(
        name="start",
        form=CONDITION,
        en="Nothing that is not optional happens before.",
        fr="Rien de ce qui n'est pas facultatif n'a lieu avant.",
    ),
    Key(
        name="steps",
        form=Form(read=_steps, schema=entries_schema(STEP_KEYS)),
        en="The ladder, one step after the other.",
        fr="L'échelle, une étape après l'autre.",
    ),
    Key(
        name="hand_over",
        form=Form(read=_hand_over, schema=entries_schema(HAND_OVER_KEYS)),
        en="When the debtor's cases are proposed to somebody else.",
        fr="Quand les dossiers du débiteur sont proposés à un tiers.",
    ),
    Key(
        name="limits", form=LIMITS, en="What postpones a contact.", fr="Ce qui reporte un contact."
    ),
    Key(name="safety", form=SAFETY, en="What stops a run.", fr="Ce qui arrête un passage."),
)
_NOT_IN_POLICY = frozenset({"language", "extends", "conditions"})


def read_policy(top: Map, scope: Scope) -> Policy | None:
    """The policy of a map with all it inherits; None when it has no name or version."""
    inside = _inside(top, scope)
    said = read_map(top, POLICY_KEYS, inside)
    if said is None or not {"name", "version"} <= said.keys():
        return None
    _check_active(top, said, scope)
    kept = {key: value for key, value in said.items() if key not in _NOT_IN_POLICY}
    return sealed(Policy(**kept, hash="", file=top.place.file))


def _inside(top: Map, scope: Scope) -> Scope:
    """The scope of this policy's own names; one that is only extended serves every ladder."""
    named = top.get("conditions")
    ladder = ids_of(top.get("steps")) if "applies_to" in top.entries else all_steps(scope)
    return replace(
        scope,
        conditions=named if isinstance(named, Map) else None,
        ladder=ladder,
        stops=ids_of(top.get("stops")),
        read_already={},
    )


def _check_active(top: Map, said: Mapping[str, Any], scope: Scope) -> None:
    """A policy that may be chosen says its currency and has steps."""
    if "applies_to" not in top.entries:
        return
    at = _name_place(top)
    for key in ("currency", "steps"):
        if key not in top.entries:
            scope.say("policy/missing-key", at, key=key)
    steps = top.get("steps")
    if isinstance(steps, Sequence) and not steps.items:
        scope.say("policy/empty", steps)
    if said.get("steps") and "last_step" not in scope.facts:
        scope.say("policy/needs-fact", at, name="last_step")


def _name_place(top: Map) -> Place:
    node = top.get("policy")
    return top.place if node is None else node.place
