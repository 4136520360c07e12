"""The store's history: from zero it leads to the schema that the code declares."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text
from sqlalchemy.engine.interfaces import ReflectedIndex

from steward.oncall.store.database import Store, StoreUnavailable, connect
from steward.oncall.store.migrate import configuration, upgrade
from steward.oncall.store.tables import metadata
from steward.program.settings import SettingsError


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.slow)])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Give a store without tables."""
    postgres = request.param == "postgres"
    url = request.getfixturevalue("empty_postgres_url") if postgres else f"sqlite:///{tmp_path / 'oncall.db'}"
    store = connect(url)
    yield store
    store.close()


def differences(connection: Connection) -> list[Any]:
    return list(compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata))


def revision(store: Store) -> list[str]:
    with store.read() as connection:
        return list(connection.execute(text("SELECT version_num FROM alembic_version")).scalars())


def index(one: ReflectedIndex) -> str:
    where = [str(value) for key, value in sorted(one.get("dialect_options", {}).items()) if key.endswith("_where")]
    return f"{one['name']} {one['column_names']} {one['unique']} {where}"


def schema(store: Store) -> dict[str, Any]:
    """Return what the database itself says of every table."""
    with store.read() as connection:
        seen = inspect(connection)
        return {
            table: (
                [
                    (one["name"], str(one["type"]), one["nullable"], one["default"])
                    for one in seen.get_columns(table)
                ],
                seen.get_pk_constraint(table)["name"],
                sorted(map(index, seen.get_indexes(table))),
                sorted(map(str, seen.get_foreign_keys(table))),
                sorted(map(str, seen.get_unique_constraints(table))),
            )
            for table in seen.get_table_names()
            if table != "alembic_version"
        }


def test_from_zero_equals_what_the_code_declares(empty: Store) -> None:
    upgrade(empty)
    with empty.read() as connection:
        assert set(inspect(connection).get_table_names()) == {*metadata.tables, "alembic_version"}
        assert differences(connection) == []


def test_from_zero_equals_what_the_code_would_create(empty: Store) -> None:
    upgrade(empty)
    migrated = schema(empty)
    with empty.write() as connection:
        command.downgrade(configuration(connection), "base")
        metadata.create_all(connection)
    assert schema(empty) == migrated


def test_a_table_that_lacks_a_column_would_be_noticed(empty: Store) -> None:
    upgrade(empty)
    with empty.write() as connection:
        connection.execute(text("ALTER TABLE page DROP COLUMN held"))
    with empty.read() as connection:
        assert [one[0] for one in differences(connection)] == ["add_column"]


def test_migrating_a_migrated_store_changes_nothing(empty: Store) -> None:
    upgrade(empty)
    before = revision(empty), schema(empty)
    upgrade(empty)
    assert (revision(empty), schema(empty)) == before


def test_every_migration_can_be_undone_and_applied_again(empty: Store) -> None:
    upgrade(empty)
    before = schema(empty)
    with empty.write() as connection:
        command.downgrade(configuration(connection), "base")
    assert schema(empty) == {}
    upgrade(empty)
    assert schema(empty) == before


def test_a_migration_that_fails_leaves_nothing_behind(empty: Store) -> None:
    with empty.write() as connection:
        connection.execute(text("CREATE TABLE feed (in_the_way INTEGER)"))
    with pytest.raises(StoreUnavailable if empty.engine.dialect.name == "sqlite" else Exception, match="feed"):
        upgrade(empty)
    assert set(schema(empty)) == {"feed"}


def test_a_store_of_a_newer_version_is_refused(empty: Store) -> None:
    upgrade(empty)
    with empty.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SettingsError, match=r"was written by another version.*9999"):
        upgrade(empty)


@pytest.mark.slow
def test_replicas_may_migrate_at_once(empty_postgres_url: str) -> None:
    stores = [connect(empty_postgres_url) for _ in range(3)]
    with ThreadPoolExecutor() as pool:
        assert list(pool.map(upgrade, stores)) == [None] * 3
    assert revision(stores[0])
    for store in stores:
        store.close()


def refusing(statement: str) -> Callable[[Connection], None]:
    return lambda connection: connection.execute(text(statement)).close()


@pytest.mark.parametrize("statement", ["UPDATE event SET text = 'nothing happened'", "DELETE FROM event"])
def test_what_happened_cannot_be_rewritten(store: Store, statement: str) -> None:
    with store.write() as connection:
        connection.execute(
            text(
                "INSERT INTO event (at, kind, actor, text, data)"
                " VALUES ('2026-03-02 10:00:00', 'alert.fired', 'steward', 'APIDown fired', '{}')"
            )
        )
    with pytest.raises(Exception, match="event is append-only"), store.write() as connection:
        refusing(statement)(connection)
    with store.read() as connection:
        assert list(connection.execute(text("SELECT text FROM event")).scalars()) == ["APIDown fired"]


@pytest.mark.slow
def test_what_happened_cannot_be_cut_off(postgres_store: Store) -> None:
    with pytest.raises(Exception, match="event is append-only"), postgres_store.write() as connection:
        connection.execute(text("TRUNCATE event"))
