"""Matchers as people type them: one a line, or with commas between them, as Alertmanager writes them."""

import re
from collections.abc import Iterable

from steward.oncall.domain.matchers import Matcher
from steward.oncall.errors import Invalid

_ONE = re.compile(
    r"""\s*(?P<name>[a-zA-Z_][a-zA-Z0-9_]*)\s*(?P<operator>=~|!~|!=|=)\s*"""
    r"""(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<plain>[^\s",{}=~][^\s",{}]*))\s*(?:,|\n|$)""",
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES = {"n": "\n", '"': '"', "\\": "\\"}
_SHOWN = 60


def read(text: str) -> tuple[Matcher, ...]:
    """Return the matchers of a text such as `alertname="APIDown", cluster!="test"`; raises Invalid.

    Braces around them are left out. A value without quotes ends at a blank or a comma.
    """
    left = text.replace("\r\n", "\n").strip().removeprefix("{").removesuffix("}").strip()
    found: list[Matcher] = []
    while left:
        match = _ONE.match(left)
        if match is None:
            raise Invalid(f'matchers: {left.splitlines()[0]:.{_SHOWN}} is not a matcher such as service="api"')
        found.append(_matcher(match))
        left = left[match.end() :].strip()
    return tuple(found)


def lines(matchers: Iterable[Matcher]) -> str:
    """Return matchers one a line, as `read` takes them."""
    return "\n".join(str(one) for one in matchers)


def _matcher(match: re.Match[str]) -> Matcher:
    quoted, operator = match["quoted"], match["operator"]
    value = match["plain"] if quoted is None else _ESCAPED.sub(_unescaped, quoted)
    return Matcher(match["name"], value, is_regex="~" in operator, is_equal=not operator.startswith("!"))


def _unescaped(match: re.Match[str]) -> str:
    return _ESCAPES.get(match[1], match[0])
