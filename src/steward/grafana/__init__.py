"""A running Grafana: its dashboards fetched, compared and saved over its HTTP API."""
