"""What a day's plan wants to do: contacts with their lines, and tasks. Nothing has left yet."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from dispatcher.model.message import Line
from dispatcher.model.reply import Reply


#: The name of the task by which a person decides on a proposal to hand over.
HAND_OVER: Final = "hand-over"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedChannel:
    """A channel that was asked for and not taken, and why (`no-address`, `opted-out`, ...)."""

    channel: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedContact:
    """One contact with one debtor: led by one case, carrying `lines`, listing other cases.

    `leader` is the case whose rule gives channel, template and tone. `lines` move their cases by a
    step; `listed` are case ids that only stand below. Instants are UTC. `due_on` is the day by
    which a person makes a call or visit, by the creditor's calendar. One with a `reply` answers to
    something that happened and has no lines.
    """

    debtor_id: int
    leader: int
    channel: str
    to: str
    policy: str
    policy_hash: str
    rule: str
    step: str
    template: str
    tone: str
    lines: tuple[Line, ...]
    not_before: datetime
    valid_until: datetime
    listed: tuple[int, ...] = ()
    refused: tuple[RefusedChannel, ...] = ()
    also: str = ""
    also_to: str = ""
    offer: str = ""
    copy_to: tuple[str, ...] = ()
    assignee: str = ""
    due_on: date | None = None
    attempts: int = 1
    legal_effect: bool = False
    needs_approval: tuple[str, ...] = ()
    reply: Reply | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedTask:
    """Work for our own people about one debtor: one per debtor and rule, listing his cases."""

    debtor_id: int
    policy: str
    rule: str
    name: str
    case_ids: tuple[int, ...]
    due_on: date | None = None
    assignee: str = ""
    reason: str = ""
