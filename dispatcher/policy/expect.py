"""What tests say of cases and answers: the words for it, days, cases, claims."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from dispatcher.model.decision import Action
from dispatcher.model.vocabulary import Value
from dispatcher.nodes.keys import properties_of
from dispatcher.nodes.node import Entry, Map, Node, Scalar
from dispatcher.policy.forms import TEXT, Form, amount, choice, list_of, pattern_form, scalar
from dispatcher.policy.keys import Key, Keys, read_map, schema_of
from dispatcher.policy.promises import Claim, Day, Expectation
from dispatcher.policy.scope import Scope, cut
from dispatcher.policy.terms import All, Lacks, Leaf, OneOf
from dispatcher.policy.thens import CHANNEL, LAWYERS, OFFER, TEMPLATE, TONE
from dispatcher.policy.values import read_value


_DATE = re.compile("([0-9]{4})-([0-9]{2})-([0-9]{2})")
_DAY = re.compile(rf"day ([0-9]{{1,4}})|{_DATE.pattern}")
_RULE = re.compile(r"[a-z0-9][a-z0-9_-]*/(\*|[a-z0-9][a-z0-9_-]*)")


#: Layers that a test may speak of whether or not a policy has a rule there.
LAYERS = ("stops/*", "hand_over/*", "answers/*")


def _date_of(match: re.Match[str]) -> date | None:
    try:
        return date.fromisoformat(match[0])
    except ValueError:
        return None


def _day_of(match: re.Match[str]) -> Day | None:
    return _date_of(match) if match[1] is None else int(match[1])


DATE: Form[date] = pattern_form(_DATE, "policy/date", _date_of, examples=("2026-06-03",))
DAY: Form[Day] = pattern_form(_DAY, "policy/day", _day_of, examples=("day 14", "2026-06-03"))


def _rule(node: Node, scope: Scope) -> str | None:
    found = scalar(node, scope)
    if found is None:
        return None
    name = found.text
    stem = name.removesuffix("*")
    known = (*scope.rules, *LAYERS)
    if _RULE.fullmatch(name) and any(
        rule == name or (stem != name and rule.startswith(stem)) for rule in known
    ):
        return name
    scope.unknown("policy/unknown-rule", node, name, scope.rules)
    return None


RULE: Form[str] = Form(read=_rule, schema={"$ref": "#/definitions/rule"})


def _amount(node: Node, scope: Scope) -> int | None:
    found = scalar(node, scope)
    number = None if found is None else amount(found.text)
    if found is not None and number is None:
        scope.say("policy/amount", node, text=cut(found.text), fact="amount")
    return number


AMOUNT: Form[int] = Form(
    read=_amount,
    schema={
        "anyOf": [
            {"type": "number"},
            {"type": "string", "pattern": r"^(-?[0-9]{1,15}(\.[0-9]{1,2})?)$"},
        ],
        "examples": ["1200.00"],
    },
)

#: What may be asked of one answer; several words mean one of them.
WORDS: Keys = (
    Key(
        name="action",
        form=list_of(choice(Action), or_one=True),
        field="actions",
        en="What the case answers.",
        fr="Ce que répond le dossier.",
    ),
    Key(
        name="rule",
        form=list_of(RULE, or_one=True),
        field="rules",
        en="The rule that answers: reminder/standard, stops/dispute; formal-notice/* is any of it.",
        fr="La règle qui répond : reminder/standard, stops/dispute ; formal-notice/* : toutes.",
    ),
    Key(
        name="channel",
        form=list_of(CHANNEL, or_one=True),
        field="channels",
        en="The channel of the contact.",
        fr="Le canal du contact.",
    ),
    Key(
        name="template",
        form=list_of(TEMPLATE, or_one=True),
        field="templates",
        en="The folder of its words.",
        fr="Le dossier de son texte.",
    ),
    Key(
        name="tone",
        form=list_of(TONE, or_one=True),
        field="tones",
        en="How it speaks.",
        fr="Le ton.",
    ),
    Key(
        name="offer",
        form=list_of(OFFER, or_one=True),
        field="offers",
        en="What is offered.",
        fr="Ce qui est proposé.",
    ),
    Key(
        name="to",
        form=list_of(choice(LAWYERS), or_one=True),
        en="To whom the case is handed over.",
        fr="À qui le dossier est transmis.",
    ),
    Key(
        name="until",
        form=DAY,
        en="Until when it waits: a date, or day 14 counted from the timeline's from.",
        fr="Jusqu'à quand il attend : une date, ou day 14 compté depuis from.",
    ),
    Key(
        name="reason",
        form=list_of(TEXT, or_one=True),
        field="reasons",
        en="Why it holds or waits.",
        fr="Pourquoi il est arrêté ou attend.",
    ),
)


def _words(said: Mapping[str, Any] | None) -> Expectation | None:
    return None if said is None else Expectation(**said)


def _but(node: Node, scope: Scope) -> Expectation | None:
    return _words(read_map(node, WORDS, scope))


#: What may be asked of the message itself. Only where an answer is expected: whoever forbids or
#: proves answers speaks of rules and templates, and no message has to be rendered for it.
SPOKEN: Keys = (
    Key(
        name="says",
        form=list_of(TEXT, or_one=True),
        en="Phrases that the debtor reads in the message, its subject included; every one of them.",
        fr="Des phrases que le débiteur lit dans le message, objet compris ; toutes.",
    ),
    Key(
        name="never_says",
        form=list_of(TEXT, or_one=True),
        en="Phrases of which the message has none.",
        fr="Des phrases dont le message n'a aucune.",
    ),
)

_NOT: Keys = (
    Key(
        name="not",
        form=Form(read=_but, schema=schema_of(WORDS)),
        field="but",
        en="What must not be.",
        fr="Ce qui ne doit pas être.",
    ),
)

EXPECT: Keys = (*WORDS, *SPOKEN, *_NOT)


def _expectation(keys: Keys) -> Form[Expectation]:
    def read(node: Node, scope: Scope) -> Expectation | None:
        if isinstance(node, Map) and not node.entries:
            scope.say("policy/empty", node)
            return None
        return _words(read_map(node, keys, scope))

    return Form(read=read, schema={**schema_of(keys), "minProperties": 1})


EXPECTATION: Form[Expectation] = _expectation(EXPECT)

#: What must not be answered on any day.
UNWANTED: Form[Expectation] = _expectation((*WORDS, *_NOT))


def _case(node: Node, scope: Scope) -> Mapping[str, Value] | None:
    """Facts and the one value that each has; unknown is a value."""
    if not isinstance(node, Map):
        scope.say("policy/needs-map", node)
        return None
    case: dict[str, Value] = {}
    for entry in node:
        if entry.key not in scope.facts:
            scope.unknown("policy/unknown-fact", entry.key_place, entry.key, scope.facts)
            continue
        known, value = value_of(entry.key, entry.value, scope)
        if known:
            case[entry.key] = value
    return case


def value_of(name: str, node: Node, scope: Scope) -> tuple[bool, Value]:
    """The one value of a fact in a case, and whether there is one."""
    leaf = read_value(node, scope.facts[name], scope)
    match leaf:
        case Lacks():
            return True, None
        case OneOf(values=(value,)) if isinstance(node, Scalar):
            return True, value
        case None:
            return False, None
        case _:
            scope.say("policy/case-value", node, fact=name)
            return False, None


CASE: Form[Mapping[str, Value]] = Form(read=_case, schema={"$ref": "#/definitions/case"})


def _claim(node: Node, scope: Scope) -> Claim | None:
    """Conditions on facts and words about the answer, side by side."""
    if not isinstance(node, Map):
        scope.say("policy/needs-map", node)
        return None
    if not node.entries:
        scope.say("policy/empty", node)
        return None
    words = {key.name: key for key in WORDS}
    said: dict[str, Any] = {}
    facts: list[Leaf] = []
    for entry in node:
        key = words.get(entry.key)
        if key is None:
            facts += _fact(entry, words, scope)
        else:
            value = key.form.read(entry.value, scope)
            said |= {} if value is None else {key.field or key.name: value}
    return Claim(facts=All(parts=tuple(facts), place=node.place), expect=Expectation(**said))


def _fact(entry: Entry, words: Mapping[str, object], scope: Scope) -> list[Leaf]:
    if entry.key not in scope.facts:
        allowed = (*words, *scope.facts)
        scope.unknown("policy/unknown-column", entry.key_place, entry.key, allowed)
        return []
    leaf = read_value(entry.value, scope.facts[entry.key], scope)
    return [] if leaf is None else [leaf]


CLAIM: Form[Claim] = Form(read=_claim, schema={"$ref": "#/definitions/claim"})


def words_schema() -> Mapping[str, object]:
    """The schemas of what may be asked of an answer, by key."""
    return properties_of(WORDS)
