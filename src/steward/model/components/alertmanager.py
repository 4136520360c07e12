"""Alertmanager: groups alerts and tells people."""

from steward.model.service import Container, HttpProbe, Native, Port, Program, Secret, Service

SLACK_WEBHOOK = Secret("slack-webhook-url", "SLACK_WEBHOOK_URL", generated=False)
PAGERDUTY_KEY = Secret("pagerduty-service-key", "PAGERDUTY_SERVICE_KEY", generated=False)
SMTP_PASSWORD = Secret("smtp-password", "SMTP_PASSWORD", generated=False)

URL = "http://localhost:9093"
"""Where people reach it from outside its container; links in messages lead there."""


def alertmanager(version: str, *more: Secret) -> Service:
    """Return a single Alertmanager, without the gossip that several would need.

    `more` are the secrets of channels besides Slack, PagerDuty and e-mail: the tokens of webhooks.
    """
    return Service(
        "alertmanager",
        "Alert routing and notifications",
        ports=(Port(9093),),
        ready=HttpProbe("/-/ready"),
        arguments=(
            "--storage.path={data}",
            "--web.listen-address={host}:{port}",
            "--cluster.listen-address=",
        ),
        secrets=(SLACK_WEBHOOK, PAGERDUTY_KEY, SMTP_PASSWORD, *more),
        native=Native(
            Program(
                "prometheus-alertmanager",
                "prometheus-alertmanager",
                (0, 25),
                built_for="/usr/share/prometheus/alertmanager",
            ),
            user="prometheus",
            arguments=("--config.file={config}/alertmanager.yml", "--web.external-url=http://{host}:{port}"),
        ),
        container=Container(
            f"prom/alertmanager:{version}",
            config="/etc/alertmanager",
            data="/alertmanager",
            # Alertmanager expands no variables, so the script fills them into a copy of its configuration.
            entrypoint=("/bin/sh", "{config}/start.sh", "/bin/alertmanager", "{data}/alertmanager.yml"),
            arguments=(f"--web.external-url={URL}",),
            environment=(
                ("SMTP_HOST", "${SMTP_HOST:-}"),
                ("SMTP_PORT", "${SMTP_PORT:-587}"),
                ("SMTP_FROM", "${SMTP_FROM:-}"),
                ("SMTP_USERNAME", "${SMTP_USERNAME:-}"),
            ),
            runs_as_caller=True,
        ),
    )
