from steward.model import PostgresCluster
from steward.stack.setups.postgres import roles_sql


def test_names_and_passwords_cannot_leave_their_quotes() -> None:
    setup = PostgresCluster('da"ta', "o'wner", "x", "monitor", "y")
    script = roles_sql(setup, owner_password="it's", monitor_password="'; DROP ROLE x; --")
    assert """ALTER ROLE "o'wner" LOGIN PASSWORD 'it''s';""" in script
    assert """ALTER ROLE "monitor" LOGIN PASSWORD '''; DROP ROLE x; --';""" in script
    assert """'CREATE DATABASE "da""ta" OWNER "o''wner"'""" in script


def test_failing_statements_are_not_logged_with_their_passwords() -> None:
    lines = roles_sql(
        PostgresCluster("d", "o", "x", "m", "y"), owner_password="a", monitor_password="b"
    ).splitlines()
    assert lines.index("SET log_min_error_statement = 'panic';") < min(
        number for number, line in enumerate(lines) if "PASSWORD" in line
    )
