"""What people ask a Grafana for where none runs: its dashboards as JSON, in the words of Grafana's HTTP API.

`steward dashboards export` and `diff` work here as there. Nothing can be saved: dashboards are the catalogue's, as
those that a Grafana reads from files.
"""

import json
from functools import cache
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from steward.compile.grafana import dashboard_files
from steward.oncall.context import Context
from steward.oncall.web.access import Responder, Viewer


def router(context: Context) -> APIRouter:
    """Return the operations on dashboards."""
    routes = APIRouter(include_in_schema=False)
    catalogue = context.catalogue

    @cache
    def compiled() -> dict[str, dict[str, Any]]:
        contents = (json.loads(content) for content in dashboard_files(catalogue).values())
        return {content["uid"]: content for content in contents}

    @routes.get("/api/dashboards/uid/{uid}")
    def get_dashboard(uid: str, _caller: Viewer) -> JSONResponse:
        """Return a dashboard with what is known of it."""
        content = compiled().get(uid)
        if content is None:
            said = {"message": "Dashboard not found", "status": "not-found"}
            return JSONResponse(said, HTTPStatus.NOT_FOUND)
        meta = {
            "url": f"/d/{uid}",
            "folderUid": catalogue.name,
            "folderTitle": catalogue.title,
            "provisioned": True,
        }
        return JSONResponse({"dashboard": {**content, "version": 1}, "meta": meta})

    @routes.post("/api/dashboards/db")
    def save_dashboard(_caller: Responder) -> JSONResponse:
        """Save nothing, as a Grafana does with dashboards that it reads from files."""
        return JSONResponse({"message": "Cannot save provisioned dashboard"}, HTTPStatus.BAD_REQUEST)

    return routes
