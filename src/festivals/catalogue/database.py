"""What is watched of the database as the platform sees it."""

from steward.model import OTHER, Counter, Gauge, Histogram, Label, Unit

SQL_OPERATION = Label.closed("operation", "select", "insert", "update", "delete", OTHER)
TABLE = Label.closed(
    "table",
    "festivals",
    "wallets",
    "transactions",
    "ledger_entries",
    "ticket_types",
    "tickets",
    "scans",
    "settlements",
    OTHER,
)
OUTCOME = Label.closed("status", "success", "error")
SQL_ERROR = Label.closed(
    "error_type", "connection", "timeout", "deadlock", "serialization", "integrity", "data", OTHER
)

QUERIES = Counter("festivals_db_queries_total", "SQL statements run.", (SQL_OPERATION, TABLE, OUTCOME))
QUERY_DURATION = Histogram(
    "festivals_db_query_duration_seconds",
    "Time the database took for a statement.",
    (SQL_OPERATION, TABLE),
    Unit.SECONDS,
    buckets=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
CONNECTIONS_OPEN = Gauge("festivals_db_connections_open", "Database connections the pools hold.")
CONNECTIONS_IDLE = Gauge("festivals_db_connections_idle", "Database connections held and not in use.")
CONNECTIONS_IN_USE = Gauge("festivals_db_connections_in_use", "Database connections in use.")
ERRORS = Counter(
    "festivals_db_errors_total", "SQL statements and connections that failed.", (SQL_OPERATION, SQL_ERROR)
)

METRICS = (QUERIES, QUERY_DURATION, CONNECTIONS_OPEN, CONNECTIONS_IDLE, CONNECTIONS_IN_USE, ERRORS)
