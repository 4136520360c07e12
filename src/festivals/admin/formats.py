"""How the pages write numbers, money and times."""

from datetime import UTC, datetime

THIN_SPACE = "\N{NARROW NO-BREAK SPACE}"
NOTHING = "–"


def count(number: int) -> str:
    """Write a whole number, its thousands apart: `12 345`."""
    return f"{number:,}".replace(",", THIN_SPACE)


def amount(cents: int) -> str:
    """Write cents as units with two decimals: `-1 234.50`."""
    units, rest = divmod(abs(cents), 100)
    return f"{'−' if cents < 0 else ''}{count(units)}.{rest:02d}"


def ratio(share: float | None) -> str:
    """Write a share in percent, without making a share below one look whole: `99.9 %`, or a dash for None."""
    if share is None:
        return NOTHING
    tenths = int(share * 1000 + 1e-9)
    return f"{tenths // 10}.{tenths % 10}{THIN_SPACE}%" if tenths % 10 else f"{tenths // 10}{THIN_SPACE}%"


def moment(instant: datetime) -> str:
    """Write an instant to the second, in UTC: `2026-07-04 21:03:59`."""
    return instant.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def day(instant: datetime) -> str:
    """Write a day: `Saturday, 4 July 2026`."""
    local = instant.astimezone(UTC)
    return f"{local:%A}, {local.day} {local:%B %Y}"


def duration(seconds: float) -> str:
    """Write a length of time in its largest unit: `0 s`, `42 s`, `3 min`, `2 h`, `5 d`."""
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{seconds / length:.0f}{THIN_SPACE}{unit}"
    return f"{seconds:.0f}{THIN_SPACE}s"


def words(name: object) -> str:
    """Write an identifier as words: `insufficient_balance` as `insufficient balance`."""
    return str(name).replace("_", " ")


def percent_of(part: int, whole: int) -> str:
    """Write how many hundredths of `whole` are `part`, between 0 and 100, for a drawing."""
    return f"{max(0.0, min(1.0, part / whole)) * 100:.1f}" if whole else "0"


FILTERS = {
    function.__name__: function for function in (count, amount, ratio, moment, day, duration, words, percent_of)
}
