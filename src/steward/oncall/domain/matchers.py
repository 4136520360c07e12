"""Matchers: which alerts a silence is about, in Alertmanager's meaning of them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from steward.oncall.errors import Invalid
from steward.promql import PromqlError, parse
from steward.promql.written import quoted

_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*", re.ASCII)
_MOST = 20
_LONGEST = 500
"""Characters of a value; longer ones are mistakes, or an attack on whoever evaluates them."""


@dataclass(frozen=True, slots=True)
class Matcher:
    """A condition on one label; regular expressions match whole values."""

    name: str
    value: str
    is_regex: bool = False
    is_equal: bool = True

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self:
        """Return the matcher that Alertmanager, or our store, holds as JSON."""
        return cls(data["name"], data["value"], bool(data["isRegex"]), bool(data.get("isEqual", True)))

    @property
    def operator(self) -> str:
        """`=`, `!=`, `=~` or `!~`."""
        return ("=" if self.is_equal else "!") + ("~" if self.is_regex else "" if self.is_equal else "=")

    def json(self) -> dict[str, Any]:
        """Return it in Alertmanager's shape."""
        return {"name": self.name, "value": self.value, "isRegex": self.is_regex, "isEqual": self.is_equal}

    def __str__(self) -> str:
        return f"{self.name}{self.operator}{quoted(self.value)}"


def written(matchers: Sequence[Matcher]) -> str:
    """Return them as people read them, e.g. `alertname="APIDown", cluster!="test"`."""
    return ", ".join(str(one) for one in matchers)


def check(matchers: Sequence[Matcher]) -> None:
    """Raise Invalid for what Alertmanager would refuse, and for what would silence everything.

    A regular expression has the syntax that Go and Rust share, which is matched in linear time: no look-around and
    no back-reference.
    """
    if not 1 <= len(matchers) <= _MOST:
        raise Invalid(f"matchers: write 1 to {_MOST} of them, not {len(matchers)}")
    for one in matchers:
        _check_one(one)
    try:
        parse("{" + written(matchers) + "}")
    except PromqlError:
        raise Invalid(
            f"matchers {written(matchers)}: each takes an empty value, so together they silence alerts that have "
            "none of these labels; add one that does not, e.g. alertname"
        ) from None


def _check_one(matcher: Matcher) -> None:
    if not _NAME.fullmatch(matcher.name):
        raise Invalid(f"matcher {matcher.name!r}: a label's name is letters, digits and underscores")
    if len(matcher.value) > _LONGEST or "\x00" in matcher.value:
        raise Invalid(f"matcher {matcher.name}: its value has at most {_LONGEST} characters and no NUL")
    if matcher.is_regex and not _readable(matcher.value):
        raise Invalid(f"matcher {matcher}: its value is no regular expression that Alertmanager understands (RE2)")


def _readable(pattern: str) -> bool:
    try:
        # The second matcher is for patterns that take an empty value, which stand well beside another.
        parse(f'{{a=~{quoted(pattern)},b="b"}}')
    except PromqlError:
        return False
    return True
