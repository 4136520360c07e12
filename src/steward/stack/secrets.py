"""Secrets: from the environment, else kept from an earlier start, else made; each service gets its own copies."""

import secrets as generator
from collections.abc import Mapping, Sequence
from pathlib import Path

from steward.model import Secret, Service
from steward.stack.account import Account, hand_over
from steward.stack.errors import SettingInvalid
from steward.stack.files import explained, make_folder, write_atomically
from steward.stack.state import State

_KEPT = ".kept"
"""Folder of the generated values; no service can be called so."""
_BYTES = 24

Secrets = Mapping[str, str]
"""Name -> value, of the secrets that are given."""


def gather(state: State, wanted: Sequence[Secret], environ: Mapping[str, str]) -> Secrets:
    """Return the value of each secret; one that is neither given nor made here is left out."""
    kept = state.secrets / _KEPT
    make_folder(kept, 0o700)
    found = {secret.name: value_of(secret, kept, environ) for secret in wanted}
    return {name: value for name, value in found.items() if value}


def value_of(secret: Secret, kept: Path, environ: Mapping[str, str]) -> str | None:
    """Return a secret's value; one that has to be made is kept in the folder `kept` from then on."""
    return _from_environment(secret, environ) or (_kept(kept / secret.name) if secret.generated else None)


def hand_out(state: State, service: Service, account: Account, values: Secrets) -> None:
    """Write the secrets of `service` to files that only its user can read; one no longer given is removed."""
    folder = secret_folder(state, service)
    if not service.secrets:
        return
    make_folder(folder, 0o700)
    with explained(folder):
        hand_over(folder, account)
        for secret in service.secrets:
            path = folder / secret.name
            if secret.name in values:
                write_atomically(path, values[secret.name].encode(), mode=0o600, owner=account)
            else:
                path.unlink(missing_ok=True)


def secret_folder(state: State, service: Service) -> Path:
    """Return the folder of the secrets that a service is given."""
    return state.secrets / service.name


def _from_environment(secret: Secret, environ: Mapping[str, str]) -> str | None:
    value = environ.get(secret.variable, "").strip()
    if not value.isprintable():
        raise SettingInvalid(
            f"{secret.variable} holds a line break or another control character",
            mend="set it to one line of text",
        )
    return value or None


def _kept(path: Path) -> str:
    with explained(path):
        if path.exists() and (value := path.read_text().strip()):
            return value
        value = generator.token_hex(_BYTES)
        write_atomically(path, value.encode(), mode=0o600)
        return value
