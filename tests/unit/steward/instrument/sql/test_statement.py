import pytest
from sqlalchemy import Column, ForeignKey, Integer, MetaData, Table, exists, func, insert, select, text, union_all
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, selectinload
from sqlalchemy.schema import CreateTable
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.ddl import ExecutableDDLElement

from steward.instrument.sql.statement import Statement, of_compiled, of_text

META = MetaData()
WALLETS = Table("wallets", META, Column("id", Integer, primary_key=True), schema="money")
LEDGER = Table("ledger", META, Column("wallet", ForeignKey(WALLETS.c.id)))


class Base(DeclarativeBase):
    pass


class Festival(Base):
    __tablename__ = "festivals"
    id: Mapped[int] = mapped_column(primary_key=True)
    tickets: Mapped[list["Ticket"]] = relationship()


class Ticket(Base):
    __tablename__ = "tickets"
    id: Mapped[int] = mapped_column(primary_key=True)
    festival_id: Mapped[int] = mapped_column(ForeignKey(Festival.id))


PAID = select(LEDGER.c.wallet).cte("paid")


@pytest.mark.parametrize(
    ("statement", "operation", "table"),
    [
        (select(WALLETS), "select", "wallets"),
        (select(func.count()).select_from(WALLETS), "select", "wallets"),
        (select(WALLETS).join(LEDGER), "select", "wallets"),
        (select(LEDGER.alias("l")), "select", "ledger"),
        (select(select(LEDGER).subquery()), "select", "ledger"),
        (select(PAID.c.wallet), "select", "ledger"),
        (select(WALLETS).with_for_update(), "select", "wallets"),
        (select(Festival).options(selectinload(Festival.tickets)), "select", "festivals"),
        (select(Ticket.id).join(Festival), "select", "tickets"),
        (insert(WALLETS), "insert", "wallets"),
        (postgresql.insert(WALLETS).on_conflict_do_nothing(), "insert", "wallets"),
        (insert(LEDGER).from_select(["wallet"], select(WALLETS.c.id)), "insert", "ledger"),
        (LEDGER.update().where(exists().where(WALLETS.c.id == LEDGER.c.wallet)), "update", "ledger"),
        (LEDGER.delete(), "delete", "ledger"),
        (Ticket.__table__.delete(), "delete", "tickets"),  # type: ignore[attr-defined]
    ],
)
def test_what_sqlalchemy_builds(statement: Executable, operation: str, table: str) -> None:
    described = of_compiled(statement.compile(dialect=postgresql.dialect()))  # type: ignore[attr-defined,no-untyped-call]

    assert described is not None
    assert (described.operation, described.tables[0]) == (operation, table)


def test_a_select_without_a_table_has_none() -> None:
    assert of_compiled(select(func.now()).compile()) == Statement("select", ())


@pytest.mark.parametrize(
    "statement", [text("SELECT 1"), CreateTable(LEDGER), union_all(select(WALLETS.c.id), select(LEDGER.c.wallet))]
)
def test_the_rest_is_told_by_its_text(statement: Executable | ExecutableDDLElement) -> None:
    assert of_compiled(statement.compile(dialect=postgresql.dialect())) is None  # type: ignore[union-attr,no-untyped-call]


@pytest.mark.parametrize(
    ("sql", "operation", "tables"),
    [
        ("SELECT * FROM wallets", "select", ("wallets",)),
        ('  -- why\n /* and\nhow */ ( select 1 from Only "money"."Wallets" )', "select", ("wallets",)),
        ("SELECT 1 FROM a JOIN b ON true LEFT JOIN a ON true", "select", ("a", "b")),
        ("select * from wallets where id = 1 for update", "select", ("wallets",)),
        ("INSERT INTO ledger SELECT * FROM wallets", "insert", ("ledger", "wallets")),
        ("UPDATE wallets SET x = 1 FROM ledger", "update", ("wallets", "ledger")),
        ("DELETE FROM ONLY ledger", "delete", ("ledger",)),
        ("WITH paid AS (SELECT 1 FROM ledger) SELECT * FROM paid", "select", ("ledger", "paid")),
        ("WITH p AS (SELECT 1 FROM ledger FOR UPDATE SKIP LOCKED) UPDATE wallets SET x=1", "update", None),
        ("with gone as (delete from ledger returning *) select * from gone", "delete", ("ledger", "gone")),
        ("SAVEPOINT one", "savepoint", ()),
        ("SELECT now()", "select", ()),
        ("", "other", ()),
        ("-- nothing", "other", ()),
        ("42", "other", ()),
    ],
)
def test_text(sql: str, operation: str, tables: tuple[str, ...] | None) -> None:
    described = of_text(sql)

    assert described.operation == operation
    if tables is not None:
        assert described.tables == tables


def test_long_texts_are_read_in_linear_time() -> None:
    for sql in ("(" * 200_000, "/*" * 100_000, "-- \n" * 100_000, " " * 200_000 + "select", "from " * 50_000):
        assert of_text(sql).operation in {"other", "select", "from"}
