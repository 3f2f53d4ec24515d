"""The schema's versions: bringing a store to the newest with Alembic, from wheel or checkout."""

from importlib import resources

from sqlalchemy import Connection


APPLICATION_ID = 0x52454C41  # "RELA", in the header of the file
VERSION = 2  # of the schema; the revision of the same number


def upgrade(connection: Connection) -> None:
    """Run what is missing up to the newest version, inside the transaction of the caller."""
    from alembic import command  # noqa: PLC0415 - 80 ms, only when a store is made or migrated
    from alembic.config import Config  # noqa: PLC0415

    with resources.as_file(resources.files("dispatcher.store") / "migrations") as scripts:
        config = Config()
        config.set_main_option("script_location", str(scripts).replace("%", "%%"))
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.exec_driver_sql(f"PRAGMA user_version = {VERSION}")
