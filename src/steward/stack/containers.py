"""What containers find beside the compiled Compose file: secrets, folders for data, and who may read both.

They belong to whoever starts the containers, who run as that user. For root they belong to nobody: a container has
no need to be root.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from steward.compile.compose import DATA, SECRETS, mounted_secrets
from steward.model import Catalogue
from steward.stack.account import Account, caller, hand_over
from steward.stack.files import explained, make_folder, write_atomically
from steward.stack.secrets import value_of

OWNER = ".env"
"""The file of variables that Compose reads by itself."""
_NOBODY = 65534


@dataclass(frozen=True, slots=True)
class Prepared:
    """What was written; no value of a secret is in it."""

    given: tuple[Path, ...]
    """Files that hold a secret."""
    empty: tuple[tuple[Path, str], ...]
    """Files of secrets that only the operator knows, each with the variable that was not set."""


def prepare(catalogue: Catalogue, folder: Path, environ: Mapping[str, str]) -> Prepared:
    """Write secrets, data folders and the caller's identity into `folder`; raises StackError.

    A secret comes from its variable, else from the file of an earlier call, else it is made, where it can be.
    """
    owner = _owner()
    secrets = folder / SECRETS
    make_folder(secrets, 0o700)
    given: list[Path] = []
    empty: list[tuple[Path, str]] = []
    with explained(folder):
        for secret in mounted_secrets(catalogue):
            path = secrets / secret.name
            value = value_of(secret, secrets, environ) or (path.read_text() if path.exists() else "")
            write_atomically(path, value.encode(), mode=0o600, owner=owner)
            if value:
                given.append(path)
            else:
                empty.append((path, secret.variable))
        for service in catalogue.services:
            if service.container and service.container.runs_as_caller and service.container.data:
                make_folder(folder / DATA / service.name, 0o700)
                hand_over(folder / DATA / service.name, owner)
        identity = f"STEWARD_UID={owner.uid}\nSTEWARD_GID={owner.gid}\n"
        write_atomically(folder / OWNER, identity.encode())
    return Prepared(tuple(given), tuple(empty))


def _owner() -> Account:
    return caller() if os.geteuid() else Account("nobody", _NOBODY, _NOBODY, "/")
