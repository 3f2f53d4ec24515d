"""What a rule does: `then`, told apart by the one key that says it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from dispatcher.model.message import HUMAN_CHANNELS, Tone
from dispatcher.nodes.node import Map, Node, Scalar
from dispatcher.policy.forms import NAME, SPAN, Form, choice, count, list_of, scalar
from dispatcher.policy.keys import Key, Keys, read_map, schema_of
from dispatcher.policy.names import CHANNELS, Names
from dispatcher.policy.scope import Scope
from dispatcher.policy.terms import Contact, HandOver, Hold, Then, Wait, Work
from dispatcher.problems.suggest import nearest


LAWYERS = ("lawyer", "agency", "bailiff")


def _known(pick: Callable[[Names], frozenset[str] | None], kind: str) -> Form[str]:
    """A name of the installation: a role, a task, an offer; unchecked when none are known."""
    code = f"policy/unknown-{kind}"

    def read(node: Node, scope: Scope) -> str | None:
        name = NAME.read(node, scope)
        allowed = pick(scope.names)
        if name is not None and allowed is not None and name not in allowed:
            scope.unknown(code, node, name, sorted(allowed))
        return name

    return Form(read=read, schema={"$ref": f"#/definitions/{kind}"})


ROLE = _known(lambda names: names.roles, "role")
TASK = _known(lambda names: names.tasks, "task")
OFFER = _known(lambda names: names.offers, "offer")
TEMPLATE = _known(
    lambda names: None if names.templates is None else frozenset(names.templates), "template"
)
TONE = choice(Tone)


def read_channel(node: Node, scope: Scope) -> str | None:
    """One channel: of the language, or one that this installation has added."""
    found = scalar(node, scope)
    return None if found is None else _channel(found.text.strip(), node, scope)


def _channel(name: str, node: Node, scope: Scope) -> str | None:
    here = scope.names.channels
    if name not in CHANNELS and name not in (here or ()):
        known_here = (*CHANNELS, *sorted((here or frozenset()) - set(CHANNELS)))
        scope.unknown("policy/unknown-channel", node, name, known_here)
        return None
    if here is not None and name not in here:
        scope.say("policy/channel-not-set-up", node, name=name)
    return name


def _channels(node: Node, scope: Scope) -> tuple[str, ...] | None:
    found = scalar(node, scope)
    if found is None:
        return None
    read = [_channel(part.text, part, scope) for part in _parts(found, " else ")]
    channels = tuple(channel for channel in read if channel is not None)
    if len(set(channels)) < len(channels):
        scope.say("policy/repeated-channel", node)
        return None
    return channels or None


def _parts(node: Scalar, word: str) -> list[Scalar]:
    """The pieces of a text between a word, each with its own place."""
    pieces = []
    column = node.place.column + node.quoted
    for text in node.text.split(word):
        place = replace(node.place, column=column, length=max(1, len(text)))
        pieces.append(Scalar(text=text.strip(), place=place))
        column += len(text) + len(word)
    return pieces


CHANNEL: Form[str] = Form(read=read_channel, schema={"$ref": "#/definitions/channel"})
CHANNEL_LIST: Form[tuple[str, ...]] = Form(
    read=_channels, schema={"$ref": "#/definitions/channels"}
)


_DUE_IN = Key(
    name="due_in",
    form=SPAN,
    en="By when a person has done it: 3 business days.",
    fr="Le délai pour le faire : 3 business days.",
)
_TASK = Key(
    name="task",
    form=TASK,
    en="Work for our own people, by its name under tasks: of the configuration.",
    fr="Un travail pour nos équipes, par son nom sous tasks: de la configuration.",
)
_ASSIGN_TO = Key(
    name="assign_to",
    form=ROLE,
    en="The role that does it.",
    fr="Le rôle qui s'en charge.",
)
_NEEDS_APPROVAL = Key(
    name="needs_approval",
    form=list_of(ROLE, or_one=True),
    en="The roles that must all agree before it leaves.",
    fr="Les rôles qui doivent tous donner leur accord avant le départ.",
)

HOLD_KEYS: Keys = (
    Key(
        name="hold",
        form=NAME,
        field="reason",
        required=True,
        en="Why the case holds.",
        fr="Pourquoi le dossier est arrêté.",
    ),
    _TASK,
    _DUE_IN,
)
WAIT_KEYS: Keys = (
    Key(
        name="wait",
        form=NAME,
        field="reason",
        required=True,
        en="What it waits for.",
        fr="Ce que l'on attend.",
    ),
    _TASK,
    _DUE_IN,
)
WORK_KEYS: Keys = (_TASK, _DUE_IN, _ASSIGN_TO)
HAND_OVER_KEYS: Keys = (
    Key(
        name="hand_over",
        form=choice(LAWYERS),
        field="to",
        required=True,
        en="To whom the debtor's cases are proposed.",
        fr="À qui les dossiers du débiteur sont proposés.",
    ),
    _NEEDS_APPROVAL,
)
CONTACT_KEYS: Keys = (
    Key(
        name="contact",
        form=CHANNEL_LIST,
        field="channels",
        required=True,
        en="The channels in order: email else sms else letter.",
        fr="Les canaux dans l'ordre : email else sms else letter.",
    ),
    Key(
        name="also",
        form=CHANNEL,
        en="A second message of the same contact.",
        fr="Un second message du même contact.",
    ),
    Key(
        name="template",
        form=TEMPLATE,
        required=True,
        en="The folder of its words under templates/.",
        fr="Le dossier de son texte sous templates/.",
    ),
    Key(name="tone", form=TONE, required=True, en="How it speaks.", fr="Le ton."),
    Key(
        name="offer",
        form=OFFER,
        en="What is offered, by its name under offers: of the configuration.",
        fr="Ce qui est proposé, par son nom sous offers: de la configuration.",
    ),
    Key(
        name="copy_to",
        form=list_of(ROLE, or_one=True),
        en="The roles that get a copy.",
        fr="Les rôles en copie.",
    ),
    _ASSIGN_TO,
    _DUE_IN,
    Key(
        name="attempts",
        form=count(1, 20),
        default="3",
        en="How often a call is tried before the next channel.",
        fr="Combien de fois un appel est tenté avant le canal suivant.",
    ),
    Key(
        name="escalate_to",
        form=ROLE,
        en="Who gets it when it is late; else the policy's owner.",
        fr="Qui le reçoit en cas de retard ; sinon le responsable de la politique.",
    ),
    Key(
        name="follow_up",
        form=TEMPLATE,
        en="The template sent after a call or visit with its notes.",
        fr="Le modèle envoyé après un appel ou une visite avec ses notes.",
    ),
    _NEEDS_APPROVAL,
    Key(
        name="on_unknown",
        form=choice(("hold", "resend")),
        default="hold",
        en="What to do when nobody knows whether it left: hold, until a person says; resend: after"
        " two hours once more, e-mails only, never with legal effect.",
        fr="Que faire quand nul ne sait si c'est parti : hold, attendre qu'une personne le dise ;"
        " resend : une seconde fois après deux heures, e-mails seulement, jamais avec effet"
        " juridique.",
    ),
    Key(
        name="valid_for",
        form=SPAN,
        default="5 business days",
        en="How long it may wait before it leaves.",
        fr="Combien de temps il peut attendre avant de partir.",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """One thing a rule can do: the key that says it, its keys, and what they become."""

    key: str
    keys: Keys
    make: Callable[..., Then]


_CONTACT = Head(key="contact", keys=CONTACT_KEYS, make=Contact)
_WAIT = Head(key="wait", keys=WAIT_KEYS, make=Wait)
_WORK = Head(key="task", keys=WORK_KEYS, make=Work)
_HAND_OVER = Head(key="hand_over", keys=HAND_OVER_KEYS, make=HandOver)
_HOLD = Head(key="hold", keys=HOLD_KEYS, make=Hold)

STOP_HEADS = (_HOLD,)
CHOICE_HEADS = (_CONTACT, _WAIT, _WORK)
HAND_OVER_HEADS = (_HAND_OVER, _WAIT, _WORK)  # `task` last: it also goes with the others


def then_form(heads: tuple[Head, ...]) -> Form[Then]:
    """What the rules of one layer may do."""

    def read(node: Node, scope: Scope) -> Then | None:
        return _then(node, heads, scope)

    waiting: list[Mapping[str, object]] = [{"const": "wait"}] if _WAIT in heads else []
    return Form(read=read, schema={"anyOf": [*waiting, *map(_deed, heads)]})


def _deed(head: Head) -> Mapping[str, object]:
    """The schema of one thing to do: its own key is there, and work says by when."""
    needed = dict.fromkeys([head.key, *(key.name for key in head.keys if key.required)])
    return {**schema_of(head.keys, required=tuple(needed)), "dependencies": {"task": ["due_in"]}}


def _then(node: Node, heads: tuple[Head, ...], scope: Scope) -> Then | None:
    if isinstance(node, Scalar) and node.text == "wait" and _WAIT in heads:
        return Wait()
    head = None
    if isinstance(node, Map):
        head = next((head for head in heads if head.key in node.entries), None)
    if head is None:
        _say_form(node, heads, scope)
        return None
    said = read_map(node, head.keys, scope)
    if said is None or not _complete(said, head, node, scope):
        return None
    return head.make(**said)


def _say_form(node: Node, heads: tuple[Head, ...], scope: Scope) -> None:
    words = [head.key for head in heads]
    first = next(iter(node), None) if isinstance(node, Map) else None
    place = node.place if first is None else first.key_place
    suggestion = "" if first is None else nearest(first.key, words)
    scope.say("policy/then-form", place, suggestion=suggestion, allowed=", ".join(words))


def _complete(said: Mapping[str, Any], head: Head, node: Node, scope: Scope) -> bool:
    """Whether all required keys were read, and work for people says by when."""
    needed = [key.field or key.name for key in head.keys if key.required]
    people = "task" in said or HUMAN_CHANNELS & set(said.get("channels", ()))
    if people and "due_in" not in said and isinstance(node, Map) and "due_in" not in node.entries:
        scope.say("policy/needs-due-in", node)
    if head.key == "contact":
        check_template(said, node, scope)
    return all(key in said for key in needed) and (head.key != "task" or "task" in said)


def check_template(said: Mapping[str, Any], node: Node, scope: Scope) -> None:
    """The template has words for every channel named, and its legal effect is respected."""
    words = (scope.names.templates or {}).get(said.get("template", ""))
    if words is None:
        return
    at = node.get("template") if isinstance(node, Map) else None
    named = (*said.get("channels", ()), *([said["also"]] if "also" in said else []))
    missing = [channel for channel in named if channel not in words.channels]
    if missing:
        channels = ", ".join(dict.fromkeys(missing))
        scope.say("policy/template-words", at or node, name=said["template"], channels=channels)
    if words.legal_effect and said.get("on_unknown") == "resend":
        scope.say("policy/resend-legal", at or node, name=said["template"])
    if words.legal_effect and not said.get("needs_approval"):
        scope.say("policy/needs-approval", at or node, name=said["template"])
