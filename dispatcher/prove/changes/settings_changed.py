"""What a policy or a vocabulary says beside its rules, and where two of them say otherwise.

Values are words of the policy's own language. Labels and comments are never compared.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from dispatcher.model.vocabulary import Fact
from dispatcher.policy.terms import Closed, Condition, Policy, Rulebook, Safety, Step
from dispatcher.policy.values import NUMERIC, written
from dispatcher.prove.exact.conditions_written import as_policy
from dispatcher.prove.exact.diagram import Diagrams
from dispatcher.prove.exact.space import space_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One thing that is said otherwise: its keys joined by full stops, and both values.

    Empty: not said on that side.
    """

    name: str
    old: str
    new: str


#: By key what it says, and what is compared: equal exactly where both mean the same.
Said = dict[str, tuple[str, object]]


def settings_changed(old: Policy, new: Policy, facts: Mapping[str, Fact]) -> tuple[Setting, ...]:
    """What two policies say otherwise beside their rules; the old one in the names of the new."""
    whens = [each.when for policy in (old, new) for each in policy.resume]
    diagrams = Diagrams(space_of(whens, facts))
    shared = {step.id for step in old.steps} & {step.id for step in new.steps}
    before, after = (_said(policy, facts, diagrams, shared) for policy in (old, new))
    return (*_apart(before, after), *_orders(old, new))


def vocabulary_changed(old: Rulebook, new: Rulebook) -> tuple[Setting, ...]:
    """Facts that came, went or are read otherwise, and combinations that cannot be any more."""
    before, after = _facts(old.facts), _facts(new.facts)
    return tuple(_apart(before, after))


def invariants_changed(
    old: Sequence[Condition], new: Sequence[Condition], facts: Mapping[str, Fact]
) -> tuple[Setting, ...]:
    """The combinations that cannot be, if they are not the same ones; as a whole they count."""
    if old == new:
        return ()
    diagrams = Diagrams(space_of([*old, *new], facts))
    same = len({diagrams.any(diagrams.of(when) for when in each) for each in (old, new)}) == 1
    if same:
        return ()
    gone = [as_policy(when, facts) for when in old if when not in new]
    come = [as_policy(when, facts) for when in new if when not in old]
    return (Setting(name="invariants", old="; ".join(gone), new="; ".join(come)),)


def _apart(before: Said, after: Said) -> Iterator[Setting]:
    for name in {**before, **after}:
        old, new = before.get(name, ("", None)), after.get(name, ("", None))
        if old[1] != new[1]:
            yield Setting(name=name, old=old[0], new=new[0])


def _said(
    policy: Policy, facts: Mapping[str, Fact], diagrams: Diagrams, shared: Collection[str]
) -> Said:
    plain = {
        "currency": policy.currency,
        "owner": policy.owner,
        "keep": "until_paid" if policy.keep else "",
        "was": policy.was,
        **{f"same_as.{old}": new for old, new in policy.same_as.items()},
        **{name: text for step in policy.steps if step.id in shared for name, text in _step(step)},
        **dict(_limits(policy)),
        **dict(_safety(policy.safety)),
    }
    said: Said = {name: (text, text) for name, text in plain.items() if text}
    return {**said, **_resume(policy, facts, diagrams), **_answers(policy)}


def _resume(policy: Policy, facts: Mapping[str, Fact], diagrams: Diagrams) -> Said:
    """By stop, in order: entries of different stops do not ask each other."""
    texts: dict[str, list[str]] = {}
    keys: dict[str, list[tuple[str, int]]] = {}
    for each in policy.resume:
        when = as_policy(each.when, facts)
        text = each.to if when == "any" else f"{each.to} when {when}"
        texts.setdefault(each.after, []).append(text)
        keys.setdefault(each.after, []).append((each.to, diagrams.of(each.when)))
    return {f"resume.{name}": ("; ".join(texts[name]), tuple(keys[name])) for name in texts}


def _answers(policy: Policy) -> Said:
    texts: dict[str, list[str]] = {}
    for each in policy.answers:
        channels = " else ".join(each.contact)
        texts.setdefault(each.event, []).append(f"{channels}, {each.template}, {each.tone}")
    return {f"answers.{name}": ("; ".join(said), tuple(said)) for name, said in texts.items()}


def _step(step: Step) -> Iterator[tuple[str, str]]:
    yield f"steps.{step.id}.from", ", ".join(sorted(step.after))
    yield f"steps.{step.id}.optional", "yes" if step.optional else ""
    yield f"steps.{step.id}.was", step.was


def _limits(policy: Policy) -> Iterator[tuple[str, str]]:
    limits = policy.limits
    for channel, (start, end) in limits.quiet_hours.items():
        yield f"limits.quiet_hours.{channel}", f"{_clock(start)}-{_clock(end)}"
    yield "limits.days", "business" if limits.business_days else ""
    yield "limits.closed", "; ".join(sorted(map(_closed, limits.closed)))
    yield "limits.rounds.gather", _days(limits.gather)
    yield "limits.rounds.gap", _days(limits.gap)
    for step, days in limits.after.items():
        yield f"limits.rounds.after.{step}", _days(days)
    caps = {f"{cap.what}: {cap.count} per {_days(cap.per)}" for cap in limits.at_most}
    yield "limits.at_most", "; ".join(sorted(caps))
    for channel, count in limits.per_day.items():
        yield f"limits.per_day.{channel}", str(count)


def _safety(safety: Safety) -> Iterator[tuple[str, str]]:
    yield "safety.per_run.debtors", _count(safety.debtors)
    yield "safety.per_run.legal_effect", _count(safety.legal_effect)
    share = safety.share_of_debtors
    yield "safety.stop_at.share_of_debtors", "" if share is None else f"{share}%"


def _count(number: int | None) -> str:
    return "" if number is None else str(number)


def _days(count: int) -> str:
    return "" if not count else "1 day" if count == 1 else f"{count} days"


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _closed(each: Closed) -> str:
    (month, day), (last_month, last_day) = each.start, each.end
    steps = f" ({', '.join(sorted(each.steps))})" if each.steps else ""
    return f"{month:02}-{day:02} to {last_month:02}-{last_day:02}{steps}"


def _orders(old: Policy, new: Policy) -> Iterator[Setting]:
    """The ladder, where the later step leads a contact; the hand-over, where the first wins."""
    ladders = [[step.id for step in policy.steps] for policy in (old, new)]
    entries = [[rule.id for rule in policy.hand_over] for policy in (old, new)]
    shared = set(entries[0]) & set(entries[1])
    kept = [[each for each in one if each in shared] for one in entries]
    for name, (before, after) in (("steps", ladders), ("hand_over", kept)):
        if before != after:
            yield Setting(name=name, old=", ".join(before), new=", ".join(after))


# -- the vocabulary -------------------------------------------------------------------------------


def _facts(facts: Mapping[str, Fact]) -> Said:
    return {f"facts.{name}": (_fact(fact), _meant(fact)) for name, fact in facts.items()}


def _meant(fact: Fact) -> tuple[object, ...]:
    """A fact without its words for people; the ids of steps and policies are told by themselves."""
    values = frozenset(fact.values) if fact.type not in _OF_POLICIES else None
    kept = (fact.type, fact.of, fact.source, fact.minimum, fact.maximum, fact.nullable)
    return (*kept, fact.max_age, fact.has_default, fact.default, values)


_OF_POLICIES: Final = frozenset({"step", "policy"})


def _fact(fact: Fact) -> str:
    said = {
        "of": fact.of.value,
        "from": fact.source.value,
        "type": fact.type.value,
        "values": f"[{', '.join(fact.values)}]" if fact.type.value == "enum" else "",
        "min": written(fact.minimum, fact) if fact.type in NUMERIC else "",
        "max": written(fact.maximum, fact) if fact.type in NUMERIC else "",
        "nullable": "yes" if fact.nullable else "",
        "default": written(fact.default, fact) if fact.has_default else "",
        "max_age": "" if fact.max_age is None else f"{fact.max_age} days",
    }
    return "{" + ", ".join(f"{key}: {text}" for key, text in said.items() if text) + "}"
