"""The dashboards' uids, to which alerts and objectives link."""

API_OVERVIEW = "festivals-api-overview"
BUSINESS = "festivals-business"
INFRASTRUCTURE = "festivals-infrastructure"
