"""Grafana's dashboards without Grafana: their JSON is read, their queries are asked, and what is drawn is said."""
