"""Alertmanager: groups alerts and tells people."""

from steward.model.service import Container, HttpProbe, Native, Port, Program, Secret, Service

SLACK_WEBHOOK = Secret("slack-webhook-url", "SLACK_WEBHOOK_URL", generated=False)
PAGERDUTY_KEY = Secret("pagerduty-service-key", "PAGERDUTY_SERVICE_KEY", generated=False)
SMTP_PASSWORD = Secret("smtp-password", "SMTP_PASSWORD", generated=False)


def alertmanager(version: str) -> Service:
    """Return a single Alertmanager, without the gossip that several would need."""
    return Service(
        "alertmanager",
        "Alert routing and notifications",
        ports=(Port(9093),),
        ready=HttpProbe("/-/ready"),
        arguments=(
            "--config.file={config}/alertmanager.yml",
            "--storage.path={data}",
            "--web.listen-address={host}:{port}",
            "--cluster.listen-address=",
        ),
        secrets=(SLACK_WEBHOOK, PAGERDUTY_KEY, SMTP_PASSWORD),
        native=Native(
            Program(
                "prometheus-alertmanager",
                "prometheus-alertmanager",
                (0, 25),
                built_for="/usr/share/prometheus/alertmanager",
            ),
            user="prometheus",
        ),
        container=Container(
            f"prom/alertmanager:{version}",
            config="/etc/alertmanager",
            data="/alertmanager",
            environment=(
                ("SMTP_HOST", "${SMTP_HOST:-}"),
                ("SMTP_PORT", "${SMTP_PORT:-587}"),
                ("SMTP_FROM", "${SMTP_FROM:-}"),
                ("SMTP_USERNAME", "${SMTP_USERNAME:-}"),
            ),
            runs_as_caller=True,
        ),
    )
