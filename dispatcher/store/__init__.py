"""The book: tables, migrations, outbox, trail."""
