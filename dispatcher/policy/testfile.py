"""Test files: what an operator promises himself of a policy, read with every mistake reported."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dispatcher.model.event import EventKind
from dispatcher.model.problem import Problem
from dispatcher.nodes.node import Map, Node, Scalar, Sequence
from dispatcher.nodes.read import read_yaml
from dispatcher.policy.document import EVENTS
from dispatcher.policy.expect import (
    AMOUNT,
    CASE,
    CLAIM,
    DATE,
    DAY,
    EXPECTATION,
    SPOKEN,
    UNWANTED,
    WORDS,
    value_of,
)
from dispatcher.policy.forms import TEXT, YES_NO, Form, choice, count, list_of
from dispatcher.policy.keys import Key, Keys, read_map, schema_of
from dispatcher.policy.names import Names
from dispatcher.policy.promises import (
    Expectation,
    Invariant,
    Moment,
    Promises,
    SingleTest,
    Timeline,
)
from dispatcher.policy.read import TEST_SUFFIX
from dispatcher.policy.scope import Findings, Scope
from dispatcher.policy.terms import Policy, Rulebook
from dispatcher.policy.thens import CHANNEL


#: What else may come of what we did: a message comes back, a call reaches nobody, a yes is missing.
CAME_BACK = ("bounced", "no_answer", "wrong_number", "not_approved", "approved")

#: What may happen in a timeline: the due day, what answers are sent for, what the book records.
HAPPENINGS = tuple(dict.fromkeys(("due", *EVENTS, *map(str, EventKind), *CAME_BACK)))

LONGEST = 3650

_NAME = Key(
    name="name",
    form=TEXT,
    required=True,
    en="What it promises, as a sentence.",
    fr="Ce qu'il promet, en une phrase.",
)
_TODO = Key(
    name="todo",
    form=YES_NO,
    default="no",
    en="It is not expected to pass yet.",
    fr="Il n'est pas encore attendu qu'il passe.",
)
_CASE = Key(
    name="case",
    form=CASE,
    en="The facts that differ from the shared case.",
    fr="Les faits qui diffèrent du dossier commun.",
)


def _list(node: Node, _scope: Scope) -> Node | None:
    return node


#: What a column may ask of the answers.
_ASKED = {key.name: key for key in (*WORDS, *SPOKEN)}

#: Read once the columns are known.
_ROWS: Form[Node] = Form(
    read=_list, schema={"type": "array", "minItems": 1, "items": {"type": "array", "minItems": 1}}
)

TEST_KEYS: Keys = (
    _NAME,
    _CASE,
    Key(
        name="expect",
        form=EXPECTATION,
        en="What the case must answer; for every row, where there are rows.",
        fr="Ce que le dossier doit répondre ; à chaque ligne, s'il y a des lignes.",
    ),
    Key(
        name="columns",
        form=list_of(TEXT),
        en="The headings of a table: facts, and what is expected.",
        fr="Les titres d'un tableau : des faits, et ce qui est attendu.",
    ),
    Key(
        name="rows",
        form=_ROWS,
        en="The rows of the table, each a test of its own.",
        fr="Les lignes du tableau, chacune un test à elle seule.",
    ),
    _TODO,
)


def _rows_of(said: Mapping[str, Any], node: Map, scope: Scope) -> tuple[SingleTest, ...]:
    columns: tuple[str, ...] = said["columns"]
    _check_columns(node, scope)
    rows = said["rows"]
    for part in (node.get("columns"), rows):
        if isinstance(part, Sequence) and not part.items:
            scope.say("policy/empty", part)
    if not isinstance(rows, Sequence):
        scope.say("policy/needs-list", rows)
        return ()
    read = [_row(row, columns, scope) for row in rows]
    return tuple(
        SingleTest(
            name=f"{said['name']} [{number}]",
            case={**said.get("case", {}), **row[0]},
            expect=replace(said.get("expect", Expectation()), **row[1]),
            todo=said.get("todo", False),
            place=item.place,
        )
        for number, (row, item) in enumerate(zip(read, rows, strict=True), 1)
        if row is not None
    )


def _check_columns(node: Map, scope: Scope) -> None:
    headings = node.get("columns")
    allowed = (*_ASKED, *scope.facts)
    first: dict[str, Scalar] = {}
    for item in headings if isinstance(headings, Sequence) else ():
        if not isinstance(item, Scalar):
            continue
        if item.text not in allowed:
            scope.unknown("policy/unknown-column", item, item.text, allowed)
        _once(item, first, scope)


def _row(
    node: Node, columns: tuple[str, ...], scope: Scope
) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """The facts and the expectations of one row."""
    if not isinstance(node, Sequence):
        scope.say("policy/needs-list", node)
        return None
    if len(node.items) != len(columns):
        found, wanted = str(len(node.items)), str(len(columns))
        scope.say("policy/row-length", node, found=found, wanted=wanted)
        return None
    case: dict[str, Any] = {}
    expected: dict[str, Any] = {}
    for column, item in zip(columns, node.items, strict=True):
        if column in _ASKED:
            key = _ASKED[column]
            expected[key.field or key.name] = key.form.read(item, scope)
        elif column in scope.facts:
            known, value = value_of(column, item, scope)
            if known:
                case[column] = value
    return case, {key: value for key, value in expected.items() if value is not None}


def _test(node: Node, scope: Scope) -> tuple[SingleTest, ...] | None:
    said = read_map(node, TEST_KEYS, scope)
    if said is None or not isinstance(node, Map):
        return None
    table = {"columns", "rows"} & node.entries.keys()
    needed = table or {"expect"}
    if not needed <= node.entries.keys() or len(table) == 1:
        scope.say("policy/test-form", node)
        return None
    if not {"name", *needed} <= said.keys():
        return None
    return _rows_of(said, node, scope) if table else (_single(said, node),)


def _single(said: Mapping[str, Any], node: Map) -> SingleTest:
    return SingleTest(**{"case": {}, **said}, place=node.place)


MOMENT_KEYS: Keys = (
    Key(
        name="day",
        form=count(0, LONGEST),
        required=True,
        en="The days after the timeline's from.",
        fr="Les jours après le from de la chronologie.",
    ),
    Key(name="event", form=choice(HAPPENINGS), en="What happens.", fr="Ce qui se passe."),
    Key(
        name="until",
        form=DAY,
        en="The day that was promised or agreed: a date, or day 14.",
        fr="Le jour promis ou convenu : une date, ou day 14.",
    ),
    Key(
        name="amount",
        form=AMOUNT,
        en="The amount that was paid, promised or agreed.",
        fr="Le montant payé, promis ou convenu.",
    ),
    Key(
        name="channel",
        form=CHANNEL,
        en="The channel that was opted out of, preferred or used.",
        fr="Le canal refusé, préféré ou employé.",
    ),
    Key(name="reason", form=TEXT, en="Why he does not pay.", fr="Pourquoi il ne paie pas."),
    Key(
        name="expect",
        form=EXPECTATION,
        en="What the case must answer on that day.",
        fr="Ce que le dossier doit répondre ce jour-là.",
    ),
)


def _moment(node: Node, scope: Scope) -> Moment | None:
    said = read_map(node, MOMENT_KEYS, scope)
    if said is None or not isinstance(node, Map):
        return None
    if not {"event", "expect"} & node.entries.keys():
        scope.say("policy/moment-form", node)
    return Moment(**said, place=node.place) if "day" in said else None


TIMELINE_KEYS: Keys = (
    _NAME,
    Key(
        name="from",
        form=DATE,
        field="start",
        required=True,
        en="Day 0, a date.",
        fr="Le jour 0, une date.",
    ),
    _CASE,
    Key(
        name="days",
        form=list_of(Form(read=_moment, schema=schema_of(MOMENT_KEYS))),
        required=True,
        en="What happens and what is expected, by day.",
        fr="Ce qui se passe et ce qui est attendu, jour par jour.",
    ),
    Key(
        name="never",
        form=UNWANTED,
        en="What is answered or sent on none of these days.",
        fr="Ce qui n'est répondu ni envoyé aucun de ces jours.",
    ),
    _TODO,
)


def _timeline(node: Node, scope: Scope) -> Timeline | None:
    said = read_map(node, TIMELINE_KEYS, scope)
    if said is None or not {"name", "start", "days"} <= said.keys():
        return None
    return Timeline(**{"case": {}, **said}, place=node.place)


INVARIANT_KEYS: Keys = (
    _NAME,
    Key(
        name="when",
        form=CLAIM,
        en="Only where this holds.",
        fr="Seulement là où ceci vaut.",
    ),
    Key(
        name="never",
        form=CLAIM,
        en="What must never be, of any case or contact: facts, and the answer.",
        fr="Ce qui ne doit jamais être, d'aucun dossier ni contact : des faits, et la réponse.",
    ),
    Key(
        name="always",
        form=CLAIM,
        en="What must always be.",
        fr="Ce qui doit toujours être.",
    ),
    _TODO,
)


def _invariant(node: Node, scope: Scope) -> Invariant | None:
    said = read_map(node, INVARIANT_KEYS, scope)
    if said is None or not isinstance(node, Map):
        return None
    if len({"never", "always"} & node.entries.keys()) != 1:
        scope.say("policy/invariant-form", node)
        return None
    return Invariant(**said, place=node.place) if "name" in said else None


PROMISES_KEYS: Keys = (
    Key(
        name="policy",
        form=Form(read=TEXT.read, schema={"$ref": "#/definitions/policy"}),
        required=True,
        en="The policy that is tested.",
        fr="La politique mise à l'épreuve.",
    ),
    Key(
        name="today",
        form=DATE,
        en="The day of the single tests.",
        fr="Le jour des tests simples.",
    ),
    Key(
        name="case",
        form=CASE,
        en="The facts that all tests share; facts not named have their default.",
        fr="Les faits communs à tous les tests ; les autres ont leur valeur par défaut.",
    ),
    Key(
        name="tests",
        form=list_of(Form(read=_test, schema=schema_of(TEST_KEYS))),
        en="Single cases, decided without rounds and limits.",
        fr="Des dossiers isolés, décidés sans regroupement ni limites.",
    ),
    Key(
        name="timelines",
        form=list_of(Form(read=_timeline, schema=schema_of(TIMELINE_KEYS))),
        en="Cases lived day by day, with all limits.",
        fr="Des dossiers vécus jour par jour, avec toutes les limites.",
    ),
    Key(
        name="invariants",
        form=list_of(Form(read=_invariant, schema=schema_of(INVARIANT_KEYS))),
        en="What holds for every possible case and contact.",
        fr="Ce qui vaut pour tout dossier et tout contact possibles.",
    ),
)


def read_promises(
    texts: Mapping[str, str], rulebook: Rulebook, *, names: Names | None = None
) -> tuple[tuple[Promises, ...], tuple[Problem, ...]]:
    """The test files among these (`*.test.yaml`), and every problem in them."""
    findings = Findings()
    read = []
    for file in sorted(texts):
        if file.endswith(TEST_SUFFIX):
            top, problems = read_yaml(texts[file], file=file)
            for problem in problems:
                findings.add(problem)
            scope = Scope(findings=findings, facts=rulebook.facts, names=names or Names())
            read.append(None if top is None else _promises(top, rulebook, scope))
    return tuple(each for each in read if each is not None), tuple(findings.problems)


def _promises(top: Map, rulebook: Rulebook, scope: Scope) -> Promises | None:
    name = top.get("policy")
    policy = rulebook.policies.get(name.text) if isinstance(name, Scalar) else None
    if policy is None and isinstance(name, Scalar):
        scope.unknown("policy/unknown-policy", name, name.text, rulebook.policies)
        return None  # every rule would be unknown: one problem is enough
    inside = scope if policy is None else replace(scope, rules=rules_of(policy))
    said = read_map(top, PROMISES_KEYS, inside)
    for key in ("tests", "timelines", "invariants"):
        _refuse_repeated_names(top.get(key), scope)
    if said is None or "policy" not in said:
        return None
    tests = tuple(test for several in said.get("tests", ()) for test in several)
    return Promises(**{**said, "tests": tests}, file=top.place.file)


def rules_of(policy: Policy) -> tuple[str, ...]:
    """The id of everything in a policy that may answer."""
    rules = (*policy.stops, *policy.choices, *policy.hand_over)
    return (*(rule.id for rule in rules), *(f"answers/{each.event}" for each in policy.answers))


def _refuse_repeated_names(node: Node | None, scope: Scope) -> None:
    first: dict[str, Scalar] = {}
    for item in node if isinstance(node, Sequence) else ():
        name = item.get("name") if isinstance(item, Map) else None
        if not isinstance(name, Scalar):
            continue
        _once(name, first, scope)


def _once(name: Scalar, first: dict[str, Scalar], scope: Scope) -> None:
    if name.text in first:
        second = first[name.text].place
        scope.findings.say("policy/duplicate-id", name.place, second=second, name=name.text)
    first.setdefault(name.text, name)
