"""Numbers in JSON: equal ones are written alike."""


def plain(value: float | None) -> float | None:
    """Return a whole number without its point, so that 95 and 95.0 give the same bytes."""
    return int(value) if value is not None and value == int(value) else value
