"""From a catalogue to the places of its services on this machine: what is needed is found, made and written."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from steward.compile.configuration import Files, configuration
from steward.compile.placement import Placement
from steward.model import Catalogue, Native, Program, Service
from steward.stack import logfiles, run_folder, secrets
from steward.stack.account import Account, account_for, hand_over
from steward.stack.environment import inherited
from steward.stack.errors import ProgramMissing
from steward.stack.files import explained, make_folder, write_atomically
from steward.stack.leftovers import MARK
from steward.stack.mail import mail_server
from steward.stack.placement import HOST, Ports, assign_ports, native_placement
from steward.stack.ports import require_free
from steward.stack.programs import Found, find_all
from steward.stack.site import Site
from steward.stack.state import State

SCALE_VARIABLE = "STEWARD_TIME_SCALE"


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user wants to run."""

    profiles: frozenset[str] = frozenset()
    scale: float = 1.0
    """How many times faster than real time: a simulated day passes, and rules look at shorter windows."""
    project: Path = Path()
    """The folder whose catalogue this is."""


def chosen(catalogue: Catalogue, wish: Wish) -> tuple[Service, ...]:
    """Return the services that run here, in the catalogue's order."""
    return tuple(
        service
        for service in catalogue.services
        if service.native and (service.profile is None or service.profile in wish.profiles)
    )


def needs_other_users(catalogue: Catalogue) -> bool:
    """Tell whether servers of this catalogue run as users of their own when root starts them."""
    return any(service.native and service.native.user for service in catalogue.services)


def build(catalogue: Catalogue, state: State, wish: Wish, environ: Mapping[str, str]) -> tuple[Site, ...]:
    """Return the place of each chosen service, ready to be started; raises StackError for whatever is missing.

    Nothing may run in `state` meanwhile.
    """
    services = chosen(catalogue, wish)
    accounts = {service.name: account_for(service) for service in services}
    ports = assign_ports(catalogue, environ)
    programs = _find_programs(services, state)
    require_free(services, ports)
    surroundings = _Surroundings(
        catalogue, state, ports, secrets.gather(state, catalogue.secrets, environ), environ, wish
    )
    files = configuration(catalogue, surroundings.placement(list(accounts)))
    sites = []
    for service in services:
        account = accounts[service.name]
        _lay_out(state, service, account, files.get(service.name, {}))
        secrets.hand_out(state, service, account, surroundings.secrets)
        sites.append(surroundings.site(service, programs, account))
    return tuple(sites)


@dataclass(frozen=True, slots=True)
class _Surroundings:
    """What all services of one start share."""

    catalogue: Catalogue
    state: State
    ports: Ports
    secrets: secrets.Secrets
    environ: Mapping[str, str]
    wish: Wish

    def placement(self, running: Sequence[str]) -> Placement:
        """Return where the services that run answer, and what they are given; raises SettingInvalid."""

        def secret_file(service: str, secret: str) -> str:
            return str(secrets.secret_folder(self.state, self.catalogue.service(service)) / secret)

        return replace(
            native_placement(self.catalogue, self.ports, running),
            scale=self.wish.scale,
            given=frozenset(self.secrets),
            mail=mail_server(self.catalogue, self.environ),
            secret=secret_file,
        )

    def site(self, service: Service, programs: Mapping[Program, Found], account: Account) -> Site:
        native = service.native
        if native is None:
            raise ValueError(f"{service.name} does not run here")
        return Site(
            service=service,
            native=native,
            found=programs[native.program],
            account=account,
            state=self.state,
            ports=self.ports.of(service),
            addresses=self._addresses(),
            secrets={name: value for name, value in self.secrets.items() if name in _names(service)},
            inherited=self._inherited(native, account),
            run=run_folder.make(self.state, service, account),
            project=self.wish.project,
        )

    def _addresses(self) -> dict[str, str]:
        native = [service for service in self.catalogue.services if service.native]
        absent = {service.native.stands_in_for for service in native if service.native}
        return {
            service.name: f"{HOST}:{self.ports.first(service)}"
            for service in self.catalogue.services
            if service.ports and (service.native or service.name in absent)
        }

    def _inherited(self, native: Native, account: Account) -> dict[str, str]:
        hidden = [secret.variable for secret in self.catalogue.secrets]
        return {
            **inherited(self.environ, native, account, hidden),
            MARK: str(self.state.root),
            SCALE_VARIABLE: f"{self.wish.scale:g}",
        }


def _find_programs(services: Sequence[Service], state: State) -> dict[Program, Found]:
    """Find every program; raises one StackError that names all that are missing or too old."""
    programs = (service.native.program for service in services if service.native)
    # Root's servers run as users that only installed packages make.
    looked = find_all(programs, None if os.geteuid() == 0 else state.unpacked)
    found = {program: result for program, result in looked.items() if isinstance(result, Found)}
    errors = [result for result in looked.values() if not isinstance(result, Found)]
    if len(errors) > 1:
        mends = "; ".join(dict.fromkeys(error.mend for error in errors))
        raise ProgramMissing("; ".join(error.what for error in errors), mend=mends)
    if errors:
        raise errors[0]
    return found


def _lay_out(state: State, service: Service, account: Account, files: Files) -> None:
    """Make the service's folders and write what it reads; files of an earlier catalogue go."""
    data, config = state.data / service.name, state.config / service.name
    for folder in (data, config):
        make_folder(folder, 0o700 if folder == data or account.is_caller else 0o755)
    with explained(config):
        hand_over(data, account)
        for path, content in files.items():
            make_folder((config / path).parent, (config.stat().st_mode & 0o777))
            write_atomically(config / path, content)
        for left in sorted(config.rglob("*"), reverse=True):
            if left.is_dir() and not any(left.iterdir()):
                left.rmdir()
            elif left.is_file() and str(left.relative_to(config)) not in files:
                left.unlink()
    logfiles.rotate(state.log(service.name))


def _names(service: Service) -> set[str]:
    return {secret.name for secret in service.secrets}
