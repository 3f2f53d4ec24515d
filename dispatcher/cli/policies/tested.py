"""What came of tests, in words: one block for each that did not end as it should, then the sum."""

from collections.abc import Iterator, Mapping
from typing import Final

from dispatcher.cli.say import Speaker
from dispatcher.decide.explain_text import comparison_words
from dispatcher.model.money import to_decimal
from dispatcher.model.problem import Place
from dispatcher.model.vocabulary import FactType, Value
from dispatcher.prove.exact.properties import Proved, Refuted, Unproved
from dispatcher.prove.trials.alone import Answered
from dispatcher.prove.trials.result import BAD, Outcome, Ran, Result, Shortfall, Sort, Why
from dispatcher.prove.trials.spoken import SAYS
from dispatcher.prove.trials.world import World


INDENT: Final = "    "

#: The words of an answer that are told, in this order.
TOLD: Final = ("action", "rule", "channel", "template", "tone", "offer", "to", "reason")


class Words:
    """The words for outcomes, in the language of the person."""

    def __init__(self, speaker: Speaker, world: World) -> None:
        self.speaker = speaker
        self.facts = world.rulebook.facts

    def lines(self, outcome: Outcome) -> Iterator[str]:
        """Everything that is to be said of one outcome, without its name."""
        if outcome.result is Result.FIXED:
            yield self._say("take-todo-out")
        for short in outcome.shortfalls:
            yield from self._shortfall(short)
        yield from self._proof(outcome)

    def answer(self, answered: Answered) -> str:
        """An answer in the words of test files."""
        words = [str(getattr(answered, word)) for word in TOLD if getattr(answered, word)]
        if answered.until is not None:
            words.append(self._say("until", day=f"day {answered.until}"))
        return ", ".join(words)

    def case(self, case: Mapping[str, Value]) -> str:
        """A case that can be pasted into a test."""
        return "{" + ", ".join(f"{name}: {self.value(name, case[name])}" for name in case) + "}"

    def _shortfall(self, short: Shortfall) -> Iterator[str]:
        if short.day is not None:
            yield self._say("day", day=short.day)
        wanted = [each for each in short.mismatches if not each.unwanted]
        unwanted = [each for each in short.mismatches if each.unwanted]
        for name, several in (("expected", wanted), ("not-expected", unwanted)):
            if several:
                told = ", ".join(f"{each.word}: {each.expected}" for each in several)
                yield self._say(name, words=told)
        yield self._say("got", words=self.answer(short.answered))
        heard = (each.got for each in short.mismatches if each.word == SAYS and each.got)
        for words in dict.fromkeys(heard):
            yield self._say("heard", words=words)
        if short.why is not None:
            yield self._say("why", words=self._why(short.why))

    def _why(self, why: Why) -> str:
        if why.missed is not None:
            read = comparison_words(why.missed, self.facts, self.speaker.lang)
            return self._say("missed", rule=why.rule, read=read)
        if why.before:
            return self._say("before", before=why.before, rule=why.rule)
        if not why.read:
            return self._say("always", rule=why.rule)
        told = (comparison_words(part, self.facts, self.speaker.lang) for part in why.read)
        return self._say("missed", rule=why.rule, read="; ".join(told))

    def _proof(self, outcome: Outcome) -> Iterator[str]:
        match outcome.proof:
            case Proved():
                yield self._say("proved")
            case Unproved(why="until"):
                yield self._say("unproved-until")
            case Unproved(sampled=count):
                yield self._say("unproved", count=count)
            case Refuted() as found:
                yield from self._refuted(found)

    def _refuted(self, found: Refuted) -> Iterator[str]:
        yield self._say("refuted", case=self.case(found.case))
        words = [each for each in (found.action, found.rule, found.channel) if each]
        yield self._say("refuted-answer", words=", ".join(words))
        if found.leader is not None:
            yield self._say("led-by", case=self.case(found.leader), rule=found.leader_rule)
        if found.early:
            yield self._say("early", rule=found.rule)
        if found.after:
            yield self._say("after", rule=found.after)

    def value(self, name: str, value: Value) -> str:
        """A value of a fact as test files write it."""
        if value is None:
            return "unknown"
        if isinstance(value, bool):
            return "yes" if value else "no"
        if self.facts[name].type is FactType.MONEY:
            return f"{to_decimal(int(value)):.2f}"
        return str(value)

    def _say(self, name: str, /, **fields: object) -> str:
        return self.speaker.words(f"test/{name}", **fields)


def show(words: Words, ran: Ran) -> None:
    """What did not end as it should, what was proved, and the sum."""
    speaker = words.speaker
    if not ran.outcomes:
        speaker.say("test/nothing")
        return
    for outcome in ran.outcomes:
        if outcome.result in BAD:
            state = speaker.words(f"test/{outcome.result.value}")
            speaker.line(f"{_where(outcome.place)}{state}  {outcome.name}")
            for line in words.lines(outcome):
                speaker.line(INDENT + line)
        elif outcome.sort is Sort.INVARIANT and outcome.result is Result.PASSED:
            told = ", ".join(words.lines(outcome))
            speaker.line(f"{_where(outcome.place)}{told}  {outcome.name}")
    speaker.say(
        "test/done",
        passed=ran.count(Result.PASSED),
        failed=ran.count(*BAD),
        todo=ran.count(Result.TODO),
    )


def _where(place: Place | None) -> str:
    return "" if place is None else f"{place.file}:{place.line}: "
