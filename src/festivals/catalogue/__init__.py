"""Everything that is watched of Festivals, composed here and nowhere else."""

from festivals.catalogue.alerts import ALERT_GROUPS
from festivals.catalogue.dashboards import DASHBOARDS
from festivals.catalogue.jobs import JOBS
from festivals.catalogue.objectives import SLOS
from festivals.catalogue.oncall import ONCALL
from festivals.catalogue.recordings import RECORDINGS
from festivals.catalogue.routing import ROUTING
from festivals.catalogue.services import COLLECTION, SERVICES
from festivals.catalogue.teams import TEAMS
from steward.model import Catalogue
from steward.model.components.dashboards import monitoring_dashboard, oncall_dashboard, slo_dashboard

_NAME = "festivals"

CATALOGUE = Catalogue(
    _NAME,
    "Festivals",
    services=SERVICES,
    jobs=JOBS,
    collection=COLLECTION,
    teams=TEAMS,
    recordings=RECORDINGS,
    alert_groups=ALERT_GROUPS,
    slos=SLOS,
    routing=ROUTING,
    oncall=ONCALL,
    dashboards=(
        *DASHBOARDS,
        slo_dashboard(_NAME, SLOS),
        oncall_dashboard(_NAME),
        monitoring_dashboard(_NAME),
    ),
)
