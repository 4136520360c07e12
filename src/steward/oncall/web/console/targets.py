"""What Prometheus scrapes, what it cannot, and why."""

from collections.abc import Sequence

from fastapi import APIRouter, Request
from starlette.responses import Response

from steward.model import Catalogue
from steward.oncall.context import Context
from steward.oncall.errors import Unavailable
from steward.oncall.prometheus import ScrapedTarget
from steward.oncall.services.kept import Kept
from steward.oncall.web.access import Viewer
from steward.oncall.web.console.view import View

_BEST_LAST = ("down", "unknown", "up")


def add(routes: APIRouter, context: Context, view: View) -> None:
    """Add the page of the targets; Prometheus is asked once for everybody who looks."""
    targets = Kept(context.prometheus.targets)

    @routes.get("/targets")
    def show_targets(request: Request, caller: Viewer) -> Response:
        """Show what is scraped, what is down first."""
        found, problem = list[ScrapedTarget](), ""
        try:
            found = ordered(targets())
        except Unavailable as error:
            problem = str(error)
        return view.page(
            request,
            caller,
            "targets.html",
            targets=found,
            absent=absent(found, context.catalogue),
            problem=problem,
        )


def ordered(targets: Sequence[ScrapedTarget]) -> list[ScrapedTarget]:
    """Return the targets, what is down first, then by job and instance."""
    return sorted(targets, key=lambda one: (_place(one.health), one.job, one.instance))


def absent(targets: Sequence[ScrapedTarget], catalogue: Catalogue) -> list[str]:
    """Return the jobs that the catalogue declares and Prometheus does not know."""
    return sorted({job.name for job in catalogue.jobs} - {one.job for one in targets})


def _place(health: str) -> int:
    return _BEST_LAST.index(health) if health in _BEST_LAST else 0
