"""alertmanager.yml and the templates beside it."""

from steward.compile import yaml
from steward.compile.channels import ALERTMANAGER, Part, receiver
from steward.compile.heading import GENERATED
from steward.compile.placement import Placement
from steward.compile.templates import path, templates
from steward.model import (
    Catalogue,
    CatalogueError,
    Duration,
    Email,
    Inhibition,
    Mail,
    Receiver,
    Route,
    Routing,
    minutes,
    seconds,
)

CONFIGURATION = "alertmanager.yml"
TEMPLATES = "templates/*.tmpl"
"""Pattern of the template files, below the folder of the configuration."""

_DEFAULT = Routing(Route("default"), (Receiver("default"),))
"""The smallest: it keeps alerts and tells nobody."""
_GROUP_BY = ("alertname", "cluster", "service")
_GROUP_WAIT = seconds(10)
_GROUP_INTERVAL = seconds(10)
_REPEAT_INTERVAL = minutes(60)
_SHORTEST = seconds(1)
"""No wait is scaled below this."""
_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


def alertmanager_files(catalogue: Catalogue, placement: Placement) -> dict[str, bytes]:
    """Return path -> content of everything that Alertmanager reads."""
    files = {CONFIGURATION: alertmanager_yml(catalogue, placement)}
    return files | ({path(catalogue): templates(catalogue)} if catalogue.routing else {})


def alertmanager_yml(catalogue: Catalogue, placement: Placement) -> bytes:
    """Compile the routing; a catalogue without any gets one receiver that tells nobody."""
    routing = catalogue.routing or _DEFAULT
    _require_secrets(catalogue, routing)
    content: Part = {}
    mailing = any(isinstance(channel, Email) for one in routing.receivers for channel in one.channels)
    if placement.mail and mailing:
        content["global"] = _mail(placement, placement.mail)
    content["route"] = _route(_with_defaults(routing.root), placement.scale)
    content["receivers"] = [receiver(catalogue, placement, one) for one in routing.receivers]
    if routing.inhibitions:
        content["inhibit_rules"] = [_inhibition(one) for one in routing.inhibitions]
    if catalogue.routing:
        content["templates"] = [TEMPLATES]
    return yaml.dump(content, GENERATED)


def _require_secrets(catalogue: Catalogue, routing: Routing) -> None:
    """Refuse a channel whose secret nobody hands to Alertmanager."""
    handed = {
        secret for service in catalogue.services if service.name == ALERTMANAGER for secret in service.secrets
    }
    for secret in routing.secrets:
        if secret not in handed:
            raise CatalogueError(
                f"routing: a channel needs the secret {secret.name}, so put it among the secrets of the "
                f"service {ALERTMANAGER}, which reads it"
            )


def _mail(placement: Placement, mail: Mail) -> Part:
    content: Part = {"smtp_smarthost": mail.smarthost, "smtp_from": mail.sender}
    if mail.password and placement.has(mail.password):
        content["smtp_auth_username"] = mail.username or mail.sender
        content["smtp_auth_password_file"] = placement.secret(ALERTMANAGER, mail.password.name)
    # What stays on the machine needs no encryption, and a server for trials offers none.
    if mail.smarthost.rpartition(":")[0] in _LOOPBACK:
        content["smtp_require_tls"] = False
    return content


def _with_defaults(root: Route) -> Route:
    return Route(
        root.receiver,
        routes=root.routes,
        group_by=_GROUP_BY if root.group_by is None else root.group_by,
        group_wait=_GROUP_WAIT if root.group_wait is None else root.group_wait,
        group_interval=_GROUP_INTERVAL if root.group_interval is None else root.group_interval,
        repeat_interval=_REPEAT_INTERVAL if root.repeat_interval is None else root.repeat_interval,
    )


def _route(route: Route, scale: float) -> Part:
    content: Part = {"receiver": route.receiver}
    if route.matches:
        content["matchers"] = [str(match) for match in route.matches]
    if route.goes_on:
        content["continue"] = True
    if route.group_by is not None:
        content["group_by"] = list(route.group_by)
    for key, wait in (
        ("group_wait", route.group_wait),
        ("group_interval", route.group_interval),
        ("repeat_interval", route.repeat_interval),
    ):
        if wait is not None:
            content[key] = str(_scaled(wait, scale))
    if route.routes:
        content["routes"] = [_route(below, scale) for below in route.routes]
    return content


def _scaled(wait: Duration, scale: float) -> Duration:
    return wait if scale == 1 else max(min(wait, _SHORTEST), wait.scaled(1 / scale))


def _inhibition(inhibition: Inhibition) -> Part:
    content: Part = {
        "source_matchers": [str(match) for match in inhibition.source],
        "target_matchers": [str(match) for match in inhibition.target],
    }
    return content | ({"equal": list(inhibition.equal)} if inhibition.equal else {})
