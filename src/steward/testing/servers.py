"""Real PostgreSQL and Redis servers for the length of a `with` block.

Each one listens on a free port of 127.0.0.1, keeps nothing, and is gone at the end of the block. Started by root
they run as `postgres` and `redis`, because PostgreSQL refuses root; otherwise as whoever calls. The test needs no
plugin:

    with postgres_server(tmp_path) as postgres, redis_server(tmp_path) as redis:
        engine = create_async_engine(postgres.url())
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from steward.testing.ports import free_port

HOST = "127.0.0.1"

_START_SECONDS = 30.0
_STOP_SECONDS = 10.0
_PORT_TRIES = 5
_POLL_SECONDS = 0.02

_INITDB_OPTIONS = ("-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
# No socket file, because its path could be too long; no durability, because the data never outlive the test.
_POSTGRES_SETTINGS = (f"listen_addresses={HOST}", "unix_socket_directories=", "fsync=off", "full_page_writes=off")
_POSTGRES_OPTIONS = tuple(word for setting in _POSTGRES_SETTINGS for word in ("-c", setting))


class ServerNotStarted(RuntimeError):
    """A server that a test needs could not be started; the message holds the end of its log."""


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """Where a PostgreSQL answers; every local connection is trusted, so there is no password."""

    port: int
    pid: int
    """Of the postmaster, for a test that takes the server down."""
    host: str = HOST
    user: str = "postgres"
    database: str = "postgres"

    def url(self, driver: str = "postgresql+psycopg", *, database: str | None = None) -> str:
        """Return the address as SQLAlchemy takes it, or libpq with `driver="postgresql"`."""
        return f"{driver}://{self.user}@{self.host}:{self.port}/{database or self.database}"


@dataclass(frozen=True, slots=True)
class RedisServer:
    """Where a Redis answers, without a password."""

    port: int
    pid: int
    """For a test that takes the server down."""
    host: str = HOST

    def url(self, *, database: int = 0) -> str:
        """Return the address as redis-py takes it."""
        return f"redis://{self.host}:{self.port}/{database}"


@contextmanager
def postgres_server(folder: Path) -> Iterator[PostgresServer]:
    """Run a fresh PostgreSQL.

    Its data and log lie in `folder`; started by root, in a folder of its user's under the system's temporary
    one, which is removed at the end.
    """
    initdb, postgres = _postgres_programs()
    with _home(folder, "postgres") as home:
        data = home.path / "data"
        _run([initdb, "-D", str(data), *_INITDB_OPTIONS], home)

        def command(port: int) -> Sequence[str]:
            return [postgres, "-D", str(data), "-p", str(port), *_POSTGRES_OPTIONS]

        def ready(_port: int, _pid: int) -> bool:
            return _postmaster_status(data / "postmaster.pid") == "ready"

        with _server("postgres", command, ready, home, stop=signal.SIGINT) as (port, pid):
            yield PostgresServer(port=port, pid=pid)


@contextmanager
def redis_server(folder: Path) -> Iterator[RedisServer]:
    """Run an empty Redis that saves nothing; its log lies where that of `postgres_server` does."""
    program = _program("redis-server", "redis-server")
    with _home(folder, "redis") as home:

        def command(port: int) -> Sequence[str]:
            kept = ["--save", "", "--appendonly", "no", "--dir", str(home.path)]
            return [program, "--bind", HOST, "--port", str(port), *kept, "--daemonize", "no"]

        with _server("redis-server", command, _redis_answers, home, stop=signal.SIGTERM) as (port, pid):
            yield RedisServer(port=port, pid=pid)


@dataclass(frozen=True, slots=True)
class _Home:
    """A folder for one server's files, and the account that owns it when that is another than ours."""

    path: Path
    account: pwd.struct_passwd | None

    def popen(self, command: Sequence[str], log: Path) -> subprocess.Popen[bytes]:
        """Start `command` as the owner, in a session of its own so that Ctrl-C reaches only the test."""
        user = self.account.pw_uid if self.account else None
        group = self.account.pw_gid if self.account else None
        groups: list[int] | None = [] if self.account else None
        with log.open("ab") as output:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self.path,
                user=user,
                group=group,
                extra_groups=groups,
                start_new_session=True,
            )


@contextmanager
def _home(folder: Path, account_name: str) -> Iterator[_Home]:
    account = _account(account_name)
    if account is None:
        folder.mkdir(parents=True, exist_ok=True)
        yield _Home(Path(tempfile.mkdtemp(prefix=f"{account_name}-", dir=folder)), None)
        return
    # A folder of pytest's is closed to other accounts (0700), so root's servers live beside it.
    path = Path(tempfile.mkdtemp(prefix=f"{account_name}-"))
    try:
        os.chown(path, account.pw_uid, account.pw_gid)
        yield _Home(path, account)
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _account(name: str) -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(name)
    except KeyError:
        raise ServerNotStarted(f"root may not run this server and there is no account {name!r}") from None


@contextmanager
def _server(
    name: str,
    command: Callable[[int], Sequence[str]],
    ready: Callable[[int, int], bool],
    home: _Home,
    *,
    stop: signal.Signals,
) -> Iterator[tuple[int, int]]:
    log = home.path / f"{name}.log"
    for _ in range(_PORT_TRIES):
        port = free_port()
        process = home.popen(command(port), log)
        try:
            if _await_ready(process, port, ready, log):
                yield port, process.pid
                return
        finally:
            _end(process, stop)
    raise ServerNotStarted(f"{name}: none of {_PORT_TRIES} free ports stayed free; its log ends:\n{_tail(log)}")


def _await_ready(
    process: subprocess.Popen[bytes], port: int, ready: Callable[[int, int], bool], log: Path
) -> bool:
    """Return True once the server answers, False when another process took the port in between."""
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            if "in use" in _tail(log):
                return False
            raise ServerNotStarted(f"{log.stem} ended with code {process.returncode}; its log ends:\n{_tail(log)}")
        if ready(port, process.pid):
            return True
        time.sleep(_POLL_SECONDS)
    raise ServerNotStarted(f"{log.stem} was not ready in {_START_SECONDS:g} s; its log ends:\n{_tail(log)}")


def _end(process: subprocess.Popen[bytes], stop: signal.Signals) -> None:
    process.send_signal(stop)
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _run(command: Sequence[str], home: _Home) -> None:
    log = home.path / f"{Path(command[0]).name}.log"
    if home.popen(command, log).wait(_START_SECONDS) != 0:
        raise ServerNotStarted(f"{log.stem} failed; its log ends:\n{_tail(log)}")


def _postmaster_status(pid_file: Path) -> str:
    """Return what the postmaster says of itself in the eighth line of its pid file, as pg_ctl reads it."""
    try:
        lines = pid_file.read_text().splitlines()
    except (FileNotFoundError, PermissionError):
        return ""
    return lines[7].strip() if len(lines) > 7 else ""


def _redis_answers(port: int, pid: int) -> bool:
    """Tell whether the Redis on `port` is the process `pid`, not a stranger on the same port."""
    try:
        with socket.create_connection((HOST, port), timeout=1) as connection:
            connection.sendall(b"INFO server\r\n")
            return f"process_id:{pid}\r\n".encode() in connection.recv(65536)
    except OSError:
        return False


def _postgres_programs() -> tuple[str, str]:
    """Return initdb and postgres of one version, the newest that Debian's folders hold, else those on the PATH."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: float(folder.parent.name))
    for folder in reversed(folders):
        programs = [folder / "initdb", folder / "postgres"]
        if all(program.exists() for program in programs):
            return str(programs[0]), str(programs[1])
    return _program("initdb", "postgresql"), _program("postgres", "postgresql")


def _program(name: str, package: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise ServerNotStarted(f"{name} is not installed; install the package {package}")
    return found


def _tail(log: Path) -> str:
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-10:])
    except FileNotFoundError:
        return "(no log)"
