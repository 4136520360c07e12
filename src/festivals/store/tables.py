"""The tables. A change here comes with a migration; a test compares the two.

Text with a check instead of PostgreSQL's enum types: a new value is then one short migration that can be undone.
"""

from collections.abc import Iterable
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Enum,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    Uuid,
    false,
    func,
    text,
)

from festivals.domain.festival import FestivalStatus
from festivals.domain.ledger import Account
from festivals.domain.ticket import Direction, ScanType, TicketKind
from festivals.domain.transaction import Failure, TransactionStatus, TransactionType
from festivals.domain.wallet import WalletStatus

METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

_INSTANT = DateTime(timezone=True)


def _word(values: type[StrEnum]) -> Enum:
    return Enum(values, native_enum=False, create_constraint=False, length=24, values_callable=list)


def _one_of(column: str, values: Iterable[StrEnum]) -> CheckConstraint:
    allowed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({allowed})", name=column)


def _made_at(name: str = "created_at") -> Column[object]:
    return Column(name, _INSTANT, nullable=False, server_default=func.now())


festivals = Table(
    "festivals",
    METADATA,
    Column("id", String(40), primary_key=True),
    Column("name", String(120), nullable=False),
    Column("currency", String(3), nullable=False),
    Column("status", _word(FestivalStatus), nullable=False),
    _made_at(),
    Column("opened_at", _INSTANT),
    Column("closed_at", _INSTANT),
    _one_of("status", FestivalStatus),
)

# No index holds a column that a purchase changes, so that PostgreSQL updates wallets in place (HOT).
wallets = Table(
    "wallets",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("festival_id", ForeignKey(festivals.c.id), nullable=False),
    Column("holder", String(120), nullable=False),
    Column("status", _word(WalletStatus), nullable=False),
    Column("balance_cents", BigInteger, nullable=False, server_default=text("0")),
    _made_at(),
    _made_at("last_used_at"),
    _one_of("status", WalletStatus),
    CheckConstraint("balance_cents >= 0", name="balance_cents"),
    Index("ix_wallets_festival_id", "festival_id", "id"),
    Index("ix_wallets_active", "festival_id", postgresql_where=text("status = 'active'")),
    postgresql_with={"fillfactor": 80},
)

# The idempotency key lies in the row of the money it moved: neither can be committed without the other.
transactions = Table(
    "transactions",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("festival_id", ForeignKey(festivals.c.id), nullable=False),
    Column("type", _word(TransactionType), nullable=False),
    Column("status", _word(TransactionStatus), nullable=False),
    Column("failure", _word(Failure)),
    Column("amount_cents", BigInteger, nullable=False),
    Column("wallet_id", ForeignKey(wallets.c.id), nullable=False),
    Column("counterparty_wallet_id", ForeignKey(wallets.c.id)),
    Column("refunds_transaction_id", ForeignKey("transactions.id")),
    Column("stall", String(80)),
    Column("idempotency_key", String(200), nullable=False),
    Column("request_hash", LargeBinary, nullable=False),
    _made_at(),
    UniqueConstraint("idempotency_key"),
    _one_of("type", TransactionType),
    _one_of("status", TransactionStatus),
    _one_of("failure", Failure),
    CheckConstraint("(status = 'success') = (failure IS NULL)", name="failure_explains_status"),
    CheckConstraint("amount_cents > 0 OR (amount_cents = 0 AND failure IS NOT NULL)", name="amount_cents"),
    Index("ix_transactions_festival_id", "festival_id", "id"),
    Index("ix_transactions_wallet_id", "wallet_id", "id"),
    Index(
        "ix_transactions_counterparty_wallet_id",
        "counterparty_wallet_id",
        "id",
        postgresql_where=text("counterparty_wallet_id IS NOT NULL"),
    ),
    Index(
        "ix_transactions_refunds_transaction_id",
        "refunds_transaction_id",
        postgresql_where=text("refunds_transaction_id IS NOT NULL"),
    ),
)

ledger_entries = Table(
    "ledger_entries",
    METADATA,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("transaction_id", ForeignKey(transactions.c.id), nullable=False),
    Column("account", _word(Account), nullable=False),
    Column("wallet_id", ForeignKey(wallets.c.id)),
    Column("amount_cents", BigInteger, nullable=False),
    _one_of("account", Account),
    CheckConstraint("(account = 'wallet') = (wallet_id IS NOT NULL)", name="wallet_id"),
    CheckConstraint("amount_cents <> 0", name="amount_cents"),
    Index("ix_ledger_entries_transaction_id", "transaction_id"),
    Index("ix_ledger_entries_wallet_id", "wallet_id", postgresql_where=text("wallet_id IS NOT NULL")),
)

ticket_types = Table(
    "ticket_types",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("festival_id", ForeignKey(festivals.c.id), nullable=False),
    Column("name", String(80), nullable=False),
    Column("kind", _word(TicketKind), nullable=False),
    Column("price_cents", BigInteger, nullable=False),
    Column("capacity", Integer, nullable=False),
    Column("issued", Integer, nullable=False, server_default=text("0")),
    _made_at(),
    UniqueConstraint("festival_id", "name"),
    _one_of("kind", TicketKind),
    CheckConstraint("price_cents >= 0", name="price_cents"),
    CheckConstraint("issued BETWEEN 0 AND capacity", name="issued"),
)

tickets = Table(
    "tickets",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("festival_id", ForeignKey(festivals.c.id), nullable=False),
    Column("ticket_type_id", ForeignKey(ticket_types.c.id), nullable=False),
    Column("code", String(64), nullable=False),
    Column("holder", String(120), nullable=False),
    Column("inside", Boolean, nullable=False, server_default=false()),
    Column("entries", Integer, nullable=False, server_default=text("0")),
    _made_at(),
    Column("delivered_at", _INSTANT),
    UniqueConstraint("code"),
    CheckConstraint("entries >= 0", name="entries"),
    Index("ix_tickets_festival_id", "festival_id", "id"),
    Index("ix_tickets_ticket_type_id", "ticket_type_id"),
    Index("ix_tickets_inside", "festival_id", postgresql_where=text("inside")),
    Index("ix_tickets_undelivered", "created_at", postgresql_where=text("delivered_at IS NULL")),
)

scans = Table(
    "scans",
    METADATA,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("festival_id", ForeignKey(festivals.c.id), nullable=False),
    Column("ticket_id", ForeignKey(tickets.c.id)),
    Column("code", String(64), nullable=False),
    Column("direction", _word(Direction), nullable=False),
    Column("gate", String(80), nullable=False),
    Column("scan_type", _word(ScanType), nullable=False),
    _made_at("scanned_at"),
    _one_of("direction", Direction),
    _one_of("scan_type", ScanType),
    Index("ix_scans_festival_id", "festival_id", "id"),
    Index("ix_scans_scanned_at", "festival_id", "scanned_at"),
    Index("ix_scans_ticket_id", "ticket_id", postgresql_where=text("ticket_id IS NOT NULL")),
)

settlements = Table(
    "settlements",
    METADATA,
    Column("festival_id", ForeignKey(festivals.c.id), primary_key=True),
    Column("top_ups_cents", BigInteger, nullable=False),
    Column("purchases_cents", BigInteger, nullable=False),
    Column("refunds_cents", BigInteger, nullable=False),
    Column("unspent_cents", BigInteger, nullable=False),
    Column("transactions", Integer, nullable=False),
    _made_at("settled_at"),
)
