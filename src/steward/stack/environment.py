"""The environment variables that a child process inherits from whoever started the stack.

Passwords are handed over as files, so the variables that they came from stop here. What would redirect a program
behind the catalogue's back (PGHOST, REDIS_ADDR, …) stops too: a program of others gets only the few variables that
every program may expect; a module of ours, whose settings are variables, gets the rest as well. What a service
declares as its settings passes always.
"""

from collections.abc import Iterable, Mapping

from steward.model import PYTHON, Native
from steward.stack.account import Account

_EVERYBODYS = frozenset({"HOME", "LANG", "LANGUAGE", "LOGNAME", "PATH", "SHELL", "TMPDIR", "TZ", "USER"})
_EVERYBODYS_PREFIXES = ("LC_", "SSL_CERT_")
_NOBODYS_PREFIXES = ("PG", "STEWARD_")


def inherited(
    environ: Mapping[str, str], native: Native, account: Account, secret_variables: Iterable[str]
) -> dict[str, str]:
    """Return what a process of `native` that runs as `account` may see of `environ`."""
    hidden = frozenset(secret_variables)
    ours = native.program == PYTHON
    seen = {
        name: value
        for name, value in environ.items()
        if name not in hidden and (name in native.settings or _passes(name, ours=ours))
    }
    seen.setdefault("PATH", "/usr/local/bin:/usr/bin:/bin")
    if not account.is_caller:
        seen |= {"HOME": account.home, "USER": account.name, "LOGNAME": account.name}
        # The caller's folder for temporary files need not be open to others.
        seen.pop("TMPDIR", None)
    if ours:
        # Logs are read while they are written; the working folder is no place to import from.
        seen |= {"PYTHONUNBUFFERED": "1", "PYTHONSAFEPATH": "1"}
    return seen


def _passes(name: str, *, ours: bool) -> bool:
    if name in _EVERYBODYS or name.startswith(_EVERYBODYS_PREFIXES):
        return True
    return ours and not name.startswith(_NOBODYS_PREFIXES)
