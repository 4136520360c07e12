"""What kind of failure an exception of the database is."""

from sqlalchemy import exc

from steward.model import OTHER

CONNECTION = "connection"
TIMEOUT = "timeout"

_BY_STATE = {
    "40P01": "deadlock",
    "53300": CONNECTION,  # too_many_connections
    "55P03": TIMEOUT,  # lock_not_available: lock_timeout, or NOWAIT
    "57014": TIMEOUT,  # query_canceled: statement_timeout
    "25P03": TIMEOUT,  # idle_in_transaction_session_timeout
    "25P04": TIMEOUT,  # transaction_timeout
    "57P01": CONNECTION,  # admin_shutdown
    "57P02": CONNECTION,  # crash_shutdown
    "57P03": CONNECTION,  # cannot_connect_now
    "57P05": TIMEOUT,  # idle_session_timeout
}
_BY_CLASS = {
    "08": CONNECTION,
    "22": "data",
    "23": "integrity",
    "28": CONNECTION,  # invalid authorization
    "40": "serialization",
}
_TIMEOUT_CLASSES = frozenset({"ConnectionTimeout", "PoolTimeout"})


def kind_of(
    error: BaseException, wrapped: exc.StatementError | None = None, *, connected: bool = True, lost: bool = False
) -> str:
    """Name the kind of a failure.

    `error` is the driver's own exception and `wrapped` what SQLAlchemy made of it. Not `connected`: the failure
    came of trying to connect. `lost`: it cost the connection.

    The SQLSTATE decides where the driver tells one (https://www.postgresql.org/docs/current/errcodes-appendix.html).
    """
    state = getattr(error, "sqlstate", None) or getattr(error, "pgcode", None)
    if isinstance(state, str):
        return _BY_STATE.get(state) or _BY_CLASS.get(state[:2], OTHER)
    if isinstance(error, TimeoutError | exc.TimeoutError) or type(error).__name__ in _TIMEOUT_CLASSES:
        return TIMEOUT
    if isinstance(wrapped, exc.IntegrityError):
        return "integrity"
    if isinstance(wrapped, exc.DataError):
        return "data"
    if lost or not connected:
        return CONNECTION
    return OTHER
