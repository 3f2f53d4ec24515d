"""What a policy says, after reading: conditions, rules, steps, limits. Values only.

The canonical form: ranges are inclusive integers (days, counts, minor units), `is:` names are
resolved, scalars are typed. Places stay with everything that a message may have to point at.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dispatcher.model.problem import Place
from dispatcher.model.vocabulary import Fact, Value
from dispatcher.policy.once import once


# -- conditions: Kleene's three values; `Known` and `Lacks` are always true or false ------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Between:
    """The fact lies in the range, both ends included; None is open. `under 500` is `to 499.99`."""

    fact: str
    at_least: int | None = None
    at_most: int | None = None
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OneOf:
    """The fact is one of these; a bool fact has True or False here."""

    fact: str
    values: tuple[Value, ...]
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoneOf:
    """The fact is known and none of these; unknown stays unknown."""

    fact: str
    values: tuple[Value, ...]
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The fact has a value."""

    fact: str
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacks:
    """The fact has no value."""

    fact: str
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class All:
    """Every part; without parts it is always true (`any` in a policy)."""

    parts: tuple["Condition", ...] = ()
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Either:
    """One of the parts."""

    parts: tuple["Condition", ...]
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A condition used by name (`is: solid_customer`); the name is for people only."""

    name: str
    condition: "Condition"
    place: Place | None = field(default=None, compare=False)


Leaf = Between | OneOf | NoneOf | Known | Lacks
Condition = Leaf | All | Either | Named

ALWAYS = All()


# -- what a rule does ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """A span: civil days, or business days of a territory or of the creditor."""

    count: int
    business: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """What a stop does: the case holds, with a task if a person has something to do."""

    reason: str
    task: str = ""
    due_in: Days | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Nothing now; the task, if any, does not do the step."""

    reason: str = ""
    task: str = ""
    due_in: Days | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Reach the debtor through the first channel that he can receive."""

    channels: tuple[str, ...]
    template: str
    tone: str
    also: str = ""
    offer: str = ""
    copy_to: tuple[str, ...] = ()
    assign_to: str = ""
    due_in: Days | None = None
    attempts: int = 3
    escalate_to: str = ""
    follow_up: str = ""
    needs_approval: tuple[str, ...] = ()
    on_unknown: str = "hold"
    valid_for: Days = Days(count=5, business=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A task for our own people that does the step by the outcome they enter."""

    task: str
    due_in: Days | None = None
    assign_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """Propose the debtor's cases to a lawyer, an agency or a bailiff."""

    to: str
    needs_approval: tuple[str, ...] = ()


Then = Hold | Wait | Contact | Work | HandOver


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One entry with a stable id: `stops/dispute`, `reminder/standard`, `hand_over/lawyer`.

    For a choice, `when` is its own condition only: the step's `from`, `when` and `start` are
    multiplied in by `Policy.choices`.
    """

    id: str
    when: Condition
    then: Then
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One rung of the ladder. `after` holds the steps (or `none`) it may follow."""

    id: str
    labels: Mapping[str, str]
    after: tuple[str, ...]
    when: Condition
    choose: tuple[Rule, ...]
    optional: bool = False
    was: str = ""
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume:
    """Where a case goes on once it is free again; `to` may be `same_step`."""

    after: str
    to: str
    when: Condition = ALWAYS
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is sent at once when something happens."""

    event: str
    contact: tuple[str, ...]
    template: str
    tone: str = "courteous"
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """A closed season, month and day, both ends included; it may cross the new year."""

    start: tuple[int, int]
    end: tuple[int, int]
    steps: tuple[str, ...] = ()  # empty: every contact


@dataclass(frozen=True, slots=True, kw_only=True)
class AtMost:
    """A cap: `what` is `contacts`, `legal_effect` or a channel; `per` days, today included."""

    what: str
    count: int
    per: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What postpones a contact. Hours are minutes after midnight, start before end or over it."""

    quiet_hours: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    business_days: bool = False
    closed: tuple[Closed, ...] = ()
    gather: int = 0
    gap: int = 0
    after: Mapping[str, int] = field(default_factory=dict)
    at_most: tuple[AtMost, ...] = ()
    per_day: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Safety:
    """What stops a run: counts per run, and a share of debtors in percent; None is no limit."""

    debtors: int | None = None
    legal_effect: int | None = None
    share_of_debtors: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A whole policy, resolved (`extends` merged). `hash` names its content, in hex.

    `applies_to` None: only extended, never chosen.
    """

    name: str
    version: str
    hash: str
    file: str
    labels: Mapping[str, str] = field(default_factory=dict)
    owner: str = ""
    currency: str = "EUR"
    applies_to: Condition | None = None
    keep: bool = False
    was: str = ""
    same_as: Mapping[str, str] = field(default_factory=dict)
    stops: tuple[Rule, ...] = ()
    resume: tuple[Resume, ...] = ()
    answers: tuple[Answer, ...] = ()
    start: Condition = ALWAYS
    steps: tuple[Step, ...] = ()
    hand_over: tuple[Rule, ...] = ()
    limits: Limits = field(default_factory=Limits)
    safety: Safety = field(default_factory=Safety)
    text: str = field(default="", compare=False, repr=False)

    @property
    def choices(self) -> tuple[Rule, ...]:
        """Every choice of every step in order, with `from`, `start` and `when` multiplied in."""
        return _choices(self)


@once
def _choices(policy: Policy) -> tuple[Rule, ...]:
    return tuple(
        Rule(
            id=choice.id,
            when=All(parts=(_from(step), *_start(policy, step), step.when, choice.when)),
            then=choice.then,
            place=choice.place,
        )
        for step in policy.steps
        for choice in step.choose
    )


def _start(policy: Policy, step: Step) -> tuple[Condition, ...]:
    return () if step.optional else (policy.start,)


def _from(step: Step) -> Condition:
    return OneOf(fact="last_step", values=step.after, place=step.place)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """The vocabulary and every policy of a home, by name, base policies too.

    `invariants` are combinations of facts that cannot happen.
    """

    facts: Mapping[str, Fact]
    invariants: tuple[Condition, ...]
    policies: Mapping[str, Policy]

    @property
    def active(self) -> tuple[Policy, ...]:
        """The policies that may be chosen."""
        return tuple(p for p in self.policies.values() if p.applies_to is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the rules of one policy say of one case: indices, None where none fires.

    `stop` in `policy.stops` (true or unknown; `stop_on_unknown` tells which), `hand_over` in
    `policy.hand_over`, `choice` in `policy.choices`.
    """

    stop: int | None
    stop_on_unknown: bool
    hand_over: int | None
    choice: int | None
