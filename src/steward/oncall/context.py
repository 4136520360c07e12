"""What every route may need."""

from collections.abc import Callable
from dataclasses import dataclass, field

from steward.dashboards.panels import Panels
from steward.model import Catalogue
from steward.oncall.alertmanager import Alertmanagers
from steward.oncall.clock import Clock
from steward.oncall.live import Live
from steward.oncall.metrics import OnCallMetrics
from steward.oncall.prometheus import Prometheus
from steward.oncall.settings import OnCallSettings
from steward.oncall.store.database import Store


@dataclass(frozen=True, slots=True)
class Context:
    """The parts of the running service."""

    settings: OnCallSettings
    catalogue: Catalogue
    store: Store
    clock: Clock
    alertmanagers: Alertmanagers
    prometheus: Prometheus
    metrics: OnCallMetrics
    wake: Callable[[], None]
    """Call it after a commit that put something into the outbox; may be called from any thread.

    In the running service it is a `steward.oncall.wake.Wake`, for whose ring the sender waits."""
    live: Live = field(default_factory=Live)
    """Tells open pages in browsers what has changed."""
    panels: Panels = field(default_factory=Panels)
    """The dashboards, and every chart's data."""
