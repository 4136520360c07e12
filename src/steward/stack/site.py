"""One service's place on this machine: its program, user, ports and folders, and what placeholders stand for."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from steward.model import CommandProbe, Native, Service, expand, placeholders
from steward.stack.account import Account
from steward.stack.errors import SettingInvalid
from steward.stack.placement import HOST
from steward.stack.programs import Found
from steward.stack.secrets import Secrets, secret_folder
from steward.stack.state import State


@dataclass(frozen=True, slots=True)
class Site:
    """Everything that is fixed about a service while one supervisor runs it."""

    service: Service
    native: Native
    found: Found
    account: Account
    state: State
    ports: Mapping[str, int]
    """By name; the first one is the service's own."""
    addresses: Mapping[str, str]
    """Where other services answer, by their names; one that does not run here is missing."""
    secrets: Secrets
    inherited: Mapping[str, str]
    """Environment variables from whoever started the stack."""
    run: Path
    """Its folder for sockets."""
    project: Path
    """The folder whose catalogue this is."""

    @property
    def data(self) -> Path:
        """Return its folder for what it keeps."""
        return self.state.data / self.service.name

    @property
    def config(self) -> Path:
        """Return its folder for what it reads."""
        return self.state.config / self.service.name

    @property
    def secret_folder(self) -> Path:
        """Return its folder for secrets."""
        return secret_folder(self.state, self.service)

    @property
    def log(self) -> Path:
        """Return the file that its output goes to."""
        return self.state.log(self.service.name)

    @property
    def port(self) -> int | None:
        """Return the number of its first port."""
        return next(iter(self.ports.values()), None)

    @property
    def url(self) -> str | None:
        """Return its address for a browser, if it has one."""
        return f"http://{HOST}:{self.ports['http']}" if "http" in self.ports else None

    def secret(self, name: str) -> str:
        """Return a secret that the service cannot do without; raises SettingInvalid where it is not given."""
        if name in self.secrets:
            return self.secrets[name]
        variable = next((secret.variable for secret in self.service.secrets if secret.name == name), name)
        raise SettingInvalid(f"{self.service.name}: the secret {name} is not given", mend=f"set {variable}")

    def command(self, leading: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Return the command line; `leading` are arguments that must stand first."""
        declared = (expand(text, self.resolve) for text in (*self.service.arguments, *self.native.arguments))
        return (str(self.found.path), *leading, *self.found.arguments(), *declared)

    def environment(self) -> dict[str, str]:
        """Return all environment variables of its processes.

        One that names the file of a secret that is not given is left out: the file does not exist.
        """
        declared = (*self.service.environment, *self.native.environment)
        return {
            **self.inherited,
            **self.found.environment(),
            **{name: expand(value, self.resolve) for name, value in declared if self._is_given(value)},
            **{name: self.inherited[name] for name in self.native.settings if self.inherited.get(name)},
        }

    def helper(self, command: tuple[str, ...]) -> tuple[str, ...]:
        """Return a command whose first word names a program of the same make, with its path in place."""
        program = command[0] if command[0].startswith(("/", "{")) else str(self.found.sibling(command[0]))
        return tuple(expand(text, self.resolve) for text in (program, *command[1:]))

    def probe_command(self, probe: CommandProbe) -> tuple[str, ...]:
        """Return the command line of a probe."""
        return self.helper(probe.command)

    def resolve(self, kind: str, name: str | None) -> str:
        """Return what a placeholder stands for."""
        match kind, name:
            case "host", None:
                return HOST
            case "port", None:
                return str(self.port)
            case "port", str():
                return str(self.ports[name])
            case "address", str():
                return self.addresses.get(name, "")
            case "secret", str():
                return str(self.secret_folder / name)
            case "value", str():
                return self.secrets.get(name, "")
            case "python", None:
                return sys.executable
            case "project", None:
                return str(self.project)
            case ("config" | "data" | "run") as folder, None:
                return str({"config": self.config, "data": self.data, "run": self.run}[folder])
        raise ValueError(f"unknown placeholder {kind}.{name}")

    def _is_given(self, text: str) -> bool:
        return all(name in self.secrets for kind, name in placeholders(text) if kind == "secret")
