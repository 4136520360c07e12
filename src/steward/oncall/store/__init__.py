"""Everything that on-call keeps: SQLite by default, PostgreSQL for several replicas, one schema and one code.

Each module holds the statements on one subject; its functions take a connection and commit nothing, so that the
caller decides what belongs into one transaction.
"""
