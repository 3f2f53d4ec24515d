"""The rules that ship have no fault; what README shows of them is checked by tests/docs."""

from pathlib import Path

from dispatcher.policy.read import read_rules


ROOT = Path(__file__).parents[2]


def test_the_shipped_rules_have_no_fault() -> None:
    texts = {path.name: path.read_text("utf-8") for path in (ROOT / "rules").glob("*.yaml")}
    rulebook, problems = read_rules(texts)
    assert problems == ()
    assert rulebook is not None
