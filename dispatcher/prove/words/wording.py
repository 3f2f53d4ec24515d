"""Conditions, amounts, spans and names in the words of a credit controller."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from dispatcher.model.money import to_decimal
from dispatcher.model.vocabulary import Fact, FactType, Value
from dispatcher.policy.terms import (
    All,
    Between,
    Condition,
    Days,
    Either,
    Known,
    Lacks,
    Leaf,
    Named,
    NoneOf,
    OneOf,
)
from dispatcher.problems.registry import phrase, phrases


CENTS: Final = 100
_THOUSANDS: Final = "\u202f"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """The words of one policy in one language (`fr`, else English).

    `facts` are the vocabulary's, `steps` the labels of its steps by id; `labels` hold the words of
    tasks and offers by name and language. What has no label is said by its name.
    """

    lang: str
    facts: Mapping[str, Fact]
    steps: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    currency: str = "EUR"

    def say(self, name: str, /, **fields: str) -> str:
        """A phrase of `show`."""
        return phrase(f"spoken/{name}", self.lang, **fields)

    def condition(self, condition: Condition) -> str:
        """The condition as a clause; `always` where nothing is asked."""
        match condition:
            case All(parts=()):
                return self.say("always")
            case All(parts=parts):
                return self.say("and").join(self._inside(part) for part in parts)
            case Either(parts=parts):
                return self.say("or").join(self.condition(part) for part in parts)
            case Named(condition=named):
                return self.condition(named)
            case _:
                return self._leaf(condition)

    def amount(self, minor: int) -> str:
        """An amount as people write it: without cents where there are none."""
        text = f"{to_decimal(minor):,.2f}" if minor % CENTS else f"{minor // CENTS:,}"
        text = self._figures(text)
        if self.currency == "EUR":
            return self.say("euros", amount=text)
        return self.say("amount", amount=text, currency=self.currency)

    def count(self, number: int) -> str:
        """A number as people write it."""
        return self._figures(f"{number:,}")

    def _figures(self, text: str) -> str:
        if self.lang != "fr":
            return text
        return text.replace(",", _THOUSANDS).replace(".", ",")

    def span(self, days: Days) -> str:
        """A span in words."""
        name = "business-day" if days.business else "day"
        return self.say(name) if days.count == 1 else self.say(f"{name}s", count=str(days.count))

    def civil(self, count: int) -> str:
        """So many days of the calendar in words."""
        return self.span(Days(count=count))

    def day_of_year(self, day: tuple[int, int]) -> str:
        """A day of every year: 24 December."""
        month = self.say("months").split()[day[0] - 1]
        number = self.say("first-of-month") if day[1] == 1 else str(day[1])
        return self.say("day-of-year", day=number, month=month)

    def value(self, value: Value, fact: str) -> str:
        """A value of a fact; unknown is a word too."""
        return self.say("unknown") if value is None else self._value(value, self.facts[fact])

    def step(self, name: str) -> str:
        """A step by its label, else by its id."""
        return self.say("quoted", text=self.steps.get(name) or name)

    def label(self, name: str) -> str:
        """A task or an offer by its label, else by its name."""
        return self.say("quoted", text=self.labels.get(name, {}).get(self.lang) or name)

    def channel(self, name: str) -> str:
        """A channel as people call it."""
        known = f"decide/channel/{name}"
        return phrase(known, self.lang) if known in phrases() else name

    def channels(self, names: Iterable[str]) -> str:
        """Channels in their order."""
        return self.say("else").join(self.channel(name) for name in names)

    def reason(self, name: str) -> str:
        """Why a case holds or waits; a reason that an operator named stays as it is."""
        for known in (f"decide/reason/{name}", f"spoken/reason/{name}"):
            if known in phrases() and not phrases()[known].fields(self.lang):
                return phrase(known, self.lang)
        return name

    def all_of(self, names: Iterable[str]) -> str:
        """Names that are all meant."""
        return self.say("and").join(names)

    def _inside(self, part: Condition) -> str:
        """A part of a conjunction; what holds several choices stands in brackets."""
        while isinstance(part, Named):
            part = part.condition
        text = self.condition(part)
        return f"({text})" if isinstance(part, Either) and len(part.parts) > 1 else text

    def _leaf(self, leaf: Leaf) -> str:
        fact = self.facts[leaf.fact]
        said = fact.labels.get(self.lang) or fact.name
        match leaf:
            case Between():
                return self._range(leaf, fact, said)
            case OneOf(values=values):
                return self.say("equal", fact=said, values=self._values(values, fact))
            case NoneOf(values=values):
                name, word = ("not", "or-value") if len(values) == 1 else ("neither", "nor-value")
                return self.say(name, fact=said, values=self._values(values, fact, word))
            case Known():
                return self.say("known", fact=said)
            case Lacks():
                return self.say("lacks", fact=said)

    def _range(self, leaf: Between, fact: Fact, said: str) -> str:
        low, high = leaf.at_least, leaf.at_most
        if high is None:
            return self.say("at-least", fact=said, low=self._value(low, fact))
        # `under 500` is kept as 499.99, which nobody says
        under = fact.type is FactType.MONEY and (high + 1) % CENTS == 0
        end = self._value(high + 1 if under else high, fact)
        if low is None:
            return self.say("below" if under else "at-most", fact=said, high=end)
        name = "to-below" if under else "between"
        return self.say(name, fact=said, low=self._value(low, fact), high=end)

    def _values(self, values: tuple[Value, ...], fact: Fact, word: str = "or-value") -> str:
        return self.say(word).join(self._value(value, fact) for value in values)

    def _value(self, value: Value, fact: Fact) -> str:
        if isinstance(value, bool):
            return self.say("yes" if value else "no")
        if isinstance(value, int):
            return self.amount(value) if fact.type is FactType.MONEY else str(value)
        if value == "none":
            return self.say("none")
        return self.step(str(value)) if fact.type is FactType.STEP else str(value)
