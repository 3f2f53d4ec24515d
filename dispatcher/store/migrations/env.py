"""Run by Alembic: migrations on the connection, and in the transaction, that the caller gives."""

from alembic import context

from dispatcher.store.tables import metadata


def run() -> None:
    """Apply the wanted revisions; the caller commits."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=metadata,
        render_as_batch=True,
    )
    context.run_migrations()


if __name__ == "env_py":  # Alembic's name for this file; an ordinary import does nothing
    run()
