"""What a test file says, after reading: single tests, timelines, invariants. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from dispatcher.model.problem import Place
from dispatcher.model.vocabulary import Value
from dispatcher.policy.terms import ALWAYS, Condition


#: A day as written in a test: a date, or a number of days after the timeline's `from`.
Day = date | int


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What an answer must be; of several words one, of an empty tuple nothing is asked.

    `rules` may end in `*`. `but` must not hold. The message has every phrase of `says` and none of
    `never_says`.
    """

    actions: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    templates: tuple[str, ...] = ()
    tones: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    until: Day | None = None
    says: tuple[str, ...] = ()
    never_says: tuple[str, ...] = ()
    but: "Expectation | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleTest:
    """One case of the policy, decided alone; a row of a table is one too.

    `case` holds the facts that differ from the file's own; `todo`: not expected to pass yet.
    """

    name: str
    case: Mapping[str, Value]
    expect: Expectation
    todo: bool = False
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One day of a timeline: something happens, then something is expected.

    `amount` is in minor units. `channel` and `reason` say more of the event.
    """

    day: int
    event: str = ""
    until: Day | None = None
    amount: int | None = None
    channel: str = ""
    reason: str = ""
    expect: Expectation | None = None
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """A case lived day by day from `start`, which is day 0; `never` is answered on none of them."""

    name: str
    start: date
    case: Mapping[str, Value]
    days: tuple[Moment, ...]
    never: Expectation | None = None
    todo: bool = False
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What is said of a case and its answer together."""

    facts: Condition = ALWAYS
    expect: Expectation = field(default_factory=Expectation)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invariant:
    """What every possible case and every contact keeps: never `never`; where `when`, `always`."""

    name: str
    when: Claim = field(default_factory=Claim)
    never: Claim | None = None
    always: Claim | None = None
    todo: bool = False
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Promises:
    """All promises about one policy; `case` holds the facts that its tests share."""

    file: str
    policy: str
    today: date | None = None
    case: Mapping[str, Value] = field(default_factory=dict)
    tests: tuple[SingleTest, ...] = ()
    timelines: tuple[Timeline, ...] = ()
    invariants: tuple[Invariant, ...] = ()
