"""The tables, and an event log that nobody can rewrite."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_TABLES = (
    "incident",
    "page",
    "alert",
    "silence",
    "event",
    "outbox",
    "action_item",
    "inbox",
    "override",
    "account",
    "token",
    "session",
    "failed_login",
    "heartbeat",
    "feed",
)

_APPEND_ONLY_SQLITE = """
CREATE TRIGGER event_refuses_{verb} BEFORE {verb} ON event
BEGIN SELECT RAISE(ABORT, 'event is append-only'); END
"""

_APPEND_ONLY_FUNCTION = """
CREATE FUNCTION event_refuses() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'event is append-only'; END $$
"""

_APPEND_ONLY_POSTGRESQL = """
CREATE TRIGGER event_refuses BEFORE UPDATE OR DELETE OR TRUNCATE ON event
FOR EACH STATEMENT EXECUTE FUNCTION event_refuses()
"""


def upgrade() -> None:
    """Make them, each after those it refers to."""
    _create_incident()
    _create_page()
    _create_alert()
    _create_silence()
    _create_event()
    _create_outbox()
    _create_action_item()
    _create_inbox()
    _create_override()
    _create_accounts()
    _create_sessions()
    _create_heartbeat()
    _create_feed()
    _make_event_append_only()


def downgrade() -> None:
    """Drop them, and all that they hold."""
    for table in reversed(_TABLES):
        op.drop_table(table)
    if _postgresql():
        op.execute("DROP FUNCTION event_refuses()")


def _postgresql() -> bool:
    return op.get_context().dialect.name == "postgresql"


def _integer() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _key(table: str) -> tuple[sa.Column[int], sa.PrimaryKeyConstraint]:
    key = sa.Column("id", _integer(), autoincrement=True, nullable=False)
    return key, sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _text_or_none(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=True) for name in names]


def _text_or_empty(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), server_default="", nullable=False) for name in names]


def _moment(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in names]


def _moment_or_none(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.DateTime(timezone=True), nullable=True) for name in names]


def _whole(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]


def _counted(name: str, first: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), server_default=first, nullable=False)


def _yes_no(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), server_default=sa.text("false"), nullable=False)


def _json(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False) for name in names]


def _reference(table: str, to: str, *, nullable: bool = True) -> tuple[sa.Column[int], sa.ForeignKeyConstraint]:
    column = f"{to}_id"
    name = op.f(f"fk_{table}_{column}")
    return sa.Column(column, _integer(), nullable=nullable), sa.ForeignKeyConstraint(
        [column], [f"{to}.id"], name=name
    )


def _create(table: str, *parts: sa.schema.SchemaItem) -> None:
    op.create_table(table, *_key(table), *parts, sqlite_autoincrement=True)


def _unique(table: str, column: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(column, name=op.f(f"uq_{table}_{column}"))


def _index(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _unique_where(name: str, table: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(op.f(name), table, columns, unique=True, sqlite_where=where, postgresql_where=where)


def _create_incident() -> None:
    _create(
        "incident",
        *_text("key", "title", "severity", "status"),
        *_text_or_empty("team"),
        *_moment("opened_at"),
        *_text("opened_by"),
        *_moment_or_none("resolved_at", "quiet_since"),
        *_text_or_empty("summary", "impact", "root_cause", "resolution", "lessons"),
        _counted("version", "1"),
    )
    _unique_where("uq_incident_open", "incident", ["key"], "status <> 'resolved'")


def _create_page() -> None:
    _create(
        "page",
        *_text("key", "title", "severity", "team"),
        *_json("policy"),
        *_text("state"),
        *_moment("opened_at", "counted_from"),
        *_whole("step"),
        *_moment_or_none("next_at", "closes_at", "snoozed_until"),
        _yes_no("held"),
        *_whole("alerts_total", "alerts_firing"),
        *_text("dedup_key"),
        *_text_or_none("acknowledged_by"),
        *_moment_or_none("acknowledged_at"),
        *_text_or_none("resolved_by"),
        *_moment_or_none("resolved_at"),
        *_reference("page", "incident"),
        _counted("version", "1"),
    )
    _unique_where("uq_page_open", "page", ["key"], "state <> 'resolved'")
    op.create_index(op.f("ix_page_state"), "page", ["state", "opened_at"])
    _index("page", "next_at", "closes_at", "incident_id")


def _create_alert() -> None:
    _create(
        "alert",
        *_text("source", "fingerprint", "name", "severity", "team"),
        *_json("labels", "annotations"),
        *_text_or_empty("generator_url", "group_key"),
        *_moment("starts_at"),
        *_text("source_state", "response_state"),
        _yes_no("silenced"),
        *_moment("first_seen", "last_seen"),
        *_moment_or_none("resolved_at"),
        *_reference("alert", "page"),
        *_reference("alert", "incident"),
    )
    _unique_where("uq_alert_firing", "alert", ["source", "fingerprint"], "source_state = 'firing'")
    op.create_index(op.f("ix_alert_name_first_seen"), "alert", ["name", "first_seen"])
    op.create_index(op.f("ix_alert_fingerprint"), "alert", ["fingerprint", "resolved_at"])
    op.create_index(op.f("ix_alert_page_id"), "alert", ["page_id", "fingerprint"])
    op.create_index(op.f("ix_alert_page_incident"), "alert", ["page_id", "incident_id"])
    _index("alert", "incident_id")


def _create_silence() -> None:
    _create(
        "silence",
        *_text("key", "kind"),
        *_text_or_empty("alert_name"),
        *_json("matchers"),
        *_moment("starts_at", "ends_at"),
        *_text("created_by"),
        *_moment("created_at"),
        *_text("reason"),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        *_json("observed"),
        *_moment_or_none("reminded_at", "cancelled_at"),
        *_text_or_none("cancelled_by"),
        _unique("silence", "key"),
    )
    _index("silence", "ends_at")


def _create_event() -> None:
    _create(
        "event",
        *_moment("at"),
        *_text("kind", "actor", "text"),
        *_json("data"),
        *_reference("event", "alert"),
        *_reference("event", "page"),
        *_reference("event", "incident"),
        *_reference("event", "silence"),
    )
    _index("event", "at", "alert_id", "page_id", "incident_id", "silence_id")


def _create_outbox() -> None:
    _create(
        "outbox",
        *_text("key"),
        *_reference("outbox", "page"),
        *_text("kind", "way"),
        *_text_or_empty("person"),
        *_text("address"),
        *_whole("step"),
        *_json("detail"),
        *_moment("created_at", "due_at"),
        *_text("state"),
        _counted("attempts", "0"),
        _counted("verdicts", "0"),
        *_text_or_none("leased_by"),
        *_moment_or_none("leased_until"),
        *_text_or_empty("last_error"),
        *_moment_or_none("ended_at"),
        _unique("outbox", "key"),
    )
    op.create_index(op.f("ix_outbox_due"), "outbox", ["state", "due_at"])
    op.create_index(op.f("ix_outbox_page"), "outbox", ["page_id", "state"])


def _create_action_item() -> None:
    _create(
        "action_item",
        *_reference("action_item", "incident", nullable=False),
        *_text("text"),
        *_text_or_empty("owner"),
        *_moment("created_at"),
        *_moment_or_none("done_at"),
    )
    _index("action_item", "incident_id")


def _create_inbox() -> None:
    payload = sa.Column("payload", sa.LargeBinary(), nullable=False)
    _create("inbox", *_moment("received_at"), *_text("source"), payload)
    _index("inbox", "received_at")


def _create_override() -> None:
    _create(
        "override",
        *_text("schedule", "person"),
        *_moment("starts_at", "ends_at"),
        *_text("created_by"),
        *_moment("created_at"),
        *_moment_or_none("cancelled_at"),
    )
    op.create_index(op.f("ix_override_schedule"), "override", ["schedule", "ends_at"])


def _create_accounts() -> None:
    _create(
        "account",
        *_text("name", "password", "role"),
        *_moment("created_at"),
        *_moment_or_none("disabled_at"),
        _unique("account", "name"),
    )
    _create(
        "token",
        *_text("name", "digest", "role", "created_by"),
        *_moment("created_at"),
        *_moment_or_none("expires_at", "revoked_at"),
        _unique("token", "name"),
        _unique("token", "digest"),
    )


def _create_sessions() -> None:
    op.create_table(
        "session",
        *_text("digest"),
        *_reference("session", "account", nullable=False),
        *_text("csrf"),
        *_moment("created_at", "expires_at"),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_session")),
    )
    _index("session", "expires_at")
    _create("failed_login", *_text("subject"), *_moment("at"))
    op.create_index(op.f("ix_failed_login_subject"), "failed_login", ["subject", "at"])


def _create_heartbeat() -> None:
    op.create_table(
        "heartbeat",
        *_text("name"),
        *_moment("last_at"),
        sa.Column("within_seconds", sa.Float(), nullable=False),
        *_moment_or_none("missing_since"),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_heartbeat")),
    )


def _create_feed() -> None:
    op.create_table(
        "feed",
        *_text("schedule"),
        *_moment_or_none("fetched_at"),
        *_text_or_empty("content", "error"),
        sa.PrimaryKeyConstraint("schedule", name=op.f("pk_feed")),
    )


def _make_event_append_only() -> None:
    if _postgresql():
        op.execute(_APPEND_ONLY_FUNCTION)
        op.execute(_APPEND_ONLY_POSTGRESQL)
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(_APPEND_ONLY_SQLITE.format(verb=verb))
