"""The store: one writer at a time in SQLite, many in PostgreSQL; every committed transaction survives a kill."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from sqlite3 import Connection as SqliteConnection

from sqlalchemy import URL, Connection, Engine, create_engine, event, exc, make_url

_BUSY_MILLISECONDS = 5_000
_WRITES = "steward_writes"


class StoreUnavailable(Exception):
    """The store cannot answer now; the same request may succeed in a moment."""


@dataclass(frozen=True, slots=True)
class Store:
    """Where everything is kept. Its transactions block: call them from a thread."""

    engine: Engine
    _turn: threading.Lock = field(default_factory=threading.Lock)

    @property
    def shared(self) -> bool:
        """Whether several replicas may use it."""
        return self.engine.dialect.name == "postgresql"

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give a transaction: committed at the end of the block, else rolled back; raises StoreUnavailable."""
        if self.shared:
            with _translated(), self.engine.begin() as connection:
                yield connection
            return
        # SQLite has one writer; waiting here in turn is fairer than its busy handler.
        with self._turn, _translated(), self.engine.connect() as connection:
            writing = connection.execution_options(**{_WRITES: True})
            with writing.begin():
                yield writing

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection that sees one state of the store and changes nothing; raises StoreUnavailable."""
        with _translated(), self.engine.connect() as connection, connection.begin():
            yield connection

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def connect(url: str | URL, *, connections: int = 10) -> Store:
    """Return the store at an SQLAlchemy address, `sqlite:////path/oncall.db` or `postgresql+psycopg://…`."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        return Store(_sqlite(address))
    return Store(
        create_engine(
            address,
            pool_size=connections,
            max_overflow=0,
            pool_timeout=5,
            pool_pre_ping=True,
            connect_args={"application_name": "steward-oncall", "connect_timeout": 3},
        )
    )


def _sqlite(address: URL) -> Engine:
    engine = create_engine(address, connect_args={"check_same_thread": False})

    @event.listens_for(engine, "do_connect")
    def keep_to_ourselves(_dialect: object, _record: object, _arguments: object, _more: object) -> None:
        if address.database and address.database != ":memory:":
            with suppress(OSError):  # which connecting will tell better
                os.close(os.open(address.database, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))

    @event.listens_for(engine, "connect")
    def set_up(connection: SqliteConnection, _record: object) -> None:
        connection.isolation_level = None  # we begin transactions ourselves
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={_BUSY_MILLISECONDS}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (exc.OperationalError, exc.InterfaceError, exc.TimeoutError) as error:
        reason = str(getattr(error, "orig", None) or error).partition("\n")[0]
        raise StoreUnavailable(f"the store cannot answer: {reason}") from error
