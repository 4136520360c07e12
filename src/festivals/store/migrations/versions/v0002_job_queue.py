"""The job queue's tables and functions, as the installed procrastinate defines them.

A later procrastinate that changes them brings its own statements; they become a migration here.
"""

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_TABLES = ("procrastinate_periodic_defers", "procrastinate_events", "procrastinate_jobs", "procrastinate_workers")

_DROP_FUNCTIONS = """
DO $$
DECLARE made regprocedure;
BEGIN
    FOR made IN SELECT oid::regprocedure FROM pg_proc WHERE proname LIKE 'procrastinate\\_%' LOOP
        EXECUTE 'DROP FUNCTION ' || made || ' CASCADE';
    END LOOP;
END $$;
"""


def upgrade() -> None:
    """Make them."""
    _run(SchemaManager.get_schema())


def downgrade() -> None:
    """Drop them, with every job that waits."""
    _run(_DROP_FUNCTIONS)
    for table in _TABLES:
        op.drop_table(table)
    for made in ("job_to_defer_v1", "job_event_type", "job_status"):
        op.execute(f"DROP TYPE procrastinate_{made}")


def _run(script: str) -> None:
    # The driver itself takes many statements at once, and leaves their % and : alone.
    cursor = op.get_bind().connection.cursor()
    try:
        cursor.execute(script)
    finally:
        cursor.close()
