"""Generated rules and cases: what a policy of many rules reads, the same for every engine.

Each rule has about three conditions on different facts; the first that holds wins. Amounts are in
cents, two facts may be unknown, and a rule that reads an unknown fact does not hold.
"""

import random
from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl

from dispatcher.model.vocabulary import Fact, FactType, Owner, Value
from dispatcher.policy.dtypes import dtype
from dispatcher.policy.terms import All, Between, Leaf, OneOf, Policy, Rule, Rulebook, Wait


Case = dict[str, Value]

KINDS: Final = ("business", "consumer", "public_body", "non_professional")
PROFILES: Final = (
    "consumer",
    "micro",
    "sme",
    "mid_cap",
    "key_account",
    "public_body",
    "association",
)
FLAGS: Final = ("has_email", "has_mobile", "has_phone", "disputed", "promised", "insolvent")
NUMBERS: Final = {
    "amount_due": (FactType.MONEY, 2_000_000, False),
    "days_late": (FactType.INT, 180, False),
    "contacts_30d": (FactType.INT, 9, False),
    "broken_promises": (FactType.INT, 6, False),
    "days_since_step": (FactType.INT, 90, True),
    "usual_days_late": (FactType.INT, 60, True),
}

FACTS: Final[Mapping[str, Fact]] = {
    fact.name: fact
    for fact in (
        Fact(name="legal_kind", type=FactType.ENUM, of=Owner.DEBTOR, values=KINDS),
        Fact(name="profile", type=FactType.ENUM, of=Owner.DEBTOR, values=PROFILES),
        *(
            Fact(name=name, type=kind, of=Owner.INVOICE, minimum=0, maximum=most, nullable=nullable)
            for name, (kind, most, nullable) in NUMBERS.items()
        ),
        *(Fact(name=name, type=FactType.BOOL, of=Owner.DEBTOR) for name in FLAGS),
    )
}


def policy(rules: int, *, seed: int = 2026) -> Policy:
    """A policy of so many rules, all in one list; the more there are, the narrower each."""
    chance = random.Random(seed)
    width = 2 / rules**0.5
    return Policy(
        name="bench",
        version="2026.11.1",
        hash="",
        file="",
        hand_over=tuple(
            Rule(id=f"hand_over/{number}", when=All(parts=_conditions(chance, width)), then=Wait())
            for number in range(rules)
        ),
    )


def _conditions(chance: random.Random, width: float) -> tuple[Leaf, ...]:
    """Two ranges and, mostly, one or two words or flags, in any order."""
    ranges = [_range(name, width, chance) for name in chance.sample(sorted(NUMBERS), k=2)]
    words = chance.sample([*FLAGS, "legal_kind", "profile"], k=chance.choice((0, 1, 1, 2)))
    found: list[Leaf] = [*ranges, *(_words(name, chance) for name in words)]
    chance.shuffle(found)
    return tuple(found)


def _words(name: str, chance: random.Random) -> Leaf:
    if name in FLAGS:
        return OneOf(fact=name, values=(chance.random() < 0.5,))
    words = FACTS[name].values
    return OneOf(fact=name, values=tuple(chance.sample(words, k=chance.choice((1, 1, 2)))))


def _range(name: str, width: float, chance: random.Random) -> Between:
    """`150 to under 500`, or open at an end that it touches; amounts in steps of five euro."""
    step = 500 if name == "amount_due" else 1
    most = NUMBERS[name][1] // step
    low = chance.randrange(-round(most * width / 2), most)
    high = low + max(1, round(most * width * chance.uniform(0.5, 1.5)))
    return Between(
        fact=name,
        at_least=None if low <= 0 else low * step,
        at_most=None if high >= most else high * step - 1,
    )


def cases(count: int, *, seed: int = 7) -> pl.DataFrame:
    """So many cases as columns."""
    chance = random.Random(seed)
    rulebook = Rulebook(facts=FACTS, invariants=(), policies={})
    return pl.DataFrame(
        {
            name: pl.Series(_values(fact, count, chance), dtype=dtype(fact, rulebook))
            for name, fact in FACTS.items()
        }
    )


def _values(fact: Fact, count: int, chance: random.Random) -> Sequence[Value]:
    if fact.type is FactType.BOOL:
        return chance.choices((True, False), k=count)
    if fact.values:
        return chance.choices(fact.values, k=count)
    most = fact.maximum or 0
    known = [int(chance.random() * (most + 1)) for _ in range(count)]
    if not fact.nullable:
        return known
    return [None if chance.random() < 0.3 else value for value in known]
