"""The same rules in other engines, each in the form in which it is fastest.

Every peer is a function from prebuilt input to the index of the first rule that holds, -1 for
none; what it costs to build the input is not counted for any of them.
"""

import json
from collections.abc import Callable, Sequence

import datalogic_py
import polars as pl
import zen

from bench.rule_cases import FACTS, FLAGS, Case
from dispatcher.policy.terms import All, Between, Leaf, OneOf, Policy


NONE = -1


def conditions(policy: Policy) -> list[list[Between | OneOf]]:
    """The conditions of each rule."""
    return [_parts(rule.when) for rule in policy.hand_over]


def _parts(when: object) -> list[Between | OneOf]:
    assert isinstance(when, All)
    return [part for part in when.parts if isinstance(part, Between | OneOf)]


# -- ZEN: a decision table, evaluated by key: its fastest documented call -------------------------


def zen_table(policy: Policy) -> Callable[[Case], int]:
    """`engine.evaluate(key, context)` on a table with hit policy `first`."""
    content = zen.ZenDecisionContent(json.dumps(_jdm(policy)))
    engine = zen.ZenEngine({"loader": lambda _key: content})

    def decide(case: Case) -> int:
        return int(engine.evaluate("bench", case)["result"]["rule"])

    return decide


def _jdm(policy: Policy) -> dict[str, object]:
    rows = [
        {
            "_id": str(number),
            **dict.fromkeys(FACTS, ""),
            **{leaf.fact: _cell(leaf) for leaf in parts},
            "rule": str(number),
        }
        for number, parts in enumerate(conditions(policy))
    ]
    rows.append({"_id": "none", **dict.fromkeys(FACTS, ""), "rule": str(NONE)})
    table = {
        "hitPolicy": "first",
        "inputs": [{"id": name, "name": name, "field": name} for name in FACTS],
        "outputs": [{"id": "rule", "name": "rule", "field": "rule"}],
        "rules": rows,
    }
    place = {"x": 0, "y": 0}
    return {
        "nodes": [
            {"id": "in", "type": "inputNode", "name": "in", "position": place},
            {
                "id": "t",
                "type": "decisionTableNode",
                "name": "t",
                "position": place,
                "content": table,
            },
            {"id": "out", "type": "outputNode", "name": "out", "position": place},
        ],
        "edges": [
            {"id": "1", "sourceId": "in", "targetId": "t", "type": "edge"},
            {"id": "2", "sourceId": "t", "targetId": "out", "type": "edge"},
        ],
    }


def _cell(leaf: Leaf) -> str:
    match leaf:
        case OneOf(fact=fact, values=values) if fact in FLAGS:
            return "true" if values == (True,) else "false"
        case OneOf(values=values):
            return ", ".join(f'"{value}"' for value in values)
        case Between(fact=fact, at_least=low, at_most=high):
            bounds = [f"$ >= {low}"] if low is not None else []
            bounds += [f"$ <= {high}"] if high is not None else []
            known = ["$ != null"] if FACTS[fact].nullable else []
            return " and ".join([*known, *bounds])
    raise TypeError(leaf)


# -- datalogic: one compiled JSONLogic rule -------------------------------------------------------


def datalogic(policy: Policy) -> Callable[[Case], int]:
    """One nested `if` over all rules, compiled once."""
    branches: list[object] = []
    for number, parts in enumerate(conditions(policy)):
        branches += [_and([test for leaf in parts for test in _logic(leaf)]), number]
    rule = datalogic_py.Engine().compile(json.dumps({"if": [*branches, NONE]}))

    def decide(case: Case) -> int:
        return int(rule.evaluate(case))

    return decide


def _and(tests: list[object]) -> object:
    return {"and": tests} if len(tests) > 1 else tests[0]


def _logic(leaf: Between | OneOf) -> list[object]:
    value = {"var": leaf.fact}
    if isinstance(leaf, OneOf):
        if leaf.fact in FLAGS:
            return [value if leaf.values == (True,) else {"!": value}]
        if len(leaf.values) == 1:
            return [{"===": [value, leaf.values[0]]}]
        return [{"in": [value, list(leaf.values)]}]
    known: list[object] = [{"!==": [value, None]}] if FACTS[leaf.fact].nullable else []
    if leaf.at_least is not None:
        known.append({">=": [value, leaf.at_least]})
    if leaf.at_most is not None:
        known.append({"<=": [value, leaf.at_most]})
    return known


# -- Polars, by hand ------------------------------------------------------------------------------


def polars_by_hand(policy: Policy) -> pl.Expr:
    """`coalesce` of `when/then` over Enum and Int64 columns: the fastest form that we found."""
    return pl.coalesce(
        *(
            pl.when(_expression(parts)).then(pl.lit(number, dtype=pl.Int32))
            for number, parts in enumerate(conditions(policy))
        ),
        pl.lit(NONE, dtype=pl.Int32),
    )


def _expression(parts: Sequence[Between | OneOf]) -> pl.Expr:
    found: pl.Expr | None = None
    for leaf in parts:
        for test in _comparisons(leaf):
            found = test if found is None else found & test
    assert found is not None
    return found


def _comparisons(leaf: Between | OneOf) -> list[pl.Expr]:
    column = pl.col(leaf.fact)
    if isinstance(leaf, OneOf):
        if leaf.fact in FLAGS:
            return [column if leaf.values == (True,) else ~column]
        first, *rest = leaf.values
        among = column == first
        for value in rest:
            among |= column == value
        return [among]
    tests = [] if leaf.at_least is None else [column >= leaf.at_least]
    return tests if leaf.at_most is None else [*tests, column <= leaf.at_most]


# -- Python, by hand ------------------------------------------------------------------------------


def python_by_hand(policy: Policy) -> Callable[[Case], int]:
    """The chain of `if` that a programmer would write, facts in local variables."""
    reads = [f"    {name} = case[{name!r}]" for name in FACTS]
    lines = ["def decide(case):", *reads]
    for number, parts in enumerate(conditions(policy)):
        tests = " and ".join(_python(leaf) for leaf in parts)
        lines += [f"    if {tests}:", f"        return {number}"]
    space: dict[str, Callable[[Case], int]] = {}
    exec("\n".join([*lines, f"    return {NONE}"]), space)
    return space["decide"]


def _python(leaf: Between | OneOf) -> str:
    name = leaf.fact
    if isinstance(leaf, OneOf):
        if name in FLAGS:
            return name if leaf.values == (True,) else f"not {name}"
        if len(leaf.values) == 1:
            return f"{name} == {leaf.values[0]!r}"
        return f"{name} in {leaf.values!r}"
    low = "" if leaf.at_least is None else f"{leaf.at_least} <= "
    high = "" if leaf.at_most is None else f" <= {leaf.at_most}"
    known = f"{name} is not None and " if FACTS[name].nullable else ""
    return f"{known}{low}{name}{high}"


def python_interpreter(policy: Policy) -> Callable[[Case], int]:
    """Rules as data, looked at one after the other: what most home-made engines are."""
    rules = [[_test(leaf) for leaf in parts] for parts in conditions(policy)]

    def decide(case: Case) -> int:
        for number, tests in enumerate(rules):
            if all(_holds(test, case) for test in tests):
                return number
        return NONE

    return decide


Test = tuple[str, str, object, object]


def _test(leaf: Between | OneOf) -> Test:
    if isinstance(leaf, OneOf):
        return (leaf.fact, "in", leaf.values, None)
    return (leaf.fact, "between", leaf.at_least, leaf.at_most)


def _holds(test: Test, case: Case) -> bool:
    name, kind, one, other = test
    value = case[name]
    if value is None:
        return False
    if kind == "in":
        return value in one  # type: ignore[operator] # a tuple, by the line above
    return (one is None or value >= one) and (other is None or value <= other)  # type: ignore[operator]
