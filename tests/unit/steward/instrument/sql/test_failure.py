import pytest
from psycopg import DatabaseError, OperationalError, errors
from sqlalchemy import exc

from steward.instrument.sql.failure import kind_of


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (errors.ConnectionFailure(), "connection"),
        (errors.AdminShutdown(), "connection"),
        (errors.TooManyConnections(), "connection"),
        (errors.InvalidPassword(), "connection"),
        (errors.QueryCanceled(), "timeout"),
        (errors.LockNotAvailable(), "timeout"),
        (errors.IdleInTransactionSessionTimeout(), "timeout"),
        (errors.ConnectionTimeout(), "timeout"),
        (TimeoutError(), "timeout"),
        (exc.TimeoutError(), "timeout"),
        (errors.DeadlockDetected(), "deadlock"),
        (errors.SerializationFailure(), "serialization"),
        (errors.UniqueViolation(), "integrity"),
        (errors.CheckViolation(), "integrity"),
        (errors.NumericValueOutOfRange(), "data"),
        (errors.UndefinedTable(), "other"),
        (errors.InsufficientPrivilege(), "other"),
        (DatabaseError(), "other"),
        (ValueError(), "other"),
    ],
)
def test_the_driver_tells(error: Exception, kind: str) -> None:
    assert kind_of(error) == kind


def test_what_comes_of_connecting_is_a_connection() -> None:
    assert kind_of(OperationalError("refused"), connected=False) == "connection"


def test_what_costs_the_connection_is_a_connection() -> None:
    assert kind_of(OperationalError("gone"), lost=True) == "connection"
    assert kind_of(errors.UniqueViolation(), lost=True) == "integrity"


@pytest.mark.parametrize(("wrapped", "kind"), [(exc.IntegrityError, "integrity"), (exc.DataError, "data")])
def test_a_driver_without_states_is_told_by_its_classes(wrapped: type[exc.DBAPIError], kind: str) -> None:
    assert kind_of(ValueError(), wrapped("statement", {}, ValueError())) == kind
