"""Checks of dashboards: what a panel makes of its answer, and what links and variables lead to.

They read Grafana's JSON, so that they find the same in dashboards that nobody compiled.
"""
