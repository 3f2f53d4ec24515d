"""Smaller worlds: one debtor, row, rule or limit less, to show a difference at its smallest."""

from collections.abc import Iterator, Sequence
from dataclasses import fields, replace

from dispatcher.policy.terms import ALWAYS, Limits, Policy, Rule, Safety
from tests.agreement.portfolios import World


#: Tables whose rows name a case and no debtor.
OF_CASES = ("lines", "holds", "sent_back")


def only_debtor(world: World, whose: int) -> World:
    """The same day with one debtor and all that is his."""
    others = [row["id"] for row in world.tables["debtors"] if row["id"] != whose]
    for other in others:
        world = without_debtor(world, other)
    return world


def without_debtor(world: World, whose: int) -> World:
    """The same day without one debtor and all that is his."""
    cases = {row["id"] for row in world.tables["invoices"] if row["debtor_id"] == whose}
    kept = {
        name: [row for row in rows if row.get("debtor_id") != whose]
        for name, rows in world.tables.items()
        if name not in {"debtors", *OF_CASES}
    }
    kept["debtors"] = [row for row in world.tables["debtors"] if row["id"] != whose]
    for name in OF_CASES:
        kept[name] = [row for row in world.tables[name] if row["invoice_id"] not in cases]
    return replace(world, tables=kept)


def smaller(world: World) -> Iterator[World]:
    """Every world with one debtor, one row, one rule or one limit less; large cuts first."""
    debtors = [row["id"] for row in world.tables["debtors"]]
    if len(debtors) > 1:
        for part in (*_parts(debtors, 2), *_parts(debtors, 8), *([one] for one in debtors)):
            yield _without_debtors(world, part)
    for name in ("invoices", *OF_CASES, "events", "messages", "credits", "tasks"):
        rows = world.tables[name]
        for index in range(len(rows)):
            fewer = [*rows[:index], *rows[index + 1 :]]
            yield replace(world, tables={**world.tables, name: fewer})
    for policy in world.rulebook.policies.values():
        for less in _simpler(policy):
            policies = {**world.rulebook.policies, policy.name: less}
            yield world.reading(replace(world.rulebook, policies=policies))


def _without_one(rules: tuple[Rule, ...]) -> Iterator[tuple[Rule, ...]]:
    return ((*rules[:index], *rules[index + 1 :]) for index in range(len(rules)))


def _simpler(policy: Policy) -> Iterator[Policy]:
    """Every policy with one rule, step or limit less."""
    yield from (replace(policy, stops=fewer) for fewer in _without_one(policy.stops))
    yield from (replace(policy, hand_over=fewer) for fewer in _without_one(policy.hand_over))
    for index, step in enumerate(policy.steps):
        for place in range(len(step.choose) - 1):
            chosen = (*step.choose[:place], *step.choose[place + 1 :])
            steps = (
                *policy.steps[:index],
                replace(step, choose=chosen),
                *policy.steps[index + 1 :],
            )
            yield replace(policy, steps=steps)
    if policy.resume:
        yield replace(policy, resume=policy.resume[:-1])
    usual = Limits()
    for one in fields(Limits):
        if getattr(policy.limits, one.name) != getattr(usual, one.name):
            fewer = replace(policy.limits, **{one.name: getattr(usual, one.name)})
            yield replace(policy, limits=fewer)
    if policy.safety != Safety():
        yield replace(policy, safety=Safety())
    if policy.start != ALWAYS:
        yield replace(policy, start=ALWAYS)


def _parts(debtors: Sequence[int], count: int) -> Iterator[Sequence[int]]:
    size = max(len(debtors) // count, 1)
    return (debtors[start : start + size] for start in range(0, len(debtors), size))


def _without_debtors(world: World, several: Sequence[int]) -> World:
    for whose in several:
        world = without_debtor(world, whose)
    return world
