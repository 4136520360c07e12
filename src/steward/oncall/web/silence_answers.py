"""What the routes of silences and of maintenance windows share: ask, and show what came of it."""

from collections.abc import Iterable

from steward.oncall.context import Context
from steward.oncall.domain.silencing import Silence, Wish
from steward.oncall.services import silence_requests
from steward.oncall.store import alerts
from steward.oncall.store.alerts import Wanted
from steward.oncall.web.silence_views import EndedView, MadeView, SilenceView


def made(context: Context, wish: Wish, actor: str) -> MadeView:
    """Silence, and show it; raises Invalid, StoreUnavailable."""
    now = context.clock()
    done = silence_requests.make(
        context.store, context.alertmanagers, wish, actor=actor, now=now, catalogue=context.catalogue
    )
    view = SilenceView.of(done.silence, addresses=context.alertmanagers.addresses, now=now)
    notes = [*not_yet([view]), *_unknown(context, wish.alert_name)]
    return MadeView.of(view, done.covers, notes)


def ended(context: Context, found: Silence, actor: str) -> EndedView:
    """End a silence, and show it; raises StoreUnavailable."""
    now = context.clock()
    done = silence_requests.end(context.store, context.alertmanagers, [found], actor=actor, now=now)
    views = [SilenceView.of(one, addresses=context.alertmanagers.addresses, now=now) for one in done]
    return EndedView(ended=views, foreign=[], notes=not_yet(views))


def not_yet(views: Iterable[SilenceView]) -> list[str]:
    """Return what Alertmanagers could not be told yet."""
    shown = list(views)
    if any(not view.alertmanagers for view in shown):
        return ["no Alertmanager is set, so nothing is silenced; see STEWARD_ONCALL_ALERTMANAGERS"]
    problems = dict.fromkeys(one.problem for view in shown for one in view.alertmanagers if one.problem)
    return [f"not yet there: {problem}; it is told as soon as it answers" for problem in problems]


def _unknown(context: Context, alert_name: str) -> list[str]:
    if not alert_name or alert_name in {one.name for one in context.catalogue.alerts}:
        return []
    with context.store.read() as connection:
        if alerts.find(connection, Wanted(name=alert_name), limit=1):
            return []
    return [f"no alert called {alert_name} ever came, and the catalogue declares none: is the name right?"]
