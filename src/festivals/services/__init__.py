"""The use cases: each one transaction, what it tells the cache and the worker, and what is counted after it."""
