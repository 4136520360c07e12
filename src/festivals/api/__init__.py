"""The Festivals API over HTTP: money in integer cents, errors as problem details (RFC 9457)."""
