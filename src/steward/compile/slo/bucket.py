"""Buckets' bounds as expositions write them."""


def bound(value: float) -> str:
    """Return the matcher of a bucket's upper bound, however its exposition writes it.

    Python's client writes a whole bound as `1.0`, Go's as `1`, and Prometheus 3 stores both as `1.0`.
    """
    if value != int(value):
        return f'le="{value!r}"'
    whole = str(int(value))
    written = [whole, rf"{whole}\\.0"]
    if value >= 1e6:
        written.append(f"{value:g}".replace("+", r"\\+"))
    return f'le=~"{"|".join(written)}"'
