"""Grafana: dashboards."""

from steward.model.service import Container, HttpProbe, Port, Secret, Service

ADMIN_PASSWORD = Secret("grafana-admin-password", "GRAFANA_ADMIN_PASSWORD")


def grafana(version: str) -> Service:
    """Return Grafana, whose administrator's password is never a default one."""
    return Service(
        "grafana",
        "Visualization and dashboards",
        ports=(Port(3000, published=3001),),
        ready=HttpProbe("/api/health"),
        environment=(("GF_SECURITY_ADMIN_PASSWORD__FILE", "{secret.grafana-admin-password}"),),
        secrets=(ADMIN_PASSWORD,),
        container=Container(
            f"grafana/grafana:{version}",
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
