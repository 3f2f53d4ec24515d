"""A difference in words: what was answered, what is answered, and for which cases."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace

from dispatcher.cli.say import Speaker
from dispatcher.model.vocabulary import Fact, FactType, Value
from dispatcher.policy.boxes import as_written, may_lack
from dispatcher.policy.function import compile_policy
from dispatcher.policy.terms import Days, Policy, Rulebook, Then
from dispatcher.policy.values import NUMERIC
from dispatcher.prove.changes.answers_changed import Changed
from dispatcher.prove.changes.compare import Compared, Comparison
from dispatcher.prove.changes.moved_cases import Moved
from dispatcher.prove.changes.regions_said import Said
from dispatcher.prove.changes.settings_changed import Setting
from dispatcher.prove.exact.outcomes import Layer, Outcome
from dispatcher.prove.exact.witness import as_test
from dispatcher.prove.trials.alone import answer, whole
from dispatcher.prove.words.deeds import deed
from dispatcher.prove.words.sentences import wording_of
from dispatcher.prove.words.wording import Wording


#: What of an answer a test for it expects.
EXPECTED = ("action", "rule", "channel", "template", "tone", "to")


NOTHING = "nothing yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a comparison has to say: the names of both sides, what was found, today's plan by both.

    `labels` are the words of tasks and offers by name and language; `day` is that of the plans.
    """

    names: tuple[str, str]
    found: Comparison
    books: tuple[Rulebook, Rulebook]
    moved: Moved | None
    day: str
    labels: Mapping[str, Mapping[str, str]]

    @property
    def differing(self) -> tuple[Compared, ...]:
        """The pairs that do not mean the same."""
        return tuple(pair for pair in self.found.pairs if not pair.same)

    @property
    def settings(self) -> tuple[Setting, ...]:
        """Every setting that is said otherwise, the vocabulary's last."""
        of_policies = (each for pair in self.found.pairs for each in pair.settings)
        return (*of_policies, *self.found.vocabulary)

    @property
    def answers(self) -> int:
        """How many pairs of answers differ."""
        return sum(len(pair.changes) for pair in self.found.pairs)

    def wording(self, pair: Compared, lang: str) -> Wording:
        """The words of a pair: labels of the new side, of what is gone those of the old."""
        facts = self.found.paired.new.facts
        old, new = (
            wording_of(policy, facts, lang=lang, labels=self.labels)
            for policy in (pair.old, pair.new)
        )
        return replace(new, steps={**old.steps, **new.steps})

    def debtor_words(self, lang: str) -> Wording:
        """The words for debtors of any policy."""
        return Wording(lang=lang, facts=self.found.paired.new.facts, labels=self.labels)


def answered(outcome: Outcome, speaker: Speaker, words: Wording) -> str:
    """What an outcome answers, with the rule that says so."""
    return f"{_answer(outcome, speaker, words)}{f' [{outcome.rule}]' if outcome.rule else ''}"


def _answer(outcome: Outcome, speaker: Speaker, words: Wording) -> str:
    if outcome.layer is Layer.LADDER:
        return speaker.words("diff/unknown-step")
    if outcome.then is None:
        return speaker.words("diff/nothing-yet")
    if outcome.layer is Layer.STOP and outcome.reason != getattr(outcome.then, "reason", ""):
        name = outcome.reason.removeprefix("unknown: ")
        fact = words.facts[name].labels.get(words.lang) or name
        return speaker.words("diff/unknown", fact=fact)
    return deed(outcome.then, words)


def changed_words(change: Changed, speaker: Speaker, words: Wording) -> str:
    """What the same rule does otherwise, word for word; empty where another one answers."""
    old, new = change.old, change.new
    if old.rule != new.rule or old.then is None or type(old.then) is not type(new.then):
        return ""
    if (
        old.reason != new.reason
        and old.layer is Layer.STOP
        and "unknown:" in old.reason + new.reason
    ):
        return ""
    said = ", ".join(_fields(old.then, new.then, speaker, words))
    return f"{said} [{new.rule}]" if said else ""


def _fields(old: Then, new: Then | None, speaker: Speaker, words: Wording) -> Iterator[str]:
    for each in fields(old):
        before, after = getattr(old, each.name), getattr(new, each.name)
        if before != after:
            yield speaker.words(
                "diff/field",
                name=each.name,
                old=_value(before, words) or speaker.words("diff/none"),
                new=_value(after, words) or speaker.words("diff/none"),
            )


def _value(value: object, words: Wording) -> str:
    if isinstance(value, Days):
        return words.span(value)
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def where(region: Said, words: Wording) -> str:
    """A region as a person says it."""
    return words.condition(region.when)


def example(change: Changed, told: Told) -> str:
    """The most ordinary of the cases, as a map of facts."""
    facts = told.found.paired.new.facts
    return f"case: {{{as_written(change.telling, set(change.telling), facts)}}}"


def sample(change: Changed, pair: Compared, told: Told) -> str:
    """The same as an entry of `tests:` that expects the new answer.

    Empty where the new vocabulary cannot say it: the case stands on a step that is gone.
    """
    book = told.books[1]
    facts = book.facts
    case = {name: value for name, value in change.telling.items() if name in facts}
    if not all(_can_be(value, facts[name]) for name, value in case.items()):
        return ""
    expect = expected(whole(case, facts), book.policies[pair.new.name], book)
    old, new = (outcome.rule or outcome.reason or NOTHING for outcome in (change.old, change.new))
    name = f"{new} instead of {old}" if old != new else f"{new} as it is now"
    return as_test(name, case, expect, facts)


def _can_be(value: Value, fact: Fact) -> bool:
    if value is None:
        return may_lack(fact)
    if fact.type in NUMERIC:
        return (fact.minimum or 0) <= int(value) <= (fact.maximum or 0)
    return fact.type is FactType.BOOL or value in fact.values


def expected(case: Mapping[str, Value], policy: Policy, book: Rulebook) -> dict[str, str]:
    """What a test of a whole case expects of a policy."""
    said = answer(case, policy, compile_policy(policy, book.facts), book.facts)
    return {name: getattr(said, name) for name in EXPECTED}
