"""The on-call service: alerts in, people told; with a store of its own, so that it outlives what it watches."""

from steward.model.components.alertmanager import PAGERDUTY_KEY, SLACK_WEBHOOK, SMTP_PASSWORD
from steward.model.routing import Webhook
from steward.model.service import PYTHON, HttpProbe, Native, Port, Secret, Service

NAME = "oncall"

WEBHOOK_TOKEN = Secret("oncall-webhook-token", "STEWARD_ONCALL_WEBHOOK_TOKEN")
"""What Alertmanager proves itself with."""
SIGNING_KEY = Secret("oncall-signing-key", "STEWARD_ONCALL_SIGNING_KEY")
"""What the links in messages are signed with."""
SLACK_SIGNING_SECRET = Secret("slack-signing-secret", "SLACK_SIGNING_SECRET", generated=False)
"""What Slack signs the presses of buttons with."""

WEBHOOK = Webhook(NAME, "/webhooks/alertmanager", WEBHOOK_TOKEN)
"""The channel by which Alertmanager tells the service."""

_SETTINGS = (
    "SMTP_FROM",
    "STEWARD_ONCALL_ADMIN_PASSWORD_FILE",
    "STEWARD_ONCALL_ADMIN_TOKEN_FILE",
    "STEWARD_ONCALL_ALERTMANAGERS",
    "STEWARD_ONCALL_ALLOWED_HOSTS",
    "STEWARD_ONCALL_PAGERDUTY_URL",
    "STEWARD_ONCALL_PING_URL",
    "STEWARD_ONCALL_PUBLIC_URL",
    "STEWARD_ONCALL_STORE",
    "STEWARD_ONCALL_STORE_PASSWORD_FILE",
    "STEWARD_ONCALL_WEBHOOK_URL",
)


def oncall(catalogue: str, *, sender: str = "", stands_in_for: str = "") -> Service:
    """Return the service; `catalogue` is `package.module:NAME` of the one that names the people.

    It needs the services `alertmanager` and `prometheus`, but waits for neither. Its store is an SQLite file
    unless STEWARD_ONCALL_STORE names another. `sender` is that of its e-mail unless SMTP_FROM names another.
    `stands_in_for` is a service that does not run natively, e.g. `grafana`: the console answers there, too.
    """
    return Service(
        NAME,
        "The console, and on-call: alerts in, people told",
        ports=(Port(8090),),
        ready=HttpProbe("/readyz"),
        arguments=("-m", "steward.oncall"),
        environment=(
            ("STEWARD_ONCALL_HOST", "{host}"),
            ("STEWARD_ONCALL_PORT", "{port}"),
            ("STEWARD_ONCALL_CATALOGUE", catalogue),
            ("STEWARD_ONCALL_ALERTMANAGERS", "http://{address.alertmanager}"),
            ("STEWARD_ONCALL_PROMETHEUS", "http://{address.prometheus}"),
            ("STEWARD_ONCALL_WEBHOOK_TOKEN_FILE", "{secret.oncall-webhook-token}"),
            ("STEWARD_ONCALL_SIGNING_KEY_FILE", "{secret.oncall-signing-key}"),
            ("STEWARD_ONCALL_SLACK_WEBHOOK_FILE", "{secret.slack-webhook-url}"),
            ("STEWARD_ONCALL_SLACK_SIGNING_SECRET_FILE", "{secret.slack-signing-secret}"),
            ("STEWARD_ONCALL_PAGERDUTY_KEY_FILE", "{secret.pagerduty-service-key}"),
            ("STEWARD_ONCALL_SMTP_PASSWORD_FILE", "{secret.smtp-password}"),
        ),
        secrets=(WEBHOOK_TOKEN, SIGNING_KEY, SLACK_WEBHOOK, SLACK_SIGNING_SECRET, PAGERDUTY_KEY, SMTP_PASSWORD),
        native=Native(
            PYTHON,
            environment=(
                ("SMTP_FROM", sender),
                ("STEWARD_ONCALL_STORE", "sqlite:///{data}/oncall.db"),
                ("STEWARD_ONCALL_RUNBOOKS", "{project}/runbooks"),
                ("STEWARD_ONCALL_ALSO", f"{{address.{stands_in_for}}}" if stands_in_for else ""),
            ),
            settings=_SETTINGS,
            stands_in_for=stands_in_for,
        ),
    )
