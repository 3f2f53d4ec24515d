"""Policies at random, as values: stops, hand-over, start, ladders, limits, safety."""

from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Final

from dispatcher.policy.terms import (
    ALWAYS,
    All,
    AtMost,
    Between,
    Closed,
    Condition,
    Contact,
    Days,
    Either,
    HandOver,
    Hold,
    Known,
    Lacks,
    Limits,
    Named,
    NoneOf,
    OneOf,
    Policy,
    Resume,
    Rule,
    Rulebook,
    Safety,
    Step,
    Then,
    Wait,
    Work,
)
from tests.decide.decide_world import is_, rulebook


LADDER: Final = ("reminder", "second-reminder", "third-reminder", "formal-notice")
STEPS: Final = ("pre-due", *LADDER, "call-again")
DUE: Final = Days(count=3, business=True)
CHANNELS: Final = ("email", "sms", "call", "letter", "registered_letter", "visit")
TONES: Final = ("friendly", "courteous", "firm", "formal")

#: Facts that random conditions read, with the values they may have there.
WORDS: Final[Mapping[str, tuple[str | bool, ...]]] = {
    "profile": ("micro", "sme", "key_account", "consumer"),
    "dispute": ("none", "part", "open", "settled"),
    "promise": ("none", "open", "kept", "broken"),
    "plan": ("none", "running", "missed"),
    "reply": ("none", "waiting"),
    "debtor_credit": ("none", "part", "covers"),
    "pause": (True, False),
    "insolvency": (True, False),
    "handed_over": (True, False),
    "has_email": (True, False),
    "has_mobile": (True, False),
}
NUMBERS: Final[Mapping[str, tuple[int, ...]]] = {
    "days_late": (1, 4, 10, 30, 45),
    "days_before_due": (0, 3, 10),
    "days_since_step": (0, 3, 7, 8, 15),
    "amount_due": (500, 1_000, 120_000),
    "debtor_overdue": (500, 1_000, 120_000),
    "limitation_days": (-1, 0, 700, 1_000),
    "broken_promises": (1, 2),
    "contacts_30d": (1, 2, 4),
}


def any_policies(random: Random) -> tuple[Rulebook, frozenset[str]]:
    """Two or three active policies that never overlap, and the templates with legal effect."""
    kinds = {"b2b": ("business", "non_professional"), "b2c": ("consumer",)}
    found = [any_policy(random, name, kinds=of) for name, of in kinds.items()]
    if random.random() < 0.5:
        found.append(any_policy(random, "dollars", kinds=kinds["b2b"], currency="USD"))
    legal = frozenset({"formal-notice"}) if random.random() < 0.9 else frozenset()
    return rulebook(*found, steps=STEPS), legal


def any_policy(
    random: Random, name: str, *, kinds: tuple[str, ...], currency: str = "EUR"
) -> Policy:
    """One policy with something in every layer."""
    ladder = _ladder(random)
    rungs = tuple(step.id for step in ladder)
    hand_over = tuple(_hand_over(random, rungs))
    same_as = {"call-again": random.choice(ladder).id} if random.random() < 0.3 else {}
    return Policy(
        name=name,
        version="2026.05.1",
        hash=f"hash-of-{name}",
        file=f"rules/{name}.yaml",
        currency=currency,
        applies_to=is_("legal_kind", *kinds),
        same_as={} if any(step.id in same_as for step in ladder) else same_as,
        stops=tuple(_stops(random, handing=bool(hand_over))),
        resume=tuple(_resume(random, rungs)),
        start=random.choice((ALWAYS, _late(random), _late(random), any_condition(random))),
        steps=ladder,
        hand_over=hand_over,
        limits=_limits(random, rungs),
        safety=Safety(
            debtors=random.choice((None, None, None, 2, 5)),
            legal_effect=random.choice((None, None, None, 1)),
        ),
    )


# -- conditions ---------------------------------------------------------------------------------


def any_condition(random: Random, depth: int = 2) -> Condition:
    """A leaf, or some conditions joined."""
    form = random.random()
    if depth == 0 or form < 0.6:
        return _leaf(random)
    parts = tuple(any_condition(random, depth - 1) for _ in range(random.choice((1, 2, 2))))
    if form < 0.8:
        return All(parts=parts)
    return Either(parts=parts) if form < 0.95 else Named(name="named", condition=parts[0])


def _leaf(random: Random) -> Condition:
    if random.random() < 0.5:
        fact = random.choice(sorted(NUMBERS))
        return _range(random, fact, NUMBERS[fact])
    fact = random.choice(sorted(WORDS))
    form = random.random()
    if form < 0.1:
        return random.choice((Known, Lacks))(fact=fact)
    values = tuple(random.sample(WORDS[fact], random.choice((1, 1, min(2, len(WORDS[fact]))))))
    return OneOf(fact=fact, values=values) if form < 0.7 else NoneOf(fact=fact, values=values)


def _range(random: Random, fact: str, marks: Sequence[int]) -> Between:
    low = random.choice(marks)
    form = random.random()
    if form < 0.6:
        return Between(fact=fact, at_least=low)
    high = random.choice(marks)
    if form < 0.8:
        return Between(fact=fact, at_most=high)
    return Between(fact=fact, at_least=min(low, high), at_most=max(low, high))


def _late(random: Random) -> Condition:
    return Between(fact="days_late", at_least=random.choice((1, 4, 10)))


# -- layers -------------------------------------------------------------------------------------


def _stops(random: Random, *, handing: bool) -> Iterator[Rule]:
    """Most of the usual stops; who hands over has the one on `handed_over`."""
    usual: tuple[tuple[str, Condition, str], ...] = (
        ("insolvency", is_("insolvency", True), ""),
        ("dispute", is_("dispute", "open"), "answer-dispute"),
        ("promise", is_("promise", "open"), ""),
        ("pause", is_("pause", True), ""),
        ("reply", is_("reply", "waiting"), "answer-reply"),
        ("credit", is_("debtor_credit", "covers"), "allocate-credit"),
        ("handed-over", is_("handed_over", True), ""),
        ("other", any_condition(random), "look-at-it"),
    )
    for name, when, task in usual:
        needed = handing and name == "handed-over"
        if needed or random.random() < (0.6 if name != "other" else 0.1):
            due = DUE if task else None
            yield Rule(id=f"stops/{name}", when=when, then=Hold(reason=name, task=task, due_in=due))


def _resume(random: Random, rungs: Sequence[str]) -> Iterator[Resume]:
    """Where a case goes on; `any` and a stop may both stand, more than once."""
    for _ in range(random.choice((0, 1, 2, 3))):
        yield Resume(
            after=random.choice(("dispute", "promise", "pause", "credit", "any", "any")),
            to=random.choice((*rungs, *rungs, "same_step")),
            when=random.choice((ALWAYS, ALWAYS, any_condition(random))),
        )


def _ladder(random: Random) -> tuple[Step, ...]:
    count = random.choice((2, 3, 4, 4))
    names = sorted(random.sample(LADDER, count), key=LADDER.index)
    if random.random() < 0.3:
        names.append("call-again")
    steps = [_step(random, name, ("none", *names)[n]) for n, name in enumerate(names)]
    if random.random() < 0.3:
        first = steps[0]
        steps[0] = Step(
            id=first.id,
            labels={},
            after=("none", "pre-due"),
            when=first.when,
            choose=first.choose,
        )
        steps.insert(0, _before_due(random))
    return tuple(steps)


def _before_due(random: Random) -> Step:
    when = Between(fact="days_before_due", at_least=0, at_most=random.choice((3, 10)))
    friendly = Contact(channels=("email",), template="pre-due", tone="friendly")
    return Step(
        id="pre-due",
        labels={},
        after=("none",),
        when=when,
        choose=(Rule(id="pre-due/standard", when=ALWAYS, then=friendly),),
        optional=True,
    )


def _step(random: Random, name: str, after: str) -> Step:
    first = after == "none"
    since = Between(fact="days_since_step", at_least=random.choice(NUMBERS["days_since_step"]))
    extra = random.choice((ALWAYS, ALWAYS, _late(random), any_condition(random)))
    when: Condition = extra if first else All(parts=(since, extra))
    choices = [
        Rule(
            id=f"{name}/choice-{n}",
            when=any_condition(random),
            then=_then(random, name, last=False),
        )
        for n in range(random.choice((0, 1, 2)))
    ]
    last = Rule(id=f"{name}/standard", when=ALWAYS, then=_then(random, name, last=True))
    return Step(
        id=name,
        labels={},
        after=(after,),
        when=when,
        choose=(*choices, last),
        optional=random.random() < 0.1,
    )


def _then(random: Random, step: str, *, last: bool) -> Then:
    form = random.random()
    if form < (0.05 if last else 0.3):
        return Wait(reason="look", task="look-at-it", due_in=Days(count=2))
    if form < (0.1 if last else 0.4):
        return Work(task="look", due_in=Days(count=5, business=True))
    channels = tuple(random.sample(CHANNELS, random.choice((1, 2, 2, 3, 4))))
    legal = step == "formal-notice" and (last or random.random() < 0.7)
    return Contact(
        channels=channels,
        template="formal-notice" if legal else random.choice(("courteous", "firm")),
        tone="formal" if legal else random.choice(TONES),
        also=random.choice(("", "", "email", "sms")),
        due_in=Days(count=2, business=True),
    )


def _hand_over(random: Random, rungs: Sequence[str]) -> Iterator[Rule]:
    step = random.choice((*rungs, *[rungs[-1]] * len(rungs)))
    late = Between(fact="days_since_step", at_least=random.choice((7, 15)))
    stands = All(parts=(is_("last_step", step), late))
    entries: tuple[tuple[str, Condition, Then], ...] = (
        (
            "part",
            All(parts=(stands, is_("dispute", "part"))),
            Wait(reason="dispute", task="look", due_in=DUE),
        ),
        ("small", All(parts=(stands, any_condition(random))), Work(task="write-off", due_in=DUE)),
        ("lawyer", stands, HandOver(to="lawyer")),
    )
    for name, when, then in entries:
        if random.random() < 0.55:
            yield Rule(id=f"hand_over/{name}", when=when, then=then)


def _limits(random: Random, rungs: Sequence[str]) -> Limits:
    some = random.random
    last = rungs[-1] if "formal-notice" not in rungs else "formal-notice"
    seasons = (
        Closed(start=(12, 24), end=(1, 1)),
        Closed(start=(8, 1), end=(8, 21), steps=(last, "hand_over")),
        Closed(start=(5, 12), end=(5, 13), steps=("hand_over",)),
    )
    caps = (
        AtMost(what="contacts", count=random.choice((1, 2, 4)), per=random.choice((7, 30))),
        AtMost(what="call", count=1, per=random.choice((14, 30))),
        AtMost(what="email", count=2, per=30),
        AtMost(what="legal_effect", count=1, per=30),
    )
    return Limits(
        quiet_hours={"sms": (19 * 60, 9 * 60), "call": (18 * 60, 9 * 60), "email": (360, 450)}
        if some() < 0.7
        else {},
        business_days=some() < 0.5,
        closed=tuple(one for one in seasons if some() < 0.5),
        gather=random.choice((0, 0, 3, 7)),
        gap=random.choice((0, 1, 5, 7)),
        after={last: random.choice((3, 15))} if some() < 0.5 else {},
        at_most=tuple(cap for cap in caps if some() < 0.3),
        per_day={"call": random.choice((1, 2))} if some() < 0.4 else {},
    )


# -- boundaries ---------------------------------------------------------------------------------


def thresholds(rules: Rulebook) -> dict[str, list[int]]:
    """Fact -> the bounds that the policies name."""
    marks: dict[str, list[int]] = {}
    for policy in rules.active:
        conditions = [policy.start]
        conditions += [rule.when for rule in (*policy.stops, *policy.hand_over, *policy.choices)]
        for leaf in (leaf for condition in conditions for leaf in _leaves(condition)):
            if isinstance(leaf, Between):
                bounds = (leaf.at_least, leaf.at_most)
                marks.setdefault(leaf.fact, []).extend(b for b in bounds if b is not None)
    return marks


def _leaves(condition: Condition) -> Iterator[Condition]:
    if isinstance(condition, Named):
        yield from _leaves(condition.condition)
    elif isinstance(condition, All | Either):
        for part in condition.parts:
            yield from _leaves(part)
    else:
        yield condition
