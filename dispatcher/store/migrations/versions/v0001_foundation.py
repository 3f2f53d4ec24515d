"""The foundation: every table of the first version, and the triggers that keep the trail."""

import sqlalchemy as sa
from alembic import op


revision = "1"
down_revision = None
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    _audit()
    _debtor()
    _policy()
    _provider()
    _run()
    _source()
    _store()
    _credit()
    _invoice()
    _event()
    _message()
    _task()
    _attempt()
    _content()
    _approval()
    _line()
    _hold()
    _sent_back()
    _placement()
    _triggers()


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", NUMBER, autoincrement=False, nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_audit"),
    )


def _debtor() -> None:
    op.create_table(
        "debtor",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("legal_kind", sa.Text(), server_default="", nullable=False),
        sa.Column("profile", sa.Text(), server_default="", nullable=False),
        sa.Column("email", sa.Text(), server_default="", nullable=False),
        sa.Column("phone", sa.Text(), server_default="", nullable=False),
        sa.Column("mobile", sa.Text(), server_default="", nullable=False),
        sa.Column("address", sa.Text(), server_default="", nullable=False),
        sa.Column("postcode", sa.Text(), server_default="", nullable=False),
        sa.Column("city", sa.Text(), server_default="", nullable=False),
        sa.Column("country", sa.Text(), server_default="", nullable=False),
        sa.Column("language", sa.Text(), server_default="", nullable=False),
        sa.Column("contact_name", sa.Text(), server_default="", nullable=False),
        sa.Column("account_manager", sa.Text(), server_default="", nullable=False),
        sa.Column("siren", sa.Text(), server_default="", nullable=False),
        sa.Column("siret", sa.Text(), server_default="", nullable=False),
        sa.Column("iban", sa.Text(), server_default="", nullable=False),
        sa.Column("extra", sa.Text(), server_default="{}", nullable=False),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column("source", sa.Text(), server_default="", nullable=False),
        sa.Column("row", NUMBER, nullable=True),
        sa.Column("digest", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_debtor"),
        sa.UniqueConstraint("reference", name="uq_debtor_reference"),
    )


def _policy() -> None:
    op.create_table(
        "policy",
        sa.Column("hash", sa.String(length=128), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("first_used_at", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_policy"),
    )


def _source() -> None:
    op.create_table(
        "source",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_source"),
    )


def _provider() -> None:
    op.create_table(
        "provider",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("breaker", sa.Text(), server_default="", nullable=False),
        sa.Column("tokens", NUMBER, server_default="0", nullable=False),
        sa.Column("changed_at", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_provider"),
    )


def _run() -> None:
    op.create_table(
        "run",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("started_at", NUMBER, nullable=False),
        sa.Column("ended_at", NUMBER, nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("answers", sa.Text(), server_default="", nullable=False),
        sa.Column("answers_rows", NUMBER, nullable=True),
        sa.Column("policies", sa.Text(), server_default="[]", nullable=False),
        sa.Column("plan", sa.Text(), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_run"),
    )
    op.create_index("ix_run_day", "run", ["day"], unique=False)


def _store() -> None:
    op.create_table(
        "store",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("created_at", NUMBER, nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_store"),
    )


def _credit() -> None:
    op.create_table(
        "credit",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("debtor_id", NUMBER, nullable=False),
        sa.Column("number", sa.Text(), server_default="", nullable=False),
        sa.Column("invoice_number", sa.Text(), server_default="", nullable=False),
        sa.Column("ordinal", NUMBER, nullable=False),
        sa.Column("currency", sa.Text(), server_default="", nullable=False),
        sa.Column("amount", NUMBER, nullable=False),
        sa.Column("issued", sa.Date(), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column("source", sa.Text(), server_default="", nullable=False),
        sa.Column("row", NUMBER, nullable=True),
        sa.Column("digest", sa.Text(), server_default="", nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["debtor_id"], ["debtor.id"], name="fk_credit_debtor_id"),
        sa.PrimaryKeyConstraint("id", name="pk_credit"),
        sa.UniqueConstraint(
            "debtor_id",
            "number",
            "invoice_number",
            "ordinal",
            name="uq_credit_debtor_id_number_invoice_number_ordinal",
        ),
    )
    op.create_index("ix_credit_debtor_id", "credit", ["debtor_id"], unique=False)


def _invoice() -> None:
    op.create_table(
        "invoice",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("term", NUMBER, nullable=False),
        sa.Column("debtor_id", NUMBER, nullable=False),
        sa.Column("currency", sa.Text(), server_default="", nullable=False),
        sa.Column("amount", NUMBER, nullable=True),
        sa.Column("balance", NUMBER, nullable=False),
        sa.Column("issued", sa.Date(), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("extra", sa.Text(), server_default="{}", nullable=False),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column("source", sa.Text(), server_default="", nullable=False),
        sa.Column("row", NUMBER, nullable=True),
        sa.Column("digest", sa.Text(), server_default="", nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["debtor_id"], ["debtor.id"], name="fk_invoice_debtor_id"),
        sa.PrimaryKeyConstraint("id", name="pk_invoice"),
        sa.UniqueConstraint("number", "term", name="uq_invoice_number_term"),
    )
    op.create_index("ix_invoice_debtor_id", "invoice", ["debtor_id"], unique=False)


def _message() -> None:
    op.create_table(
        "message",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("run_id", NUMBER, nullable=True),
        sa.Column("debtor_id", NUMBER, nullable=False),
        sa.Column("main_id", NUMBER, nullable=True),
        sa.Column("event_id", NUMBER, nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("policy", sa.Text(), server_default="", nullable=False),
        sa.Column("policy_hash", sa.Text(), server_default="", nullable=False),
        sa.Column("rule", sa.Text(), server_default="", nullable=False),
        sa.Column("template", sa.Text(), server_default="", nullable=False),
        sa.Column("tone", sa.Text(), server_default="", nullable=False),
        sa.Column("legal_effect", sa.Boolean(), nullable=False),
        sa.Column("printed", sa.Text(), server_default="", nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("not_before", NUMBER, nullable=False),
        sa.Column("valid_until", NUMBER, nullable=False),
        sa.Column("next_at", NUMBER, nullable=True),
        sa.Column("assignee", sa.Text(), server_default="", nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("needs_approval", sa.Text(), server_default="[]", nullable=False),
        sa.Column("attempts", NUMBER, nullable=False),
        sa.Column("attempted", NUMBER, nullable=False),
        sa.Column("contact_on", sa.Date(), nullable=True),
        sa.Column("owner", sa.Text(), server_default="", nullable=False),
        sa.Column("boot", sa.Text(), server_default="", nullable=False),
        sa.Column("provider_id", sa.Text(), server_default="", nullable=False),
        sa.Column("fault", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", NUMBER, nullable=False),
        sa.Column("changed_at", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["debtor_id"], ["debtor.id"], name="fk_message_debtor_id"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_message_event_id"),
        sa.ForeignKeyConstraint(["main_id"], ["message.id"], name="fk_message_main_id"),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_message_run_id"),
        sa.PrimaryKeyConstraint("id", name="pk_message"),
    )
    op.create_index("ix_message_debtor_id", "message", ["debtor_id"], unique=False)
    op.create_index(
        "ix_message_due",
        "message",
        ["state", "channel", "legal_effect", "id", "not_before"],
        unique=False,
    )
    op.create_index("ix_message_late", "message", ["state", "channel", "valid_until"], unique=False)
    op.create_index("ix_message_main_id", "message", ["main_id"], unique=False)
    op.create_index("ix_message_run_id", "message", ["run_id"], unique=False)
    answered = sa.text(
        "event_id IS NOT NULL AND state NOT IN ('withdrawn', 'expired', 'failed', 'bounced')"
    )
    op.create_index(
        "uq_message_live_event",
        "message",
        ["event_id"],
        unique=True,
        sqlite_where=answered,
        postgresql_where=answered,
    )


def _task() -> None:
    op.create_table(
        "task",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("run_id", NUMBER, nullable=True),
        sa.Column("debtor_id", NUMBER, nullable=False),
        sa.Column("policy", sa.Text(), server_default="", nullable=False),
        sa.Column("rule", sa.Text(), server_default="", nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("cases", sa.Text(), server_default="[]", nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("assignee", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.Text(), server_default="", nullable=False),
        sa.Column("person", sa.Text(), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["debtor_id"], ["debtor.id"], name="fk_task_debtor_id"),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_task_run_id"),
        sa.PrimaryKeyConstraint("id", name="pk_task"),
    )
    op.create_index("ix_task_debtor_id", "task", ["debtor_id"], unique=False)
    op.create_index("ix_task_run_id", "task", ["run_id"], unique=False)
    op.create_index(
        "uq_task_open_key",
        "task",
        ["debtor_id", "policy", "rule"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )


def _attempt() -> None:
    op.create_table(
        "attempt",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("message_id", NUMBER, nullable=False),
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), server_default="", nullable=False),
        sa.Column("boot", sa.Text(), server_default="", nullable=False),
        sa.Column("started_at", NUMBER, nullable=False),
        sa.Column("ended_at", NUMBER, nullable=True),
        sa.Column("outcome", sa.Text(), server_default="", nullable=False),
        sa.Column("code", sa.Text(), server_default="", nullable=False),
        sa.Column("provider_id", sa.Text(), server_default="", nullable=False),
        sa.Column("evidence", sa.Text(), server_default="{}", nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("person", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("stage IN ('intent', 'closed')", name="ck_attempt_stage"),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name="fk_attempt_message_id"),
        sa.PrimaryKeyConstraint("id", name="pk_attempt"),
        sa.UniqueConstraint("message_id", "number", name="uq_attempt_message_id_number"),
    )
    op.create_index("ix_attempt_message_id", "attempt", ["message_id"], unique=False)


def _content() -> None:
    op.create_table(
        "content",
        sa.Column("message_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("commitment", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name="fk_content_message_id"),
        sa.PrimaryKeyConstraint("message_id", name="pk_content"),
    )


def _approval() -> None:
    op.create_table(
        "approval",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("message_id", NUMBER, nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name="fk_approval_message_id"),
        sa.PrimaryKeyConstraint("id", name="pk_approval"),
        sa.UniqueConstraint("message_id", "role", name="uq_approval_message_id_role"),
    )
    op.create_index("ix_approval_message_id", "approval", ["message_id"])


def _event() -> None:
    op.create_table(
        "event",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("debtor_id", NUMBER, nullable=False),
        sa.Column("invoice_id", NUMBER, nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("amount", NUMBER, nullable=True),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("person", sa.Text(), server_default="", nullable=False),
        sa.Column("recorded_at", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["debtor_id"], ["debtor.id"], name="fk_event_debtor_id"),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name="fk_event_invoice_id"),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
        sa.UniqueConstraint("source", "reference", name="uq_event_source_reference"),
    )
    op.create_index("ix_event_debtor_id", "event", ["debtor_id"], unique=False)
    op.create_index("ix_event_invoice_id", "event", ["invoice_id"], unique=False)
    op.create_index("ix_event_recorded_at", "event", ["recorded_at"], unique=False)


def _line() -> None:
    op.create_table(
        "line",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("message_id", NUMBER, nullable=False),
        sa.Column("invoice_id", NUMBER, nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("choice", sa.Text(), server_default="", nullable=False),
        sa.Column("cycle", NUMBER, nullable=False),
        sa.Column("amount", NUMBER, nullable=False),
        sa.Column("claimed", sa.Boolean(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("taken_back_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name="fk_line_invoice_id"),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name="fk_line_message_id"),
        sa.PrimaryKeyConstraint("id", name="pk_line"),
    )
    op.create_index("ix_line_invoice_id", "line", ["invoice_id"], unique=False)
    op.create_index("ix_line_message_id", "line", ["message_id"], unique=False)
    op.create_index(
        "uq_line_live_key",
        "line",
        ["invoice_id", "step", "cycle"],
        unique=True,
        sqlite_where=sa.text("live"),
        postgresql_where=sa.text("live"),
    )
    op.create_index(
        "ix_line_done",
        "line",
        ["done_on", "message_id"],
        unique=False,
        sqlite_where=sa.text("live"),
        postgresql_where=sa.text("live"),
    )


def _hold() -> None:
    op.create_table(
        "hold",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("run_id", NUMBER, nullable=True),
        sa.Column("invoice_id", NUMBER, nullable=False),
        sa.Column("policy", sa.Text(), server_default="", nullable=False),
        sa.Column("rule", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("on_unknown", sa.Boolean(), nullable=False),
        sa.Column("began_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name="fk_hold_invoice_id"),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_hold_run_id"),
        sa.PrimaryKeyConstraint("id", name="pk_hold"),
    )
    op.create_index("ix_hold_invoice_id", "hold", ["invoice_id"], unique=False)
    op.create_index("ix_hold_run_id", "hold", ["run_id"], unique=False)
    op.create_index(
        "uq_hold_standing_key",
        "hold",
        ["invoice_id", "rule", "on_unknown"],
        unique=True,
        sqlite_where=sa.text("ended_on IS NULL"),
        postgresql_where=sa.text("ended_on IS NULL"),
    )


def _sent_back() -> None:
    op.create_table(
        "sent_back",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("run_id", NUMBER, nullable=True),
        sa.Column("invoice_id", NUMBER, nullable=False),
        sa.Column("line_id", NUMBER, nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("to_step", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name="fk_sent_back_invoice_id"),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_sent_back_run_id"),
        sa.PrimaryKeyConstraint("id", name="pk_sent_back"),
        sa.UniqueConstraint(
            "invoice_id", "line_id", "step", name="uq_sent_back_invoice_id_line_id_step"
        ),
    )
    op.create_index("ix_sent_back_invoice_id", "sent_back", ["invoice_id"], unique=False)
    op.create_index("ix_sent_back_run_id", "sent_back", ["run_id"], unique=False)


def _placement() -> None:
    op.create_table(
        "placement",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("debtor_id", NUMBER, nullable=False),
        sa.Column("currency", sa.Text(), server_default="", nullable=False),
        sa.Column("policy", sa.Text(), server_default="", nullable=False),
        sa.Column("legal_kind", sa.Text(), server_default="", nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["debtor_id"], ["debtor.id"], name="fk_placement_debtor_id"),
        sa.PrimaryKeyConstraint("id", name="pk_placement"),
        sa.UniqueConstraint("debtor_id", "currency", name="uq_placement_debtor_id_currency"),
    )
    op.create_index("ix_placement_debtor_id", "placement", ["debtor_id"], unique=False)


def _triggers() -> None:
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER audit_refuses_{act.lower()} BEFORE {act} ON audit "
            "BEGIN SELECT RAISE(ABORT, 'the trail is never changed'); END"
        )
