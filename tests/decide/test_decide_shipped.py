"""What the shipped rules answer where several of their stops hold at once."""

from functools import cache
from pathlib import Path

from dispatcher.policy.read import read_rules
from dispatcher.policy.terms import Rulebook
from tests.decide.decide_world import Row, answer, frames, plan


RULES = Path(__file__).resolve().parents[2] / "rules"


@cache
def shipped() -> Rulebook:
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(RULES.glob("*.yaml"))}
    found, _ = read_rules(texts)
    assert found is not None
    return found


DISPUTED: Row = {"kind": "dispute_opened", "invoice_id": 1}


def test_a_dispute_about_all_that_is_overdue_is_named_before_the_small_rest() -> None:
    """What is disputed is not claimed, so nothing is left to chase and `too-small` holds too.

    Both are true and both are recorded; the stop that stands first names the answer, and that is
    the dispute: somebody has to answer it.
    """
    made = plan(frames(debtors=[{}], invoices=[{}], events=[DISPUTED]), shipped())
    assert made.facts["debtor_overdue"].to_list() == [0]
    found = answer(made)
    assert (found["action"], found["rule"], found["task"]) == (
        "hold",
        "stops/dispute",
        "answer-dispute",
    )
    held = made.stands["holds"].select("rule", "reason").rows()
    assert held == [("stops/dispute", "dispute"), ("stops/too-small", "small_balance")]


def test_beside_a_dispute_a_few_euros_are_not_chased_and_more_is() -> None:
    """The effort is weighed by what is claimed: four euros beside 1,200 in dispute are four."""
    for balance, action, reason in ((400, "hold", "small_balance"), (50_000, "contact", "")):
        invoices = [{}, {"balance": balance}]
        made = plan(frames(debtors=[{}], invoices=invoices, events=[DISPUTED]), shipped())
        found = answer(made, 2)
        assert (found["action"], found["reason"]) == (action, reason)
        assert answer(made, 1)["reason"] == "dispute"
