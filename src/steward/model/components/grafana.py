"""Grafana: dashboards."""

from steward.model.service import Container, HttpProbe, Port, Secret, Service

ADMIN_PASSWORD = Secret("grafana-admin-password", "GRAFANA_ADMIN_PASSWORD")
DASHBOARDS_VARIABLE = "STEWARD_GRAFANA_DASHBOARDS"
"""Names the folder of the dashboards' files; what Grafana is provisioned with asks for it."""


def grafana(version: str) -> Service:
    """Return Grafana, whose administrator's password is never a default one.

    It starts with the catalogue's data sources and dashboards.
    """
    return Service(
        "grafana",
        "Visualization and dashboards",
        ports=(Port(3000, published=3001),),
        ready=HttpProbe("/api/health"),
        environment=(
            ("GF_SECURITY_ADMIN_PASSWORD__FILE", "{secret.grafana-admin-password}"),
            ("GF_PATHS_PROVISIONING", "{config}/provisioning"),
            (DASHBOARDS_VARIABLE, "{config}/dashboards"),
        ),
        secrets=(ADMIN_PASSWORD,),
        container=Container(
            f"grafana/grafana:{version}",
            # Beside /etc/grafana: the image keeps its own settings there.
            config="/etc/grafana-compiled",
            data="/var/lib/grafana",
            environment=(
                ("GF_SECURITY_ADMIN_USER", "${GRAFANA_ADMIN_USER:-admin}"),
                ("GF_SERVER_ROOT_URL", "${GRAFANA_ROOT_URL:-http://localhost:3001}"),
                ("GF_USERS_ALLOW_SIGN_UP", "false"),
                ("GF_ANALYTICS_REPORTING_ENABLED", "false"),
            ),
            runs_as_caller=True,
        ),
    )
