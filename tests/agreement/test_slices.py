"""Debtors decided in slices get what they get when all are decided at once."""

from collections.abc import Iterator
from dataclasses import replace
from random import Random

import polars as pl
import pytest

from dispatcher.decide.day import Aside, Day, Kept, in_memory
from dispatcher.decide.plan import Plan, plan_slices
from dispatcher.model.settings import Totals
from dispatcher.policy.terms import Rulebook, Safety
from dispatcher.ports import Frames
from tests.agreement.compare import framed
from tests.agreement.portfolios import World, any_world
from tests.decide.decide_world import settings


DEBTORS = 120
SEEDS = range(12)
OF_CASES = ("lines", "holds", "sent_back")  # frames that name a case and no debtor


def sliced(frames: Frames, random: Random) -> Iterator[Frames]:
    """The frames in ranges of debtors, some of them of a single one or of none with a case."""
    ids = sorted(frames["debtors"]["id"].to_list())
    ends = sorted(random.sample(ids[1:], random.randint(1, 8)))
    for low, high in zip([0, *ends], [*ends, ids[-1] + 1], strict=True):
        mine = pl.col("debtor_id").is_between(low, high, closed="left")
        cases = frames["invoices"].filter(mine)["id"].implode()
        yield {
            name: frame.filter(_whose(name, mine, cases, low, high))
            for name, frame in frames.items()
        }


def _whose(name: str, mine: pl.Expr, cases: pl.Series, low: int, high: int) -> pl.Expr:
    if name == "debtors":
        return pl.col("id").is_between(low, high, closed="left")
    return pl.col("invoice_id").is_in(cases) if name in OF_CASES else mine


def decided(world: World, slices: Iterator[Frames], aside: Aside = in_memory) -> Plan:
    day = Day(
        rulebook=scarce(world.rulebook),
        settings=settings(totals=Totals(per_day={"email": 30, "call": 4}, per_run=40)),
        today=world.today,
        now=world.now,
        reach=world.reach,
        legal=world.legal,
        aside=aside,
    )
    return plan_slices(slices, day)


def scarce(rulebook: Rulebook) -> Rulebook:
    """The policies with less of everything than the debtors want together."""
    less = {
        name: replace(
            policy,
            limits=replace(policy.limits, per_day={"email": 9, "call": 2, "letter": 3}),
            safety=Safety(share_of_debtors=1, legal_effect=2, debtors=25),
        )
        for name, policy in rulebook.policies.items()
    }
    return replace(rulebook, policies=less)


def in_order(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.sort([name for name in frame.columns if frame.schema[name] != pl.List])


@pytest.mark.parametrize("seed", SEEDS)
def test_slices_of_debtors_get_what_all_get_at_once(seed: int) -> None:
    world = any_world(seed, debtors=DEBTORS)
    whole = decided(world, iter([framed(world)]))
    made = decided(world, sliced(framed(world), Random(seed)))
    assert len(made.parts) > 1
    assert made.digest == whole.digest
    assert made.contacts == whole.contacts
    assert made.tasks == whole.tasks
    assert made.exceeded == whole.exceeded
    assert made.answers.sort("case_id").equals(whole.answers)
    assert made.facts.sort("case_id").equals(whole.facts)
    assert in_order(made.considered).equals(in_order(whole.considered))
    for name, frame in whole.stands.items():
        assert in_order(made.stands[name]).equals(in_order(frame))


def test_these_worlds_want_more_than_there_is() -> None:
    """Where everybody gets everything, slices could not go wrong."""
    worlds = [any_world(seed, debtors=DEBTORS) for seed in SEEDS]
    plans = [decided(world, iter([framed(world)])) for world in worlds]
    reasons = {reason for plan in plans for reason in plan.answers["reason"].unique()}
    wanted = {"capacity: email", "capacity: call", "per_run: debtors", "per_run: legal_effect"}
    assert wanted - reasons == set()
    assert any(plan.exceeded for plan in plans)
    assert any(plan.stands["sent_back"].height for plan in plans)


def test_a_slice_is_put_aside_before_the_next_one_is_read() -> None:
    world, heights = any_world(3, debtors=DEBTORS), list[int]()

    def aside(frame: pl.DataFrame) -> Kept:
        heights.append(frame.height)
        return frame.clone

    def read() -> Iterator[Frames]:
        for kept, frames in enumerate(sliced(framed(world), Random(3))):
            assert len(heights) == kept * OF_A_SLICE
            yield frames

    decided(world, read(), aside=aside)


OF_A_SLICE = 5  # facts, rows, leaders, moves, listed
