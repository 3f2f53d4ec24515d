"""The canonical order of keys, by where a map stands; what is a condition, what is yes or no."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from dispatcher.policy.document import ANSWER_KEYS, POLICY_KEYS, RESUME_KEYS
from dispatcher.policy.keys import Keys
from dispatcher.policy.limits import (
    CLOSED_KEYS,
    LIMITS_KEYS,
    PER_RUN_KEYS,
    ROUNDS_KEYS,
    SAFETY_KEYS,
)
from dispatcher.policy.vocabulary import FACT_KEYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What stands at a place: the order of a map's keys, and the shapes inside.

    `each` is the shape of every value that `inside` does not name, and of every item of a list.
    `last` stands after keys that have no order. `aligned` maps keep one line each.
    """

    order: tuple[str, ...] = ()
    inside: Mapping[str, "Shape"] = field(default_factory=dict)
    each: "Shape | None" = None
    last: tuple[str, ...] = ()
    condition: bool = False
    yes_no: bool = False
    aligned: bool = False
    spaced: bool = False

    def of(self, key: str) -> "Shape":
        """The shape of the value under that key."""
        return self.inside.get(key) or self.each or PLAIN

    @property
    def item(self) -> "Shape":
        """The shape of an item, where a list stands: a list of maps is one of the maps."""
        return self if self.condition else self.each or PLAIN

    def rank(self, key: str) -> int:
        """Where the key stands; keys without an order keep theirs, between the known and last."""
        if key in self.order:
            return self.order.index(key)
        return len(self.order) + (1 + self.last.index(key) if key in self.last else 0)


def _order(keys: Keys, *, first: Sequence[str] = ()) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *(key.name for key in keys))))


PLAIN: Final = Shape()
CONDITION: Final = Shape(condition=True)
_YES_NO: Final = Shape(yes_no=True)

#: Who is reached how, then the work, then who agrees, then what goes along.
THEN_ORDER: Final = (
    *("hold", "wait", "hand_over", "contact", "also", "template", "tone"),
    *("task", "assign_to", "due_in", "attempts", "escalate_to", "follow_up"),
    *("needs_approval", "offer", "copy_to", "on_unknown", "valid_for"),
)
_MOVES: Final = ("override", "remove", "id", "before", "after")
#: Short keys of the head stand together, before the maps.
_HEAD: Final = (
    *("language", "policy", "version", "label", "owner", "currency"),
    *("extends", "keep", "was"),
)
_THEN: Final = Shape(order=THEN_ORDER)
_RULES: Final = Shape(
    each=Shape(order=(*_MOVES, "when", "then"), inside={"when": CONDITION, "then": _THEN})
)
STEP_ORDER: Final = (*_MOVES, "label", "was", "from", "optional", "when", "choose")
_STEPS: Final = Shape(
    spaced=True,
    each=Shape(order=STEP_ORDER, inside={"when": CONDITION, "optional": _YES_NO, "choose": _RULES}),
)
_LIMITS: Final = Shape(
    order=_order(LIMITS_KEYS),
    inside={
        "closed": Shape(each=Shape(order=_order(CLOSED_KEYS))),
        "rounds": Shape(order=_order(ROUNDS_KEYS)),
        "at_most": Shape(each=Shape(last=("per",))),
    },
)
_SAFETY: Final = Shape(
    order=_order(SAFETY_KEYS), inside={"per_run": Shape(order=_order(PER_RUN_KEYS))}
)

POLICY: Final = Shape(
    order=_order(POLICY_KEYS, first=_HEAD),
    inside={
        "applies_to": CONDITION,
        "start": CONDITION,
        "conditions": Shape(each=CONDITION),
        "stops": _RULES,
        "resume": Shape(each=Shape(order=_order(RESUME_KEYS), inside={"when": CONDITION})),
        "answers": Shape(each=Shape(order=_order(ANSWER_KEYS))),
        "steps": _STEPS,
        "hand_over": _RULES,
        "limits": _LIMITS,
        "safety": _SAFETY,
    },
)
FACTS: Final = Shape(
    order=("facts", "invariants"),
    inside={
        "facts": Shape(aligned=True, each=Shape(order=_order(FACT_KEYS))),
        "invariants": Shape(each=CONDITION),
    },
)
