"""docker-compose.monitoring.yml: the services that run in containers.

Ports are published on loopback unless STEWARD_BIND names another address. Secrets are files; `steward secrets`
writes them, with the identity of the user who may read them, before the containers are first started.
"""

from steward.compile import yaml
from steward.compile.heading import GENERATED
from steward.compile.placement import Placement, containers
from steward.model import (
    Catalogue,
    CatalogueError,
    Container,
    HttpProbe,
    Mount,
    Probe,
    Resolve,
    Secret,
    Service,
    expand,
)

SECRETS = "secrets"
"""Folder of the secret files, beside the Compose file."""
DATA = "data"
"""Folder of the data that a container keeps as the user who starts it, beside the Compose file."""

_CALLER = "${STEWARD_UID:-65534}:${STEWARD_GID:-65534}"
_BIND = "${STEWARD_BIND:-127.0.0.1}"
_FORMAT = "3.8"

_HEADING = f"""{GENERATED}
Before the first start: `steward secrets` writes {SECRETS}/, {DATA}/ and .env beside this file.
The platform's own containers join the network and answer there as api, admin, worker, oncall, postgres and
redis."""


def compose_yml(catalogue: Catalogue) -> bytes:
    """Compile every service that has a container."""
    placement = containers(catalogue)
    chosen = [(service, service.container) for service in catalogue.services if service.container]
    content: dict[str, yaml.Value] = {
        "version": _FORMAT,
        "services": {
            service.name: _service(catalogue, placement, service, container) for service, container in chosen
        },
        "secrets": {secret.name: {"file": f"./{SECRETS}/{secret.name}"} for secret in mounted_secrets(catalogue)},
        "volumes": {
            f"{service.name}-data": {}
            for service, container in chosen
            if container.data and not container.runs_as_caller
        },
        "networks": {"default": {"name": catalogue.name}},
    }
    return yaml.dump(content, _HEADING)


def mounted_secrets(catalogue: Catalogue) -> tuple[Secret, ...]:
    """Return every secret that a container reads as a file, once."""
    return tuple(dict.fromkeys(secret for service in catalogue.services for secret in _mounted_secrets(service)))


def _mounted_secrets(service: Service) -> list[Secret]:
    """Return the secrets a container reads as files; one that it takes as a variable is not mounted too."""
    if service.container is None:
        return []
    taken = {value for _, value in service.container.environment}
    return [secret for secret in service.secrets if f"${{{secret.variable}:-}}" not in taken]


def _service(
    catalogue: Catalogue, placement: Placement, service: Service, container: Container
) -> dict[str, yaml.Value]:
    resolve = _resolver(placement, service, container)
    content: dict[str, yaml.Value] = {
        "image": container.image,
        "container_name": f"{catalogue.name}-{service.name}",
        "restart": "unless-stopped",
    }
    if container.runs_as_caller:
        content["user"] = _CALLER
    content |= _optional(
        entrypoint=_filled(container.entrypoint, resolve),
        command=_filled((*service.arguments, *container.arguments), resolve),
        environment={
            **{name: expand(text, resolve).replace("$", "$$") for name, text in service.environment},
            **dict(container.environment),
        },
        ports=[f"{_BIND}:{port.outside}:{port.number}" for port in service.ports],
        volumes=_volumes(service, container),
        secrets=[secret.name for secret in _mounted_secrets(service)],
    )
    if container.host_processes:
        content["pid"] = "host"
    if container.privileged:
        content["privileged"] = True
    else:
        content["security_opt"] = ["no-new-privileges:true"]
    if service.ready:
        content["healthcheck"] = _healthcheck(service, service.ready)
    content["logging"] = {"driver": "json-file", "options": {"max-size": "10m", "max-file": "3"}}
    return content


def _filled(words: tuple[str, ...], resolve: Resolve) -> list[str]:
    """Return words as the container gets them: Compose takes a lone dollar for a variable of its own."""
    return [expand(word, resolve).replace("$", "$$") for word in words]


def _optional(**parts: yaml.Value) -> dict[str, yaml.Value]:
    return {key: value for key, value in parts.items() if value}


def _volumes(service: Service, container: Container) -> list[yaml.Value]:
    volumes: list[yaml.Value] = []
    if container.config:
        volumes.append(f"./{service.name}:{container.config}:ro")
    if container.data:
        source = f"./{DATA}/{service.name}" if container.runs_as_caller else f"{service.name}-data"
        volumes.append(f"{source}:{container.data}")
    volumes.extend(_mount(mount) for mount in container.mounts)
    return volumes


def _mount(mount: Mount) -> str:
    return f"{mount.source}:{mount.target}" + (":ro" if mount.read_only else "")


def _healthcheck(service: Service, probe: Probe) -> dict[str, yaml.Value]:
    if not isinstance(probe, HttpProbe):
        raise CatalogueError(f"service {service.name}: in a container its readiness can only be asked over HTTP")
    url = f"http://127.0.0.1:{service.port().number}{probe.path}"
    test = ["CMD", "wget", "-q", "-O", "/dev/null", url]
    return {"test": test, "interval": "15s", "timeout": "5s", "retries": 3, "start_period": "30s"}


def _resolver(placement: Placement, service: Service, container: Container) -> Resolve:
    folders = {"config": container.config, "data": container.data}

    def resolve(kind: str, name: str | None) -> str:
        match kind, name:
            case "host", None:
                return "0.0.0.0"  # noqa: S104 - inside the container; what is published is _BIND
            case "port", _:
                return str(service.port(name).number)
            case "address", str():
                return placement.address(name, None) or ""
            case "secret", str():
                return f"/run/secrets/{name}"
            case (("config" | "data"), None) if folders[kind]:
                return folders[kind]
        what = f"{kind}.{name}" if name else kind
        raise CatalogueError(f"service {service.name}: {{{what}}} has no meaning in its container")

    return resolve
