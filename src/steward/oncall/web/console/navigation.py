"""The sections of the console, and which of them a path lies in."""

from dataclasses import dataclass, replace

from steward.model import Catalogue
from steward.oncall.domain.states import Role
from steward.oncall.web.caller import Caller


@dataclass(frozen=True, slots=True)
class Section:
    """One entry of the navigation."""

    address: str
    title: str
    key: str
    """Pressed after `g`, it leads there."""
    within: tuple[tuple[str, str], ...] = ()
    """What is listed below it: (address, title)."""
    role: Role = Role.VIEWER
    """Who sees it."""


SECTIONS = (
    Section("/", "Overview", "o"),
    Section("/dashboards", "Dashboards", "d"),
    Section("/slos", "SLOs", "s"),
    Section("/alerts", "Alerts", "a"),
    Section("/incidents", "Incidents", "i"),
    Section("/on-call", "On call", "c"),
    Section("/runbooks", "Runbooks", "r"),
    Section("/targets", "Targets", "t"),
    Section("/audit", "Audit", "u", role=Role.ADMIN),
)

_ELSEWHERE = {"/pages": "/", "/d": "/dashboards", "/silences": "/alerts", "/maintenance": "/alerts"}
"""First parts of paths that belong to a section of another name."""


class Navigation:
    """The sections with what a catalogue puts below them."""

    def __init__(self, catalogue: Catalogue) -> None:
        boards = tuple((f"/d/{board.uid}", board.title) for board in catalogue.dashboards)
        below = {"/dashboards": boards}
        self._all = tuple(replace(section, within=below.get(section.address, ())) for section in SECTIONS)

    def __call__(self, caller: Caller | None) -> tuple[Section, ...]:
        """Return what somebody may see; for nobody known, what everybody may who logs in."""
        role = caller.role if caller else Role.VIEWER
        return tuple(section for section in self._all if role.covers(section.role))


def section_of(path: str) -> str:
    """Return the address of the section under which `path` lies."""
    first = "/" + path.removeprefix("/").partition("/")[0]
    return _ELSEWHERE.get(first, first)
