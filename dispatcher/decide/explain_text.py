"""An explanation in words, the way a credit controller reads it: answer first, then why."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

from dispatcher.decide.explain import Explanation, Part, Tried, comparisons
from dispatcher.model.decision import Action
from dispatcher.model.money import to_decimal
from dispatcher.model.vocabulary import Fact, FactType, Value
from dispatcher.policy.terms import Between, Known, Lacks, Leaf, NoneOf, OneOf
from dispatcher.problems.registry import phrase, phrases


MARKS: Final = {True: "decide/true", False: "decide/false", None: "decide/unknown"}
INDENT: Final = "  "


def as_lines(explained: Explanation, *, lang: str) -> list[str]:
    """The explanation as lines of text, in French (`fr`) or English."""
    return list(_Words(lang=lang, explained=explained).lines())


def answer_lines(explained: Explanation, *, lang: str) -> list[str]:
    """The case and what it answers, without the reasons."""
    return list(_Words(lang=lang, explained=explained).head())


def channel_words(channel: str, lang: str) -> str:
    """A channel as people call it; one that nobody here knows stays as it is."""
    known = f"decide/channel/{channel}"
    return phrase(known, lang) if known in phrases() else channel


def day_words(day: date, lang: str) -> str:
    """A day as that language writes it in a table."""
    return f"{day:%d/%m/%Y}" if lang == "fr" else day.isoformat()


def reason_words(reason: str, lang: str) -> str:
    """A reason in words; one that an operator named himself stays as it is."""
    name, _, detail = reason.partition(": ")
    known = f"decide/reason/{name}"
    return phrase(known, lang, detail=detail) if known in phrases() else reason


def turn_words(turn: str, lang: str) -> str:
    """Whose turn it is; roles stay as operators named them."""
    known = f"decide/turn/{turn}"
    return phrase(known, lang) if known in phrases() else turn


def comparison_words(part: Part, facts: Mapping[str, Fact], lang: str) -> str:
    """One comparison: the fact, its value, and what is wanted or was missed."""
    return _Comparisons(lang=lang, facts=facts).said(part, "read" if part.truth else "short")


def wanted_words(leaf: Leaf, facts: Mapping[str, Fact], lang: str) -> str:
    """One comparison without a case: the fact, and what is wanted of it."""
    return _Comparisons(lang=lang, facts=facts).asked(leaf)


class _Comparisons:
    """What comparisons read and wanted, in one language."""

    def __init__(self, *, lang: str, facts: Mapping[str, Fact]) -> None:
        self._lang = lang
        self._facts = facts

    def said(self, part: Part, name: str) -> str:
        leaf = part.condition
        if not isinstance(leaf, Leaf):
            return ""
        fact = self._facts[leaf.fact]
        return self._say(
            name,
            fact=fact.labels.get(self._lang) or leaf.fact,
            value=self._value(fact, part.value),
            wanted=self._wanted(fact, leaf),
        )

    def asked(self, leaf: Leaf) -> str:
        fact = self._facts[leaf.fact]
        name = fact.labels.get(self._lang) or leaf.fact
        return self._say("asked", fact=name, wanted=self._wanted(fact, leaf))

    def _wanted(self, fact: Fact, leaf: Leaf) -> str:
        match leaf:
            case Between():
                return self._range(fact, leaf)
            case OneOf(values=values):
                return self._say("one-of", values=self._values(fact, values))
            case NoneOf(values=values):
                return self._say("none-of", values=self._values(fact, values))
            case Known():
                return self._say("known")
            case Lacks():
                return self._say("lacks")

    def _range(self, fact: Fact, leaf: Between) -> str:
        low, high = self._value(fact, leaf.at_least), self._value(fact, leaf.at_most)
        if leaf.at_most is None:
            return self._say("at-least", low=low)
        if leaf.at_least is None:
            return self._say("at-most", high=high)
        return self._say("between", low=low, high=high)

    def _values(self, fact: Fact, values: tuple[Value, ...]) -> str:
        return self._say("or").join(self._value(fact, value) for value in values)

    def _value(self, fact: Fact, value: Value) -> str:
        if value is None:
            return self._say("unknown")
        if isinstance(value, bool):
            return phrase(MARKS[value], self._lang)
        if fact.type is FactType.MONEY and isinstance(value, int):
            return self._money(value)
        return str(value)

    def _money(self, minor: int) -> str:
        text = f"{to_decimal(minor):,.2f}"
        if self._lang != "fr":
            return text
        return text.replace(",", "\u202f").replace(".", ",")

    def _say(self, name: str, /, **fields: str) -> str:
        return phrase(f"decide/{name}", self._lang, **fields)


class _Words(_Comparisons):
    """The phrases of one explanation in one language."""

    def __init__(self, *, lang: str, explained: Explanation) -> None:
        super().__init__(lang=lang, facts=explained.facts)
        self._explained = explained
        self._answer = explained.answer

    def lines(self) -> Iterator[str]:
        yield from self.head()
        yield from self._contradictions()
        yield from self._policy()
        if self._explained.policy is not None:
            yield from self._stops()
            if not self._settled():
                yield from self._rules("decide/hand-over", self._explained.hand_over)
                yield from self._steps()
        for refused in self._explained.refused:
            why = self._reason(refused.reason)
            yield self._say("refused", channel=self._channel(refused.channel), reason=why)

    def _settled(self) -> bool:
        """Whether the answer was given before any step was looked at."""
        return self._answer["action"] in (Action.HOLD.value, Action.UNDER_WAY.value)

    # -- what is answered

    def head(self) -> Iterator[str]:
        """The case and its answer."""
        answer = self._answer
        yield self._say(
            "head" if answer["term"] == 1 else "head-term",
            number=answer["number"],
            term=str(answer["term"]),
            debtor=answer["debtor"],
            amount=self._money(answer["amount_due"]),
            currency=answer["currency"],
        )
        yield self._sentence()
        if answer["turn"]:
            yield self._say(
                "whose-turn" if answer["since"] is not None else "whose-turn-only",
                turn=turn_words(answer["turn"], self._lang),
                since="" if answer["since"] is None else self._day(answer["since"]),
            )
        if answer["carried_by"] is not None:
            yield self._say("carried", leader=self._explained.led_by)
        if answer["task"] and answer["action"] != Action.TASK.value:
            yield self._say("makes-task", task=answer["task"])
        yield from self._until()

    def _sentence(self) -> str:
        answer = self._answer
        name = answer["action"]
        if name == Action.HOLD.value and answer["rule"]:
            name = "hold-rule"
        if name == Action.WAIT.value and not answer["reason"]:
            name = "wait-rule"
        return self._say(
            name,
            today=self._day(self._explained.today),
            rule=answer["rule"] or "-",
            channel=self._channel(answer["channel"]),
            reason=self._reason(answer["reason"]),
            task=answer["task"],
        )

    def _until(self) -> Iterator[str]:
        if self._answer["action"] not in (Action.WAIT.value, Action.NOTHING_YET.value):
            return
        until = self._answer["until"]
        yield (
            self._say("open-end") if until is None else self._say("until", until=self._day(until))
        )

    # -- why

    def _contradictions(self) -> Iterator[str]:
        if self._explained.contradictions:
            yield self._say("contradictions")
        for part in self._explained.contradictions:
            yield from self._comparisons(part)

    def _policy(self) -> Iterator[str]:
        policy = self._explained.policy
        tried = self._explained.policies
        if policy is None:
            yield self._say("no-policy")
        else:
            chosen = any(rule.when.truth for rule in tried)
            name = "policy" if chosen else "policy-by-default"
            yield self._say(name, name=policy.name, version=policy.version)
        for rule in tried:
            yield from self._rule(rule)

    def _stops(self) -> Iterator[str]:
        tried = self._explained.stops
        if tried and tried[-1].when.truth is not False:
            yield self._say("stops")
            yield from self._rule(tried[-1])
        else:
            yield self._say("no-stop", count=str(len(tried)))

    def _steps(self) -> Iterator[str]:
        last = str(self._explained.case.get("last_step"))
        if not self._explained.steps:
            yield self._say("no-steps", last=last)
        else:
            yield self._say("first-steps" if last == "none" else "steps", last=last)
            for rule in self._explained.steps:
                yield from self._rule(rule)
        if self._explained.later:
            yield self._say("later", steps=", ".join(self._explained.later))

    def _rules(self, title: str, tried: tuple[Tried, ...]) -> Iterator[str]:
        if any(rule.when.truth for rule in tried):
            yield phrase(title, self._lang)
            for rule in tried:
                yield from self._rule(rule)

    def _rule(self, tried: Tried) -> Iterator[str]:
        """A rule that fired with all it read; one that did not, with what was missing."""
        mark = phrase(MARKS[tried.when.truth], self._lang)
        failure = tried.failure
        if failure is None:
            yield f"{INDENT}{mark:<7} {tried.id}"
            yield from self._comparisons(tried.when)
        else:
            yield f"{INDENT}{mark:<7} {tried.id} ({self.said(failure, 'short')})"

    def _comparisons(self, part: Part) -> Iterator[str]:
        for leaf in comparisons(part):
            mark = phrase(MARKS[leaf.truth], self._lang)
            yield f"{INDENT * 5}{mark:<7} {self.said(leaf, 'read')}"

    def _day(self, day: date) -> str:
        return day_words(day, self._lang)

    def _channel(self, channel: str) -> str:
        return channel_words(channel, self._lang)

    def _reason(self, reason: str) -> str:
        return reason_words(reason, self._lang)
