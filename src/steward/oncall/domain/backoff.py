"""How long to wait before a delivery is tried again."""

_FIRST_SECONDS = 2.0
LONGEST_SECONDS = 300.0
"""However long something has failed, and whatever the other side asks for."""


def pause_seconds(failures: int, *, chance: float, asked: float | None = None) -> float:
    """Return the pause after that many failures in a row: doubled each time, and shortened by up to a quarter.

    `chance` is from 0 to 1; it spreads what failed together. `asked` is the pause that the other side wants.
    """
    doubled = min(_FIRST_SECONDS * 2.0 ** min(failures - 1, 16), LONGEST_SECONDS)
    if asked is not None:
        return min(max(asked, 0.0), LONGEST_SECONDS)
    return doubled * (1 - chance / 4)
