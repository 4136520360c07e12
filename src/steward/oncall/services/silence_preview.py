"""What a silence would cover, before anybody asks for it."""

from collections.abc import Sequence
from dataclasses import dataclass

from steward.model import Catalogue
from steward.oncall.alertmanager import Alertmanagers
from steward.oncall.domain import matchers as rules
from steward.oncall.domain.incoming import IncomingAlert
from steward.oncall.domain.matchers import Matcher
from steward.oncall.errors import Invalid, Unavailable
from steward.oncall.services import silences

MOST = 100


@dataclass(frozen=True, slots=True)
class Preview:
    """What the matchers take now."""

    seen: str
    """The matchers as they were looked at; empty for matchers that are refused."""
    covers: tuple[IncomingAlert, ...] = ()
    """The alerts that fire and that a silence would keep quiet, the first `MOST`."""
    total: int = 0
    refused: str = ""
    """Why such a silence is not allowed."""
    unknown: str = ""
    """Why nobody can say what fires."""


def preview(alertmanagers: Alertmanagers, matchers: Sequence[Matcher], *, catalogue: Catalogue) -> Preview:
    """Return what a silence with these matchers would cover now; it changes nothing and raises nothing."""
    seen = rules.written(matchers)
    try:
        rules.check(matchers)
        covers = alertmanagers.alerts(matchers)
        silences.check_covered(covers, catalogue=catalogue)
    except Invalid as error:
        return Preview("", refused=str(error))
    except Unavailable as error:
        return Preview(seen, unknown=str(error))
    ordered = sorted(covers, key=lambda one: (bool(one.silenced), one.name, one.starts_at))
    return Preview(seen, tuple(ordered[:MOST]), len(covers))
