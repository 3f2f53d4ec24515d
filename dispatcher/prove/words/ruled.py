"""A policy as a table: every rule in its order with when, what, channel, template and tone."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Final

from dispatcher.policy.terms import All, Contact, Policy, Rule
from dispatcher.prove.words.deeds import in_short
from dispatcher.prove.words.wording import Wording


COLUMNS: Final = ("step", "rule", "when", "what", "channel", "template", "tone")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One rule. For a choice, `when` holds what its step asks, too; `step` is empty elsewhere."""

    step: str
    rule: str
    when: str
    what: str
    channel: str = ""
    template: str = ""
    tone: str = ""

    @property
    def cells(self) -> tuple[str, ...]:
        """The row in the order of `COLUMNS`."""
        return tuple(getattr(self, name) for name in COLUMNS)


def rows(policy: Policy, words: Wording) -> tuple[Row, ...]:
    """The stops, the choices of every step, and the hand-over, in their order."""
    return tuple(_rows(policy, words))


def headings(words: Wording) -> tuple[str, ...]:
    """The headings of the columns."""
    return tuple(words.say(f"column/{name}") for name in COLUMNS)


def as_markdown(found: tuple[Row, ...], words: Wording) -> str:
    """The table as Markdown."""
    lines = [_line(headings(words)), _line(["---"] * len(COLUMNS))]
    return "\n".join([*lines, *(_line(row.cells) for row in found)])


def as_json(found: tuple[Row, ...]) -> str:
    """The table as a JSON array of objects."""
    return json.dumps([asdict(row) for row in found], ensure_ascii=False, indent=2)


def _rows(policy: Policy, words: Wording) -> Iterator[Row]:
    for rule in policy.stops:
        yield _row("", rule, words)
    for step in policy.steps:
        for choice in step.choose:
            asked = [part for part in (step.when, choice.when) if part != All()]
            when = asked[0] if len(asked) == 1 else All(parts=tuple(asked))
            whole = Rule(id=choice.id, when=when, then=choice.then)
            yield _row(words.steps.get(step.id) or step.id, whole, words)
    for rule in policy.hand_over:
        yield _row("", rule, words)


def _row(step: str, rule: Rule, words: Wording) -> Row:
    said = {"channel": "", "template": "", "tone": ""}
    if isinstance(rule.then, Contact):
        said = {
            "channel": words.channels(rule.then.channels),
            "template": rule.then.template,
            "tone": rule.then.tone,
        }
    when, what = words.condition(rule.when), in_short(rule.then, words)
    return Row(step=step, rule=rule.id, when=when, what=what, **said)


def _line(cells: tuple[str, ...] | list[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
