"""Connections to PostgreSQL, with a limit on everything that could wait."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from procrastinate.exceptions import ConnectorException
from sqlalchemy import URL, exc
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from festivals.settings import DatabaseSettings

_CONNECT_SECONDS = 2
_POOL_SECONDS = 3
_DEADLINE_SECONDS = 6
"""For one unit of work; it ends even where the server hangs without closing its sockets."""

_SESSION = {
    "statement_timeout": "5s",
    "lock_timeout": "3s",
    "idle_in_transaction_session_timeout": "10s",
}


class DatabaseUnavailable(Exception):
    """The database cannot answer now; the same request may succeed in a moment."""

    def __init__(self, reason: str, *, timeout: bool) -> None:
        super().__init__(reason)
        self.timeout = timeout
        """Whether it was waited for in vain, rather than not reached."""


@dataclass(frozen=True, slots=True)
class Database:
    """The platform's database, seen from one process."""

    engine: AsyncEngine

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection in a transaction: committed at the end of the block, rolled back on an error.

        Raises DatabaseUnavailable. Where that comes of the commit, nobody knows whether it took place.
        """
        with _translated():
            async with asyncio.timeout(_DEADLINE_SECONDS), self.engine.begin() as connection:
                yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection on which each statement stands alone: no round trips for BEGIN and COMMIT.

        Raises DatabaseUnavailable.
        """
        with _translated():
            async with asyncio.timeout(_DEADLINE_SECONDS), self.engine.connect() as connection:
                yield await connection.execution_options(isolation_level="AUTOCOMMIT")

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()


def url(settings: DatabaseSettings) -> URL:
    """Return the address for SQLAlchemy; its text form hides the password."""
    return URL.create(
        "postgresql+psycopg",
        username=settings.user,
        password=settings.password,
        host=settings.address.host,
        port=settings.address.port,
        database=settings.name,
    )


def connect_arguments(application: str) -> dict[str, Any]:
    """Return libpq's parameters: who we are, and how long we wait."""
    return {
        "application_name": application,
        "connect_timeout": _CONNECT_SECONDS,
        "tcp_user_timeout": _DEADLINE_SECONDS * 1000,
        "options": " ".join(f"-c {name}={value}" for name, value in _SESSION.items()),
    }


def connect(settings: DatabaseSettings, application: str) -> Database:
    """Return a database whose connections are opened when they are first needed."""
    return Database(
        create_async_engine(
            url(settings),
            pool_size=settings.connections,
            max_overflow=0,
            pool_timeout=_POOL_SECONDS,
            pool_pre_ping=True,
            connect_args=connect_arguments(application),
        )
    )


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (exc.TimeoutError, TimeoutError) as error:
        raise DatabaseUnavailable("the database did not answer in time", timeout=True) from error
    except (exc.OperationalError, exc.InterfaceError, psycopg.OperationalError) as error:
        cause = error.orig if isinstance(error, exc.DBAPIError) else error
        raise DatabaseUnavailable("the database cannot be used now", timeout=_waited_in_vain(cause)) from error
    except ConnectorException as error:
        if not isinstance(error.__cause__, psycopg.OperationalError):
            raise
        raise DatabaseUnavailable("the job queue cannot be used now", timeout=False) from error


def _waited_in_vain(error: BaseException | None) -> bool:
    vain = psycopg.errors.QueryCanceled | psycopg.errors.LockNotAvailable | psycopg.errors.ConnectionTimeout
    return isinstance(error, vain)
