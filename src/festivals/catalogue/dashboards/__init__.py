"""What is shown of Festivals.

Alerts and objectives link to dashboards, so no dashboard imports an alert or an objective.
"""

from festivals.catalogue.dashboards import api, business, infrastructure
from festivals.catalogue.dashboards.uids import API_OVERVIEW, BUSINESS, INFRASTRUCTURE

DASHBOARDS = (api.DASHBOARD, business.DASHBOARD, infrastructure.DASHBOARD)

__all__ = ["API_OVERVIEW", "BUSINESS", "DASHBOARDS", "INFRASTRUCTURE"]
