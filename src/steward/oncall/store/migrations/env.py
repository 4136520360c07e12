"""How Alembic runs the migrations: on the connection that `steward.oncall.store.migrate` hands in."""

from alembic import context
from sqlalchemy import Connection

from steward.oncall.store.tables import metadata


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        compare_type=True,
        render_as_batch=connection.dialect.name == "sqlite",  # it can alter little of a table in place
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


_run(context.config.attributes["connection"])
