"""The tables of the store, for SQLite first and nothing in them that another SQL lacks.

Instants are integer milliseconds UTC, days are civil dates, money is integer minor units. Ids
ascend and are never used twice. What a table means is said once, beside it.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from dispatcher.store.sealed import SealedBytes, SealedText


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

#: SQLite gives a row id only to a column that is called INTEGER.
Number = BigInteger().with_variant(Integer(), "sqlite")


def _id() -> Column[int]:
    return Column("id", Number, primary_key=True, autoincrement=False)


def _text(name: str, default: str | None = "") -> Column[str]:
    return Column(name, Text, nullable=False, server_default=default)


def _personal(name: str, purpose: str, default: str | None = "") -> Column[str]:
    """Text about a debtor, sealed with his key."""
    return Column(name, SealedText(purpose), nullable=False, server_default=default)


def _to(table: str, *, nullable: bool = False) -> Column[int]:
    return Column(f"{table}_id", Number, ForeignKey(f"{table}.id"), nullable=nullable, index=True)


#: One row: who this store is. `secret` makes the public tokens of messages. `copied_at` stands only
#: in a copy, until it is recovered; `journal_at` is when its journal began to carry marks,
#: `last_id` the highest id of a message that is known to have been given out though no row may
#: have it.
store = Table(
    "store",
    metadata,
    Column("id", String(36), primary_key=True),
    _text("environment", None),
    Column("created_at", Number, nullable=False),
    Column("secret", LargeBinary, nullable=False),
    Column("copied_at", Number),
    Column("journal_at", Number),
    Column("last_id", Number, nullable=False, server_default="0"),
)

debtor = Table(
    "debtor",
    metadata,
    _id(),
    Column("reference", Text, nullable=False, unique=True),
    _text("name"),
    _text("legal_kind"),
    _text("profile"),
    _text("email"),
    _text("phone"),
    _text("mobile"),
    _text("address"),
    _text("postcode"),
    _text("city"),
    _text("country"),
    _text("language"),
    _text("contact_name"),
    _text("account_manager"),
    _text("siren"),
    _text("siret"),
    _text("iban"),
    _text("extra", "{}"),
    Column("as_of", Date),
    _text("source"),
    Column("row", Number),
    _text("digest"),
)

#: The day of each source's newest file: that of its rows whose own `as_of` is null.
source = Table(
    "source",
    metadata,
    Column("name", Text, primary_key=True),
    Column("as_of", Date, nullable=False),
)

#: One open item, that is one case. `open` falls when its source no longer names it.
invoice = Table(
    "invoice",
    metadata,
    _id(),
    _text("number", None),
    Column("term", Number, nullable=False),
    _to("debtor"),
    _text("currency"),
    Column("amount", Number),
    Column("balance", Number, nullable=False),
    Column("issued", Date),
    Column("due", Date),
    _text("extra", "{}"),
    Column("as_of", Date),
    _text("source"),
    Column("row", Number),
    _text("digest"),
    Column("open", Boolean, nullable=False),
    Column("closed_on", Date),
    UniqueConstraint("number", "term"),
)

#: `ordinal` tells apart credits of one debtor that carry the same numbers.
credit = Table(
    "credit",
    metadata,
    _id(),
    _to("debtor"),
    _text("number"),
    _text("invoice_number"),
    Column("ordinal", Number, nullable=False),
    _text("currency"),
    Column("amount", Number, nullable=False),
    Column("issued", Date),
    Column("as_of", Date),
    _text("source"),
    Column("row", Number),
    _text("digest"),
    Column("open", Boolean, nullable=False),
    Column("closed_on", Date),
    UniqueConstraint("debtor_id", "number", "invoice_number", "ordinal"),
)

#: What happened outside, each once. `detail` is for rules, `note` for people; both enter the trail
#: only as a commitment under `salt`.
event = Table(
    "event",
    metadata,
    _id(),
    _text("source", None),
    _text("reference", None),
    _text("kind", None),
    _to("debtor"),
    _to("invoice", nullable=True),
    Column("day", Date, nullable=False),
    Column("until", Date),
    Column("amount", Number),
    _text("detail"),
    _personal("note", "event.note"),
    Column("salt", LargeBinary, nullable=False),
    _text("person"),
    Column("recorded_at", Number, nullable=False, index=True),
    UniqueConstraint("source", "reference"),
)

policy = Table(
    "policy",
    metadata,
    Column("hash", String(128), primary_key=True),
    _text("body", None),
    Column("first_used_at", Number, nullable=False),
)

#: `policies` is a JSON list of hashes, `answers` the SHA-256 of the answers file.
run = Table(
    "run",
    metadata,
    _id(),
    _text("kind", None),
    Column("day", Date, nullable=False, index=True),
    Column("started_at", Number, nullable=False),
    Column("ended_at", Number),
    _text("state", None),
    _text("answers"),
    Column("answers_rows", Number),
    _text("policies", "[]"),
    _text("plan"),
    _text("note"),
)

#: One contact on one channel. `recipient` is the address in the channel's own form. One that
#: answers to something that happened has its `event_id`, and no lines.
#: `token` is its public name (`claims.token`), kept so that what comes back is found by it.
message = Table(
    "message",
    metadata,
    _id(),
    _to("run", nullable=True),
    _to("debtor"),
    Column("main_id", Number, ForeignKey("message.id"), index=True),
    Column("event_id", Number, ForeignKey("event.id")),
    _text("channel", None),
    _text("recipient"),
    _text("state", None),
    _text("reason"),
    _text("policy"),
    _text("policy_hash"),
    _text("rule"),
    _text("template"),
    _text("tone"),
    Column("legal_effect", Boolean, nullable=False),
    _text("printed"),
    Column("planned_on", Date, nullable=False),
    Column("not_before", Number, nullable=False),
    Column("valid_until", Number, nullable=False),
    Column("next_at", Number),
    _text("assignee"),
    Column("due_on", Date),
    _text("needs_approval", "[]"),
    Column("attempts", Number, nullable=False),
    Column("attempted", Number, nullable=False),
    Column("contact_on", Date),
    _text("owner"),
    _text("boot"),
    _text("provider_id"),
    _text("fault"),
    Column("created_at", Number, nullable=False),
    Column("changed_at", Number, nullable=False),
    Column("token", Text),
    Index("ix_message_due", "state", "channel", "legal_effect", "id", "not_before"),
    Index("ix_message_late", "state", "channel", "valid_until"),
    Index("uq_message_token", "token", unique=True),
)
#: What may have left on a day is counted before each claim, while others wait.
_TRIED = text("contact_on IS NOT NULL")
Index(
    "ix_message_contact_on",
    message.c.contact_on,
    sqlite_where=_TRIED,
    postgresql_where=_TRIED,
)
#: What a provider's news is found by; most messages that wait have no name there yet.
_NAMED = text("provider_id <> ''")
Index(
    "ix_message_provider_id",
    message.c.provider_id,
    sqlite_where=_NAMED,
    postgresql_where=_NAMED,
)

#: One answer to an event, unless it is proven that it reached nobody.
_ANSWERED = text(
    "event_id IS NOT NULL AND state NOT IN ('withdrawn', 'expired', 'failed', 'bounced')"
)
Index(
    "uq_message_live_event",
    message.c.event_id,
    unique=True,
    sqlite_where=_ANSWERED,
    postgresql_where=_ANSWERED,
)

#: One case in a message. The key of a case, step and cycle is free only where nothing is `live`.
line = Table(
    "line",
    metadata,
    _id(),
    _to("message"),
    _to("invoice"),
    _text("step", None),
    _text("choice"),
    Column("cycle", Number, nullable=False),
    Column("amount", Number, nullable=False),
    Column("claimed", Boolean, nullable=False),
    Column("live", Boolean, nullable=False),
    Column("done_on", Date),
    Column("taken_back_on", Date),
)
Index(
    "uq_line_live_key",
    line.c.invoice_id,
    line.c.step,
    line.c.cycle,
    unique=True,
    sqlite_where=text("live"),
    postgresql_where=text("live"),
)
#: The few lines that are still to be done, or were done of late, among those of all years.
Index(
    "ix_line_done",
    line.c.done_on,
    line.c.message_id,
    sqlite_where=text("live"),
    postgresql_where=text("live"),
)

#: The frozen words of a message. Erasing `salt` and `body` leaves the trail whole.
content = Table(
    "content",
    metadata,
    Column("message_id", Number, ForeignKey("message.id"), primary_key=True, autoincrement=False),
    Column("salt", LargeBinary, nullable=False),
    _text("commitment", None),
    Column("body", SealedBytes("content.body"), nullable=False),
)

#: What a person said of a message that waits, for one role of its `needs_approval` (a JSON list).
approval = Table(
    "approval",
    metadata,
    _id(),
    _to("message"),
    _text("role", None),
    _text("person", None),
    Column("granted", Boolean, nullable=False),
    _personal("note", "approval.note"),
    Column("salt", LargeBinary, nullable=False),
    Column("at", Number, nullable=False),
    UniqueConstraint("message_id", "role"),
)

#: One try to hand a message over. `evidence` is JSON and enters the trail as a commitment.
attempt = Table(
    "attempt",
    metadata,
    _id(),
    _to("message"),
    Column("number", Number, nullable=False),
    _text("stage", None),
    _text("owner"),
    _text("boot"),
    Column("started_at", Number, nullable=False),
    Column("ended_at", Number),
    _text("outcome"),
    _text("code"),
    _text("provider_id"),
    _personal("evidence", "attempt.evidence", "{}"),
    Column("salt", LargeBinary),
    _text("person"),
    UniqueConstraint("message_id", "number"),
    CheckConstraint("stage IN ('intent', 'closed')", name="stage"),
)

#: The few contacts that their debtors got twice.
Index(
    "ix_attempt_twice",
    attempt.c.message_id,
    sqlite_where=text("outcome = 'sent-twice'"),
    postgresql_where=text("outcome = 'sent-twice'"),
)

#: Work of our own people. `done` stays until the rule has been silent, then it is `closed`.
task = Table(
    "task",
    metadata,
    _id(),
    _to("run", nullable=True),
    _to("debtor"),
    _text("policy"),
    _text("rule"),
    _text("name"),
    _text("state", None),
    _text("cases", "[]"),
    Column("opened_on", Date, nullable=False),
    Column("due_on", Date),
    _text("assignee"),
    _text("reason"),
    Column("ended_on", Date),
    _text("outcome"),
    _text("person"),
    _personal("note", "task.note"),
)
Index(
    "uq_task_open_key",
    task.c.debtor_id,
    task.c.policy,
    task.c.rule,
    unique=True,
    sqlite_where=text("state = 'open'"),
    postgresql_where=text("state = 'open'"),
)

#: A stop that held a case, from the run that first saw it to the first that saw it no more.
hold = Table(
    "hold",
    metadata,
    _id(),
    _to("run", nullable=True),
    _to("invoice"),
    _text("policy"),
    _text("rule"),
    _text("reason"),
    Column("on_unknown", Boolean, nullable=False),
    Column("began_on", Date, nullable=False),
    Column("ended_on", Date),
)
Index(
    "uq_hold_standing_key",
    hold.c.invoice_id,
    hold.c.rule,
    hold.c.on_unknown,
    unique=True,
    sqlite_where=text("ended_on IS NULL"),
    postgresql_where=text("ended_on IS NULL"),
)

#: A step that a case does once more: when its stops had ended it went on from `to_step`, although
#: `line_id` was its last step (0: one that was taken over). It lasts until another line is.
sent_back = Table(
    "sent_back",
    metadata,
    _id(),
    _to("run", nullable=True),
    _to("invoice"),
    Column("line_id", Number, nullable=False),
    _text("step", None),
    _text("to_step", None),
    Column("day", Date, nullable=False),
    UniqueConstraint("invoice_id", "line_id", "step"),
)

#: The policy of each account's last answer, and whose law it was. `settled_on` is the day since
#: which nothing of the account is open.
placement = Table(
    "placement",
    metadata,
    _id(),
    _to("debtor"),
    _text("currency"),
    _text("policy"),
    _text("legal_kind"),
    Column("since", Date, nullable=False),
    Column("settled_on", Date),
    UniqueConstraint("debtor_id", "currency"),
)

#: What came back, each piece once: statuses, bounces, replies. `evidence` are a provider's or a
#: debtor's words and enters the trail as a commitment; what nobody could place stays `open`.
#: `scope` and `expires` (days) are a bounce's, `person` is who closed it or said whose it is.
report = Table(
    "report",
    metadata,
    _id(),
    _text("source", None),
    _text("reference", None),
    _text("kind", None),
    _text("channel"),
    _to("message", nullable=True),
    _to("debtor", nullable=True),
    _text("word"),
    _text("code"),
    _text("provider_id"),
    _text("scope"),
    Column("expires", Number),
    _text("verdict", None),
    Column("open", Boolean, nullable=False),
    Column("said_at", Number, nullable=False),
    Column("recorded_at", Number, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("evidence", SealedBytes("report.evidence"), nullable=False),
    _text("person"),
    UniqueConstraint("source", "reference"),
)
Index(
    "ix_report_waiting",
    report.c.message_id,
    sqlite_where=text("verdict = 'waiting'"),
    postgresql_where=text("verdict = 'waiting'"),
)
Index(
    "ix_report_open",
    report.c.id,
    sqlite_where=text("open"),
    postgresql_where=text("open"),
)

#: One question put to a provider: what became of an unknown message (`look-up`), or of one of which
#: nothing was heard (`poll`). `said` is no debtor's word and no personal one.
inquiry = Table(
    "inquiry",
    metadata,
    _id(),
    _to("message"),
    Column("attempt", Number, nullable=False),
    _text("kind", None),
    _text("answer", None),
    _text("said"),
    Column("at", Number, nullable=False),
)

#: How an unknown message was settled, or what people said of it so far: with legal effect the word
#: of a second one is needed. `taken` is the word that took effect; a provider's has no person.
resolution = Table(
    "resolution",
    metadata,
    _id(),
    _to("message"),
    Column("attempt", Number, nullable=False),
    _text("choice", None),
    _text("person", None),
    Column("salt", LargeBinary, nullable=False),
    Column("reason", SealedBytes("resolution.reason"), nullable=False),
    _text("proof"),
    Column("at", Number, nullable=False),
    Column("taken", Boolean, nullable=False),
)

#: What a person did to a message that has not left: `hold`, `release` or `withdraw`.
intervention = Table(
    "intervention",
    metadata,
    _id(),
    _to("message"),
    _text("deed", None),
    _text("person", None),
    Column("salt", LargeBinary, nullable=False),
    _personal("note", "intervention.note"),
    Column("at", Number, nullable=False),
)

#: What people said of stopping, each word once; the file of the home says what stands.
stop = Table(
    "stop",
    metadata,
    _id(),
    Column("token", String(32), nullable=False, unique=True),
    _text("act", None),
    _text("channel"),
    _text("reason"),
    Column("salt", LargeBinary, nullable=False),
    _text("person", None),
    Column("said_at", Number, nullable=False),
)

#: What is known of a provider's health, by channel (`model.health`): while `breaker` is open
#: nothing is handed over before `open_until`; then one message tries. `tokens` is not used.
provider = Table(
    "provider",
    metadata,
    Column("name", String(64), primary_key=True),
    _text("breaker"),
    Column("tokens", Number, nullable=False, server_default="0"),
    Column("changed_at", Number, nullable=False),
    Column("in_a_row", Number, nullable=False, server_default="0"),
    Column("open_until", Number),
    _text("reason"),
    _text("recent"),
    Column("openings", Number, nullable=False, server_default="0"),
    Column("since", Number),
    Column("tried_at", Number),
)

#: The trail. Triggers refuse to change or delete a record.
audit = Table(
    "audit",
    metadata,
    Column("seq", Number, primary_key=True, autoincrement=False),
    Column("at", Number, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
)
