"""How the pages write times, words and counts."""

from datetime import UTC, datetime
from enum import Enum

from markupsafe import Markup

from steward.oncall.deliver.text import duration, http_only
from steward.oncall.services.markdown import rendered
from steward.oncall.web.console.figures import FIGURES


def moment(at: datetime) -> str:
    """Write an instant to the minute, in UTC: `2026-03-02 10:00`."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M}"


def clock(at: datetime) -> str:
    """Write an instant's time of day to the second, in UTC: `10:00:07`."""
    return f"{at.astimezone(UTC):%H:%M:%S}"


def day(at: datetime) -> str:
    """Write a day: `Monday, 2 March 2026`."""
    local = at.astimezone(UTC)
    return f"{local:%A}, {local.day} {local:%B %Y}"


def ago(at: datetime, now: datetime) -> str:
    """Write how long ago something was: `12 min ago`."""
    return f"{duration(now - at)} ago"


def ahead(at: datetime, now: datetime) -> str:
    """Write how far off something is: `in 12 min`, or `now`."""
    return f"in {duration(at - now)}" if at > now else "now"


def words(name: object) -> str:
    """Write a state or a name of a field as words: `root_cause` as `root cause`."""
    return str(name.value if isinstance(name, Enum) else name).replace("_", " ")


def sentence(text: str) -> str:
    """Write the first letter large and leave the others: `VP Engineering` stays."""
    return text[:1].upper() + text[1:]


def counted(number: int, one: str, many: str = "") -> str:
    """Write a number of things: `1 alert`, `3 alerts`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def markdown(text: str) -> Markup:
    """Write somebody's Markdown as HTML; `rendered` has made it safe."""
    return Markup(rendered(text, breaks=True))  # noqa: S704 - cleaned there


def safe_html(html: str) -> Markup:
    """Take HTML that `rendered` has made safe."""
    return Markup(html)  # noqa: S704 - cleaned there


FILTERS = {
    function.__name__: function
    for function in (
        moment,
        clock,
        day,
        ago,
        ahead,
        words,
        sentence,
        counted,
        markdown,
        safe_html,
        http_only,
        duration,
    )
} | FIGURES
