"""A PostgreSQL cluster with one database and its roles.

The cluster is made in a folder beside its own and renamed, so that a power cut in the middle leaves nothing
half-made. Its superuser is named like the user it runs as, and logs in over the socket, where the system knows who
calls; over TCP everybody needs a password. Passwords travel on a helper's standard input only.
"""

import shutil
import tempfile
from pathlib import Path

from steward.model import PostgresCluster
from steward.stack import helper
from steward.stack.account import hand_over
from steward.stack.errors import ServiceFailed, StateUnusable
from steward.stack.files import explained
from steward.stack.site import Site

_PURGE = "`steward down --purge` makes a clean start without its data"
_INITDB_SECONDS = 60.0
_PSQL_SECONDS = 30.0


async def make_cluster(site: Site) -> None:
    """Make the cluster where there is none; raises StateUnusable for one that this PostgreSQL cannot run."""
    with explained(site.data):
        _sweep_half_made(site)
        if any(site.data.iterdir()):
            _require_usable(site)
            return
        folder = Path(tempfile.mkdtemp(prefix=_prefix(site), dir=site.data.parent))
        hand_over(folder, site.account)
    command = (str(site.found.sibling("initdb")), "-D", str(folder), *_INITDB)
    try:
        answer = await helper.run(site, command, seconds=_INITDB_SECONDS)
    except TimeoutError:
        raise ServiceFailed(
            f"{site.service.name}: initdb took longer than {_INITDB_SECONDS:.0f} s",
            mend="see whether the disk is slow",
        ) from None
    if answer.code != 0:
        shutil.rmtree(folder, ignore_errors=True)
        raise ServiceFailed(
            f"{site.service.name}: initdb failed:\n{answer.output}", mend="mend what it says and start again"
        )
    _take(folder, site)


_INITDB = (
    "--auth-local=peer",
    "--auth-host=scram-sha-256",
    "--no-sync",
    "--encoding=UTF8",
    "--locale=C.UTF-8",
)


async def make_roles(site: Site, setup: PostgresCluster) -> None:
    """Make the roles and the database where they are missing, and give the roles the passwords of today."""
    psql = (
        *(str(site.found.sibling("psql")), "--no-psqlrc", "--quiet", "--no-password"),
        *("--set=ON_ERROR_STOP=1", "--set=VERBOSITY=terse", "--output=/dev/null"),
        *(f"--host={site.run}", f"--port={site.port}", f"--username={site.account.name}", "--dbname=postgres"),
    )
    script = roles_sql(
        setup,
        owner_password=site.secret(setup.owner_password),
        monitor_password=site.secret(setup.monitor_password),
    )
    try:
        answer = await helper.run(site, psql, seconds=_PSQL_SECONDS, given=script.encode())
    except TimeoutError:
        answer = helper.Answer(1, f"psql took longer than {_PSQL_SECONDS:.0f} s")
    if answer.code != 0:
        raise ServiceFailed(
            f"{site.service.name}: its roles and database could not be made:\n{answer.output}",
            mend=f"see {site.log}",
        )


def roles_sql(setup: PostgresCluster, *, owner_password: str, monitor_password: str) -> str:
    """Return the script for psql; it says nothing where all is there already."""
    owner, monitor, database = (_identifier(name) for name in (setup.owner, setup.monitor, setup.database))
    lines = [
        # Else a statement that fails would be logged, with its password.
        "SET log_min_error_statement = 'panic';",
        "SET log_statement = 'none';",
        "SET log_min_duration_statement = -1;",
        "SET client_min_messages = 'warning';",
        "SET password_encryption = 'scram-sha-256';",
        *_role(setup.owner, owner_password),
        *_role(setup.monitor, monitor_password),
        f"GRANT pg_monitor TO {monitor};",
        _unless("pg_database", "datname", setup.database, f"CREATE DATABASE {database} OWNER {owner}"),
    ]
    return "\n".join(lines) + "\n"


def _role(name: str, password: str) -> tuple[str, str]:
    role = _identifier(name)
    return (
        _unless("pg_roles", "rolname", name, f"CREATE ROLE {role}"),
        f"ALTER ROLE {role} LOGIN PASSWORD {_literal(password)};",
    )


def _unless(catalogue: str, column: str, name: str, statement: str) -> str:
    exists = f"SELECT FROM {catalogue} WHERE {column} = {_literal(name)}"
    return f"SELECT {_literal(statement)} WHERE NOT EXISTS ({exists}) \\gexec"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _take(folder: Path, site: Site) -> None:
    with explained(site.data):
        folder.rename(site.data)


def _prefix(site: Site) -> str:
    return f".{site.service.name}.new-"


def _sweep_half_made(site: Site) -> None:
    for folder in site.data.parent.glob(f"{_prefix(site)}*"):
        shutil.rmtree(folder)


def _require_usable(site: Site) -> None:
    version = site.data / "PG_VERSION"
    if not version.is_file() or not (site.data / "global" / "pg_control").is_file():
        raise StateUnusable(f"{site.data} holds a damaged PostgreSQL cluster", mend=_PURGE)
    made_by = version.read_text().strip()
    if made_by != str(site.found.version[0]):
        raise StateUnusable(
            f"{site.data} was made by PostgreSQL {made_by}, and {site.found.path} is {site.found.version[0]}",
            mend=f"install PostgreSQL {made_by} again, or move the data with pg_upgrade; {_PURGE}",
        )
