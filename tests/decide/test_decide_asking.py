"""Rules are asked of many cases in columns and of few one by one; a day is the same either way."""

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from dispatcher.decide import alike, asking, elapse
from dispatcher.decide.plan import Plan
from dispatcher.policy.dtypes import dtype
from dispatcher.prove.exact.sampling import cases
from dispatcher.prove.exact.space import space_of
from tests.agreement.compare import planned
from tests.agreement.portfolios import World, any_world
from tests.prove.test_prove_tables import generated


SEEDS = range(4)


def limited(patch: pytest.MonkeyPatch, count: int) -> None:
    """No more cases than that are few."""
    patch.setattr(asking, "FEW", count)
    patch.setattr(asking, "FEW_TO_COUNT_ON", count)
    patch.setattr(alike, "FEW", count)


def by_policy(world: World, made: Plan) -> dict[str, pl.DataFrame]:
    """The facts of each policy's cases."""
    rows = made.facts.drop("number").join(made.answers.select("case_id", "policy"), on="case_id")
    parts = {name: rows.filter(pl.col("policy") == name) for name in world.rulebook.policies}
    return {name: mine for name, mine in parts.items() if mine.height}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_day_is_the_same_in_columns_and_one_by_one(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = any_world(seed, debtors=60)
    limited(monkeypatch, 0)
    columns = planned(world)
    limited(monkeypatch, 10**6)
    alone = planned(world)
    assert_frame_equal(alone.answers, columns.answers)
    assert (alone.contacts, alone.tasks) == (columns.contacts, columns.tasks)
    assert columns.answers["until"].null_count() < columns.answers.height


@pytest.mark.parametrize("seed", SEEDS)
def test_one_by_one_says_what_columns_say(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of every case, stopped ones too, whose next day no plan asks for."""
    limited(monkeypatch, 10**6)
    world = any_world(seed, debtors=60)
    found = 0
    for name, rows in by_policy(world, planned(world)).items():
        policy, facts = world.rulebook.policies[name], world.rulebook.facts
        said = asking.decided(rows, policy, facts)
        assert_frame_equal(said, elapse.decided(rows, policy, facts))
        days = asking.earliest_change(said, policy, facts)
        assert_frame_equal(days, elapse.earliest_change(said, policy, facts))
        found += days["days_on"].count()
    assert found > 5


@pytest.mark.parametrize("seed", range(6))
def test_the_next_day_is_the_same_of_any_case(seed: int) -> None:
    """Of generated policies and cases of theirs, on both sides of the due day."""
    rules = generated(seed)
    policy, facts = rules.policies["b2b"], rules.facts
    every_rule = (*policy.stops, *policy.hand_over, *policy.choices)
    some = list(cases(space_of([rule.when for rule in every_rule], facts), count=60, seed=seed))
    rows = pl.DataFrame(some, schema={name: dtype(facts[name], rules) for name in facts})
    for late in (-30, -3, 0, 4):
        on_day = rows.with_columns(signed_late=pl.lit(late, dtype=pl.Int64)).with_columns(
            elapse.elapsed(pl.lit(0), facts)
        )
        said = asking.decided(on_day, policy, facts)
        assert_frame_equal(said, elapse.decided(on_day, policy, facts))
        found = asking.earliest_change(said, policy, facts)
        assert_frame_equal(found, elapse.earliest_change(said, policy, facts))
