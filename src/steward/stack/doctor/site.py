"""Checks where the stack is to run: its programs, users, ports, and its state folder."""

import os
import stat
from collections.abc import Iterator, Mapping

from steward.model import Catalogue, Service
from steward.stack.account import account_for, user_name
from steward.stack.doctor.check import Check, fail, ok, warn
from steward.stack.doctor.machine import megabytes
from steward.stack.errors import AccountMissing, PortTaken, SettingInvalid, StateUnusable
from steward.stack.lock import holder
from steward.stack.packages import programs_of
from steward.stack.placement import Ports, assign_ports
from steward.stack.ports import require_free
from steward.stack.programs import Found, dotted, find_all
from steward.stack.state import State, closed_to_others, free_bytes, require_space

_ROOMY_BYTES = 2 * 1024**3


def check_programs(catalogue: Catalogue, state: State) -> Iterator[Check]:
    """Check that each program is there and new enough."""
    for program, looked in find_all(programs_of(catalogue), state.unpacked).items():
        if isinstance(looked, Found):
            origin = ", unpacked" if looked.root else ""
            needed = f"needed: {dotted(program.at_least)}"
            yield ok(program.name, f"{dotted(looked.version)} ({needed}), {looked.path}{origin}")
        else:
            yield fail(program.name, looked.what, looked.mend)


def check_users(catalogue: Catalogue, state: State) -> Iterator[Check]:
    """Check that the users exist whom root's servers run as, of programs that are there."""
    looked = find_all(programs_of(catalogue), state.unpacked)
    for service in _native(catalogue):
        if service.native and not isinstance(looked.get(service.native.program), Found):
            continue
        try:
            account_for(service)
        except AccountMissing as error:
            yield fail("users", error.what, error.mend)


def check_ports(catalogue: Catalogue, state: State, environ: Mapping[str, str]) -> Iterator[Check]:
    """Check that every port is free, or held by our own stack."""
    try:
        ports = assign_ports(catalogue, environ)
    except SettingInvalid as error:
        yield fail("ports", error.what, error.mend)
        return
    listening = [service for service in _native(catalogue) if service.ports]
    numbers = ", ".join(str(number) for service in listening for number in ports.of(service).values())
    if supervisor := holder(state.lock):
        yield ok("ports", f"held by the running stack, under supervisor {supervisor}: {numbers}")
        return
    taken = [check for service in listening for check in _check_port(service, ports)]
    yield from taken or [ok("ports", f"free: {numbers}")]


def _check_port(service: Service, ports: Ports) -> Iterator[Check]:
    try:
        require_free([service], ports)
    except PortTaken as error:
        yield fail("ports", error.what, error.mend)


def check_state(state: State) -> Iterator[Check]:
    """Check whose the state folder is, and that nobody else reads the secrets in it."""
    if not state.root.exists():
        yield ok("state folder", f"{state.root}, not made yet")
        return
    entry = state.root.stat()
    if not stat.S_ISDIR(entry.st_mode):
        yield fail("state folder", f"{state.root} is not a folder", "Move it away.")
        return
    if entry.st_uid != os.geteuid():
        owner = user_name(entry.st_uid)
        mend = f"Run steward as {owner}, or remove it as {owner}: steward down --purge"
        yield fail("state folder", f"{state.root} belongs to {owner}", mend)
        return
    if os.geteuid() == 0 and (closed := closed_to_others(state.root)):
        mend = f"chmod o+x {closed}, or set STEWARD_STATE to a folder that everybody can enter."
        yield warn("state folder", f"{state.root}: servers' users cannot enter {closed}", mend)
    else:
        yield ok("state folder", str(state.root))
    yield from _check_secrets(state)


def check_disk(state: State) -> Iterator[Check]:
    """Check the space on the disk of the state folder."""
    place = next(folder for folder in (state.root, *state.root.parents) if folder.is_dir())
    free = free_bytes(place)
    try:
        require_space(place, free)
    except StateUnusable as error:
        yield fail("disk", error.what, error.mend)
        return
    if free < _ROOMY_BYTES:
        mend = f"Free some: with less than {megabytes(_ROOMY_BYTES)} it may fill up before old metrics go."
        yield warn("disk", f"{megabytes(free)} free at {place}", mend)
    else:
        yield ok("disk", f"{megabytes(free)} free at {place}")


def _check_secrets(state: State) -> Iterator[Check]:
    if not state.secrets.is_dir():
        return
    files = [path for path in sorted(state.secrets.rglob("*")) if path.is_file()]
    loose = [path for path in files if stat.S_IMODE(path.stat().st_mode) & 0o077]
    for path in loose:
        yield warn("secrets", f"{path} can be read by other users", f"chmod 600 {path}")
    if files and not loose:
        yield ok("secrets", f"{len(files)} files, closed to other users")


def _native(catalogue: Catalogue) -> tuple[Service, ...]:
    return tuple(service for service in catalogue.services if service.native)
