"""The columns of the tables that pass between stages: names and Polars type names, nothing else.

Kept as words so that this layer stays on the standard library; `getattr(polars, word)` is the
type. Money is Int64 minor units, instants are Int64 milliseconds UTC, days are Date (civil, home's
zone). A column not listed here does not pass between stages.
"""

from typing import Final


Columns = dict[str, str]

#: What intake hands over, per kind of row. `row` is the row of the file (the header is row 1),
#: `digest` the digest of the row's mapped values, `extra` a JSON object of operators' own facts
#: and of mapped facts without a column here ({"fact": value}, unknown as null).
TAKEN: Final[dict[str, Columns]] = {
    "debtors": {
        "reference": "String",
        "name": "String",
        "legal_kind": "String",
        "profile": "String",
        "email": "String",
        "phone": "String",
        "mobile": "String",
        "address": "String",  # lines joined by a line feed, postcode and city apart
        "postcode": "String",
        "city": "String",
        "country": "String",
        "language": "String",
        "contact_name": "String",
        "account_manager": "String",
        "siren": "String",
        "siret": "String",
        "iban": "String",
        "extra": "String",
        "as_of": "Date",
        "source": "String",
        "row": "Int64",
        "digest": "String",
    },
    "invoices": {
        "number": "String",
        "term": "Int64",
        "debtor": "String",  # the debtor's reference
        "currency": "String",
        "amount": "Int64",  # as invoiced
        "balance": "Int64",  # still due
        "issued": "Date",
        "due": "Date",
        "extra": "String",
        "as_of": "Date",
        "source": "String",
        "row": "Int64",
        "digest": "String",
    },
    "credits": {
        "number": "String",
        "debtor": "String",
        "invoice_number": "String",  # empty: open, not tied to an invoice
        "currency": "String",
        "amount": "Int64",  # positive
        "issued": "Date",
        "as_of": "Date",
        "source": "String",
        "row": "Int64",
        "digest": "String",
    },
    "paid": {  # invoices of the past: what debtors have paid, and when
        "number": "String",
        "term": "Int64",
        "debtor": "String",
        "currency": "String",
        "amount": "Int64",  # as invoiced; null: not told
        "issued": "Date",
        "due": "Date",
        "settled_on": "Date",
        "as_of": "Date",
        "source": "String",
        "row": "Int64",
        "digest": "String",
    },
    "history": {  # of open items: what was done before they were first taken in
        "number": "String",
        "term": "Int64",
        "last_step": "String",  # empty: none
        "last_step_on": "Date",
        "last_contact_on": "Date",
        "source": "String",
        "row": "Int64",
    },
}

#: What the store hands to `decide`. `open` rows only for invoices and credits; the rest whole.
FRAMES: Final[dict[str, Columns]] = {
    "debtors": {
        "id": "Int64",
        "reference": "String",
        "name": "String",
        "legal_kind": "String",
        "profile": "String",
        "email": "String",
        "phone": "String",
        "mobile": "String",
        "address": "String",
        "postcode": "String",
        "city": "String",
        "country": "String",
        "language": "String",
        "contact_name": "String",
        "account_manager": "String",
        "siren": "String",
        "siret": "String",
        "iban": "String",
        "extra": "String",
        "as_of": "Date",
    },
    "invoices": {
        "id": "Int64",
        "number": "String",
        "term": "Int64",
        "debtor_id": "Int64",
        "currency": "String",
        "amount": "Int64",
        "balance": "Int64",
        "issued": "Date",
        "due": "Date",
        "extra": "String",
        "as_of": "Date",
    },
    "credits": {
        "id": "Int64",
        "debtor_id": "Int64",
        "number": "String",
        "invoice_number": "String",
        "currency": "String",
        "amount": "Int64",
        "issued": "Date",
    },
    "events": {
        "id": "Int64",
        "kind": "String",  # model.event.EventKind
        "debtor_id": "Int64",
        "invoice_id": "Int64",  # null: the whole debtor
        "day": "Date",
        "until": "Date",  # promises, pauses
        "amount": "Int64",
        "detail": "String",
    },
    "messages": {
        "id": "Int64",
        "debtor_id": "Int64",
        "channel": "String",
        "state": "String",  # model.message.State
        "main_id": "Int64",  # null: a main message; else this is its `also`
        "policy": "String",
        "rule": "String",
        "template": "String",
        "tone": "String",
        "legal_effect": "Boolean",
        "contact_on": "Date",  # the day on which it counts as a contact; null: not yet
        "fault": "String",  # of a refusal: recipient, message or configuration; else empty
        "recipient": "String",  # of one that was refused or came back; else null
        "planned_on": "Date",  # null once it has ended or was taken for good
    },
    "lines": {
        "id": "Int64",
        "message_id": "Int64",
        "invoice_id": "Int64",
        "step": "String",
        "choice": "String",
        "cycle": "Int64",
        "live": "Boolean",
        "claimed": "Boolean",
        "amount": "Int64",
        "done_on": "Date",  # null: the step is not done
        "taken_back_on": "Date",  # null: it stands
        "state": "String",  # of its message
        "channel": "String",
    },
    "tasks": {
        "id": "Int64",
        "debtor_id": "Int64",
        "policy": "String",
        "rule": "String",
        "name": "String",
        "state": "String",  # open, done, closed
        "cases": "String",  # a JSON list of case ids
        "opened_on": "Date",
        "due_on": "Date",
        "assignee": "String",
    },
    "holds": {  # of open cases: each stop that was seen to hold, by the runs that saw it
        "id": "Int64",
        "invoice_id": "Int64",
        "policy": "String",
        "rule": "String",
        "reason": "String",
        "on_unknown": "Boolean",
        "began_on": "Date",
        "ended_on": "Date",  # the first day on which it was seen no more; null: it stands
    },
    "sent_back": {  # of open cases: each step that a case has to do again, and from where
        "id": "Int64",
        "invoice_id": "Int64",
        "line_id": "Int64",  # the line that was its last step then; 0: it was taken over
        "step": "String",
        "to_step": "String",  # what counts as its last step instead
        "day": "Date",
    },
    "placements": {  # the policy of each account's last answer
        "id": "Int64",
        "debtor_id": "Int64",
        "currency": "String",
        "policy": "String",
        "legal_kind": "String",
        "since": "Date",
        "settled_on": "Date",  # since then nothing of the account is open; null: something is
    },
    "payments": {  # what debtors with something open have settled in the last two years
        "id": "Int64",  # of the invoice
        "debtor_id": "Int64",
        "due": "Date",
        "closed_on": "Date",
    },
}

#: What a run writes down of where cases stand, whole: the store finds what changed.
FOLLOWED: Final[dict[str, Columns]] = {
    "holds": {
        "case_id": "Int64",
        "policy": "String",
        "rule": "String",
        "reason": "String",
        "on_unknown": "Boolean",
    },
    "sent_back": {
        "case_id": "Int64",
        "line_id": "Int64",
        "step": "String",
        "to_step": "String",
    },
    "placements": {
        "debtor_id": "Int64",
        "currency": "String",
        "policy": "String",
        "legal_kind": "String",
    },
}

#: One row per open case and run: the answers file, and what `plan`, `explain` and tests read.
ANSWERS: Final[Columns] = {
    "case_id": "Int64",
    "number": "String",
    "term": "Int64",
    "debtor_id": "Int64",
    "debtor": "String",
    "amount_due": "Int64",
    "currency": "String",
    "action": "String",  # model.decision.Action
    "policy": "String",  # empty: no policy applies
    "policy_hash": "String",
    "policy_version": "String",
    "facts_hash": "String",  # of every fact of the vocabulary; equal facts, equal hash
    "rule": "String",  # e.g. reminder/standard, stops/dispute; empty: nothing yet
    "step": "String",  # the step this answer moves by; empty otherwise
    "channel": "String",  # of a contact
    "reason": "String",  # hold reason, what it waits for, or `no-policy`, `unknown: <fact>`
    "until": "Date",  # earliest next day of a wait or of nothing yet; null: open end
    "task": "String",  # the task this answer makes or keeps
    "message_id": "Int64",  # of an answer under way
    "since": "Date",  # since when it is under way
    "turn": "String",  # whose turn it is: roles, or `decide.turns.OURS`, ...; else empty
    "carried_by": "Int64",  # case id of the contact's leader; null: none
}
