"""What happened outside: payments, promises, disputes, plans, replies, holds."""

from enum import StrEnum


class EventKind(StrEnum):
    """Kinds of events of the book; facts `from: ledger` are derived from them."""

    PAYMENT = "payment"
    DISPUTE_OPENED = "dispute_opened"
    DISPUTE_SETTLED = "dispute_settled"
    PROMISE_MADE = "promise_made"
    PLAN_AGREED = "plan_agreed"
    PLAN_MISSED = "plan_missed"
    PLAN_ENDED = "plan_ended"
    REPLY_RECEIVED = "reply_received"
    REPLY_READ = "reply_read"
    REASON_GIVEN = "reason_given"  # why he does not pay: `detail` is the word, `none` takes it back
    PAUSED = "paused"
    RESUMED = "resumed"
    HANDED_OVER = "handed_over"
    OPTED_OUT = "opted_out"
    OPTED_IN = "opted_in"
    CHANNEL_CLOSED = "channel_closed"  # `detail` is channel and address, `until` the last day of it
    CHANNEL_RELEASED = "channel_released"  # a person opens it again, whatever came back before
    PREFERS = "prefers"  # `detail` is the channel, empty: none any more
    TAKEN_OVER = "taken_over"  # a step done before we came: `detail` is the step
    CONTACTED = "contacted"  # a contact that was not ours: it counts in gaps and caps
    NOT_BEFORE = "not_before"  # no contact before `until`: the first day, spread
    PART_PAID = "part_paid"  # money came in for what we had asked for; something is still overdue
    ALL_PAID = "all_paid"  # the same, and nothing of that account is overdue any more
    SPOKEN = "spoken"  # a call or visit reached somebody; `note` is what he may read of it
    HAND_OVER_APPROVED = "hand_over_approved"  # one of several roles said yes; `detail` is the role
    HAND_OVER_DECIDED = "hand_over_decided"  # refused or done; `until`: not proposed before
