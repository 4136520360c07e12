"""Bring the database to the newest schema: `python -m festivals.store.migrate`.

Several may start at once: they take turns, and the later ones find nothing left to do.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

from festivals.settings import DatabaseSettings
from festivals.store.database import connect_arguments, url
from steward.program.settings import SettingsError

_TURN = 7_212_964_093_581
"""The advisory lock that a migration holds; any number nobody else uses."""


def configuration(connection: Connection) -> Config:
    """Return Alembic's configuration for the migrations of this package."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def upgrade(settings: DatabaseSettings) -> None:
    """Apply every migration that is missing, all or none; raises OperationalError where there is no database."""
    arguments = connect_arguments("festivals-migrate") | {"options": "-c lock_timeout=30s"}
    engine = create_engine(url(settings), connect_args=arguments)
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": _TURN})
            command.upgrade(configuration(connection), "head")
    finally:
        engine.dispose()


def main(environment: Mapping[str, str] = os.environ) -> int:
    """Migrate, and return the exit code: 0, 1 without a database, 2 for settings that cannot be used."""
    try:
        upgrade(DatabaseSettings.read(environment))
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except OperationalError as error:
        reason = " ".join(str(error.orig).split())
        sys.stderr.write(f"cannot migrate the database: {reason}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
