"""What the shipped rules hold, wait and work for has words: nobody reads a key."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dispatcher.config.read import read_config
from dispatcher.decide.explain_text import reason_words
from dispatcher.home import shipped
from dispatcher.policy.read import TEST_SUFFIX, read_rules
from dispatcher.policy.terms import Hold, Then, Wait


def thens() -> Iterator[Then]:
    """What every rule of the shipped policies does."""
    files = (shipped() / "rules").glob("*.yaml")
    texts = {path.name: path.read_text("utf-8") for path in files}
    rulebook, _ = read_rules({n: t for n, t in texts.items() if not n.endswith(TEST_SUFFIX)})
    assert rulebook is not None
    for policy in rulebook.policies.values():
        rules = (*policy.stops, *policy.choices, *policy.hand_over)
        yield from (rule.then for rule in rules)


def reasons() -> list[str]:
    found = {then.reason for then in thens() if isinstance(then, Hold | Wait)}
    return sorted(found - {""})


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("reason", reasons())
def test_every_reason_is_told_in_words(reason: str, lang: str) -> None:
    said = reason_words(reason, lang)
    assert said != reason
    assert "_" not in said


def test_an_own_reason_is_shown_as_it_was_written() -> None:
    assert reason_words("au service juridique", "fr") == "au service juridique"


def test_every_task_has_a_label_in_both_languages() -> None:
    text = (shipped() / "config.example.yaml").read_text("utf-8")
    settings, _ = read_config(text, file="config.yaml", home=Path("home"))
    assert settings is not None
    named = {task for then in thens() if (task := getattr(then, "task", ""))}
    assert named
    for task in named:
        assert {"fr", "en"} <= settings.tasks[task].labels.keys(), task
