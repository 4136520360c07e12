"""Keeps the packages that root installs from taking over the machine.

Debian's server packages start their services when they are installed and at every boot, and PostgreSQL's makes a
database cluster. The stack runs the programs itself, on ports that those services would hold.
"""

import shutil
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_FORBIDDEN = 101
"""How a policy says that a service must not be started."""
_POLICY = f"""\
#!/bin/sh
# Written by steward while it installs packages, which must not start services. Without a running steward it is a
# leftover: remove it.
exit {_FORBIDDEN}
"""
_NO_CLUSTER = """
# Added by steward, which runs PostgreSQL with a cluster of its own. Remove the line to have installed versions of
# PostgreSQL make one again.
create_main_cluster = false
"""


@dataclass(frozen=True, slots=True)
class Host:
    """Where a machine keeps what packages ask before they act."""

    root: Path

    @property
    def policy(self) -> Path:
        """Return the program that says whether a package may start a service."""
        return self.root / "usr/sbin/policy-rc.d"

    @property
    def saved_policy(self) -> Path:
        """Return where the administrator's own policy stands aside."""
        return self.policy.with_name("policy-rc.d.before-steward")

    @property
    def cluster_settings(self) -> Path:
        """Return the file that says whether PostgreSQL's package makes a cluster."""
        return self.root / "etc/postgresql-common/createcluster.conf"


HOST = Host(Path("/"))


@contextmanager
def services_stay_stopped(host: Host) -> Iterator[None]:
    """Forbid packages to start services; a policy of the administrator's stands aside and comes back.

    What a killed call left behind is mended first. Two blocks must not run at the same time.
    """
    _recover(host)
    if _forbids_already(host.policy):
        yield
        return
    if host.policy.exists():
        host.policy.rename(host.saved_policy)
    try:
        host.policy.write_text(_POLICY)
        host.policy.chmod(0o755)
        yield
    finally:
        host.policy.unlink(missing_ok=True)
        _recover(host)


def forbid_main_cluster(host: Host) -> None:
    """Keep PostgreSQL's package from making a cluster, unless the administrator has settled that."""
    path = host.cluster_settings
    settings = path.read_text() if path.exists() else ""
    if not any(line.strip().startswith("create_main_cluster") for line in settings.splitlines()):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(settings + _NO_CLUSTER)


def keep_from_boot(packages: Iterable[str]) -> None:
    """Keep the services of newly installed packages from starting at the next boot, where there is a systemd."""
    systemctl = shutil.which("systemctl")
    units = list(_units(packages)) if systemctl else []
    if systemctl and units:
        subprocess.run([systemctl, "--quiet", "disable", *units], check=False, capture_output=True)


def _recover(host: Host) -> None:
    if host.saved_policy.exists():
        host.saved_policy.replace(host.policy)
    elif host.policy.is_file() and host.policy.read_text(errors="replace") == _POLICY:
        host.policy.unlink()


def _forbids_already(policy: Path) -> bool:
    try:
        return subprocess.run([policy, "redis-server", "start"], check=False, capture_output=True).returncode == (
            _FORBIDDEN
        )
    except OSError:
        return False


def _units(packages: Iterable[str]) -> Iterator[str]:
    listed = subprocess.run(["dpkg-query", "--listfiles", *packages], check=False, capture_output=True, text=True)
    for line in listed.stdout.splitlines():
        path = Path(line)
        if path.parent.name == "system" and path.suffix in {".service", ".timer"} and "@" not in path.name:
            yield path.name
