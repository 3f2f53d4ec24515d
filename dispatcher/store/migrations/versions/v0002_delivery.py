"""Delivery that survives: what comes back, what people say of the unknown, health of providers."""

import base64
import hashlib
import hmac

import sqlalchemy as sa
from alembic import op


revision = "2"
down_revision = "1"
branch_labels = None
depends_on = None

SOME = 10_000  # messages in one question
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables and columns that version 1 lacks."""
    _report()
    _store()
    _inquiry()
    _resolution()
    _intervention()
    _stop()
    _provider()
    _token()
    _contact_on()


def _store() -> None:
    op.add_column("store", sa.Column("copied_at", NUMBER, nullable=True))
    op.add_column("store", sa.Column("journal_at", NUMBER, nullable=True))
    op.add_column("store", sa.Column("last_id", NUMBER, server_default="0", nullable=False))


def _report() -> None:
    op.create_table(
        "report",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), server_default="", nullable=False),
        sa.Column("message_id", NUMBER, nullable=True),
        sa.Column("debtor_id", NUMBER, nullable=True),
        sa.Column("word", sa.Text(), server_default="", nullable=False),
        sa.Column("code", sa.Text(), server_default="", nullable=False),
        sa.Column("provider_id", sa.Text(), server_default="", nullable=False),
        sa.Column("scope", sa.Text(), server_default="", nullable=False),
        sa.Column("expires", NUMBER, nullable=True),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("said_at", NUMBER, nullable=False),
        sa.Column("recorded_at", NUMBER, nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("evidence", sa.LargeBinary(), nullable=False),
        sa.Column("person", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name="fk_report_message_id"),
        sa.ForeignKeyConstraint(["debtor_id"], ["debtor.id"], name="fk_report_debtor_id"),
        sa.PrimaryKeyConstraint("id", name="pk_report"),
        sa.UniqueConstraint("source", "reference", name="uq_report_source_reference"),
    )
    op.create_index("ix_report_message_id", "report", ["message_id"], unique=False)
    op.create_index("ix_report_debtor_id", "report", ["debtor_id"], unique=False)
    for name, column, where in (
        ("ix_report_waiting", "message_id", sa.text("verdict = 'waiting'")),
        ("ix_report_open", "id", sa.text("open")),
    ):
        op.create_index(
            name, "report", [column], unique=False, sqlite_where=where, postgresql_where=where
        )


def _inquiry() -> None:
    op.create_table(
        "inquiry",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("message_id", NUMBER, nullable=False),
        sa.Column("attempt", NUMBER, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), server_default="", nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name="fk_inquiry_message_id"),
        sa.PrimaryKeyConstraint("id", name="pk_inquiry"),
    )
    op.create_index("ix_inquiry_message_id", "inquiry", ["message_id"], unique=False)


def _intervention() -> None:
    op.create_table(
        "intervention",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("message_id", NUMBER, nullable=False),
        sa.Column("deed", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name="fk_intervention_message_id"),
        sa.PrimaryKeyConstraint("id", name="pk_intervention"),
    )
    op.create_index("ix_intervention_message_id", "intervention", ["message_id"], unique=False)
    op.create_index(
        "ix_attempt_twice",
        "attempt",
        ["message_id"],
        unique=False,
        sqlite_where=sa.text("outcome = 'sent-twice'"),
        postgresql_where=sa.text("outcome = 'sent-twice'"),
    )


def _resolution() -> None:
    op.create_table(
        "resolution",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("message_id", NUMBER, nullable=False),
        sa.Column("attempt", NUMBER, nullable=False),
        sa.Column("choice", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("proof", sa.Text(), server_default="", nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("taken", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name="fk_resolution_message_id"),
        sa.PrimaryKeyConstraint("id", name="pk_resolution"),
    )
    op.create_index("ix_resolution_message_id", "resolution", ["message_id"], unique=False)


def _stop() -> None:
    op.create_table(
        "stop",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("said_at", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_stop"),
        sa.UniqueConstraint("token", name="uq_stop_token"),
    )


def _provider() -> None:
    op.add_column("provider", sa.Column("in_a_row", NUMBER, server_default="0", nullable=False))
    op.add_column("provider", sa.Column("open_until", NUMBER, nullable=True))
    op.add_column("provider", sa.Column("reason", sa.Text(), server_default="", nullable=False))
    op.add_column("provider", sa.Column("recent", sa.Text(), server_default="", nullable=False))
    op.add_column("provider", sa.Column("openings", NUMBER, server_default="0", nullable=False))
    op.add_column("provider", sa.Column("since", NUMBER, nullable=True))
    op.add_column("provider", sa.Column("tried_at", NUMBER, nullable=True))


def _contact_on() -> None:
    tried = sa.text("contact_on IS NOT NULL")
    op.create_index(
        "ix_message_contact_on",
        "message",
        ["contact_on"],
        unique=False,
        sqlite_where=tried,
        postgresql_where=tried,
    )


def _token() -> None:
    op.add_column("message", sa.Column("token", sa.Text(), nullable=True))
    _name_messages()
    op.create_index("uq_message_token", "message", ["token"], unique=True)
    named = sa.text("provider_id <> ''")
    op.create_index(
        "ix_message_provider_id",
        "message",
        ["provider_id"],
        unique=False,
        sqlite_where=named,
        postgresql_where=named,
    )


def _name_messages() -> None:
    """The public names of the messages that are there, as they have always been made."""
    connection = op.get_bind()
    secret = connection.execute(sa.text("SELECT secret FROM store")).scalar()
    if secret is None:
        return
    last = connection.execute(sa.text("SELECT max(id) FROM message")).scalar() or 0
    rename = sa.text("UPDATE message SET token = :token WHERE id = :id")
    for start in range(1, last + 1, SOME):
        rows = connection.execute(
            sa.text("SELECT id FROM message WHERE id >= :first AND id < :after"),
            {"first": start, "after": start + SOME},
        ).scalars()
        named = [{"id": number, "token": _public_name(secret, number)} for number in rows]
        if named:
            connection.execute(rename, named)


def _public_name(secret: bytes, message_id: int) -> str:
    digest = hmac.digest(secret, b"message:%d" % message_id, hashlib.sha256)
    return base64.b32encode(digest[:20]).decode().lower()
