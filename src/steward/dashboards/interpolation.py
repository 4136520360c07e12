"""Putting into an expression what Grafana would: the interval, the range, and what was chosen of the variables."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from steward.dashboards.asking import Choice
from steward.dashboards.errors import BadQuestion
from steward.dashboards.timerange import Grid

ALL = "$__all"
"""What stands in an address for All."""
MOST_CHOSEN = 200
"""Of one variable."""
LONGEST_CHOSEN = 500
"""Of one value, in characters."""

_PLACE = re.compile(r"\$(\w+)|\$\{(\w+)(?::(\w+))?\}|\[\[(\w+)(?::(\w+))?\]\]")
_LEGEND = re.compile(r"\{\{\s*([a-zA-Z_][a-zA-Z0-9_.]*)\s*\}\}")
_SPECIAL = re.compile(r"[$^*{}\[\]+?.()|\\-]")
_EVERY = ".+"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was chosen of a variable."""

    values: tuple[str, ...]
    all_value: str = ""
    """A regular expression that stands for the values; else they stand for themselves."""
    listed: bool = False
    """Several may be chosen, so that the query compares by a regular expression."""

    def written(self, form: str) -> str:
        """Return what is put into an expression; quotes cannot end the text in which it stands."""
        if self.all_value:
            return self.all_value
        if form == "raw":
            return ",".join(self.values)
        if form == "pipe":
            return _in_quotes("|".join(self.values))
        if form == "regex" or (self.listed and not form):
            return _in_quotes(_pattern(self.values))
        return _in_quotes(",".join(self.values))

    @property
    def words(self) -> str:
        """Return what people read."""
        return "All" if self.all_value else ", ".join(self.values)


def chosen(choices: Sequence[Choice], given: Mapping[str, Sequence[str]]) -> dict[str, Chosen]:
    """Return what was chosen of each variable, by its name; what was not given is as the dashboard says.

    Variables of other dashboards are passed over: links carry them along. Raises BadQuestion for too much of one.
    """
    return {choice.name: _chosen(choice, given.get(choice.name)) for choice in choices}


def interpolated(expr: str, grid: Grid, picked: Mapping[str, Chosen]) -> str:
    """Return `expr` with everything put in that is known; what is not stays as it is written."""
    times = _times(grid)

    def put(found: re.Match[str]) -> str:
        name = found[1] or found[2] or found[4]
        if name in times:
            return times[name]
        return picked[name].written(found[3] or found[5] or "") if name in picked else found[0]

    return _PLACE.sub(put, expr)


def legend(text: str, labels: Mapping[str, str], picked: Mapping[str, Chosen]) -> str:
    """Return the name of a series: `{{label}}` and variables in `text` are replaced."""

    def put(found: re.Match[str]) -> str:
        name = found[1] or found[2] or found[4]
        return picked[name].words if name in picked else found[0]

    return _LEGEND.sub(lambda found: labels.get(found[1], ""), _PLACE.sub(put, text))


def _chosen(choice: Choice, given: Sequence[str] | None) -> Chosen:
    values = tuple(dict.fromkeys(given if given is not None else choice.current))
    if len(values) > MOST_CHOSEN or any(len(value) > LONGEST_CHOSEN for value in values):
        raise BadQuestion(
            f"variable {choice.name}: choose {MOST_CHOSEN} values of {LONGEST_CHOSEN} characters at most"
        )
    listed = choice.multi or choice.all
    if choice.all and (not values or ALL in values):
        return Chosen((), choice.all_value or _EVERY, listed)
    return Chosen(values if listed else values[:1], "", listed)


def _times(grid: Grid) -> dict[str, str]:
    rate = max(grid.step + grid.scrape, 4 * grid.scrape)
    lengths = {"__interval": grid.step, "__rate_interval": rate, "__range": grid.length}
    written = {name: _length(seconds) for name, seconds in lengths.items()}
    written |= {f"{name}_ms": f"{seconds * 1_000:.0f}" for name, seconds in lengths.items()}
    written["__range_s"] = f"{grid.length:.0f}"
    written["__from"], written["__to"] = (f"{at * 1_000:.0f}" for at in grid.asked)
    return written


def _length(seconds: float) -> str:
    return f"{seconds:.0f}s" if round(seconds, 3) == round(seconds) else f"{seconds * 1_000:.0f}ms"


def _pattern(values: Sequence[str]) -> str:
    escaped = [_SPECIAL.sub(lambda found: "\\" + found[0], value) for value in values]
    return escaped[0] if len(escaped) == 1 else f"({'|'.join(escaped)})"


def _in_quotes(text: str) -> str:
    r"""Return text as it stands in a string of PromQL, between whichever quotes; `\x22` is a double one."""
    doubled = text.replace("\\", "\\\\")
    for sign in "\"'`\n":
        doubled = doubled.replace(sign, f"\\x{ord(sign):02x}")
    return doubled
