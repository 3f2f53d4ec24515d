"""The model: what every debtor may have got, in a hundred lines and nothing of the system.

It knows what people were told and said, and what really left. It neither plans nor decides: it says
of each message that left whether it may have.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from tests.machine.machine_calendar import is_open


Key = tuple[str, str, int]  # invoice, step, cycle

#: When nobody is written to or called, on the wall where he lives: from one hour to another.
QUIET: Final = {"email": (20, 7), "sms": (19, 9), "call": (18, 9)}

WAITING: Final = frozenset(
    "awaiting planned sending deferred unknown hold quarantined".split()  # noqa: SIM905 - a list of words
)
ENDED: Final = frozenset({"withdrawn", "expired", "failed"})
WAY: Final = ("accepted", "sent", "delivered", "bounced")


def debtor_of(number: str) -> str:
    return number.partition("-")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """A message that went out: by which name and channel, when it was claimed, what it was about.

    `claimed` is on the wall where the debtor lives, at `postcode`.
    """

    token: str
    channel: str
    claimed: datetime
    postcode: str
    keys: tuple[Key, ...]

    @property
    def debtor(self) -> str:
        return debtor_of(self.keys[0][0])


@dataclass
class Known:
    """What the home was told so far; a store that is put back has forgotten what came since."""

    paid: set[str] = field(default_factory=set)
    disputed: set[str] = field(default_factory=set)
    promised: dict[str, date] = field(default_factory=dict)
    out: set[tuple[str, str]] = field(default_factory=set)  # debtor and channel; "" is all
    replied: set[str] = field(default_factory=set)

    def why_not(self, number: str, channel: str, day: date) -> str:
        """Why nobody may be contacted about it; empty: he may."""
        debtor = debtor_of(number)
        reasons = {
            "paid": number in self.paid,
            "disputed": number in self.disputed,
            "promised": self.promised.get(number, date.min) >= day,
            "opted out": bool(self.out & {(debtor, channel), (debtor, "")}),
            "replied": debtor in self.replied,
        }
        return ", ".join(why for why, holds in reasons.items() if holds)


@dataclass
class Model:
    known: Known = field(default_factory=Known)
    stopped: set[str] = field(default_factory=set)  # channels; "" is everything
    left: list[Left] = field(default_factory=list)
    once_more: Counter[str] = field(default_factory=Counter)  # by name: what people asked for
    came_back: set[str] = field(default_factory=set)  # names of what reached nobody after all
    states: dict[str, str] = field(default_factory=dict)

    def kept(self) -> Known:
        """What a copy of the store knows."""
        return deepcopy(self.known)

    def leaves(self, each: Left) -> None:
        """A message went out: it may have, or this fails."""
        day, hour = each.claimed.date(), each.claimed.hour
        begin, end = QUIET[each.channel]
        assert not self.stopped & {"", each.channel}, f"stopped: {each}"
        assert is_open(day, each.postcode), f"on a day off: {each}"
        assert end <= hour < begin, f"in a quiet hour: {each}"
        for number, _, _ in each.keys:
            why = self.known.why_not(number, each.channel, day)
            assert not why, f"{why}: {each}"
        twice = [one for one in self.left if one.token == each.token]
        assert len(twice) <= self.once_more[each.token], f"sent again: {each}"
        reached = [one for one in self.left if one.token not in {each.token, *self.came_back}]
        taken = {key for one in reached for key in one.keys}
        assert not taken & set(each.keys), f"the same step by another message: {each}"
        today = [one for one in reached if one.claimed.date() == day and one.debtor == each.debtor]
        assert not today, f"two contacts on a day: {today[-1]} and {each}"
        self.left.append(each)

    def stand(self, states: dict[str, str]) -> None:
        """Where every message stands now: forward of where it stood, or this fails."""
        for token, now in states.items():
            before = self.states.get(token, "planned")
            if before in WAY:
                forward = now in WAY and WAY.index(now) >= WAY.index(before)
                recalled = before == "accepted" and now in ENDED  # a call that nobody made
                assert forward or recalled, f"{before} -> {now}"
            if before in ENDED and now != before:
                left = any(each.token == token for each in self.left)
                assert left, f"{before} -> {now}"
                assert now in WAY, f"{before} -> {now}"
        self.states = states

    def hold_keys(self, lines: Iterable[tuple[Key, str, bool]]) -> None:
        """A key is its message's as long as that may have left or may leave still, and no one's."""
        live = Counter[Key]()
        for key, state, alive in lines:
            assert alive == (state not in ENDED | {"bounced"}), f"{key} {state} {alive}"
            live[key] += alive
        assert max(live.values(), default=0) <= 1

    def answered(self, answers: Sequence[str], numbers: Sequence[str]) -> None:
        """A run has answered for every open case once."""
        assert sorted(answers) == sorted(set(numbers) - self.known.paid)
