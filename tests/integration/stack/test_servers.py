"""The real PostgreSQL and Redis, set up by the stack."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

if TYPE_CHECKING:
    from tests.integration.stack.conftest import Project

pytestmark = pytest.mark.slow

_SERVICES = """
components.postgres(
    PostgresCluster("shop", "keeper", "owner-password", "watcher", "watcher-password"),
    Secret("owner-password", "OWNER_PASSWORD"), Secret("watcher-password", "WATCHER_PASSWORD"),
    published={postgres},
),
components.redis(Secret("redis-password", "REDIS_PASSWORD"), published={redis})
"""


@pytest.fixture
def ports(project: "Project", free_port: Callable[[], int]) -> dict[str, int]:
    numbers = {"postgres": free_port(), "redis": free_port()}
    project.catalogue(_SERVICES.format(**numbers))
    return numbers


def secret(project: "Project", service: str, name: str) -> str:
    return (project.state / "secrets" / service / name).read_text()


def ask(project: "Project", port: int, statement: str, user: str = "keeper", database: str = "shop") -> object:
    password = secret(project, "postgres", "owner-password" if user == "keeper" else "watcher-password")
    address = {"host": "127.0.0.1", "port": port, "user": user, "dbname": database, "password": password}
    with psycopg.connect(**address, autocommit=True) as connection:  # type: ignore[arg-type]  # stubs of libpq's keywords
        cursor = connection.execute(statement)
        while cursor.nextset():
            pass
        row = cursor.fetchone()
        return row[0] if row else None


def test_the_cluster_has_its_roles_and_keeps_its_data(project: "Project", ports: dict[str, int]) -> None:
    project.up()
    port = ports["postgres"]
    assert ask(project, port, "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'shop'") == "keeper"
    assert ask(project, port, "SELECT count(*) >= 0 FROM pg_stat_activity", user="watcher", database="postgres")
    assert ask(project, port, "CREATE TABLE kept (answer int); INSERT INTO kept VALUES (42) RETURNING 1") == 1
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(host="127.0.0.1", port=port, user="keeper", dbname="shop", password="wrong")

    # Passwords of today are those that count, whatever the cluster was made with.
    project.steward("down")
    project.environ["OWNER_PASSWORD"] = "it's \\ new"
    project.up()
    assert ask(project, port, "SELECT answer FROM kept") == 42


def test_a_killed_postgres_comes_back_without_its_old_backends(project: "Project", ports: dict[str, int]) -> None:
    project.up()
    leader = project.service("postgres")["pid"]
    os.kill(leader, signal.SIGKILL)
    project.until(lambda: project.service("postgres")["restarts"] == 1)
    project.until(lambda: project.service("postgres")["state"] == "ready")
    assert ask(project, ports["postgres"], "SELECT 1") == 1


def test_redis_asks_for_its_password(project: "Project", ports: dict[str, int]) -> None:
    project.up()
    with (
        redis.Redis(port=ports["redis"], retry=Retry(NoBackoff(), 0)) as client,
        pytest.raises(redis.AuthenticationError),
    ):
        client.ping()
    with redis.Redis(port=ports["redis"], password=secret(project, "redis", "redis-password")) as client:
        assert client.ping()


def test_passwords_are_in_no_log_and_on_no_command_line(project: "Project", ports: dict[str, int]) -> None:
    project.up()
    passwords = [secret(project, "postgres", "owner-password"), secret(project, "redis", "redis-password")]
    for pid in project.pids():
        line = Path(f"/proc/{pid}/cmdline").read_text()
        assert not any(password in line for password in passwords)
    for log in (project.state / "logs").iterdir():
        assert not any(password in log.read_text() for password in passwords)
    assert ports


def test_a_kill_in_the_middle_of_the_first_start_leaves_nothing_half_made(
    project: "Project", ports: dict[str, int]
) -> None:
    process = project.spawn("up", "--detach")
    data = project.state / "data"
    project.until(lambda: data.is_dir() and any(data.glob(".postgres.new-*/PG_VERSION")))
    os.kill(project.status()["supervisor"], signal.SIGKILL)
    process.communicate(timeout=30)
    project.up()
    assert ask(project, ports["postgres"], "SELECT 1") == 1
    assert not list(data.glob(".postgres.new-*"))


@pytest.mark.parametrize(("version", "message"), [("9", "was made by PostgreSQL 9"), (None, "damaged")])
def test_a_cluster_that_cannot_run_is_explained(
    project: "Project", ports: dict[str, int], version: str | None, message: str
) -> None:
    project.up()
    project.steward("down")
    mark = project.state / "data" / "postgres" / "PG_VERSION"
    if version:
        mark.write_text(f"{version}\n")
    else:
        mark.unlink()
    outcome = project.steward("up", "--detach")
    assert outcome.code == 1
    assert message in outcome.err
    assert "down --purge" in outcome.err
    assert ports


def test_a_state_folder_too_deep_for_sockets_works(project: "Project", ports: dict[str, int]) -> None:
    project.state = project.state / ("deep-" * 20)
    project.state.parent.mkdir(parents=True)
    project.up()
    assert ask(project, ports["postgres"], "SELECT 1") == 1
    sockets = (project.state / "run" / "postgres").readlink()
    assert sockets.stat().st_mode & 0o077 == 0
    project.steward("down")
    assert not sockets.exists()
    project.steward("down", "--purge")
