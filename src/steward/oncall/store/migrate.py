"""Bring the store to the newest schema.

All missing migrations are applied or none. Several replicas may start at once: they take turns, and the later ones
find nothing left to do.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, text

from steward.oncall.store.database import Store
from steward.program.settings import SettingsError

_TURN = 7_212_964_093_582
"""The advisory lock that a migration holds in PostgreSQL; any number nobody else uses."""


def configuration(connection: Connection) -> Config:
    """Return Alembic's configuration for the migrations of this package."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def upgrade(store: Store) -> None:
    """Apply every migration that is missing; raises StoreUnavailable, and SettingsError for a newer schema."""
    with store.write() as connection:
        if store.shared:
            connection.execute(text("SET LOCAL lock_timeout = '30s'"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": _TURN})
        try:
            command.upgrade(configuration(connection), "head")
        except CommandError as error:
            where = store.engine.url.render_as_string(hide_password=True)
            raise SettingsError(f"the store {where} was written by another version: {error}") from None
