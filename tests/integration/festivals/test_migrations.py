"""The schema's history."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic import command
from sqlalchemy import create_engine, inspect
from sqlalchemy.engine import Connection

from festivals.settings import DatabaseSettings
from festivals.store.database import url
from festivals.store.migrate import configuration, main
from festivals.store.tables import METADATA

pytestmark = pytest.mark.slow


def _tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


def test_the_migrations_make_the_tables_that_the_code_declares(empty_database: dict[str, str]) -> None:
    assert main(empty_database) == 0
    engine = create_engine(url(DatabaseSettings.read(empty_database)))
    with engine.begin() as connection:
        assert set(METADATA.tables) | {"procrastinate_jobs"} <= _tables(connection)
        command.check(configuration(connection))
    engine.dispose()


def test_migrating_a_migrated_database_changes_nothing(empty_database: dict[str, str]) -> None:
    assert (main(empty_database), main(empty_database)) == (0, 0)


def test_several_may_migrate_at_once(empty_database: dict[str, str]) -> None:
    with ThreadPoolExecutor() as pool:
        assert list(pool.map(main, [empty_database] * 3)) == [0, 0, 0]


def test_every_migration_can_be_undone_and_applied_again(empty_database: dict[str, str]) -> None:
    assert main(empty_database) == 0
    engine = create_engine(url(DatabaseSettings.read(empty_database)))
    with engine.begin() as connection:
        command.downgrade(configuration(connection), "base")
        assert _tables(connection) == {"alembic_version"}
    engine.dispose()
    assert main(empty_database) == 0


def test_a_missing_database_is_one_clear_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main({"FESTIVALS_DATABASE_ADDRESS": "127.0.0.1:1"}) == 1
    message = capsys.readouterr().err
    assert message.startswith("cannot migrate the database: ")
    assert message.count("\n") == 1


def test_a_bad_setting_is_one_clear_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main({"FESTIVALS_DATABASE_ADDRESS": "somewhere"}) == 2
    assert capsys.readouterr().err == "FESTIVALS_DATABASE_ADDRESS='somewhere': write it as host:port\n"
