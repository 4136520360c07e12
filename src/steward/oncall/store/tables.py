"""The tables.

Times are aware datetimes in UTC; JSON columns hold plain values. States are text, spelled as in
`steward.oncall.domain.states`. Nothing is ever deleted from `event`: the timeline, the audit and the incident
report are read from it.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """An instant: a timestamp with time zone in PostgreSQL, sortable text in UTC in SQLite."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the type that the database knows."""
        return dialect.type_descriptor(DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return what is written; a time without a zone is a mistake of the caller."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        moment = value.astimezone(UTC)
        return moment if dialect.name == "postgresql" else moment.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return what was written, in UTC."""
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


_json = JSON().with_variant(JSONB(), "postgresql")
_id = BigInteger().with_variant(Integer(), "sqlite")


def _key() -> Column[int]:
    return Column("id", _id, primary_key=True, autoincrement=True)


inbox = Table(
    "inbox",
    metadata,
    _key(),
    Column("received_at", Moment, nullable=False, index=True),
    Column("source", Text, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)
"""What arrived, as it arrived; kept for a week."""

alert = Table(
    "alert",
    metadata,
    _key(),
    Column("source", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("team", Text, nullable=False),
    Column("labels", _json, nullable=False),
    Column("annotations", _json, nullable=False),
    Column("generator_url", Text, nullable=False, server_default=""),
    Column("group_key", Text, nullable=False, server_default=""),
    Column("starts_at", Moment, nullable=False),
    Column("source_state", Text, nullable=False),
    Column("response_state", Text, nullable=False),
    Column("silenced", Boolean, nullable=False, server_default=text("false")),
    Column("first_seen", Moment, nullable=False),
    Column("last_seen", Moment, nullable=False),
    Column("resolved_at", Moment),
    Column("page_id", _id, ForeignKey("page.id")),
    Column("incident_id", _id, ForeignKey("incident.id")),
    Index(
        "uq_alert_firing",
        "source",
        "fingerprint",
        unique=True,
        sqlite_where=text("source_state = 'firing'"),
        postgresql_where=text("source_state = 'firing'"),
    ),
    Index("ix_alert_name_first_seen", "name", "first_seen"),
    Index("ix_alert_page_id", "page_id", "fingerprint"),
    Index("ix_alert_page_incident", "page_id", "incident_id"),
    Index("ix_alert_incident_id", "incident_id"),
    Index("ix_alert_fingerprint", "fingerprint", "resolved_at"),
    sqlite_autoincrement=True,
)
"""One row for each time that an alert fires; the resolved ones are the history."""

page = Table(
    "page",
    metadata,
    _key(),
    Column("key", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("team", Text, nullable=False),
    Column("policy", _json, nullable=False),
    Column("state", Text, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("counted_from", Moment, nullable=False),
    Column("step", Integer, nullable=False),
    Column("next_at", Moment, index=True),
    Column("closes_at", Moment, index=True),
    Column("snoozed_until", Moment),
    Column("held", Boolean, nullable=False, server_default=text("false")),
    Column("alerts_total", Integer, nullable=False),
    Column("alerts_firing", Integer, nullable=False),
    Column("dedup_key", Text, nullable=False),
    Column("acknowledged_by", Text),
    Column("acknowledged_at", Moment),
    Column("resolved_by", Text),
    Column("resolved_at", Moment),
    Column("incident_id", _id, ForeignKey("incident.id"), index=True),
    Column("version", Integer, nullable=False, server_default="1"),
    Index(
        "uq_page_open",
        "key",
        unique=True,
        sqlite_where=text("state <> 'resolved'"),
        postgresql_where=text("state <> 'resolved'"),
    ),
    Index("ix_page_state", "state", "opened_at"),
    sqlite_autoincrement=True,
)
"""Something that people are told of, with the policy as it was when it opened."""

outbox = Table(
    "outbox",
    metadata,
    _key(),
    Column("key", Text, nullable=False, unique=True),
    Column("page_id", _id, ForeignKey("page.id")),
    Column("kind", Text, nullable=False),
    Column("way", Text, nullable=False),
    Column("person", Text, nullable=False, server_default=""),
    Column("address", Text, nullable=False),
    Column("step", Integer, nullable=False),
    Column("detail", _json, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("verdicts", Integer, nullable=False, server_default="0"),
    Column("leased_by", Text),
    Column("leased_until", Moment),
    Column("last_error", Text, nullable=False, server_default=""),
    Column("ended_at", Moment),
    Index("ix_outbox_due", "state", "due_at"),
    Index("ix_outbox_page", "page_id", "state"),
    sqlite_autoincrement=True,
)
"""What is to be sent, to whom, by which way; `key` makes a second insert of the same impossible."""

event = Table(
    "event",
    metadata,
    _key(),
    Column("at", Moment, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("data", _json, nullable=False),
    Column("alert_id", _id, ForeignKey("alert.id"), index=True),
    Column("page_id", _id, ForeignKey("page.id"), index=True),
    Column("incident_id", _id, ForeignKey("incident.id"), index=True),
    Column("silence_id", _id, ForeignKey("silence.id"), index=True),
    sqlite_autoincrement=True,
)
"""What happened, append-only; the database itself refuses to change or delete a row."""

silence = Table(
    "silence",
    metadata,
    _key(),
    Column("key", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("alert_name", Text, nullable=False, server_default=""),
    Column("matchers", _json, nullable=False),
    Column("starts_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False, index=True),
    Column("created_by", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("reason", Text, nullable=False),
    Column("wanted", Boolean, nullable=False),
    Column("observed", _json, nullable=False),
    Column("reminded_at", Moment),
    Column("cancelled_at", Moment),
    Column("cancelled_by", Text),
    sqlite_autoincrement=True,
)
"""What shall be quiet (`wanted`), and what each Alertmanager says of it (`observed`: address -> id and state)."""

override = Table(
    "override",
    metadata,
    _key(),
    Column("schedule", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("starts_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("cancelled_at", Moment),
    Index("ix_override_schedule", "schedule", "ends_at"),
    sqlite_autoincrement=True,
)
"""Somebody takes a turn that the schedule gives to another."""

incident = Table(
    "incident",
    metadata,
    _key(),
    Column("key", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("team", Text, nullable=False, server_default=""),
    Column("opened_at", Moment, nullable=False),
    Column("opened_by", Text, nullable=False),
    Column("resolved_at", Moment),
    Column("quiet_since", Moment),
    Column("summary", Text, nullable=False, server_default=""),
    Column("impact", Text, nullable=False, server_default=""),
    Column("root_cause", Text, nullable=False, server_default=""),
    Column("resolution", Text, nullable=False, server_default=""),
    Column("lessons", Text, nullable=False, server_default=""),
    Column("version", Integer, nullable=False, server_default="1"),
    Index(
        "uq_incident_open",
        "key",
        unique=True,
        sqlite_where=text("status <> 'resolved'"),
        postgresql_where=text("status <> 'resolved'"),
    ),
    sqlite_autoincrement=True,
)
"""Something that people work on together; its alerts and pages name it, its timeline is in `event`."""

action_item = Table(
    "action_item",
    metadata,
    _key(),
    Column("incident_id", _id, ForeignKey("incident.id"), nullable=False, index=True),
    Column("text", Text, nullable=False),
    Column("owner", Text, nullable=False, server_default=""),
    Column("created_at", Moment, nullable=False),
    Column("done_at", Moment),
    sqlite_autoincrement=True,
)

account = Table(
    "account",
    metadata,
    _key(),
    Column("name", Text, nullable=False, unique=True),
    Column("password", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("disabled_at", Moment),
    sqlite_autoincrement=True,
)
"""`password` is an argon2id hash."""

token = Table(
    "token",
    metadata,
    _key(),
    Column("name", Text, nullable=False, unique=True),
    Column("digest", Text, nullable=False, unique=True),
    Column("role", Text, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment),
    Column("revoked_at", Moment),
    sqlite_autoincrement=True,
)
"""`digest` is SHA-256 of a token with 256 random bits; the token itself is shown once."""

session = Table(
    "session",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("account_id", _id, ForeignKey("account.id"), nullable=False),
    Column("csrf", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False, index=True),
)

failed_login = Table(
    "failed_login",
    metadata,
    _key(),
    Column("subject", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_failed_login_subject", "subject", "at"),
    sqlite_autoincrement=True,
)

heartbeat = Table(
    "heartbeat",
    metadata,
    Column("name", Text, primary_key=True),
    Column("last_at", Moment, nullable=False),
    Column("within_seconds", Float, nullable=False),
    Column("missing_since", Moment),
)
"""What must be heard of again and again: Watchdog, and each loop of ours."""

feed = Table(
    "feed",
    metadata,
    Column("schedule", Text, primary_key=True),
    Column("fetched_at", Moment),
    Column("content", Text, nullable=False, server_default=""),
    Column("error", Text, nullable=False, server_default=""),
)
"""The calendar of each schedule that has one, as it was last read; a feed that fails keeps its last content."""
