"""What a home's own levels do to findings, and what is said where nothing could be proved."""

from collections.abc import Mapping

import pytest

from dispatcher.config.read import read_config
from dispatcher.model.problem import Level, Problem
from dispatcher.model.settings import Weight
from dispatcher.problems.registry import level
from dispatcher.prove.findings.look import findings
from dispatcher.prove.findings.weigh import weighed
from tests.prove.findings_world import ROOT, found, read, rulebook, rules, world
from tests.prove.test_prove_findings import PARTS


DEAD = Problem(code="prove/dead-end", fields={"policy": "small", "step": "notice", "case": "{}"})
ENDS = Problem(code="prove/ladder-ends", fields={"policy": "small", "step": "two", "case": "{}"})


def levels(weights: Mapping[str, Weight]) -> list[tuple[str, str]]:
    return [(each.code, str(level(each))) for each in weighed([DEAD, ENDS], weights)]


@pytest.mark.parametrize(
    ("weight", "told"),
    [
        pytest.param(Weight(level=None, reason="so"), None, id="off"),
        pytest.param(Weight(level=Level.ERROR, reason="so"), "error", id="an error"),
        pytest.param(Weight(level=None, reason="so", only=("other",)), "warning", id="another"),
        pytest.param(Weight(level=None, reason="so", only=("notice",)), None, id="this step"),
        pytest.param(
            Weight(level=Level.HINT, reason="so", only=("other", "small")), "hint", id="its policy"
        ),
    ],
)
def test_a_finding_weighs_what_the_home_says(weight: Weight, told: str | None) -> None:
    others = [("prove/ladder-ends", "hint")]
    mine = [] if told is None else [("prove/dead-end", told)]
    assert levels({"prove/dead-end": weight}) == mine + others


def test_levels_are_read_with_their_reasons() -> None:
    text = (ROOT / "config.example.yaml").read_text("utf-8")
    dead = '{level: "off", reason: so, only: notice}'
    said = f"  levels: {{prove/dead-end: {dead}, policy/uncovered: {{level: error, reason: no}}}} "
    wanted = text.replace("  levels: {} ", said)
    settings, problems = read_config(wanted, file="config.yaml", home=ROOT)
    assert problems == ()
    assert settings is not None
    assert settings.check == {
        "prove/dead-end": Weight(level=None, reason="so", only=("notice",)),
        "policy/uncovered": Weight(level=Level.ERROR, reason="no"),
    }


def test_a_policy_that_is_too_large_is_sampled_and_nothing_is_claimed_of_it() -> None:
    codes = [problem.code for problem in found(PARTS["prove/unreachable"], most=50)]
    assert "prove/sampled" in codes
    assert "prove/unreachable" not in codes  # a sample cannot prove that a rule never answers


@pytest.mark.parametrize(
    "code",
    [
        "prove/escalates-at-once",
        "prove/notice-without-reminder",
        "prove/notice-too-early",
        "prove/hand-over-too-early",
        "prove/reaches-nobody",
    ],
)
def test_a_sample_shows_what_a_single_case_shows(code: str) -> None:
    assert code in [problem.code for problem in found(PARTS[code], most=50)]


def test_the_budget_is_for_each_policy() -> None:
    book = rulebook(rules())
    told = findings(book, world(), most=5_000)
    sampled = {problem.fields["policy"] for problem in told if problem.code == "prove/sampled"}
    assert sampled == {policy.name for policy in book.active}


def test_what_a_parent_says_is_judged_by_all_its_heirs() -> None:
    stop = "stops:\n  - {id: big, when: {debtor_overdue: 5000+}, then: {hold: big}}\n"
    head = "language: 1\nversion: 2026.11.1\ncurrency: EUR\n"
    steps = PARTS["prove/ladder-ends"]

    def heir(name: str, amount: str) -> str:
        own = f"policy: {name}\nextends: parent\napplies_to: {{debtor_overdue: {amount}}}\n"
        return f"{head}{own}{steps}"

    texts = {
        "facts.yaml": rules()["facts.yaml"],
        "parent.yaml": f"{head}policy: parent\n{stop}",
        "first.yaml": heir("first", "under 1000"),
    }
    alone = [each.code for each in findings(rulebook(texts), world())]
    assert "prove/impossible" in alone
    texts["second.yaml"] = heir("second", "1000+")
    both = [each.code for each in findings(rulebook(texts), world())]
    assert "prove/impossible" not in both


def test_nothing_is_found_twice() -> None:
    told = findings(read(PARTS["prove/no-effect"]), world())
    assert len({(each.code, each.place) for each in told}) == len(told)
