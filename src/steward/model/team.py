"""Teams: who owns an alert, and whom it goes to next."""

import re
from dataclasses import dataclass

from steward.model.errors import CatalogueError
from steward.model.oncall import Person

_NAME = re.compile(r"[a-z][a-z0-9-]*")


@dataclass(frozen=True, slots=True)
class Team:
    """Some people who own alerts and objectives."""

    name: str
    """The value of the label `team`."""
    title: str
    primary: str
    """Who is asked first."""
    escalation: str
    """Who is asked when the first does not answer."""
    email: str = ""
    schedule: str = ""
    """Name of the schedule that says who of the team is on call; empty where nobody takes turns."""
    lead: Person | None = None
    contact: str = ""
    """Name of the team or person that stands in where none of a policy's levels has anybody; empty for none."""

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise CatalogueError(f"team {self.name!r}: a name is lower-case letters, digits and dashes")
