"""What the on-call service is told by its environment."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self, TypeVar
from urllib.parse import urlsplit

from steward.program.settings import LOOPBACK, Address, Setting, SettingsError, address, port, secret

DEFAULT_PORT = 8090
T = TypeVar("T")


def web_address(text: str) -> str:
    """Read an http(s) address, without a slash at its end; addresses are shown, so no password stands in them."""
    try:
        parts = urlsplit(text)
        named = parts.scheme in {"http", "https"} and bool(parts.hostname)
        usable = named and not parts.query and "@" not in parts.netloc
    except ValueError:
        usable = False
    if not usable:
        raise ValueError("write it as http://host:port or https://host/path, without a user and a password")
    return text.rstrip("/")


def listed(read: Callable[[str], T]) -> Callable[[str], tuple[T, ...]]:
    """Return a reader of several values with commas between them."""
    return lambda text: tuple(read(part.strip()) for part in text.split(",") if part.strip())


def host(text: str) -> str:
    """Read a host, or host:port; an IPv6 address with a port stands in brackets."""
    try:
        parts = urlsplit(f"//{f'[{text}]' if text.count(':') > 1 and '[' not in text else text}")
        usable = bool(parts.hostname) and parts.port != 0 and not set("/?#@ ") & set(text)
    except ValueError:
        usable = False
    if not usable:
        raise ValueError("write it as host or host:port, without http://")
    return text


def switch(text: str) -> bool:
    """Read yes or no."""
    if text not in {"yes", "no"}:
        raise ValueError("write yes or no")
    return text == "yes"


def scale(text: str) -> float:
    """Read how many times faster than in the catalogue everything goes."""
    try:
        value = float(text)
    except ValueError:
        value = 0
    if not 1 <= value <= 100_000:
        raise ValueError("write a number from 1 to 100000")
    return value


HOST = Setting("STEWARD_ONCALL_HOST", "the address to listen on", str, LOOPBACK)
PORT = Setting("STEWARD_ONCALL_PORT", "the port to listen on", port, DEFAULT_PORT)
ALSO: Setting[Address | None] = Setting(
    "STEWARD_ONCALL_ALSO", "a second host:port to listen on, e.g. Grafana's where no Grafana runs", address, None
)
STORE: Setting[str | None] = Setting(
    "STEWARD_ONCALL_STORE", "sqlite:////path/oncall.db, or postgresql+psycopg://user@host:port/database", str, None
)
STORE_PASSWORD: Setting[str | None] = Setting(
    "STEWARD_ONCALL_STORE_PASSWORD_FILE", "file with PostgreSQL's password; unset for none", secret, None
)
CATALOGUE = Setting("STEWARD_ONCALL_CATALOGUE", "package.module:NAME of the catalogue", str, "")
RUNBOOKS: Setting[Path | None] = Setting("STEWARD_ONCALL_RUNBOOKS", "folder of the runbooks", Path, None)
PUBLIC_URL = Setting(
    "STEWARD_ONCALL_PUBLIC_URL", "where people reach it; links in messages lead there", web_address, ""
)
ALERTMANAGERS: Setting[tuple[str, ...]] = Setting(
    "STEWARD_ONCALL_ALERTMANAGERS", "addresses of the Alertmanagers, with commas between", listed(web_address), ()
)
PROMETHEUS = Setting("STEWARD_ONCALL_PROMETHEUS", "address of Prometheus", web_address, "http://127.0.0.1:9090")
WEBHOOK_TOKEN: Setting[str | None] = Setting(
    "STEWARD_ONCALL_WEBHOOK_TOKEN_FILE", "file with the token that Alertmanager sends", secret, None
)
SIGNING_KEY: Setting[str | None] = Setting(
    "STEWARD_ONCALL_SIGNING_KEY_FILE", "file with the key that signs links in messages", secret, None
)
ADMIN_PASSWORD: Setting[str | None] = Setting(
    "STEWARD_ONCALL_ADMIN_PASSWORD_FILE",
    "file with the password of the account `admin`, which is added where there is none",
    secret,
    None,
)
ADMIN_TOKEN: Setting[str | None] = Setting(
    "STEWARD_ONCALL_ADMIN_TOKEN_FILE",
    "file with the API token `first-admin`, which is added where there is none",
    secret,
    None,
)
TRUST_LOOPBACK = Setting(
    "STEWARD_ONCALL_TRUST_LOOPBACK", "yes or no: whoever calls from this machine may do all", switch, default=True
)
SLACK_WEBHOOK: Setting[str | None] = Setting(
    "STEWARD_ONCALL_SLACK_WEBHOOK_FILE", "file with the address of Slack's incoming webhook", secret, None
)
SLACK_SIGNING_SECRET: Setting[str | None] = Setting(
    "STEWARD_ONCALL_SLACK_SIGNING_SECRET_FILE",
    "file with the secret that Slack signs with",
    secret,
    None,
)
PAGERDUTY_KEY: Setting[str | None] = Setting(
    "STEWARD_ONCALL_PAGERDUTY_KEY_FILE", "file with the key of PagerDuty's Events API v2", secret, None
)
PAGERDUTY_URL = Setting(
    "STEWARD_ONCALL_PAGERDUTY_URL",
    "PagerDuty's Events API",
    web_address,
    "https://events.pagerduty.com/v2/enqueue",
)
SMTP_HOST = Setting("SMTP_HOST", "the mail server; unset to send no e-mail", str, "")
SMTP_PORT = Setting("SMTP_PORT", "the mail server's port", port, 587)
SMTP_FROM = Setting("SMTP_FROM", "the sender of e-mail", str, "")
SMTP_USERNAME = Setting("SMTP_USERNAME", "the account at the mail server; unset for none", str, "")
SMTP_PASSWORD: Setting[str | None] = Setting(
    "STEWARD_ONCALL_SMTP_PASSWORD_FILE", "file with that account's password", secret, None
)
ALLOWED_HOSTS: Setting[tuple[str, ...]] = Setting(
    "STEWARD_ONCALL_ALLOWED_HOSTS",
    "hosts that may be called besides Slack's and PagerDuty's, as host or host:port, with commas between",
    listed(host),
    (),
)
WEBHOOK_URL = Setting(
    "STEWARD_ONCALL_WEBHOOK_URL", "address that is told of pages by the way `webhook`", web_address, ""
)
PING_URL = Setting("STEWARD_ONCALL_PING_URL", "an outside watcher, asked once a minute", web_address, "")
TIME_SCALE = Setting("STEWARD_TIME_SCALE", "how many times faster than real time", scale, 1.0)


_HERE = Address(LOOPBACK, DEFAULT_PORT)


@dataclass(frozen=True, slots=True)
class MailSettings:
    """How e-mail leaves."""

    host: str = ""
    port: int = 587
    sender: str = ""
    username: str = ""
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class OnCallSettings:
    """How the service runs."""

    listen: Address = _HERE
    also: Address | None = None
    """A second address that it answers at, in the same way."""
    store: str = ""
    store_password: str | None = field(default=None, repr=False)
    catalogue: str = ""
    runbooks: Path | None = None
    public_url: str = ""
    alertmanagers: tuple[str, ...] = ()
    prometheus: str = PROMETHEUS.default
    webhook_token: str | None = field(default=None, repr=False)
    signing_key: str | None = field(default=None, repr=False)
    admin_password: str | None = field(default=None, repr=False)
    admin_token: str | None = field(default=None, repr=False)
    trust_loopback: bool = True
    slack_webhook: str | None = field(default=None, repr=False)
    slack_signing_secret: str | None = field(default=None, repr=False)
    pagerduty_key: str | None = field(default=None, repr=False)
    pagerduty_url: str = PAGERDUTY_URL.default
    mail: MailSettings = MailSettings()
    allowed_hosts: tuple[str, ...] = ()
    webhook_url: str = ""
    ping_url: str = field(default="", repr=False)
    time_scale: float = 1.0

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Self:
        """Read them; raises SettingsError."""
        listen = Address(HOST.read(environment), PORT.read(environment))
        store = STORE.read(environment)
        if store is None:
            raise SettingsError(f"{STORE.variable} is not set; set it to {STORE.help}")
        return cls(
            listen=listen,
            also=ALSO.read(environment),
            store=store,
            store_password=STORE_PASSWORD.read(environment),
            catalogue=CATALOGUE.read(environment),
            runbooks=RUNBOOKS.read(environment),
            public_url=PUBLIC_URL.read(environment) or f"http://{listen}",
            alertmanagers=ALERTMANAGERS.read(environment),
            prometheus=PROMETHEUS.read(environment),
            webhook_token=WEBHOOK_TOKEN.read(environment),
            signing_key=SIGNING_KEY.read(environment),
            admin_password=ADMIN_PASSWORD.read(environment),
            admin_token=ADMIN_TOKEN.read(environment),
            trust_loopback=TRUST_LOOPBACK.read(environment),
            slack_webhook=SLACK_WEBHOOK.read(environment),
            slack_signing_secret=SLACK_SIGNING_SECRET.read(environment),
            pagerduty_key=PAGERDUTY_KEY.read(environment),
            pagerduty_url=PAGERDUTY_URL.read(environment),
            mail=MailSettings(
                SMTP_HOST.read(environment),
                SMTP_PORT.read(environment),
                SMTP_FROM.read(environment),
                SMTP_USERNAME.read(environment),
                SMTP_PASSWORD.read(environment),
            ),
            allowed_hosts=ALLOWED_HOSTS.read(environment),
            webhook_url=WEBHOOK_URL.read(environment),
            ping_url=PING_URL.read(environment),
            time_scale=TIME_SCALE.read(environment),
        )
