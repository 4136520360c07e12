"""The platform's tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_TABLES = (
    "festivals",
    "settlements",
    "ticket_types",
    "wallets",
    "tickets",
    "transactions",
    "ledger_entries",
    "scans",
)


def upgrade() -> None:
    """Make them, each after those it refers to."""
    _create_festivals()
    _create_settlements()
    _create_ticket_types()
    _create_wallets()
    _create_tickets()
    _create_transactions()
    _create_ledger_entries()
    _create_scans()


def downgrade() -> None:
    """Drop them, and all that they hold."""
    for table in reversed(_TABLES):
        op.drop_table(table)


def _create_festivals() -> None:
    op.create_table(
        "festivals",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("status IN ('planned', 'open', 'closed')", name=op.f("ck_festivals_status")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_festivals")),
    )


def _create_settlements() -> None:
    op.create_table(
        "settlements",
        sa.Column("festival_id", sa.String(length=40), nullable=False),
        sa.Column("top_ups_cents", sa.BigInteger(), nullable=False),
        sa.Column("purchases_cents", sa.BigInteger(), nullable=False),
        sa.Column("refunds_cents", sa.BigInteger(), nullable=False),
        sa.Column("unspent_cents", sa.BigInteger(), nullable=False),
        sa.Column("transactions", sa.Integer(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["festival_id"], ["festivals.id"], name=op.f("fk_settlements_festival_id")),
        sa.PrimaryKeyConstraint("festival_id", name=op.f("pk_settlements")),
    )


def _create_ticket_types() -> None:
    op.create_table(
        "ticket_types",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("festival_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("price_cents", sa.BigInteger(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("issued", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('day', 'weekend', 'vip', 'camping', 'crew')", name=op.f("ck_ticket_types_kind")
        ),
        sa.CheckConstraint("issued BETWEEN 0 AND capacity", name=op.f("ck_ticket_types_issued")),
        sa.CheckConstraint("price_cents >= 0", name=op.f("ck_ticket_types_price_cents")),
        sa.ForeignKeyConstraint(["festival_id"], ["festivals.id"], name=op.f("fk_ticket_types_festival_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_types")),
        sa.UniqueConstraint("festival_id", "name", name=op.f("uq_ticket_types_festival_id_name")),
    )


def _create_wallets() -> None:
    op.create_table(
        "wallets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("festival_id", sa.String(length=40), nullable=False),
        sa.Column("holder", sa.String(length=120), nullable=False),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("balance_cents", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("status IN ('active', 'expired')", name=op.f("ck_wallets_status")),
        sa.CheckConstraint("balance_cents >= 0", name=op.f("ck_wallets_balance_cents")),
        sa.ForeignKeyConstraint(["festival_id"], ["festivals.id"], name=op.f("fk_wallets_festival_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wallets")),
        postgresql_with={"fillfactor": 80},
    )
    op.create_index(
        "ix_wallets_active",
        "wallets",
        ["festival_id"],
        unique=False,
        postgresql_where=sa.text("status = 'active'"),
    )
    op.create_index("ix_wallets_festival_id", "wallets", ["festival_id", "id"], unique=False)


def _create_tickets() -> None:
    op.create_table(
        "tickets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("festival_id", sa.String(length=40), nullable=False),
        sa.Column("ticket_type_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("holder", sa.String(length=120), nullable=False),
        sa.Column("inside", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("entries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("entries >= 0", name=op.f("ck_tickets_entries")),
        sa.ForeignKeyConstraint(["festival_id"], ["festivals.id"], name=op.f("fk_tickets_festival_id")),
        sa.ForeignKeyConstraint(["ticket_type_id"], ["ticket_types.id"], name=op.f("fk_tickets_ticket_type_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tickets")),
        sa.UniqueConstraint("code", name=op.f("uq_tickets_code")),
    )
    op.create_index("ix_tickets_festival_id", "tickets", ["festival_id", "id"], unique=False)
    op.create_index(
        "ix_tickets_inside", "tickets", ["festival_id"], unique=False, postgresql_where=sa.text("inside")
    )
    op.create_index(
        "ix_tickets_undelivered",
        "tickets",
        ["created_at"],
        unique=False,
        postgresql_where=sa.text("delivered_at IS NULL"),
    )
    op.create_index("ix_tickets_ticket_type_id", "tickets", ["ticket_type_id"], unique=False)


def _create_transactions() -> None:
    op.create_table(
        "transactions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("festival_id", sa.String(length=40), nullable=False),
        sa.Column("type", sa.String(length=24), nullable=False),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("failure", sa.String(length=24), nullable=True),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("wallet_id", sa.Uuid(), nullable=False),
        sa.Column("counterparty_wallet_id", sa.Uuid(), nullable=True),
        sa.Column("refunds_transaction_id", sa.Uuid(), nullable=True),
        sa.Column("stall", sa.String(length=80), nullable=True),
        sa.Column("idempotency_key", sa.String(length=200), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(status = 'success') = (failure IS NULL)", name=op.f("ck_transactions_failure_explains_status")
        ),
        sa.CheckConstraint(
            "failure IN ('insufficient_balance', 'festival_not_open', 'wallet_expired', 'other_festival', "
            "'not_a_purchase', 'more_than_left')",
            name=op.f("ck_transactions_failure"),
        ),
        sa.CheckConstraint(
            "status IN ('success', 'failed', 'insufficient_balance')", name=op.f("ck_transactions_status")
        ),
        sa.CheckConstraint(
            "type IN ('top_up', 'purchase', 'refund', 'transfer')", name=op.f("ck_transactions_type")
        ),
        sa.CheckConstraint(
            "amount_cents > 0 OR (amount_cents = 0 AND failure IS NOT NULL)",
            name=op.f("ck_transactions_amount_cents"),
        ),
        sa.ForeignKeyConstraint(
            ["counterparty_wallet_id"], ["wallets.id"], name=op.f("fk_transactions_counterparty_wallet_id")
        ),
        sa.ForeignKeyConstraint(["festival_id"], ["festivals.id"], name=op.f("fk_transactions_festival_id")),
        sa.ForeignKeyConstraint(
            ["refunds_transaction_id"], ["transactions.id"], name=op.f("fk_transactions_refunds_transaction_id")
        ),
        sa.ForeignKeyConstraint(["wallet_id"], ["wallets.id"], name=op.f("fk_transactions_wallet_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transactions")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_transactions_idempotency_key")),
    )
    op.create_index(
        "ix_transactions_counterparty_wallet_id",
        "transactions",
        ["counterparty_wallet_id", "id"],
        unique=False,
        postgresql_where=sa.text("counterparty_wallet_id IS NOT NULL"),
    )
    op.create_index("ix_transactions_festival_id", "transactions", ["festival_id", "id"], unique=False)
    op.create_index(
        "ix_transactions_refunds_transaction_id",
        "transactions",
        ["refunds_transaction_id"],
        unique=False,
        postgresql_where=sa.text("refunds_transaction_id IS NOT NULL"),
    )
    op.create_index("ix_transactions_wallet_id", "transactions", ["wallet_id", "id"], unique=False)


def _create_ledger_entries() -> None:
    op.create_table(
        "ledger_entries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("transaction_id", sa.Uuid(), nullable=False),
        sa.Column("account", sa.String(length=24), nullable=False),
        sa.Column("wallet_id", sa.Uuid(), nullable=True),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(account = 'wallet') = (wallet_id IS NOT NULL)", name=op.f("ck_ledger_entries_wallet_id")
        ),
        sa.CheckConstraint("account IN ('wallet', 'till', 'outside')", name=op.f("ck_ledger_entries_account")),
        sa.CheckConstraint("amount_cents <> 0", name=op.f("ck_ledger_entries_amount_cents")),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["transactions.id"], name=op.f("fk_ledger_entries_transaction_id")
        ),
        sa.ForeignKeyConstraint(["wallet_id"], ["wallets.id"], name=op.f("fk_ledger_entries_wallet_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entries")),
    )
    op.create_index("ix_ledger_entries_transaction_id", "ledger_entries", ["transaction_id"], unique=False)
    op.create_index(
        "ix_ledger_entries_wallet_id",
        "ledger_entries",
        ["wallet_id"],
        unique=False,
        postgresql_where=sa.text("wallet_id IS NOT NULL"),
    )


def _create_scans() -> None:
    op.create_table(
        "scans",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("festival_id", sa.String(length=40), nullable=False),
        sa.Column("ticket_id", sa.Uuid(), nullable=True),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("direction", sa.String(length=24), nullable=False),
        sa.Column("gate", sa.String(length=80), nullable=False),
        sa.Column("scan_type", sa.String(length=24), nullable=False),
        sa.Column("scanned_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("direction IN ('in', 'out')", name=op.f("ck_scans_direction")),
        sa.CheckConstraint(
            "scan_type IN ('entry', 'exit', 'reentry', 'duplicate', 'invalid')", name=op.f("ck_scans_scan_type")
        ),
        sa.ForeignKeyConstraint(["festival_id"], ["festivals.id"], name=op.f("fk_scans_festival_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_scans_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scans")),
    )
    op.create_index("ix_scans_festival_id", "scans", ["festival_id", "id"], unique=False)
    op.create_index("ix_scans_scanned_at", "scans", ["festival_id", "scanned_at"], unique=False)
    op.create_index(
        "ix_scans_ticket_id",
        "scans",
        ["ticket_id"],
        unique=False,
        postgresql_where=sa.text("ticket_id IS NOT NULL"),
    )
