"""The ladder: steps in order, what each may follow, and its choices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dispatcher.model.vocabulary import FactType
from dispatcher.nodes.node import Map, Node, Scalar
from dispatcher.nodes.node import Sequence as NodeList
from dispatcher.policy.conditions import CONDITION
from dispatcher.policy.extends import place_of_id
from dispatcher.policy.forms import LABELS, NAME, NEW_NAME, YES_NO, Form, list_of
from dispatcher.policy.keys import Key, Keys, read_map, schema_of
from dispatcher.policy.scope import Scope
from dispatcher.policy.terms import ALWAYS, Rule, Step
from dispatcher.policy.thens import CHOICE_HEADS, HAND_OVER_HEADS, STOP_HEADS, Head, then_form


_ID = Key(
    name="id",
    form=NEW_NAME,
    required=True,
    en="Its name, for ever: tests, traces and the book use it.",
    fr="Son nom, pour toujours : tests, traces et livre l'emploient.",
)
_WHEN = Key(
    name="when",
    form=CONDITION,
    required=True,
    en="The condition; any is always.",
    fr="La condition ; any veut dire toujours.",
)


def rule_keys(heads: tuple[Head, ...]) -> Keys:
    """The keys of a rule of the layer with these heads."""
    then = Key(
        name="then", form=then_form(heads), required=True, en="What it does.", fr="Ce qu'il fait."
    )
    return (_ID, _WHEN, then)


STOP_KEYS = rule_keys(STOP_HEADS)
CHOICE_KEYS = rule_keys(CHOICE_HEADS)
HAND_OVER_KEYS = rule_keys(HAND_OVER_HEADS)


def read_rules_of(node: Node, keys: Keys, prefix: str, scope: Scope) -> tuple[Rule, ...]:
    """The rules of a list, with ids under the prefix; each id once."""
    if not isinstance(node, NodeList):
        scope.say("policy/needs-list", node)
        return ()
    refuse_repeated_ids(node, scope)
    read = [_rule(item, keys, prefix, scope) for item in node]
    return tuple(rule for rule in read if rule is not None)


def _rule(node: Node, keys: Keys, prefix: str, scope: Scope) -> Rule | None:
    said = read_map(node, keys, scope)
    if said is None or not {"id", "when", "then"} <= said.keys():
        return None
    name = f"{prefix}/{said['id']}"
    return Rule(id=name, when=said["when"], then=said["then"], place=place_of_id(node))


def refuse_repeated_ids(node: NodeList, scope: Scope) -> None:
    """Report every id of the list that stands there a second time."""
    first: dict[str, Scalar] = {}
    for item in node:
        name = item.get("id") if isinstance(item, Map) else None
        if not isinstance(name, Scalar):
            continue
        if name.text in first:
            second = first[name.text].place
            scope.findings.say("policy/duplicate-id", name.place, second=second, name=name.text)
        first.setdefault(name.text, name)


def _choose(node: Node, scope: Scope) -> NodeList | None:
    if isinstance(node, NodeList) and node.items:
        return node
    scope.say("policy/needs-list" if not isinstance(node, NodeList) else "policy/empty", node)
    return None


def ids_of(node: Node | None) -> tuple[str, ...]:
    """The ids of a list's entries as written, before they are checked."""
    items = node.items if isinstance(node, NodeList) else ()
    ids = [item.get("id") for item in items if isinstance(item, Map)]
    return tuple(name.text for name in ids if isinstance(name, Scalar))


def all_steps(scope: Scope) -> tuple[str, ...]:
    """The steps of every ladder that may be chosen."""
    steps = [fact.values for fact in scope.facts.values() if fact.type is FactType.STEP]
    return tuple(step for step in (steps[0] if steps else ()) if step != "none")


STEP_KEYS: Keys = (
    _ID,
    Key(name="label", form=LABELS, field="labels", en="Its name for people.", fr="Son nom."),
    Key(
        name="from",
        form=list_of(Form(read=NAME.read, schema={"$ref": "#/definitions/step"}), or_one=True),
        field="after",
        en="The steps it may follow; without it the step before that is not optional.",
        fr="Les étapes qu'elle peut suivre ; sans cela la précédente non facultative.",
    ),
    Key(
        name="when",
        form=CONDITION,
        en="What must hold for every choice of the step.",
        fr="Ce qui doit valoir pour chaque choix de l'étape.",
    ),
    Key(
        name="choose",
        form=Form(
            read=_choose, schema={"type": "array", "minItems": 1, "items": schema_of(CHOICE_KEYS)}
        ),
        required=True,
        en="The choices; the first that matches answers.",
        fr="Les choix ; le premier qui convient répond.",
    ),
    Key(
        name="optional",
        form=YES_NO,
        default="no",
        en="It may be left out, and start does not hold it back.",
        fr="Elle peut manquer, et start ne la retient pas.",
    ),
    Key(name="was", form=NAME, en="Its name before.", fr="Son ancien nom."),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rung:
    """A step as read, before it is known what it may follow."""

    id: str
    said: Mapping[str, Any]
    node: Node

    @property
    def optional(self) -> bool:
        return bool(self.said.get("optional", False))


def read_steps(node: Node, scope: Scope) -> tuple[Step, ...]:
    """The ladder, each step with all that it may follow."""
    if not isinstance(node, NodeList):
        scope.say("policy/needs-list", node)
        return ()
    refuse_repeated_ids(node, scope)
    rungs = []
    for item in node:
        said = read_map(item, STEP_KEYS, scope)
        if said is not None and "id" in said:
            rungs.append(_Rung(id=said["id"], said=said, node=item))
    after = _after(rungs, scope)
    return tuple(_step(rung, after[rung.id], scope) for rung in rungs)


def _step(rung: _Rung, after: tuple[str, ...], scope: Scope) -> Step:
    said = rung.said
    choose: tuple[Rule, ...] = ()
    if "choose" in said:
        choose = read_rules_of(said["choose"], CHOICE_KEYS, rung.id, scope)
    return Step(
        id=rung.id,
        labels=said.get("labels", {}),
        after=after,
        when=said.get("when", ALWAYS),
        choose=choose,
        optional=rung.optional,
        was=said.get("was", ""),
        place=place_of_id(rung.node),
    )


def _after(rungs: Sequence[_Rung], scope: Scope) -> dict[str, tuple[str, ...]]:
    """By step what it may follow: its `from`, and every optional step that could stand between."""
    found: dict[str, tuple[str, ...]] = {}
    before = "none"
    for position, rung in enumerate(rungs):
        earlier = rungs[:position]
        own = _written(rung, [r.id for r in earlier], rungs, scope) or (before,)
        between = [r.id for r in earlier if r.optional and set(found[r.id]) & set(own)]
        found[rung.id] = tuple(dict.fromkeys((*own, *between)))
        if not rung.optional:
            before = rung.id
    return found


def _written(
    rung: _Rung, earlier: Sequence[str], rungs: Sequence[_Rung], scope: Scope
) -> tuple[str, ...]:
    """The steps named under `from` that stand earlier in the ladder; the others are reported."""
    allowed = ("none", *earlier)
    ladder = {r.id for r in rungs}
    at = rung.node.get("from") if isinstance(rung.node, Map) else None
    for name in rung.said.get("after", ()):
        if name not in allowed and at is not None:
            if name in ladder:
                scope.say("policy/from-later", at, name=name, step=rung.id)
            else:
                scope.unknown("policy/unknown-step", at, name, allowed)
    return tuple(name for name in rung.said.get("after", ()) if name in allowed)
