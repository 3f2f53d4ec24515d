"""The answer of a run for one open case: exactly one, never silence."""

from enum import StrEnum


class Action(StrEnum):
    """What a case answers; the values are the words of `plan`, tests and the answers file."""

    CONTACT = "contact"
    TASK = "task"
    HAND_OVER = "hand_over"
    UNDER_WAY = "under way"
    WAIT = "wait"
    HOLD = "hold"
    NOTHING_YET = "nothing yet"
