"""How Alembic runs the migrations: on the connection that `festivals.store.migrate` hands in."""

from alembic import context
from sqlalchemy import Connection

from festivals.store.tables import METADATA


def _ours(name: str | None, kind: str, _parents: object) -> bool:
    """Leave the job queue's tables to the job queue."""
    return not (kind == "table" and name is not None and name.startswith("procrastinate_"))


def _run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=METADATA, compare_type=True, include_name=_ours)
    with context.begin_transaction():
        context.run_migrations()


_run(context.config.attributes["connection"])
